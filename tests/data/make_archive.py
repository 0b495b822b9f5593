# SPDX-License-Identifier: GPL-3.0-or-later
"""Small BigEarthNet archives in the official layouts, written with rasterio."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
from coverloom.engine.patches.footprints import tile_origin
from coverloom.engine.patches.names import Sentinel1Name, parse
from coverloom.engine.patches.row import PX, S1_BANDS, S2_BANDS, PatchRow
from rasterio.transform import from_origin

CODES = (111, 211, 311, 312, 512, 999)
TILE = "33UUP"
SCENE = f"S2A_MSIL2A_20170613T101031_N9999_R022_T{TILE}"
S1_SCENE = "S1B_IW_GRDH_1SDV_20170612T165809"


def v2_row(root, h, v, **fields):
    """The index's row of a patch of one scene, by its place in the tile."""
    epsg, left, upper = tile_origin(TILE)
    patch_id, s1_name = f"{SCENE}_{h:02d}_{v:02d}", f"{S1_SCENE}_{TILE}_{h}_{v}"
    return PatchRow(
        patch_id=patch_id,
        s1_name=s1_name,
        s2_path=str(root / "BigEarthNet-S2" / SCENE / patch_id),
        s1_path=str(root / "BigEarthNet-S1" / S1_SCENE / s1_name),
        map_path=str(root / "Reference_Maps" / SCENE / patch_id),
        labels=("Arable land", "Pastures"),
        date_s2=dt.date(2017, 6, 13),
        date_s1=dt.date(2017, 6, 12),
        tile=TILE,
        h=h,
        v=v,
        epsg=epsg,
        ulx=left + 1200 * h,
        uly=upper - 1200 * v,
        **fields,
    )


def v2_patch(root, s2_name, s1_name, country="Austria", seed=0):
    """One patch's 15 files; returns its metadata row."""
    rng = np.random.default_rng(seed)
    s2 = parse(s2_name)
    tile, place = s2.tile, (s2.h, s2.v)
    s2_folder = root / "BigEarthNet-S2" / s2.scene / s2_name
    for band in S2_BANDS:
        pixels = rng.integers(1, 4000, (PX[band], PX[band]), dtype=np.uint16)
        write_band(s2_folder, band, pixels, tile, place, nodata=0)
    if s1_name:
        s1_folder = root / "BigEarthNet-S1" / parse(s1_name).scene / s1_name
        for band in S1_BANDS:
            pixels = rng.normal(-15, 4, (120, 120)).astype(np.float32)
            write_band(s1_folder, band, pixels, tile, place)
    codes = np.array(CODES, np.uint16)[rng.integers(0, len(CODES), (120, 120))]
    maps = root / "Reference_Maps" / s2.scene / s2_name
    write_band(maps, "reference_map", codes, tile, place, nodata=0, compress="deflate", predictor=2)
    labels = ["Arable land", "Broad-leaved forest", "Coniferous forest", "Inland waters"]
    return {
        "patch_id": s2_name,
        "labels": [*labels, "Urban fabric"],
        "split": "train",
        "country": country,
        "s1_name": s1_name,
        "s2v1_name": f"{s2.satellite}_MSIL2A_{s2.day:%Y%m%d}T{s2.time}_{s2.h}_{s2.v}",
        "contains_seasonal_snow": False,
        "contains_cloud_or_shadow": False,
    }


def v2_archive(root, patches):
    """An archive of (s2_name, s1_name) pairs, s1 empty for none, with its ``metadata.parquet``."""
    rows = [v2_patch(root, s2, s1, seed=i) for i, (s2, s1) in enumerate(patches)]
    write_metadata(root / "metadata.parquet", rows)
    return rows


def write_metadata(path, rows):
    """The official schema."""
    pq.write_table(pa.Table.from_pylist(rows), path)


def v1_patch(root, name, tile, s2_name="", labels=("Pastures",), s1_root="BigEarthNet-S1-v1.0"):
    """A version 1 patch: Sentinel-2, or Sentinel-1 that belongs to ``s2_name``."""
    parsed = parse(name)
    sentinel1 = isinstance(parsed, Sentinel1Name)
    folder = root / (s1_root if sentinel1 else "BigEarthNet-v1.0") / name
    for band in S1_BANDS if sentinel1 else S2_BANDS:
        dtype = np.float32 if sentinel1 else np.uint16
        write_band(folder, band, np.ones((PX[band],) * 2, dtype), tile, (parsed.h, parsed.v))
    epsg, ulx, uly = tile_origin(tile)
    record = {
        "labels": list(labels),
        "coordinates": {"ulx": ulx + 1200 * parsed.h, "uly": uly - 1200 * parsed.v},
        "projection": f'PROJCS["x",AUTHORITY["EPSG","{epsg}"]]',
    }
    if sentinel1:
        record["corresponding_s2_patch"] = s2_name
    else:
        record["tile_source"] = f"S2A_MSIL1C_20170613T101031_N0205_R022_T{tile}_x.SAFE"
    (folder / f"{name}_labels_metadata.json").write_text(json.dumps(record))
    return folder


def write_band(folder, band, pixels, tile, place, **profile):
    """One file of a patch at its place in the tile."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    epsg, ulx, uly = tile_origin(tile)
    side = 1200 / pixels.shape[0]
    transform = from_origin(ulx + 1200 * place[0], uly - 1200 * place[1], side, side)
    path = Path(folder) / f"{Path(folder).name}_{band}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, width=pixels.shape[1], height=pixels.shape[0],
        dtype=pixels.dtype, crs=f"EPSG:{epsg}", transform=transform, **profile,
    ) as target:  # fmt: skip
        target.write(pixels, 1)
    return path
