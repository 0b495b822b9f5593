# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: round trips, and the many-at-once form against the one-by-one form."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from coverloom.engine.contract.errors import UnknownName
from coverloom.engine.patches.names import (
    Sentinel1Name,
    Sentinel2Name,
    parse,
    split_names,
    try_parse,
)
from hypothesis import given
from hypothesis import strategies as st

places = st.integers(0, 90)
days = st.dates(dt.date(2015, 6, 23), dt.date(2035, 12, 31))
times = st.one_of(
    st.times().map(lambda t: f"{t:%H%M%S}"),
    st.integers(0, 95999).map(lambda t: f"{t:05d}"),  # an hour without its leading 0
)
tiles = st.builds(
    "{:02d}{}{}{}".format,
    st.integers(1, 60),
    st.sampled_from("CDEFGHJKLMNPQRSTUVWX"),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUV"),
)
digits = st.integers(0, 9999)


@given(days, times, places, places, tiles, digits, st.integers(0, 999), st.sampled_from("AB"))
def test_version_2_names_round_trip(day, time, h, v, tile, baseline, orbit, unit):
    name = Sentinel2Name(f"S2{unit}", day, time, h, v, tile, f"{baseline:04d}", f"{orbit:03d}")
    assert parse(str(name)) == name
    assert str(name).startswith(name.scene + "_")
    assert name.version == 2


@given(days, times, places, places)
def test_version_1_names_round_trip(day, time, h, v):
    name = Sentinel2Name("S2B", day, time, h, v)
    assert parse(str(name)) == name
    assert name.version == 1


@given(days, times, tiles, places, places)
def test_sentinel_1_names_round_trip(day, time, tile, h, v):
    name = Sentinel1Name("S1A", day, time, tile, h, v)
    assert parse(str(name)) == name


@given(st.lists(st.tuples(days, times, tiles, places, places), min_size=1, max_size=20))
def test_many_names_at_once_say_what_one_by_one_says(parts):
    names = [Sentinel1Name("S1B", *part) for part in parts]
    found = split_names(pa.array([str(name) for name in names]), "s1")
    assert found["ok"].all()
    assert found["h"].tolist() == [name.h for name in names]
    assert found["v"].tolist() == [name.v for name in names]
    assert found["tile"].to_pylist() == [name.tile for name in names]
    assert found["day"].tolist() == [name.day for name in names]


def test_every_official_name_comes_back_as_it_was(official):
    for column in ("patch_id", "s1_name", "s2v1_name"):
        for name in official.column(column).to_pylist()[::211]:
            assert str(parse(name)) == name


def test_version_1_hour_without_its_leading_zero():
    name = parse("S2B_MSIL2A_20170924T93020_69_24")
    assert (name.version, name.h, name.v, name.day) == (1, 69, 24, dt.date(2017, 9, 24))
    found = split_names(pa.array([str(name)]), "s2v1")
    expected = dt.datetime(2017, 9, 24, 9, 30, 20, tzinfo=dt.timezone.utc).timestamp()
    assert found["second"][0] == expected


def test_padded_and_plain_numbers_are_one_place():
    padded, plain = (split_names(pa.array([f"{S1}{text}"]), "s1") for text in ("07_05", "7_5"))
    assert padded["h"] == plain["h"] == 7
    assert padded["v"] == plain["v"] == 5


S1 = "S1B_IW_GRDH_1SDV_20170612T165809_33UUP_"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BigEarthNet-S2",
        "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP",
        "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_91_05",
        "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_05_91",
        "S2A_MSIL2A_20171313T101031_26_57",
        "S2A_MSIL1C_20170613T101031_26_57",
        S1 + "7",
        S1 + "7_5_VV",
    ],
)
def test_other_names_are_none(name):
    assert try_parse(name) is None
    with pytest.raises(UnknownName, match="no BigEarthNet patch name"):
        parse(name)
    for kind in ("s2v2", "s2v1", "s1"):
        assert not split_names(pa.array([name]), kind)["ok"].any()


def test_no_names_at_all():
    assert split_names(pa.array([], pa.string()), "s1")["h"].dtype == np.int32
