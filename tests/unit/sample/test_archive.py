# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated archive against what is known of the official one."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio

ROOT = Path(__file__).resolve().parents[3]
TABLES = ("metadata.parquet", "metadata_for_patches_with_snow_cloud_or_shadow.parquet")
PX = {"B01": 20, "B02": 120, "B03": 120, "B04": 120, "B05": 60, "B06": 60, "B07": 60, "B08": 120}
PX |= {"B8A": 60, "B09": 20, "B11": 60, "B12": 60}
PATCH = re.compile(r"S2[AB]_MSIL2A_(\d{8})T\d{6}_N9999_R\d{3}_T(\d{2}[A-Z]{3})_(\d\d)_(\d\d)")
S1 = re.compile(r"S1[AB]_IW_GRDH_1SDV_(\d{8})T\d{6}_(\d{2}[A-Z]{3})_(\d|[1-9]\d)_(\d|[1-9]\d)")
CORNERS = {
    "33UUP": (32633, 300000, 5400000),
    "29UPU": (32629, 600000, 5900040),
    "29SND": (32629, 499980, 4400040),
    "35VPK": (32635, 600000, 7000020),
}


@pytest.fixture(scope="module")
def rows(archive):
    return [row for name in TABLES for row in pq.read_table(archive / name).to_pylist()]


def files(archive, row):
    """Paths of a patch's 15 files, as the official archive has them."""
    patch, s1 = row["patch_id"], row["s1_name"]
    product, scene = patch.rsplit("_", 2)[0], s1.rsplit("_", 3)[0]
    paths = {b: archive / "BigEarthNet-S2" / product / patch / f"{patch}_{b}.tif" for b in PX}
    for band in ("VV", "VH"):
        paths[band] = archive / "BigEarthNet-S1" / scene / s1 / f"{s1}_{band}.tif"
    name = f"{patch}_reference_map.tif"
    paths["map"] = archive / "Reference_Maps" / product / patch / name
    return paths


def test_every_row_has_its_files_and_no_file_is_over(archive, rows):
    listed = {path for row in rows for path in files(archive, row).values()}
    assert listed == set(archive.rglob("*.tif"))
    assert len(rows) == len({row["patch_id"] for row in rows}) == 324


def test_names_have_the_official_form_and_belong_together(rows):
    for row in rows:
        day, tile, h, v = PATCH.fullmatch(row["patch_id"]).groups()
        s1_day, s1_tile, s1_h, s1_v = S1.fullmatch(row["s1_name"]).groups()
        assert (tile, int(h), int(v)) == (s1_tile, int(s1_h), int(s1_v))
        assert abs(np.datetime64(_iso(day)) - np.datetime64(_iso(s1_day))).astype(int) <= 6
        start = "_".join(row["patch_id"].split("_")[:3])
        assert row["s2v1_name"] == f"{start}_{int(h)}_{int(v)}"
        assert day.startswith("2020"), "BigEarthNet has 2017 and 2018: no mistaking"


def _iso(day):
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def test_splits_follow_the_official_formula(rows):
    side = 109_800
    train = side * (2 - math.sqrt(2)) / 4
    validation = side * (math.sqrt(2) - 1) / 4
    counts = {"train": 0, "validation": 0, "test": 0}
    for row in rows:
        h, v = (int(part) for part in row["patch_id"].split("_")[-2:])
        x, y = 1200 * h + 600, 1200 * v + 600
        depth = min(x, y, side - x, side - y)
        split = "train" if depth < train else "validation" if depth < train + validation else "test"
        assert row["split"] == split
        counts[split] += 1
    shares = [counts[split] / len(rows) for split in ("train", "validation", "test")]
    assert np.allclose(shares, [0.5, 0.25, 0.25], atol=0.08)


@pytest.mark.parametrize("number", [0, 100, 200, 323])
def test_files_have_the_official_shape_type_and_place(archive, rows, number):
    row = rows[number]
    tile, h, v = PATCH.fullmatch(row["patch_id"]).groups()[1:]
    epsg, left, top = CORNERS[tile]
    for part, path in files(archive, row).items():
        side = PX.get(part, 120)
        with rasterio.open(path) as file:
            assert (file.count, file.width, file.height) == (1, side, side)
            assert file.dtypes == ("float32" if part in ("VV", "VH") else "uint16",)
            assert file.nodata == (None if part in ("VV", "VH") else 0)
            assert file.crs.to_epsg() == epsg
            px_m = 1200 / side
            corner = left + 1200 * int(h), top - 1200 * int(v)
            assert file.transform == rasterio.Affine(px_m, 0, corner[0], 0, -px_m, corner[1])
            assert "GENERATED" in file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
            pixels = file.read(1)
            assert np.isfinite(pixels).all() and (part in ("VV", "VH") or pixels.min() > 0)


def test_labels_are_the_19_class_names_of_the_map(archive, rows):
    classes = json.loads((ROOT / "resources" / "classes" / "clc.json").read_text())["classes"]
    name_of = {item["code"]: item["ben19"] for item in classes}
    for row in rows[::7]:
        with rasterio.open(files(archive, row)["map"]) as file:
            names = {name_of[int(code)] for code in np.unique(file.read(1))} - {None}
        assert row["labels"] == sorted(names)


def test_clean_and_flagged_patches_are_in_their_tables(archive):
    clean, flagged = (pq.read_table(archive / name).to_pylist() for name in TABLES)
    flags = ("contains_seasonal_snow", "contains_cloud_or_shadow")
    assert not any(row[flag] for row in clean for flag in flags)
    assert all(any(row[flag] for flag in flags) for row in flagged)
    assert all(any(row[flag] for row in flagged) for flag in flags)


def test_all_19_classes_are_in_every_split(rows):
    for split in ("train", "validation", "test"):
        names = {label for row in rows if row["split"] == split for label in row["labels"]}
        assert len(names) == 19


def test_metadata_and_files_are_like_the_real_ones(archive, rows, real_data):
    real = real_data / "bigearthnet_v2"
    for name in TABLES:
        ours, theirs = pq.ParquetFile(archive / name), pq.ParquetFile(real / name)
        assert ours.schema_arrow.equals(theirs.schema_arrow)
        assert ours.schema.equals(theirs.schema)
    for path in real.rglob("*.tif"):
        part = path.stem.rsplit("_", 1)[1]
        ours = files(archive, rows[5])[part]
        with rasterio.open(path) as theirs, rasterio.open(ours) as mine:
            for key in ("driver", "dtype", "nodata", "width", "height", "count", "tiled"):
                assert mine.profile[key] == theirs.profile[key], (part, key)
            for key in ("blockysize", "compress"):
                assert mine.profile.get(key) == theirs.profile.get(key), (part, key)
            assert mine.tags(ns="IMAGE_STRUCTURE") == theirs.tags(ns="IMAGE_STRUCTURE")
            assert mine.tags()["AREA_OR_POINT"] == theirs.tags()["AREA_OR_POINT"]
