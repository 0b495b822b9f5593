# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of where and when footprints lie, as PNG.

Drawn with Pillow: one wheel of a few MB, where matplotlib and what it needs are ten.
"""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ..core.files import Staging
from ..core.storage import join
from .footprints import Footprints

_SIZE = (1000, 560)
_FRAME = (90, 50, 970, 480)  # left, top, right, bottom, px
_INK, _GRID, _DOT, _OLD = (40, 40, 40), (225, 225, 225), (27, 94, 32), (200, 205, 210)
_MONTHS = (1, 32, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Numbers = npt.NDArray[np.float64]


def plot_distribution(
    folder: str, stem: str, title: str, table: Footprints, before: Footprints | None = None
) -> List[str]:
    """Write ``<stem>_spatial.png`` and ``<stem>_temporal.png``.

    Args:
        folder: Where to write.
        stem: Beginning of the names.
        title: What the pictures show.
        table: The footprints.
        before: What they were chosen from, drawn pale behind them; None for nothing.

    Returns:
        The two paths.
    """
    pictures = {
        "spatial": _spatial(title, table, before),
        "temporal": _temporal(title, table, before),
    }
    paths = []
    with Staging() as staging:
        for kind, picture in pictures.items():
            final = join(folder, f"{stem}_{kind}.png")
            picture.save(staging.path(final), "PNG")
            paths.append(final)
        staging.publish()
    return paths


def _spatial(title: str, table: Footprints, before: Footprints | None) -> Any:
    everything = before if before is not None and len(before) else table
    lon, lat = everything["lon_lowestmode"], everything["lat_lowestmode"]
    west, east = _range(lon)
    south, north = _range(lat)
    plot = _Plot(f"{title}: {len(table)} footprints", (west, south, east, north))
    plot.axes(_ticks(west, east), _ticks(south, north), "longitude (°)", "latitude (°)")
    if before is not None:
        plot.dots(lon, lat, _OLD)
    plot.dots(table["lon_lowestmode"], table["lat_lowestmode"], _DOT)
    return plot.image


def _temporal(title: str, table: Footprints, before: Footprints | None) -> Any:
    counts = np.bincount(table.days, minlength=367)[1:367]
    pale = np.bincount(before.days, minlength=367)[1:367] if before is not None else counts
    top = max(1.0, float(pale.max()), float(counts.max()))
    plot = _Plot(
        f"{title}: {len(table)} footprints on {int((counts > 0).sum())} days",
        (0.5, 0.0, 366.5, top),
    )
    months = list(zip([float(day) for day in _MONTHS], _NAMES))
    plot.axes(months, _ticks(0, top), "day of the year", "footprints a day")
    if before is not None:
        plot.bars(pale, _OLD)
    plot.bars(counts, _DOT)
    return plot.image


class _Plot:
    """A picture with one frame; ``box`` is (xmin, ymin, xmax, ymax) in the data's units."""

    def __init__(self, title: str, box: Tuple[float, float, float, float]) -> None:
        self.image = Image.new("RGB", _SIZE, "white")
        self._draw = ImageDraw.Draw(self.image)
        self._font, self._box = ImageFont.load_default(14), box
        self._draw.text((_FRAME[0], 16), title, fill=_INK, font=ImageFont.load_default(18))

    def axes(
        self,
        xs: Sequence[Tuple[float, str]],
        ys: Sequence[Tuple[float, str]],
        x_name: str,
        y_name: str,
    ) -> None:
        left, top, right, bottom = _FRAME
        for value, text in xs:
            x = self._x(value)
            self._draw.line((x, top, x, bottom), fill=_GRID)
            self._draw.text((x, bottom + 6), text, fill=_INK, font=self._font, anchor="ma")
        for value, text in ys:
            y = self._y(value)
            self._draw.line((left, y, right, y), fill=_GRID)
            self._draw.text((left - 8, y), text, fill=_INK, font=self._font, anchor="rm")
        self._draw.rectangle(_FRAME, outline=_INK)
        middle = (left + right) // 2
        self._draw.text((middle, bottom + 34), x_name, fill=_INK, font=self._font, anchor="ma")
        self._draw.text((8, top - 22), y_name, fill=_INK, font=self._font)

    def dots(self, xs: Numbers, ys: Numbers, colour: Tuple[int, int, int]) -> None:
        radius = 2 if len(xs) < 5000 else 1
        columns = np.rint(self._x(xs)).astype(int)
        rows = np.rint(self._y(ys)).astype(int)
        for column, row in np.unique(np.stack([columns, rows], 1), axis=0).tolist():
            box = (column - radius, row - radius, column + radius, row + radius)
            self._draw.ellipse(box, fill=colour)

    def bars(self, counts: npt.NDArray[np.int64], colour: Tuple[int, int, int]) -> None:
        for day in np.flatnonzero(counts).tolist():
            left, right = self._x(day + 0.55), self._x(day + 1.45)
            top, bottom = self._y(float(counts[day])), self._y(0.0)
            self._draw.rectangle((left, top, max(left + 1, right), bottom), fill=colour)

    def _x(self, value: Any) -> Any:
        low, high = self._box[0], self._box[2]
        return _FRAME[0] + (value - low) / (high - low) * (_FRAME[2] - _FRAME[0])

    def _y(self, value: Any) -> Any:
        low, high = self._box[1], self._box[3]
        return _FRAME[3] - (value - low) / (high - low) * (_FRAME[3] - _FRAME[1])


def _range(values: Numbers) -> Tuple[float, float]:
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    pad = max(0.05 * (high - low), 0.01)
    return low - pad, high + pad


def _ticks(low: float, high: float) -> List[Tuple[float, str]]:
    """About five round numbers between two limits, with their texts."""
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough)
    first = np.ceil(low / step) * step
    values = np.arange(first, high + step / 1e6, step)
    return [(float(value), f"{value + 0.0:.6g}") for value in values]
