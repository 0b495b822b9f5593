# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that the archive is written by, against every row of the official metadata."""

from __future__ import annotations

import re

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from coverloom.engine.sample.patch_names import PatchNames, TilePlace
from coverloom.engine.sample.places import TILES, choose_places
from hypothesis import given
from hypothesis import strategies as st

TABLES = ("metadata.parquet", "metadata_for_patches_with_snow_cloud_or_shadow.parquet")


@pytest.mark.parametrize("name", TABLES)
def test_splits_equal_the_official_ones(real_data, name):
    table = pq.read_table(real_data / "bigearthnet_v2" / name, columns=["patch_id", "split"])
    place = pc.extract_regex(table["patch_id"], r"_(?P<h>\d\d)_(?P<v>\d\d)$")
    pairs = table.append_column("h", pc.struct_field(place, "h"))
    pairs = pairs.append_column("v", pc.struct_field(place, "v"))
    groups = pairs.group_by(["h", "v", "split"]).aggregate([([], "count_all")]).to_pylist()
    assert sum(group["count_all"] for group in groups) == table.num_rows > 69_000
    for group in groups:
        assert TilePlace(int(group["h"]), int(group["v"])).split == group["split"]


def test_names_equal_the_official_ones(real_data):
    columns = ["patch_id", "s1_name", "s2v1_name"]
    table = pq.read_table(real_data / "bigearthnet_v2" / TABLES[0], columns=columns)
    chosen = np.random.default_rng(0).choice(table.num_rows, 3000, replace=False)
    for row in table.take(np.sort(chosen)).to_pylist():
        product, h, v = row["patch_id"].rsplit("_", 2)
        scene = row["s1_name"].rsplit("_", 3)[0]
        names = PatchNames(product, scene, TilePlace(int(h), int(v)))
        assert names.patch_id == row["patch_id"] and names.s1_name == row["s1_name"]
        # The old names' time may be seconds off, or lack the hour's leading 0.
        ours, theirs = (re.split(r"T\d{5,6}_", n) for n in (names.s2v1_name, row["s2v1_name"]))
        assert ours == theirs and len(ours) == 2


@given(h=st.integers(0, 90), v=st.integers(0, 90))
def test_splits_are_the_same_from_all_sides(h, v):
    """Rings around the tile's middle, which is that of 91.5 patches."""
    assert TilePlace(h, v).split == TilePlace(v, h).split
    depth = min(h, v, 91 - h, 91 - v)
    further_in = TilePlace(*(x + 1 if x < 45 else x - 1 for x in (h, v)))
    order = ["train", "validation", "test"]
    if depth > 0:
        assert order.index(further_in.split) >= order.index(TilePlace(h, v).split)


@given(seed=st.integers(0, 2**32 - 1), rounds=st.integers(1, 8))
def test_places_never_share_a_patch_and_stay_in_their_tile(seed, rounds):
    places = choose_places(np.random.default_rng(seed), 12 * rounds)
    patches = [place.patch(r, c).patch_id for place in places for r in range(3) for c in range(3)]
    assert len(set(patches)) == len(patches) == 108 * rounds
    assert {place.tile for place in places} == set(TILES)
    assert all(0 <= place.h <= 88 and 0 <= place.v <= 88 for place in places)
