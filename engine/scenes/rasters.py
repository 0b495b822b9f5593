# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of raster files: one stack, or several files of any resolution."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..contract.errors import GridMismatch
from ..contract.events import Emit, Message
from ..core.card import ModelCard
from ..core.closing import Closing
from ..core.grid import Grid
from ..core.window import Window
from .alignment import aligned_reader
from .binding import BandLabel, bind
from .channels import Channels
from .ground import pixel_metres, resolution_warning
from .kept import cached_bytes, follow, kept_bytes
from .scene import Array
from .source import Source, holds, open_source


class RasterReader:
    """Opens files that GDAL reads; takes whatever no other reader took."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Any paths: GDAL is asked on opening."""
        return True

    def open(self, paths: Sequence[str], card: ModelCard, band_map: str, emit: Emit) -> RasterScene:
        """Open raster files; see ``open_scene``."""
        with ExitStack() as opened:
            sources: List[Source] = []
            for path in paths:
                number = 1 + sum(len(source.labels) for source in sources)
                sources.append(open_source(path, number))
                opened.callback(sources[-1].dataset.close)
            scene = _compose(sources, card, band_map, emit, opened)
            opened.pop_all()
            return scene


def _compose(
    sources: Sequence[Source], card: ModelCard, band_map: str, emit: Emit, opened: ExitStack
) -> RasterScene:
    labels = [label for source in sources for label in source.labels]
    chosen, by_order = bind(card.band_names, labels, band_map)
    if by_order:
        pairs = ", ".join(f"{n} = {b.title}" for n, b in zip(card.band_names, chosen))
        emit(Message(f"The inputs name no bands; taken in order: {pairs}.", "warning"))
    used = [s for s in sources if any(label in chosen for label in s.labels)]
    for source in sources:
        if source not in used:
            emit(Message(f"{source.path} holds no band of the model and is not read."))
    reference = min(used, key=lambda source: _fineness(source.grid))
    warning = resolution_warning(reference.grid, card.resolution)
    if warning:
        emit(Message(warning, "warning"))
    readers = []
    for source in used:
        for channels in channel_groups(source, chosen, card):
            reader = aligned_reader(channels, reference.grid, card.resampling, emit)
            opened.callback(reader.close)
            readers.append(reader)
    return RasterScene(reference.grid, card.band_names, readers, used)


def _fineness(grid: Grid) -> float:
    """Metres a pixel, rounded so that equal grids tie and the first of them wins."""
    along, down = pixel_metres(grid)
    return float(f"{(along * down) ** 0.5:.6g}")


def channel_groups(source: Source, chosen: Sequence[BandLabel], card: ModelCard) -> List[Channels]:
    """The source's bands that the model wants, grouped by what GDAL must know to read them."""
    groups: dict[Tuple[Any, ...], List[Tuple[int, int]]] = {}
    for slot, label in enumerate(chosen):
        if label not in source.labels:
            continue
        index = source.labels.index(label) + 1
        nodata = source.nodata(index)
        said = card.bands[slot].nodata
        if nodata is None and said is not None and holds(source.dtype(index), said):
            nodata = said
        masked = source.masked(index) and not _alpha_as_data(source, chosen)
        # NaN is unequal to itself, so groups are told apart by its text.
        key = (source.dtype(index), repr(nodata), masked)
        groups.setdefault(key, []).append((slot, index))
    return [
        Channels(
            source,
            tuple(slot for slot, _ in pairs),
            tuple(index for _, index in pairs),
            None if nodata == "None" else float(nodata),
            masked,
        )
        for (_, nodata, masked), pairs in groups.items()
    ]


def _alpha_as_data(source: Source, chosen: Sequence[BandLabel]) -> bool:
    """Whether a band that the file calls alpha is one of the model's."""
    return any(label.alpha and label in chosen for label in source.labels)


class RasterScene(Closing):
    """Bands of open rasters on the reference grid; see ``Scene``."""

    def __init__(
        self, grid: Grid, bands: Sequence[str], readers: Sequence[Any], used: Sequence[Source]
    ) -> None:
        self.grid = grid
        self.bands = tuple(bands)
        self.sources = tuple(source.path for source in used)
        self._readers, self._datasets = tuple(readers), [source.dataset for source in used]
        self.dtype = np.dtype(np.result_type(*(reader.channels.dtype for reader in readers)))
        by_slot = {slot: reader.channels.nodata for reader in readers
                   for slot in reader.channels.slots}  # fmt: skip
        self.nodata: Tuple[Optional[float], ...] = tuple(by_slot[i] for i in range(len(bands)))
        self.has_mask = any(reader.has_mask for reader in readers)
        blocks = [reader.block for reader in readers]
        self.block = max(rows for rows, _ in blocks), max(columns for _, columns in blocks)
        self.cached_bytes = cached_bytes(self._readers)

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """See ``Scene.kept_bytes``."""
        return kept_bytes(self._readers, windows)

    def follow(self, windows: Sequence[Window]) -> None:
        """See ``Scene.follow``."""
        follow(self._readers, windows)

    def read(self, window: Window, out: Optional[Array] = None) -> Tuple[Array, Optional[Array]]:
        """Read a window; see ``Scene.read``."""
        if window.empty or window.intersect(self.grid.window) != window:
            raise GridMismatch(f"{window} lies outside {self.grid.window}.", "Clip it first.")
        if out is None:
            out = np.empty((len(self.bands), window.height, window.width), self.dtype)
        valid: Optional[Array] = None
        for reader in self._readers:
            measured = reader.read(window, out)
            if measured is not None:
                valid = measured if valid is None else valid & measured
        if valid is None and self.has_mask:
            valid = np.ones((window.height, window.width), bool)
        return out, valid

    def close(self) -> None:
        """Close the files."""
        for reader in self._readers:
            reader.close()
        for dataset in self._datasets:
            dataset.close()
