# SPDX-License-Identifier: GPL-3.0-or-later
"""Random fields that landscapes are made of: smooth noise, and cells with edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Shape = Tuple[int, int]

# Mean over all phases of the sum of squared cubic B-spline weights, so that noise has variance 1.
_SPLINE_POWER = 151 / 315


def smooth_noise(rng: np.random.Generator, shape: Shape, wavelength: float) -> Field:
    """Noise with bumps about ``wavelength`` px wide.

    Args:
        rng: Source of randomness.
        shape: (H, W) in px.
        wavelength: Distance of the lattice's random values, px.

    Returns:
        (H, W) float32, mean near 0, variance near 1.
    """
    sizes = [math.ceil(side / wavelength) + 4 for side in shape]
    lattice = rng.standard_normal(sizes, dtype=np.float32)
    phase = rng.random(2)
    rows = _spline(lattice, shape[0], wavelength, float(phase[0]))
    columns = _spline(rows.T, shape[1], wavelength, float(phase[1])).T
    return np.ascontiguousarray(columns) / np.float32(_SPLINE_POWER)


def _spline(lattice: Field, side: int, wavelength: float, phase: float) -> Field:
    """Cubic B-spline along the first axis; element by element, so the same on every machine."""
    position = np.arange(side, dtype=np.float64) / wavelength + phase
    base = np.floor(position).astype(np.intp)
    t = (position - base).astype(np.float32)[:, None]
    s = 1 - t
    weights = (s**3, 4 - 3 * t**2 * (2 - t), 4 - 3 * s**2 * (2 - s), t**3)
    total = lattice[base] * weights[0]
    for step in (1, 2, 3):
        total += lattice[base + step] * weights[step]
    result: Field = total / np.float32(6)
    return result


def fractal_noise(rng: np.random.Generator, shape: Shape, wavelengths: Sequence[float]) -> Field:
    """Sum of smooth noises, each as strong as its wavelength is long; variance near 1."""
    power = math.sqrt(sum(length**2 for length in wavelengths))
    total = np.zeros(shape, np.float32)
    for length in wavelengths:
        total += smooth_noise(rng, shape, length) * np.float32(length / power)
    return total


def to_uniform(field: Field) -> Field:
    """Map values of variance 1 to about uniform ones in (0, 1), order kept."""
    cubed = field * field * field
    bent = np.tanh(np.float32(0.7979) * (field + np.float32(0.0447) * cubed))
    uniform: Field = np.float32(0.5) + np.float32(0.5) * bent
    return uniform


def distance_to_zero(field: Field) -> Field:
    """About how many px away the field's nearest zero is: its winding zero lines are rivers."""
    rows, columns = np.gradient(field)
    slope = np.maximum(np.sqrt(rows**2 + columns**2), np.float32(1e-4))
    distance: Field = (np.abs(field) / slope).astype(np.float32)
    return distance


@dataclass(frozen=True)
class Cells:
    """A plane cut into cells around scattered sites.

    Args:
        index: (H, W) int32, the cell of each px, in [0, count).
        edge: (H, W) float32, about the distance to the next cell, px.
        rows, columns: (count,) intp, where each cell's site lies, clipped to the plane.
    """

    index: NDArray[np.int32]
    edge: Field
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    @property
    def count(self) -> int:
        """How many cells there are."""
        return len(self.rows)


def scatter_cells(
    rng: np.random.Generator, shape: Shape, spacing: float, warp: float, angle: float, square: bool
) -> Cells:
    """Cut the plane into cells about ``spacing`` px wide.

    Args:
        rng: Source of randomness.
        shape: (H, W) in px.
        spacing: Mean distance of two sites, px.
        warp: How far edges wander, in units of ``spacing``.
        angle: Direction of the lattice, radians.
        square: Cells like fields (straight edges along the lattice) instead of rounded ones.
    """
    v, u, origin, lattice = _lattice_coordinates(rng, shape, spacing, warp, angle)
    jitter = rng.uniform(0.15, 0.85, (2, *lattice)).astype(np.float32)
    base_v, base_u = v.astype(np.int32), u.astype(np.int32)
    best = np.full(shape, np.inf, np.float32)
    second = best.copy()
    index = np.zeros(shape, np.int32)
    for step_v in (-1, 0, 1):
        for step_u in (-1, 0, 1):
            cell = (base_v + step_v) * lattice[1] + (base_u + step_u)
            dv = np.abs(v - (base_v + step_v) - jitter[0].ravel()[cell])
            du = np.abs(u - (base_u + step_u) - jitter[1].ravel()[cell])
            far = np.maximum(dv, du) if square else np.sqrt(dv * dv + du * du)
            nearer = far < best
            second = np.where(nearer, best, np.minimum(second, far))
            index[nearer] = cell[nearer]
            best = np.where(nearer, far, best)
    edge = (second - best) * np.float32(spacing / 2)
    rows, columns = _sites(jitter, origin, lattice, spacing, angle, shape)
    return Cells(index, edge, rows, columns)


def _lattice_coordinates(
    rng: np.random.Generator, shape: Shape, spacing: float, warp: float, angle: float
) -> Tuple[Field, Field, Tuple[float, float], Shape]:
    """Each px in units of the lattice; the lattice reaches past the px by a cell on each side."""
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    x = np.arange(shape[1], dtype=np.float32)[None, :]
    cosine, sine = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    v = (y * cosine - x * sine) / np.float32(spacing)
    u = (y * sine + x * cosine) / np.float32(spacing)
    if warp:
        v = v + np.float32(warp) * fractal_noise(rng, shape, (spacing, spacing / 3))
        u = u + np.float32(warp) * fractal_noise(rng, shape, (spacing, spacing / 3))
    origin = (float(np.floor(v.min())) - 1, float(np.floor(u.min())) - 1)
    moved_v: Field = (v - origin[0]).astype(np.float32)
    moved_u: Field = (u - origin[1]).astype(np.float32)
    return moved_v, moved_u, origin, (int(moved_v.max()) + 3, int(moved_u.max()) + 3)


def _sites(
    jitter: Field,
    origin: Tuple[float, float],
    lattice: Shape,
    spacing: float,
    angle: float,
    shape: Shape,
) -> Tuple[NDArray[np.intp], NDArray[np.intp]]:
    grid_v, grid_u = np.mgrid[: lattice[0], : lattice[1]].astype(np.float64)
    v = (grid_v + jitter[0] + origin[0]).ravel() * spacing
    u = (grid_u + jitter[1] + origin[1]).ravel() * spacing
    y = v * math.cos(angle) + u * math.sin(angle)
    x = u * math.cos(angle) - v * math.sin(angle)
    rows = np.clip(y, 0, shape[0] - 1).astype(np.intp)
    columns = np.clip(x, 0, shape[1] - 1).astype(np.intp)
    return rows, columns


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur with mirrored edges: a sensor's point spread.

    Args:
        field: (H, W) float32.
        sigma: Standard deviation, px.
    """
    radius = max(1, math.ceil(2.5 * sigma))
    weights = np.exp(-0.5 * (np.arange(radius + 1) / sigma) ** 2)
    weights = (weights / (weights[0] + 2 * weights[1:].sum())).astype(np.float32)
    return _blur_rows(np.ascontiguousarray(_blur_rows(field, weights).T), weights).T


def _blur_rows(field: Field, weights: Field) -> Field:
    radius, height = len(weights) - 1, field.shape[0]
    padded = np.pad(field, ((radius, radius), (0, 0)), mode="reflect")
    total = padded[radius : radius + height] * weights[0]
    for step in range(1, radius + 1):
        before = padded[radius - step : radius - step + height]
        after = padded[radius + step : radius + step + height]
        total += (before + after) * weights[step]
    result: Field = total
    return result
