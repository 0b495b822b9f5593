# SPDX-License-Identifier: GPL-3.0-or-later
"""A footprint whose window a scene's edge cuts gets nothing from that scene."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.gedi.tables import read_table, write_table
from rasterio.warp import transform


@pytest.mark.parametrize(("metres", "cut"), [(150, True), (170, False)])
def test_a_window_cut_by_the_edge_is_left_out_and_told(world, run_job, tmp_path, metres, cut):
    """32 px of 10 m about the pixel corner next to the footprint: 155 to 165 m to each side."""
    (first, *_) = sorted(Path(world.catalogue).parent.rglob("*_B02_*.tif"))
    with rasterio.open(first) as scene:
        point = scene.bounds.left + metres, (scene.bounds.top + scene.bounds.bottom) / 2
        (lon,), (lat,) = transform(scene.crs, "OGC:CRS84", [point[0]], [point[1]])
    few = read_table(world.table).select(np.arange(1))
    few["lon_lowestmode"][:], few["lat_lowestmode"][:] = lon, lat
    write_table(str(tmp_path / "t.parquet"), few)
    outputs, _ = run_job(
        "extractgedi", footprints=str(tmp_path / "t.parquet"), catalog=world.catalogue,
        output=str(tmp_path / "out"), workers=1,
    )  # fmt: skip
    lines = [json.loads(line) for line in Path(outputs["LOG"]).read_text().splitlines()]
    reasons = {t["reason"] for line in lines for t in line["tried"]}
    assert ("scene edge" in reasons) == cut, (reasons, lines)
    if cut:
        assert outputs["EXTRACTED"] == 0
