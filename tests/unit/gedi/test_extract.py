# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows around real footprints, held to plain rasterio, gdaldem and rasterio.features."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import MissingInput, OtherSettings, UnwritablePath
from coverloom.engine.gedi.layout import columns
from coverloom.engine.gedi.scl import CLASSES
from coverloom.engine.gedi.tables import read_table, write_table
from coverloom.engine.gedi.terrain import slope_of
from rasterio.enums import Resampling
from rasterio.features import rasterize
from rasterio.merge import merge
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform

BANDS = ("SCL", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
TABLE = {
    "Sentinel-2 L2A": ("<u2", (12, 32, 32)),
    "WorldCover": ("|u1", (1, 32, 32)),
    "CopDEM": ("<f4", (2, 32, 32)),
    "AGBD Raster": ("<f4", (1, 32, 32)),
    "Transforms": ("<f8", (9,)),
    "CRS": (str, (1,)),
    "Sentinel-2 Product Name": (str, (1,)),
    "WorldCover Tile Name": (str, (1,)),
    "CopDEM Tile Name": (str, (1,)),
    "GEDI Product Name": (str, (1,)),
    "GEDI Acquisition Time": (str, (1,)),
    "S2 SCL Stats": (str, (12, 2)),
    "AGBD Values": ("<f4", (1,)),
    "AGBD Standard Error": ("<f4", (1,)),
    "GEDI Shot Number": ("<u8", (1,)),
    "GEDI Delta Time": ("<f8", (1,)),
    "GEDI Lat Lon": ("<f8", (2,)),
}


@pytest.fixture(scope="module")
def rows(world):
    """Every extracted footprint as a dict of its values."""
    found = []
    for path in sorted(world.batches.glob("*.h5")):
        with h5py.File(path) as file:
            data = {n: d.asstr()[:] if d.dtype == object else d[:] for n, d in file["data"].items()}
            found += [{n: v[i] for n, v in data.items()} for i in range(len(data["AGBD Values"]))]
    return found


@pytest.fixture(scope="module")
def log(world):
    return [json.loads(line) for line in (world.batches / "log.jsonl").read_text().splitlines()]


def scene_folder(world, row):
    return world.folder / "catalogue" / "sentinel-2-l2a" / row["Sentinel-2 Product Name"][0]


def warped(source, row, how, **options):
    with WarpedVRT(source, crs=row["CRS"][0], transform=Affine(*row["Transforms"][:6]),
                   width=32, height=32, resampling=how, **options) as view:  # fmt: skip
        return view.read(1)


def warped_array(mosaic, place, row, how):
    _, height, width = mosaic.shape
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 1}
    profile |= {"dtype": mosaic.dtype, "crs": "EPSG:4326", "transform": place}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(mosaic)
        with memory.open() as source:
            return warped(source, row, how)


def test_the_layout_is_the_published_one(world):
    path = min(world.batches.glob("*.h5"))
    with h5py.File(path) as file:
        group = file["data"]
        assert set(group) == set(TABLE) == set(columns("degrees"))
        for name, (dtype, shape) in TABLE.items():
            text = h5py.check_string_dtype(group[name].dtype)
            assert (str if text else group[name].dtype.str) == dtype, name
            assert group[name].shape == (len(group["CRS"]), *shape), name
            assert not text or text.encoding == "utf-8"
            assert text or group[name].fletcher32, name
        assert list(group["Sentinel-2 L2A"].attrs["bands"]) == list(BANDS)
        assert list(group["CopDEM"].attrs["units"]) == ["m", "degrees"]
        assert group["AGBD Raster"].attrs["nodata"] == -9999
        card = json.loads(group.attrs["coverloom"])
        assert card["request"]["max_cloud"] == 25 and card["versions"]["gdal"]


def test_every_footprint_is_extracted_or_logged_once(world, rows, log):
    table = read_table(world.table)
    shots = [int(row["GEDI Shot Number"][0]) for row in rows] + [e["shot_number"] for e in log]
    assert sorted(shots) == sorted(table["shot_number"].tolist())
    assert (world.outputs["EXTRACTED"], world.outputs["REJECTED"]) == (len(rows), len(log))
    manifest = json.loads((world.batches / "manifest.json").read_text())
    assert manifest["reasons"] == dict(sorted(Counter(e["reason"] for e in log).items()))
    for reason, count in manifest["reasons"].items():
        assert f"{count} footprints rejected: {reason}." in world.texts


def test_windows_equal_what_plain_rasterio_reads(world, rows):
    for row in rows[:: max(1, len(rows) // 40)]:
        baseline = row["Sentinel-2 Product Name"][0].split("_N")[1][:4]
        for i, band in enumerate(BANDS):
            path = next(scene_folder(world, row).glob(f"*_{band}_*m.tif"))
            how = Resampling.nearest if band == "SCL" else Resampling.bilinear
            with rasterio.open(path) as source:
                expected = warped(source, row, how).astype(int)
            if band != "SCL" and int(baseline) >= 400:
                expected = np.where(expected == 0, 0, np.maximum(expected - 1000, 1))
            np.testing.assert_array_equal(row["Sentinel-2 L2A"][i], expected, err_msg=band)


def test_scenes_of_both_kinds_of_baseline_were_used(rows):
    used = {row["Sentinel-2 Product Name"][0].split("_N")[1][:4] for row in rows}
    assert {"0214", "0500"} <= used or {"0214", "0400"} <= used
    name = "Sentinel-2 Product Name"
    means = {
        b: np.mean([r["Sentinel-2 L2A"][4].mean() for r in rows if f"_N{b}" in r[name][0]])
        for b in used
    }
    assert max(means.values()) - min(means.values()) < 400  # not the offset's 1000


def tiles(world, row, name, folder):
    return [world.folder / "catalogue" / folder / f"{n}.tif" for n in row[name][0].split(";")]


def test_terrain_across_tile_borders_equals_a_merged_tile(world, rows):
    crossing = [row for row in rows if ";" in row["CopDEM Tile Name"][0]]
    assert len(crossing) > 5
    for row in [*crossing[:12], *rows[::60]]:
        paths = tiles(world, row, "CopDEM Tile Name", "cop-dem-glo-30")
        mosaic, place = merge(paths)
        expected = warped_array(mosaic, place, row, Resampling.bilinear)
        np.testing.assert_allclose(row["CopDEM"][0], expected, atol=2e-3)
        assert (row["CopDEM"][0] > 0).all()


def test_worldcover_across_tile_borders_equals_a_merged_tile(world, rows):
    crossing = [row for row in rows if ";" in row["WorldCover Tile Name"][0]]
    assert crossing and all("2020_v100" in row["WorldCover Tile Name"][0] for row in rows)
    for row in [*crossing[:12], *rows[::60]]:
        mosaic, place = merge(tiles(world, row, "WorldCover Tile Name", "esa-worldcover"))
        expected = warped_array(mosaic, place, row, Resampling.nearest)
        assert (row["WorldCover"][0] != expected).mean() <= 0.001  # pixels on an edge
        assert row["WorldCover"].all()


@pytest.mark.skipif(not shutil.which("gdaldem"), reason="no gdaldem here")
@pytest.mark.parametrize("unit", ["degrees", "percent"])
def test_slope_equals_gdaldem(rows, tmp_path, unit):
    for row in rows[::90]:
        with rasterio.open(tmp_path / "dem.tif", "w", driver="GTiff", width=32, height=32, count=1,
                           dtype="float32", crs=row["CRS"][0],
                           transform=Affine(*row["Transforms"][:6])) as file:  # fmt: skip
            file.write(row["CopDEM"][0], 1)
        extra = ["-p"] if unit == "percent" else []
        files = [str(tmp_path / "dem.tif"), str(tmp_path / "slope.tif")]
        command = ["gdaldem", "slope", "-q", "-alg", "ZevenbergenThorne", *extra, *files]
        subprocess.run(command, check=True)
        with rasterio.open(tmp_path / "slope.tif") as file:
            expected = file.read(1)[1:-1, 1:-1]
        found = slope_of(row["CopDEM"][0], unit)
        np.testing.assert_allclose(found[1:-1, 1:-1], expected, atol=2e-3)
        if unit == "degrees":
            np.testing.assert_array_equal(row["CopDEM"][1], found)


def test_biomass_raster_equals_rasterio_features(rows):
    for row in rows[::20]:
        lat, lon = row["GEDI Lat Lon"]
        (x,), (y,) = transform("EPSG:4326", row["CRS"][0], [lon], [lat])
        angle = np.linspace(0, 2 * np.pi, 65)
        ring = np.stack([x + 12 * np.cos(angle), y + 12 * np.sin(angle)], 1).tolist()
        expected = rasterize([({"type": "Polygon", "coordinates": [ring]}, row["AGBD Values"][0])],
                             (32, 32), fill=-9999, transform=Affine(*row["Transforms"][:6]),
                             all_touched=True, dtype="float32")  # fmt: skip
        np.testing.assert_array_equal(row["AGBD Raster"][0], expected)
        assert 4 <= (expected != -9999).sum() <= 16
        column, line = ~Affine(*row["Transforms"][:6]) @ (x, y)
        assert abs(column - 16) <= 0.5 and abs(line - 16) <= 0.5


def test_values_are_those_of_the_granule(world, rows):
    table = read_table(world.table)
    place = {int(shot): i for i, shot in enumerate(table["shot_number"])}
    for row in rows:
        i = place[int(row["GEDI Shot Number"][0])]
        assert row["AGBD Values"][0] == table["agbd"][i]
        assert row["AGBD Standard Error"][0] == table["agbd_se"][i]
        assert row["GEDI Delta Time"][0] == table["delta_time"][i]
        assert row["GEDI Acquisition Time"][0] == table["acquisition_time"][i]
        assert tuple(row["GEDI Lat Lon"]) == (
            table["lat_lowestmode"][i],
            table["lon_lowestmode"][i],
        )


def test_only_usable_windows_are_stored(rows):
    for row in rows:
        scl = row["Sentinel-2 L2A"][0]
        assert (
            np.isin(scl[14:18, 14:18], (4, 5)).all() and row["CopDEM"][1][14:18, 14:18].max() <= 15
        )
        stats = dict(row["S2 SCL Stats"])
        for value, name in enumerate(CLASSES):
            assert float(stats[name]) == (scl == value).mean()
        assert (np.isin(scl, (8, 9, 10))).mean() <= 0.25 >= np.isin(scl, (2, 3)).mean()


def test_the_next_best_scene_is_tried_and_reasons_are_true(world, rows, log):
    first = {
        row["Sentinel-2 Product Name"][0]
        for row in rows
        if "T39" in row["Sentinel-2 Product Name"][0]
    }
    assert len(first) == 3  # the clearest, and both that come after it
    reasons = Counter(entry["reason"] for entry in log)
    assert reasons["slope"] and reasons["scl centre"]
    for entry in log:
        if entry["reason"] == "slope":
            assert entry["slope"] > entry["limit"] == 15 and entry["unit"] == "degrees"
        assert not any("20200206" in t["scene"] or "20200306" in t["scene"] for t in entry["tried"])
    assert max(len(entry["tried"]) for entry in log) == 3
    west = {
        row["Sentinel-2 Product Name"][0]
        for row in rows
        if "T40" in row["Sentinel-2 Product Name"][0]
    }
    assert len(west) == 2


def test_the_same_again_in_processes_and_with_an_interruption(world, run_job, tmp_path):
    again = tmp_path / "again"
    run_job("extractgedi", footprints=world.table, catalog=world.catalogue, output=str(again),
            workers=2, batch_size=120)  # fmt: skip
    names = sorted(path.name for path in world.batches.glob("*.h5"))
    for name in names:
        assert (again / name).read_bytes() == (world.batches / name).read_bytes()
    assert (again / "log.jsonl").read_bytes() == (world.batches / "log.jsonl").read_bytes()
    (again / names[1]).write_bytes(b"altered")
    stamp = (again / names[0]).stat().st_mtime_ns
    _, texts = run_job("extractgedi", footprints=world.table, catalog=world.catalogue,
                       output=str(again), workers=1, batch_size=120)  # fmt: skip
    assert (again / names[1]).read_bytes() == (world.batches / names[1]).read_bytes()
    assert (again / names[0]).stat().st_mtime_ns == stamp
    assert any("batches are there already" in text for text in texts)


def test_other_settings_and_foreign_folders_are_refused(world, run_job, tmp_path):
    with pytest.raises(OtherSettings, match=r"MAX_SLOPE was 15.0, is 20.0"):
        run_job("extractgedi", footprints=world.table, catalog=world.catalogue,
                output=str(world.batches), workers=1, batch_size=120, max_slope=20.0)  # fmt: skip
    other = str(tmp_path / "other.parquet")
    write_table(other, read_table(world.table).select(np.arange(3)))
    with pytest.raises(OtherSettings, match="FOOTPRINTS was"):
        run_job("extractgedi", footprints=other, catalog=world.catalogue,
                output=str(world.batches), workers=1, batch_size=120)  # fmt: skip
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(UnwritablePath, match="is not empty"):
        run_job("extractgedi", footprints=other, catalog=world.catalogue, output=str(tmp_path))
    with pytest.raises(UnwritablePath, match="holds batches"):
        run_job("extractgedi", footprints=world.table, catalog=world.catalogue,
                output=str(world.batches), batch_size=120, resume=False)  # fmt: skip
    with pytest.raises(MissingInput):
        run_job("extractgedi", footprints=other, catalog=str(tmp_path / "none"),
                output=str(tmp_path / "x"))  # fmt: skip


def test_a_slope_in_per_cent_is_stored_in_per_cent(world, run_job, tmp_path):
    few = str(tmp_path / "few.csv")
    write_table(few, read_table(world.table).select(np.arange(12)))
    run_job("extractgedi", footprints=few, catalog=world.catalogue, output=str(tmp_path / "p"),
            workers=1, max_slope=30.0, slope_unit="percent")  # fmt: skip
    with h5py.File(tmp_path / "p" / "batch-00000.h5") as file:
        dem = file["data/CopDEM"][:]
        assert list(file["data/CopDEM"].attrs["units"]) == ["m", "percent"]
    np.testing.assert_array_equal(dem[0, 1], slope_of(dem[0, 0], "percent"))
    assert dem[:, 1, 14:18, 14:18].max() <= 30


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_a_damaged_asset_costs_its_scene_only_and_is_tried_again(world, run_job, tmp_path, damage):
    copy = tmp_path / "catalogue"
    shutil.copytree(world.folder / "catalogue", copy)
    scene = next(copy.glob("sentinel-2-l2a/*20200203*"))
    path = next(scene.glob("*_B11_*.tif"))
    whole = path.read_bytes()
    path.unlink() if damage == "missing" else path.write_bytes(whole[: len(whole) // 3])
    out = str(tmp_path / "out")
    arguments = dict(
        footprints=world.table, catalog=str(copy), output=out, workers=1, batch_size=120
    )
    outputs, texts = run_job("extractgedi", **arguments)
    lines = [json.loads(line) for line in Path(outputs["LOG"]).read_text().splitlines()]
    tried = [t for line in lines for t in line["tried"] if t["reason"] == "unreadable"]
    assert outputs["EXTRACTED"] < world.outputs["EXTRACTED"] and tried
    assert all("B11" in t["error"] for t in tried)
    assert any("a run with RESUME tries again" in text for text in texts)
    path.write_bytes(whole)
    outputs, _ = run_job("extractgedi", **arguments)
    assert outputs["EXTRACTED"] == world.outputs["EXTRACTED"]
