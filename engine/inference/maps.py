# SPDX-License-Identifier: GPL-3.0-or-later
"""All maps of one run, written together."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, Mapping, Optional, Type

from numpy.typing import NDArray

from ..core.grid import Grid
from ..core.map_format import MapFormat
from ..core.window import Window
from .geotiff import MapWriter
from .journal import Journal
from .scored import Scored

Compute = Callable[[Scored], Mapping[str, NDArray[Any]]]


class MapSet:
    """Computes every map of a window and writes it; called by the pipeline's writing thread.

    Args:
        paths: Map name to file.
        forms: Map name to how it is stored.
        grid: Grid of the maps, which is the part of the scene's grid in ``area``.
        area: Where ``grid`` lies in the maps of the whole scene.
        core: Side of the chunks to come, px.
        compute: From scores to each map's values, (h, w) or (bands, h, w).
        journal: Where finished chunks are noted; None for nowhere.
    """

    def __init__(
        self,
        paths: Mapping[str, Path],
        forms: Mapping[str, MapFormat],
        grid: Grid,
        area: Window,
        core: int,
        compute: Compute,
        journal: Optional[Journal] = None,
    ) -> None:
        self._area, self._compute, self._journal = area, compute, journal
        self._writers: Dict[str, MapWriter] = {}
        with ExitStack() as opened:
            for name, path in paths.items():
                self._writers[name] = opened.enter_context(MapWriter(path, grid, forms[name], core))
            self._opened = opened.pop_all()

    def __call__(self, scored: Scored) -> None:
        """Compute and write the maps of one window."""
        values = self._compute(scored)
        if self._journal is not None:
            self._journal.append(scored.place, values, int(scored.valid.sum()))
        self._write(scored.place, values)

    def replay(self) -> Dict[Window, int]:
        """Write what an earlier run has finished: each chunk's place and its valid pixels."""
        done: Dict[Window, int] = {}
        if self._journal is not None:
            for place, values, valid_px in self._journal.finished():
                if place not in done:
                    self._write(place, values)
                done[place] = valid_px
        return done

    def _write(self, place: Window, values: Mapping[str, NDArray[Any]]) -> None:
        for name, writer in self._writers.items():
            writer.write(place.relative_to(self._area), values[name])

    def finish(self, each: Callable[[], None]) -> None:
        """Complete every file; ``each`` is called after one."""
        for writer in self._writers.values():
            writer.finish()
            each()

    def __enter__(self) -> MapSet:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._opened.__exit__(kind, error, traceback)
