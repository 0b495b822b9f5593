# SPDX-License-Identifier: GPL-3.0-or-later
"""Granules, filters, tables and subsets, held to a real granule and to independent readers."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
from coverloom.engine.contract.errors import (
    CoverloomError,
    EmptySelection,
    InvalidRequest,
    MissingInput,
    NotAGranule,
    UnreadableTable,
)
from coverloom.engine.gedi.footprints import Footprints
from coverloom.engine.gedi.subset import choose_even
from coverloom.engine.gedi.tables import read_table, write_table
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rasterio.warp import transform_geom

from .conftest import run

NAME = "GEDI04_A_2020036151358_O06515_02_T00198_02_002_01_V002"


@pytest.fixture(scope="module")
def granule(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("granule")
    with zipfile.ZipFile(real_data / "gedi_l4a" / f"{NAME}.zip") as archive:
        (folder / f"{NAME}.h5").write_bytes(archive.read(f"{NAME}.h5"))
    return folder / f"{NAME}.h5"


@pytest.fixture(scope="module")
def raw(granule):
    with h5py.File(granule) as file:
        names = ("agbd", "agbd_se", "shot_number", "delta_time", "lat_lowestmode",
                 "lon_lowestmode", "l2_quality_flag", "l4_quality_flag", "surface_flag",
                 "solar_elevation", "sensitivity")  # fmt: skip
        beams = [key for key in file if key.startswith("BEAM")]
        found = {n: np.concatenate([file[b][n][:] for b in beams]) for n in names}
        found["beam"] = np.concatenate([[b] * len(file[b]["agbd"]) for b in beams])
    return found


def test_the_real_granule_gives_461_321_225(granule, tmp_path):
    outputs, texts = run("combinegedi", input=[str(granule)], train=str(tmp_path / "t.csv"))
    assert outputs["KEPT_TRAIN"] == 225
    assert any("461 footprints" in t and "321 by flags, 225 by error" in t for t in texts)
    assert len(read_table(str(tmp_path / "t.csv"))) == 225


def test_zip_and_folder_read_as_the_file_itself(granule, real_data, tmp_path):
    run("combinegedi", input=[str(granule)], train=str(tmp_path / "a.csv"))
    run("combinegedi", input=[str(real_data / "gedi_l4a")], train=str(tmp_path / "b.csv"))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_kept_rows_are_those_of_the_granule_bit_for_bit(granule, raw, tmp_path):
    good = np.all([raw[n] == 1 for n in raw if n.endswith("_flag")], axis=0) & (raw["agbd"] > 0)
    good &= np.divide(raw["agbd_se"], raw["agbd"], where=good, out=np.ones(len(good))) < 0.5
    for suffix in ("csv", "gpkg", "parquet"):
        path = str(tmp_path / f"t.{suffix}")
        run("combinegedi", input=[str(granule)], train=path)
        table = read_table(path)
        order = np.argsort(table["shot_number"])
        expected = np.argsort(raw["shot_number"][good])
        for name in ("shot_number", "agbd", "agbd_se", "delta_time", "lat_lowestmode"):
            assert table[name].dtype == raw[name].dtype
            np.testing.assert_array_equal(table[name][order], raw[name][good][expected])
        assert set(table["gedi_filename"]) == {f"{NAME}.h5"}
    at = dt.datetime(2018, 1, 1) + dt.timedelta(seconds=float(table["delta_time"][0]))
    assert table["acquisition_time"][0][:19] == at.isoformat()[:19]


def test_csv_is_plain_and_separated_by_semicolons(granule, tmp_path):
    path = tmp_path / "t.csv"
    run("combinegedi", input=[str(granule)], train=str(path))
    lines = path.read_text().splitlines()
    assert lines[0].startswith("agbd;agbd_se;lon_lowestmode;lat_lowestmode;shot_number;delta_time")
    assert lines[0].endswith("GEDI Filename;Acquisition Time;beam") and len(lines) == 226


def test_geo_tables_are_points_for_other_programs(granule, tmp_path):
    run("combinegedi", input=[str(granule)], train=str(tmp_path / "t.parquet"))
    table = pq.read_table(tmp_path / "t.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point"]
    x, y = np.frombuffer(table["geometry"][0].as_py()[5:], "<f8")
    assert (x, y) == (table["lon_lowestmode"][0].as_py(), table["lat_lowestmode"][0].as_py())


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({"night_only": True}, lambda r: r["solar_elevation"] < 0),
        ({"power_beams_only": True}, lambda r: np.isin(
            r["beam"], ["BEAM0101", "BEAM0110", "BEAM1000", "BEAM1011"])),
        ({"min_sensitivity": 0.95}, lambda r: r["sensitivity"] >= 0.95),
        ({"min_agbd": 20.0, "max_agbd": 60.0}, lambda r: (r["agbd"] >= 20) & (r["agbd"] <= 60)),
        ({"extent": (51.4, 36.0, 51.45, 36.2)}, lambda r: (
            r["lon_lowestmode"] > 51.4) & (r["lon_lowestmode"] < 51.45) & (
            r["lat_lowestmode"] > 36)),
        ({"not_degraded": True}, lambda r: np.ones(len(r["agbd"]), bool)),
    ],
)  # fmt: skip
def test_optional_filters(granule, raw, tmp_path, fields, condition):
    run("combinegedi", input=[str(granule)], train=str(tmp_path / "all.csv"))
    outputs, _ = run("combinegedi", input=[str(granule)], train=str(tmp_path / "t.csv"), **fields)
    kept = set(read_table(str(tmp_path / "all.csv"))["shot_number"].tolist())
    expected = kept & set(raw["shot_number"][condition(raw)].tolist())
    assert set(read_table(str(tmp_path / "t.csv"))["shot_number"].tolist()) == expected
    assert 0 < len(expected) == outputs["KEPT_TRAIN"]


def test_region_as_polygons_in_another_crs(granule, raw, tmp_path):
    box = transform_geom(
        "EPSG:4326", "EPSG:32639", {"type": "Polygon", "coordinates": [
            [[51.4, 36], [51.45, 36], [51.45, 36.2], [51.4, 36.2], [51.4, 36]]]})  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32639"}}
    feature = {"type": "Feature", "properties": {}, "geometry": box}
    collection = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    (tmp_path / "r.geojson").write_text(json.dumps(collection))
    table = str(tmp_path / "t.csv")
    run("combinegedi", input=[str(granule)], train=table, region=str(tmp_path / "r.geojson"))
    lon = read_table(table)["lon_lowestmode"]
    assert len(lon) and lon.min() > 51.3999 and lon.max() < 51.4501


def test_bad_input_says_what_is_wrong(granule, real_data, tmp_path):
    table = str(tmp_path / "t.csv")
    with pytest.raises(NotAGranule, match=r"lacks the fields agbd_se, l2_quality_flag, l4_qu"):
        run("combinegedi", input=[str(real_data / "gedi_reduced")], train=table)
    (tmp_path / "x.h5").write_bytes(b"no HDF5 at all")
    with pytest.raises(NotAGranule, match="cannot be read as HDF5"):
        run("combinegedi", input=[str(tmp_path / "x.h5")], train=table)
    cut = tmp_path / "cut.h5"
    cut.write_bytes(granule.read_bytes()[:100_000])
    with pytest.raises(NotAGranule, match="cannot be read as HDF5"):
        run("combinegedi", input=[str(cut)], train=table)
    with pytest.raises(EmptySelection, match=r"No footprint of 2019 is left; .* are of 2020"):
        run("combinegedi", input=[str(granule)], train=table, train_years=[2019])
    with pytest.raises(MissingInput, match="holds no granules"):
        (tmp_path / "none").mkdir()
        run("combinegedi", input=[str(tmp_path / "none")], train=table)
    with pytest.raises(InvalidRequest, match="TRAIN_YEARS and in TEST_YEARS"):
        run("combinegedi", input=[str(granule)], train=table, test_years=[2020])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.h5", "none", "x.h5"]


def test_an_empty_test_year_is_an_empty_table_and_a_warning(granule, tmp_path):
    train, test = str(tmp_path / "a.csv"), str(tmp_path / "test.gpkg")
    outputs, texts = run("combinegedi", input=[str(granule)], train=train, test=test)
    assert outputs["KEPT_TEST"] == 0 and len(read_table(test)) == 0
    assert any("No footprint of 2021" in text for text in texts)


def test_each_shot_once(granule, tmp_path):
    shutil.copy(granule, tmp_path / "again.h5")
    outputs, texts = run(
        "combinegedi", input=[str(granule), str(tmp_path)], train=str(tmp_path / "t.csv")
    )
    assert outputs["KEPT_TRAIN"] == 225 and any("225 footprints came twice" in t for t in texts)


def test_pictures_show_the_footprints(granule, tmp_path):
    train = str(tmp_path / "train_combined.csv")
    run("combinegedi", input=[str(granule)], train=train, plots=str(tmp_path / "p"))
    run(
        "subsetgedi",
        input=train,
        output=str(tmp_path / "s.csv"),
        size=50,
        plots=str(tmp_path / "p"),
    )
    names = {p.name for p in (tmp_path / "p").iterdir()}
    stems = ("combined", "subset")
    assert {
        f"train_distribution_{s}_{k}.png" for s in stems for k in ("spatial", "temporal")
    } <= names
    picture = np.asarray(Image.open(tmp_path / "p" / "train_distribution_subset_spatial.png"))
    green = (picture == (27, 94, 32)).all(axis=-1)
    pale = (picture == (200, 205, 210)).all(axis=-1)
    assert green.sum() > 0 and pale.sum() > 0


@given(st.lists(st.integers(1, 366), min_size=1, max_size=400), st.integers(1, 500),
       st.integers(0, 99))  # fmt: skip
@settings(deadline=None)
def test_subsets_meet_their_size_and_are_as_even_as_can_be(days, size, seed):
    days = np.array(days)
    chosen = choose_even(days, size, np.random.default_rng(seed))
    assert len(chosen) == min(size, len(days)) == len(set(chosen.tolist()))
    taken = np.bincount(days[chosen], minlength=367)
    there = np.bincount(days, minlength=367)
    # No day could give one more without another, larger by two, giving one up.
    short = taken[taken < there]
    assert not len(short) or taken.max() <= max(short.min() + 1, 1) or len(days) <= size


def test_subset_of_a_year_without_gaps_is_flat_and_counts_day_366(tmp_path):
    days = np.repeat(np.arange(366), 40)
    n = len(days)
    columns = {name: np.ones(n, "f4") for name in ("agbd", "agbd_se")}
    columns |= {name: np.zeros(n) for name in ("lon_lowestmode", "lat_lowestmode")}
    columns["shot_number"] = np.arange(n, dtype="u8") + 2**60
    start = (dt.datetime(2020, 1, 1) - dt.datetime(2018, 1, 1)).total_seconds()
    columns["delta_time"] = start + days * 86400.0 + 3600
    write_table(str(tmp_path / "t.parquet"), Footprints(columns))
    table = read_table(str(tmp_path / "t.parquet"))
    assert table.days.max() == 366 and set(table.years.tolist()) == {2020}
    chosen = table.select(choose_even(table.days, 1000, np.random.default_rng(0)))
    counts = np.bincount(chosen.days, minlength=367)[1:]
    assert counts.sum() == 1000 and set(counts.tolist()) == {2, 3}


@pytest.mark.parametrize("suffix", ["csv", "gpkg", "parquet"])
def test_damaged_tables_are_refused(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(b"agbd;agbd_se\n1;2;3\n" if suffix == "csv" else b"nothing of the kind")
    with pytest.raises(UnreadableTable):
        read_table(str(path))
    with pytest.raises(CoverloomError):
        read_table(str(tmp_path / "absent.csv"))


def test_a_table_without_columns_names_them(tmp_path):
    (tmp_path / "t.csv").write_text("agbd;agbd_se\n1;2\n")
    with pytest.raises(UnreadableTable, match="lacks the columns lon_lowestmode, lat_lowestmode"):
        read_table(str(tmp_path / "t.csv"))
