# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene is to those who read it, and who opens one."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Optional, Protocol, Sequence, Tuple, Type

import numpy as np

from ..contract.errors import MissingInput, UnreadableRaster
from ..contract.events import Emit
from ..core.card import ModelCard
from ..core.grid import Grid
from ..core.window import Window
from . import SCENES

Array = np.ndarray[Any, np.dtype[Any]]


class Scene(Protocol):
    """A model's bands on one grid, in the model's order; a context manager that closes its files.

    One thread at a time may read; it need not be the one that opened the scene.
    """

    @property
    def grid(self) -> Grid:
        """The reference grid, which windows count on."""

    @property
    def bands(self) -> Tuple[str, ...]:
        """The model's band names, in the model's order; C of them."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type that holds every band's stored numbers."""

    @property
    def nodata(self) -> Tuple[Optional[float], ...]:
        """The stored number of each band that means no measurement; None if there is none."""

    @property
    def has_mask(self) -> bool:
        """Whether ``read`` gives a mask besides the pixels."""

    @property
    def block(self) -> Tuple[int, int]:
        """(rows, columns) of the largest block of the files, in px of ``grid``."""

    @property
    def sources(self) -> Tuple[str, ...]:
        """All that its pixels hang on: paths or GDAL names of rasters, masks, metadata."""

    @property
    def cached_bytes(self) -> int:
        """Bytes a pixel of ``grid`` that GDAL's cache has to hold, so that blocks stay in it."""

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """Memory that ``follow`` would come to take for these windows, besides GDAL's cache."""

    def follow(self, windows: Sequence[Window]) -> None:
        """Announce the windows to come, in order, so that nothing is decoded twice.

        Some of them may be left out in the end. Any window may be read without announcing it. To
        announce none gives back what was kept.
        """

    def read(self, window: Window, out: Optional[Array] = None) -> Tuple[Array, Optional[Array]]:
        """Read the pixels of a window that lies inside the grid.

        Args:
            window: Pixels of ``grid``.
            out: ``(C, h, w)`` of ``dtype`` to read into; None to allocate.

        Returns:
            ``(C, h, w)`` of ``dtype``, stored numbers; and ``(h, w)`` bool, True where every
            band was measured, or None if ``has_mask`` is False. Nodata numbers and NaN are not
            in the mask: they stand among the pixels.

        Raises:
            UnreadableRaster: A file is damaged there.
        """

    def close(self) -> None:
        """Close the files."""

    def __enter__(self) -> Scene: ...

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None: ...


class SceneReader(Protocol):
    """Opens one kind of scene; ``SCENES`` lists the classes."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether these paths are this kind of scene; looks at names, opens nothing large."""

    def open(self, paths: Sequence[str], card: ModelCard, band_map: str, emit: Emit) -> Scene:
        """Open them as the scene that the card asks for."""


def open_scene(paths: Sequence[str], card: ModelCard, band_map: str, emit: Emit) -> Scene:
    """Open files or folders as the bands that a model asks for.

    Args:
        paths: Files, folders, or GDAL names.
        card: Names the bands, in order, and says how other resolutions are brought to the grid.
        band_map: ``"B02=1,B03=2"`` or ``"B02=description"``; empty to bind by name, then by order.
        emit: Told what the user should know: bands taken by order, reprojection, resolution.

    Raises:
        MissingInput: A file is not there.
        UnreadableRaster: A file is damaged or no raster.
        MissingBand: A band of the model is in no file.
        AmbiguousBand: A band of the model is in several.
        BandCountMismatch: No names to bind by, and another number of bands.
        MissingCRS: A raster does not say where it lies.
        GridMismatch: The rasters cannot be brought onto one grid.
    """
    if not paths:
        raise MissingInput("No raster was given.", "Give one or more rasters as INPUT.")
    for name in SCENES:
        reader: SceneReader = SCENES.load(name)()
        if reader.accepts(paths):
            return reader.open(paths, card, band_map, emit)
    raise UnreadableRaster(
        f"No scene reader takes {', '.join(paths)}.", "Give raster files that GDAL reads."
    )
