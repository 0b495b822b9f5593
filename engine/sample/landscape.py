# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated landscape: which CORINE class lies where, and what each px of it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Sequence

import numpy as np
from numpy.typing import NDArray

from .fields import (
    Cells,
    Field,
    Shape,
    distance_to_zero,
    fractal_noise,
    scatter_cells,
    smooth_noise,
    to_uniform,
)
from .land_cover import ALL_COVERS, LAND_COVERS, RIVER, SEA, LandCover, Mixture
from .materials import numbered

# CORINE maps nothing below 25 ha, which is 50 x 50 px; zones are a little larger than that.
_ZONE_PX, _FIELD_PX, _PLOT_PX = 66.0, 15.0, 6.0
_RIVER_HALF_PX, _HEDGE_PX, _ROAD_HALF_PX = 6.0, 0.8, 0.7


@dataclass(frozen=True)
class Landscape:
    """The ground truth, on a 10 m grid.

    Args:
        codes: (H, W) uint16, CORINE level-3 code of each px.
        materials: (H, W) uint8, number of the material in ``MATERIALS``.
        brightness: (H, W) float32, near 1: how bright this spot of its material is.
        greenness: (H, W) float32, near 0: how dense its leaves are.
        shading: (H, W) float32, near 1: slopes towards the sun and away from it.
    """

    codes: NDArray[np.uint16]
    materials: NDArray[np.uint8]
    brightness: Field
    greenness: Field
    shading: Field


def make_landscape(rng: np.random.Generator, shape: Shape, coastal: bool) -> Landscape:
    """Generate a landscape.

    Args:
        rng: Source of randomness.
        shape: (H, W) in px of 10 m.
        coastal: Whether the sea cuts into it.
    """
    relief = fractal_noise(rng, shape, (260, 110, 45))
    covers = _zones(rng, shape, relief, coastal)
    patterns = _Patterns(rng, shape)
    materials = _materials(covers, patterns)
    _draw_lines(rng, shape, covers, materials)
    return Landscape(
        codes=np.array([cover.code for cover in ALL_COVERS], np.uint16)[covers],
        materials=materials,
        brightness=1 + np.float32(0.09) * patterns.variation(covers, rng),
        greenness=patterns.variation(covers, rng),
        shading=_shading(relief + np.float32(0.12) * smooth_noise(rng, shape, 14)),
    )


def _zones(
    rng: np.random.Generator, shape: Shape, relief: Field, coastal: bool
) -> NDArray[np.uint8]:
    """(H, W) uint8: index into ``ALL_COVERS``."""
    wetness = fractal_noise(rng, shape, (240, 90))
    zones = scatter_cells(rng, shape, _ZONE_PX, 0.22, 0.0, square=False)
    shore = _shore(rng, shape) if coastal else np.full(shape, 1e6, np.float32)
    chosen = _choose(rng, zones, relief, wetness, shore)
    covers = chosen[zones.index]
    river = distance_to_zero(fractal_noise(rng, shape, (300, 60))) < _RIVER_HALF_PX
    covers[river & (shore > 0)] = ALL_COVERS.index(RIVER)
    covers[shore < 0] = ALL_COVERS.index(SEA)
    return covers


def _shore(rng: np.random.Generator, shape: Shape) -> Field:
    """About the distance to the coastline in px, negative in the sea."""
    heading = rng.uniform(0, 2 * math.pi)
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] * np.float32(math.sin(heading))
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :] * np.float32(math.cos(heading))
    field = 0.6 + x + y + np.float32(0.35) * fractal_noise(rng, shape, (160, 60, 20))
    signed: Field = np.sign(field) * np.minimum(distance_to_zero(field), 400)
    return signed


def _choose(
    rng: np.random.Generator, zones: Cells, relief: Field, wetness: Field, shore: Field
) -> NDArray[np.uint8]:
    """(zones,) uint8: a class for each zone, drawn among those that fit its site (Gumbel trick)."""
    at = zones.rows, zones.columns
    near_sea = shore[at] < 1.2 * _ZONE_PX
    # A zone on the shore lies low, whatever the relief would be.
    high = np.where(near_sea, np.minimum(relief[at], -1.0), relief[at])
    scores = np.empty((len(LAND_COVERS), zones.count))
    for row, cover in enumerate(LAND_COVERS):
        misfit = (high - cover.relief) ** 2 + (wetness[at] - cover.wetness) ** 2
        scores[row] = math.log(cover.commonness) - 0.45 * misfit
        if cover.coast_only:
            scores[row] = np.where(near_sea, scores[row] + 1.5, -np.inf)
    drawn = np.argmax(scores + rng.gumbel(size=scores.shape), axis=0)
    chosen: NDArray[np.uint8] = drawn.astype(np.uint8)
    return chosen


class _Patterns:
    """The fields that decide, each in its way, which of a class's materials a px is of."""

    def __init__(self, rng: np.random.Generator, shape: Shape) -> None:
        angle = float(rng.uniform(0, math.pi / 2))
        self._fields = scatter_cells(rng, shape, _FIELD_PX, 0.05, angle, square=True)
        self._plots = scatter_cells(rng, shape, _PLOT_PX, 0.0, angle + 0.3, square=True)
        self._shape = shape
        self.edge = self._fields.edge
        self.uniform: Dict[str, Field] = {
            "fields": rng.random(self._fields.count, np.float32)[self._fields.index],
            "plots": rng.random(self._plots.count, np.float32)[self._plots.index],
            "clumps": to_uniform(fractal_noise(rng, shape, (7, 2.5))),
            "grain": rng.random(shape, np.float32),
        }

    def variation(self, covers: NDArray[np.uint8], rng: np.random.Generator) -> Field:
        """(H, W) float32, variance near 1: the same all over a parcel, flowing elsewhere."""
        varied = {
            "fields": rng.standard_normal(self._fields.count, np.float32)[self._fields.index],
            "plots": rng.standard_normal(self._plots.count, np.float32)[self._plots.index],
            "clumps": fractal_noise(rng, self._shape, (40, 9)),
        }
        pattern_of = np.array([list(varied).index(c.pattern) for c in ALL_COVERS], np.uint8)
        result: Field = np.choose(pattern_of[covers], list(varied.values())).astype(np.float32)
        return result


def _materials(covers: NDArray[np.uint8], patterns: _Patterns) -> NDArray[np.uint8]:
    """(H, W) uint8: number of the material of each px."""
    materials = np.zeros(covers.shape, np.uint8)
    for row, cover in enumerate(ALL_COVERS):
        inside = np.nonzero(covers == row)
        if len(inside[0]) == 0:
            continue
        drawn = _draw(cover.mixture, patterns.uniform[cover.pattern][inside])
        if cover.hedge:
            drawn[patterns.edge[inside] < _HEDGE_PX] = numbered(cover.hedge)
        _scatter(cover, drawn, patterns.uniform["grain"][inside])
        materials[inside] = drawn
    return materials


def _draw(mixture: Mixture, uniform: Field) -> NDArray[np.uint8]:
    shares = np.array([share for _, share in mixture])
    limits = np.cumsum(shares / shares.sum())[:-1]
    numbers = np.array([numbered(name) for name, _ in mixture], np.uint8)
    drawn: NDArray[np.uint8] = numbers[np.searchsorted(limits, uniform)]
    return drawn


def _scatter(cover: LandCover, drawn: NDArray[np.uint8], grain: Field) -> None:
    low = 0.0
    for name, share in cover.scattered:
        drawn[(grain >= low) & (grain < low + share)] = numbered(name)
        low += share


def _draw_lines(
    rng: np.random.Generator, shape: Shape, covers: NDArray[np.uint8], materials: NDArray[np.uint8]
) -> None:
    """Brooks and roads: too narrow for CORINE, so the label stays that of their surroundings."""
    water = [ALL_COVERS.index(RIVER), ALL_COVERS.index(SEA)]
    dry = ~np.isin(covers, water) & (materials != numbered("lake"))
    lines: Sequence[tuple[str, float, tuple[float, ...]]] = (
        ("broadleaf", 2.2, (140, 40)),
        ("asphalt", _ROAD_HALF_PX, (210, 90)),
        ("asphalt", _ROAD_HALF_PX, (160, 70)),
    )
    for name, half_px, wavelengths in lines:
        distance = distance_to_zero(fractal_noise(rng, shape, wavelengths))
        materials[dry & (distance < half_px)] = numbered(name)
        if name == "broadleaf":
            materials[dry & (distance < _ROAD_HALF_PX)] = numbered("river")


def _shading(relief: Field) -> Field:
    """Light on slopes with the sun in the south-east; slopes beyond three deviations are cut."""
    rows, columns = np.gradient(relief)
    slope: Field = np.asarray(-rows - columns, np.float32)
    steepness: Field = slope / np.float32(max(float(slope.std()), 1e-6))
    shading: Field = (1 + 0.05 * np.clip(steepness, -3, 3)).astype(np.float32)
    return shading
