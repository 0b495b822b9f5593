# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands are bound by map, by name, by order; what cannot be bound is named."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import (
    AmbiguousBand,
    BandCountMismatch,
    InvalidRequest,
    MissingBand,
)
from coverloom.engine.scenes.binding import BandLabel, bind, generic, normalised
from hypothesis import given
from hypothesis import strategies as st

SENTINEL2 = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]


def described(*descriptions, source="stack.tif"):
    return [BandLabel(i, source, d) for i, d in enumerate(descriptions, start=1)]


def files(*names):
    return [BandLabel(i, f"/data/{n}.tif", "", n) for i, n in enumerate(names, start=1)]


@pytest.mark.parametrize(
    ("written", "same"),
    [("B02", "b2"), ("B8A", "b08a"), ("VV", " vv "), ("B11", "B011"), ("B0", "B00")],
)
def test_names_that_are_one(written, same):
    assert normalised(written) == normalised(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [("B8", "B8A"), ("B01", "B10"), ("B1", "B11"), ("VV", "VH"), ("B02", "Band 2")],
)
def test_names_that_are_two(one, other):
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("text", ["", " ", "Band 1", "band_3", "12", "layer 4", "Band #2"])
def test_descriptions_that_name_nothing(text):
    assert generic(text)


@pytest.mark.parametrize("text", ["B02", "B8A", "VV", "red", "B02 (blue)", "nir 8"])
def test_descriptions_that_name_something(text):
    assert not generic(text)


@given(st.permutations(SENTINEL2), st.data())
def test_order_in_the_file_does_not_matter(stored, data):
    wanted = data.draw(st.lists(st.sampled_from(SENTINEL2), min_size=1, unique=True))
    spellings = [lambda n: n, str.lower, lambda n: n.replace("B0", "B"), lambda n: f" {n} (10 m)"]
    written = [data.draw(st.sampled_from(spellings))(name) for name in stored]
    bound, by_order = bind(wanted, described(*written))
    assert [stored[label.number - 1] for label in bound] == wanted
    assert not by_order


@given(st.permutations(SENTINEL2))
def test_files_are_named_by_their_parts(stored):
    labels = files(*(f"T33UUP_20220101T100319_{name}_60m" for name in stored))
    bound, _ = bind(SENTINEL2, labels)
    assert [stored[label.number - 1] for label in bound] == SENTINEL2


def test_a_description_says_more_than_a_file_name():
    labels = [BandLabel(1, "x", "B03", "scene_B02"), BandLabel(2, "y", "", "scene_B04")]
    bound, _ = bind(["B03", "B04"], labels)
    assert [label.number for label in bound] == [1, 2]


def test_an_index_of_two_bands_is_neither():
    with pytest.raises(MissingBand, match="lacks band B04"):
        bind(["B08", "B04"], described("B08", "B08_B04_ratio"))


def test_no_names_and_the_same_number_go_by_order():
    bound, by_order = bind(["B02", "B03"], described("", "Band 2"))
    assert [label.number for label in bound] == [1, 2]
    assert by_order


def test_no_names_and_another_number():
    with pytest.raises(BandCountMismatch, match=r"takes 2 bands \(B02, B03\).*has 3"):
        bind(["B02", "B03"], described("", "", ""))


def test_alpha_is_no_data_unless_only_then_the_number_fits():
    labels = [BandLabel(i, "rgba.tif", "", "", i == 4) for i in range(1, 5)]
    bound, _ = bind(["R", "G", "B"], labels)
    assert [label.number for label in bound] == [1, 2, 3]
    bound, _ = bind(["R", "G", "B", "N"], labels)
    assert [label.number for label in bound] == [1, 2, 3, 4]


def test_a_missing_band_is_named_with_what_is_there():
    with pytest.raises(MissingBand) as caught:
        bind(["B02", "B05", "B06"], described("B02", "B03"))
    assert "lacks bands B05, B06 of the model; it has B02, B03." in caught.value.what
    assert "BAND_MAP" in caught.value.remedy


def test_other_names_are_never_taken_by_order():
    with pytest.raises(MissingBand, match="it has red, green"):
        bind(["B04", "B03"], described("red", "green"))


def test_a_band_given_twice_is_refused():
    with pytest.raises(AmbiguousBand, match="Band B02 is in the inputs more than once"):
        bind(["B02"], files("B02_10m", "B02_20m"))


def test_the_map_settles_it():
    bound, _ = bind(["B02"], files("B02_10m", "B02_20m"), "B02=2")
    assert bound[0].number == 2


def test_the_map_by_number_and_description_and_names_for_the_rest():
    labels = described("blue, 490 nm", "other", "B04", "nir")
    bound, _ = bind(["B02", "B04", "B08"], labels, "b2=blue, B08=4")
    assert [label.number for label in bound] == [1, 3, 4]


@pytest.mark.parametrize(
    "band_map", ["B02", "B02=", "B99=1", "B02=7", "B02=pink", "B02=1,B02=2", "B02=1,B03=1"]
)
def test_maps_that_cannot_be_used(band_map):
    with pytest.raises(InvalidRequest, match="BAND_MAP") as caught:
        bind(["B02", "B03"], described("a", "b"), band_map)
    assert caught.value.remedy
