# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated GEDI L4A granules: tracks of footprints over a generated piece of the Earth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Dict, List, Tuple

import h5py
import numpy as np
from rasterio.warp import transform

from .gedi import write_area, write_catalogue
from .gedi_land import Area, Land, Rng, ScenePlan

_BEAMS = ("BEAM0000", "BEAM0001", "BEAM0010", "BEAM0011")
_POWER = ("BEAM0101", "BEAM0110", "BEAM1000", "BEAM1011")
_STEP_M, _BETWEEN_M, _MARGIN_M = 60.0, 600.0, 400.0
_EPOCH = dt.datetime(2018, 1, 1)
# Generated: nothing of a place in Austria but its tile's name.
_SIDES = {"small": 360, "medium": 1080}


def write_gedi_sample(rng: Rng, folder: Path, size: str) -> Dict[str, int]:
    """Write two granules (2020, 2021) and a static catalogue of all that they need.

    Args:
        rng: Source of chance.
        folder: Where: ``granules/``, ``catalogue/``.
        size: ``small`` or ``medium``.

    Returns:
        How many footprints and scenes there are.
    """
    ground, drawing = rng.spawn(2)
    days = {2020: dt.date(2020, 6, 14), 2021: dt.date(2021, 6, 20)}
    scenes: List[ScenePlan] = []
    for day in days.values():
        scenes.append(ScenePlan(day - dt.timedelta(4), 8.0, blobs=3))
        shifted = "05.00" if day.year == 2021 else "02.14"
        scenes.append(ScenePlan(day + dt.timedelta(1), 12.0, blobs=2, baseline=shifted))
    side = _SIDES[size]
    area = Area(32633, "33UVP", 399960.0, 5399940.0, side, side, tuple(scenes))
    land, items = write_area(ground, folder / "catalogue", area)
    write_catalogue(folder / "catalogue", items)
    count = 0
    for day, child in zip(days.values(), drawing.spawn(len(days))):
        count += write_granule(child, folder / "granules", area, land, day)
    return {"footprints": count, "scenes": len(scenes)}


def write_granule(rng: Rng, folder: Path, area: Area, land: Land, day: dt.date) -> int:
    """Write one granule of eight tracks across an area; returns its footprints."""
    folder.mkdir(parents=True, exist_ok=True)
    number = int(day.strftime("%j"))
    name = f"GEDI04_A_{day.year}{number:03d}101112_O0{number:04d}_02_T00001_02_002_01_V002.h5"
    second = (dt.datetime.combine(day, dt.time(10, 11, 12)) - _EPOCH).total_seconds()
    total = 0
    with h5py.File(folder / name, "w") as file:
        for i, beam in enumerate(sorted(_BEAMS + _POWER)):
            x, y = _track(area, i)
            fields = _fields(rng, area, land, x, y, beam)
            shots = np.arange(len(x), dtype=np.uint64)
            fields["shot_number"] = np.uint64(number * 10**13 + i * 10**11) + shots
            fields["delta_time"] = second + 0.00826 * np.arange(len(x)) + i * 1e-4
            group = file.create_group(beam)
            for key, values in fields.items():
                group.create_dataset(key, data=values)
            total += len(x)
    return total


def _track(area: Area, number: int) -> Tuple[Any, Any]:
    """Footprints of one beam, metres: a slanted line, 600 m from the next beam's."""
    long = 10 * area.height - 2 * _MARGIN_M
    along = np.arange(0, long, _STEP_M)
    wide = 10 * area.width - 2 * _MARGIN_M
    x = area.left + _MARGIN_M + (number * _BETWEEN_M + 0.3 * along) % wide
    return x, area.upper - _MARGIN_M - along


def _fields(rng: Rng, area: Area, land: Land, x: Any, y: Any, beam: str) -> Dict[str, Any]:
    count = len(x)
    lon, lat = transform(f"EPSG:{area.epsg}", "OGC:CRS84", x.tolist(), y.tolist())
    agbd = np.maximum(land.biomass(x, y) + rng.normal(0, 8, count), 0.5).astype(np.float32)
    sound = (rng.random(count) > 0.15).astype(np.uint8)
    lost = rng.random(count) < 0.05
    error = (agbd * rng.uniform(0.05, 0.6, count)).astype(np.float32)
    return {
        "agbd": np.where(lost, np.float32(-9999), agbd),
        "agbd_se": np.where(lost, np.float32(-9999), error),
        "lon_lowestmode": np.array(lon),
        "lat_lowestmode": np.array(lat),
        "l2_quality_flag": sound,
        "l4_quality_flag": sound,
        "surface_flag": np.ones(count, np.uint8),
        "algorithm_run_flag": np.ones(count, np.uint8),
        "degrade_flag": np.zeros(count, np.uint8),
        "sensitivity": rng.uniform(0.9, 0.99, count).astype(np.float32),
        "solar_elevation": np.full(count, 20.0 if beam in _POWER else -20.0, np.float32),
        "elev_lowestmode": land.altitude(x, y).astype(np.float32),
    }
