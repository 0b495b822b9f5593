# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one generated landscape as a scene to map: both sensors, the truth, and the clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import from_origin

from .archive import GENERATED
from .fields import Shape
from .landscape import make_landscape
from .materials import BAND_NAMES
from .patch_names import S1_BANDS
from .sensors import draw_acquisition, observe_sentinel1, observe_sentinel2
from .weather import make_weather

# On the coast of Portugal, in a tile next to the archive's.
_CRS, _CORNER, _PX_M = CRS.from_epsg(32629), (520020.0, 4290000.0), 10.0
_IGNORE = 255

ClassesOf = Callable[[NDArray[np.uint16]], NDArray[np.uint8]]


def write_scene(rng: np.random.Generator, folder: Path, side: int, classes_of: ClassesOf) -> None:
    """Generate a scene and write it.

    Args:
        rng: Source of randomness, of this scene alone.
        folder: Where to write; it is made.
        side: Width and height in px of 10 m, a multiple of 6.
        classes_of: CORINE codes to class ids, both (H, W); 255 where there is no class.
    """
    shape = (side, side)
    landscape = make_landscape(rng, shape, coastal=True)
    weather = make_weather(rng, shape, cover=0.04, snow=0.0)
    swath = _swath(shape)
    bands = observe_sentinel2(rng, landscape, weather, draw_acquisition(rng))
    # A stack has one grid: coarser bands are repeated, as nearest-neighbour resampling does.
    stack = [np.where(swath, _repeat(bands[name], shape), 0) for name in BAND_NAMES]
    folder.mkdir(parents=True)
    _write(folder / "sentinel2.tif", stack, BAND_NAMES, nodata=0)
    backscatter = list(observe_sentinel1(rng, landscape))
    _write(folder / "sentinel1.tif", backscatter, S1_BANDS)
    _write(folder / "truth_clc.tif", [landscape.codes], ("CORINE code",), nodata=0)
    ids = classes_of(landscape.codes)
    _write(folder / "truth_ben19.tif", [ids], ("class",), nodata=_IGNORE)
    usable = (swath & ~weather.clouded).astype(np.uint8)
    _write(folder / "clear_mask.tif", [usable], ("1 where neither cloud, shadow nor nodata",))


def _swath(shape: Shape) -> NDArray[np.bool_]:
    """Where the slanted swath of the overpass reaches: all but a wedge in the north-west."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    inside: NDArray[np.bool_] = columns + 0.22 * rows >= 0.13 * shape[1]
    return inside


def _repeat(band: NDArray[np.uint16], shape: Shape) -> NDArray[np.uint16]:
    step = shape[0] // band.shape[0]
    return band.repeat(step, axis=0).repeat(step, axis=1) if step > 1 else band


def _write(
    path: Path,
    bands: List[NDArray[Any]],
    names: Tuple[str, ...],
    **profile: Any,
) -> None:
    height, width = bands[0].shape
    options: Dict[str, Any] = {
        "driver": "GTiff", "width": width, "height": height, "count": len(bands),
        "dtype": bands[0].dtype.name, "crs": _CRS, "transform": from_origin(*_CORNER, _PX_M, _PX_M),
        "tiled": True, "blockxsize": 256, "blockysize": 256, **profile,
    }  # fmt: skip
    if bands[0].dtype != np.float32 and len(bands) == 1:
        options["compress"] = "deflate"
    with rasterio.open(path, "w", **options) as file:
        file.update_tags(TIFFTAG_IMAGEDESCRIPTION=GENERATED)
        for number, (band, name) in enumerate(zip(bands, names), 1):
            file.write(band, number)
            file.set_band_description(number, name)
