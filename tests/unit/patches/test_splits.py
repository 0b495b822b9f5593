# SPDX-License-Identifier: GPL-3.0-or-later
"""Splits: the official rule on all rows, counts of a fraction, places kept together, leakage."""

from __future__ import annotations

import collections

import numpy as np
import pyarrow.compute as pc
import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput, UnreadableTable
from coverloom.engine.core.storage import Storage
from coverloom.engine.patches.footprints import places
from coverloom.engine.patches.index import PatchIndex, rows_table
from coverloom.engine.patches.leakage import leakage
from coverloom.engine.patches.names import split_names
from coverloom.engine.patches.row import PatchRow
from coverloom.engine.patches.selection import Criteria, select_patches
from coverloom.engine.patches.splits import (
    block_split,
    country_split,
    file_split,
    official_split,
    sample_fraction,
    split_of_name,
)
from hypothesis import given
from hypothesis import strategies as st
from rasterio.warp import transform


def column(table, name):
    return table.column(name).to_numpy(zero_copy_only=False)


def test_the_official_split_is_the_rule_for_every_row(official):
    names = split_names(official.column("patch_id").combine_chunks(), "s2v2")
    found = official_split(names["h"], names["v"])
    assert (found == column(official, "split")).sum() == 549_488


def test_a_thousandth_of_the_official_metadata(official):
    clean = column(official, "split")[:480_038]
    rows = sample_fraction(clean, 0.001, np.random.default_rng(42))
    assert collections.Counter(clean[rows]) == {"train": 238, "validation": 122, "test": 120}
    again = sample_fraction(clean, 0.001, np.random.default_rng(42))
    assert (rows == again).all()
    assert (np.diff(rows) > 0).all()


@given(
    st.lists(st.sampled_from(["train", "validation", "test"]), min_size=1, max_size=60),
    st.floats(0.01, 1.0),
)
def test_a_fraction_counts_as_pandas_counts(split, fraction):
    split = np.array(split, object)
    rows = sample_fraction(split, fraction, np.random.default_rng(0))
    for name in set(split.tolist()):
        assert (split[rows] == name).sum() == round(fraction * (split == name).sum())
    assert len(set(rows.tolist())) == len(rows)


@pytest.mark.parametrize("fraction", [0, -1, 1.01])
def test_a_fraction_that_no_run_could_use(fraction):
    with pytest.raises(InvalidRequest, match="FRACTION"):
        sample_fraction(np.array(["train"], object), fraction, np.random.default_rng(0))


@given(st.integers(0, 2**32), st.integers(1, 5), st.lists(st.integers(0, 30), max_size=200))
def test_one_place_has_one_split_in_a_country(seed, countries, place):
    place = np.array(place, np.int64)
    country = np.array([f"country {p % countries}" for p in place.tolist()], object)
    split = country_split(country, place, np.random.default_rng(seed))
    for one in set(place.tolist()):
        assert len(set(split[place == one].tolist())) == 1


def test_few_places_are_dealt_as_evenly_as_can_be():
    for seed in range(5):
        place = np.repeat(np.arange(4), 25)
        split = country_split(np.full(100, "x", object), place, np.random.default_rng(seed))
        assert collections.Counter(split) == {"train": 50, "validation": 25, "test": 25}


def test_every_country_is_split_in_the_same_shares(official):
    country = column(official, "country")
    names = split_names(official.column("patch_id").combine_chunks(), "s2v2")
    tile = names["tile"].dictionary_encode().indices.to_numpy().astype(np.int64)
    place = (tile * 128 + names["h"]) * 128 + names["v"]
    split = country_split(country, place, np.random.default_rng(3))
    for name in set(country.tolist()):
        shares = [np.mean(split[country == name] == s) for s in ("train", "validation", "test")]
        np.testing.assert_allclose(shares, (0.5, 0.25, 0.25), atol=0.005)


def test_blocks_leak_less_than_single_places(official):
    names = split_names(official.column("patch_id").combine_chunks().slice(0, 40_000), "s2v2")
    epsg, ulx, uly = places(names["tile"], names["h"], names["v"])
    blocks = block_split(epsg, ulx, uly, np.random.default_rng(0))
    place = epsg * 1e12 + ulx * 1e6 + uly
    alone = country_split(np.full(len(epsg), "all", object), place, np.random.default_rng(0))
    in_blocks, single = (leakage(split, epsg, ulx, uly) for split in (blocks, alone))
    assert in_blocks["touching"] < single["touching"] / 2
    assert in_blocks["patches"] == 40_000


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_block_holds_the_patches_whose_centres_lie_in_it(axis):
    """Patches of overlapping tiles are not in one raster: their corners differ by 60 m steps."""
    along, across = 4_000_000 + 60.0 * np.arange(6000), np.full(6000, 600_000.0)
    ulx, uly = (along, across) if axis == "x" else (across, along)
    split = block_split(np.full(6000, 32633), ulx, uly, np.random.default_rng(0))
    block = (along + (600 if axis == "x" else -600)) // 12_000
    assert len(set(split.tolist())) == 3
    assert all(len(set(split[block == one].tolist())) == 1 for one in set(block.tolist()))


def test_a_fraction_of_nothing_is_nothing():
    assert sample_fraction(np.array([], object), 0.5, np.random.default_rng(0)).tolist() == []


def test_blocks_of_an_export_are_blocks_on_the_ground(official, tmp_path):
    """Not whole tiles, as they once were: a tile of 91 x 91 patches holds about 83 of them."""
    names = split_names(official.column("patch_id").combine_chunks(), "s2v2")
    here = np.flatnonzero(pc.equal(names["tile"], "33UUP").to_numpy(zero_copy_only=False))
    epsg, ulx, uly = (column[here] for column in places(names["tile"], names["h"], names["v"]))
    rows = [
        PatchRow(str(i), s2_path="x", tile="33UUP", epsg=int(epsg[i]), ulx=ulx[i], uly=uly[i])
        for i in range(len(here))
    ]
    card = {"schema": 1, "counts": {}, "roots": {}, "made": {}}
    index = PatchIndex(rows_table(rows), card)
    criteria = Criteria(True, False, False, "blocks", (), (), 1.0, False, False, 5)
    found = select_patches(index, criteria)
    block = list(zip((ulx + 600) // 12_000, (uly - 600) // 12_000))
    splits = {}
    for place, split in zip(block, found.split.tolist()):
        splits.setdefault(place, set()).add(split)
    assert 40 < len(splits) <= 110
    assert {len(names) for names in splits.values()} == {1}
    shares = [np.mean(found.split == name) for name in ("train", "validation", "test")]
    np.testing.assert_allclose(shares, (0.5, 0.25, 0.25), atol=0.05)
    assert 0 < found.leakage["touching"] < len(rows) / 2


def grid(xs, ys, epsg=32633):
    return np.full(len(xs), epsg), 400_000 + 1200.0 * np.array(xs), 5e6 - 1200.0 * np.array(ys)


def test_leakage_of_a_hand_made_row_of_patches():
    """A A B . B': the two in the middle touch; the last, half a patch on, overlaps nothing."""
    split = np.array(["A", "A", "B", "B"], object)
    assert leakage(split, *grid([0, 1, 2, 4.5], [0, 0, 0, 0])) == {
        "patches": 4, "touching": 2, "overlapping": 0,
    }  # fmt: skip
    assert leakage(split, *grid([0, 1, 1.5, 9], [0, 0, 0.5, 0]))["overlapping"] == 2
    assert leakage(split, *grid([0, 1, 2, 9], [0, 0, 1, 0]))["touching"] == 2  # by a corner
    assert leakage(split, *grid([0, 0, 0, 9], [0, 0, 0, 0]))["overlapping"] == 3  # other dates


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from("ABC")), max_size=25)
)
def test_leakage_is_that_of_a_double_loop(patches):
    split = np.array([s for _, _, s in patches], object)
    x, y = [0.5 * a for a, _, _ in patches], [0.5 * b for _, b, _ in patches]
    touching, overlapping = set(), set()
    for i in range(len(patches)):
        for j in range(len(patches)):
            apart = max(abs(x[i] - x[j]), abs(y[i] - y[j]))
            if split[i] != split[j] and apart <= 1:
                touching.add(i)
                if apart < 1:
                    overlapping.add(i)
    found = leakage(split, *grid(x, y)) if patches else {"touching": 0, "overlapping": 0}
    assert (found["touching"], found["overlapping"]) == (len(touching), len(overlapping))


def test_leakage_across_the_border_of_two_zones():
    """A tile of zone 34 far to its east, and one of zone 35, show the same ground."""
    ulx, uly = 600_000.0 + 120 * 1200, 7_100_000.0
    (x,), (y,) = transform("EPSG:32634", "EPSG:32635", [ulx + 600], [uly - 600])
    found = leakage(
        np.array(["A", "B"], object),
        np.array([32634, 32635]),
        np.array([ulx, x - 600]),
        np.array([uly, y + 600]),
    )
    assert found["overlapping"] == 2


V1 = "S2A_MSIL2A_20170613T101031_"
S1 = "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_"


def test_splits_from_published_files(tmp_path):
    (tmp_path / "train.csv").write_text(f"{V1}1_1,{S1}1_1\n{V1}1_2,{S1}1_2\n")
    (tmp_path / "val.csv").write_text(f"{V1}1_3\n")
    names = [np.array([f"{V1}1_1", f"{V1}1_3", f"{V1}9_9"], object)]
    paths = [str(tmp_path / "train.csv"), str(tmp_path / "val.csv")]
    assert file_split(names, paths, Storage()).tolist() == ["train", "validation", ""]
    radar = [np.array([f"{S1}1_2", f"{S1}1_3"], object)]  # an index of Sentinel-1 alone
    assert file_split(radar, paths, Storage()).tolist() == ["train", ""]
    with pytest.raises(MissingInput, match="no split files"):
        file_split(names, [], Storage())
    with pytest.raises(UnreadableTable, match="None of the"):
        file_split([np.array(["other"], object)], paths, Storage())
    (tmp_path / "test.csv").write_text(f"{V1}1_1\n")
    with pytest.raises(UnreadableTable, match="is in the split files of"):
        file_split(names, [*paths, str(tmp_path / "test.csv")], Storage())


def test_a_split_file_says_its_split():
    assert split_of_name("/x/patches_validation.csv") == "validation"
    assert split_of_name("s3://lists/extra/TEST.csv") == "test"
    for name in ("/x/patches.csv", "/train/patches.csv", "/x/train_val.csv", "/x/extras.csv"):
        with pytest.raises(InvalidRequest, match="does not say its split"):
            split_of_name(name)
