# SPDX-License-Identifier: GPL-3.0-or-later
"""Small rasters of known numbers, for tests of scenes."""

from __future__ import annotations

import numpy as np
import rasterio
from affine import Affine

UTM = "EPSG:32633"


def utm_grid(resolution=10.0, col=0, row=0):
    """A north-up transform in UTM, ``col`` and ``row`` px off its usual corner."""
    corner = Affine(resolution, 0, 500000.0, 0, -resolution, 5000000.0)
    return corner * Affine.translation(col, row)


def write_raster(path, pixels, transform=None, crs=UTM, names=None, mask=None, **profile):
    """Write ``(C, H, W)`` pixels; ``mask`` ``(H, W)`` is kept inside the file.

    Returns:
        The path, as text.
    """
    count, height, width = pixels.shape
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=count,
            dtype=pixels.dtype, transform=transform or utm_grid(), crs=crs, **profile,
        ) as raster,
    ):  # fmt: skip
        raster.write(pixels)
        if mask is not None:
            raster.write_mask(np.where(mask, 255, 0).astype("uint8"))
        for index, name in enumerate(names or [], start=1):
            raster.set_band_description(index, name)
    return str(path)


def numbers(shape, dtype="uint16", low=1, high=10_000, seed=0):
    """Random pixels of any type, within what the type holds."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (rng.standard_normal(shape) * 1000).astype(kind)
    limits = np.iinfo(kind)
    low = -high if kind.kind == "i" else low
    return rng.integers(max(low, limits.min), min(high, limits.max), shape).astype(kind)
