# SPDX-License-Identifier: GPL-3.0-or-later
"""Deepness's keys: written so that it computes the same, read as it would read them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidCard
from coverloom.engine.core.band import Band
from coverloom.engine.model_file.deepness import card_fields, deepness_keys
from coverloom.tests.data.make_models import card_for
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.floats(-1e4, 1e4)
POSITIVE = st.floats(1e-3, 1e4)


def as_deepness_prepares(stored, keys):
    """What Deepness 0.6 does to a channel's 8-bit numbers before it runs a model."""
    mean, std = (json.loads(keys[f"standardization_{word}"])[0] for word in ("mean", "std"))
    return (stored / 255.0 - mean) / std


@given(scale=POSITIVE, offset=NUMBERS, mean=NUMBERS, std=POSITIVE)
def test_deepness_feeds_the_network_the_same(scale, offset, mean, std):
    band = Band("B02", scale=scale, offset=offset, mean=mean, std=std)
    stored = np.arange(0, 256, 15, dtype="float64")
    keys = deepness_keys(card_for([band]))
    expected = (stored * scale + offset - mean) / std
    near = 1e-9 * (255 * scale + abs(offset) + abs(mean)) / std
    np.testing.assert_allclose(as_deepness_prepares(stored, keys), expected, rtol=0, atol=near)


def test_all_that_it_reads_is_written_as_json():
    keys = deepness_keys(card_for(receptive_field=93, stride=4))
    read = {key: json.loads(value) for key, value in keys.items()}
    assert read["model_type"] == "Segmentor"
    assert read["class_names"] == {"0": "Water", "1": "Forest", "2": "Fields", "3": "Town"}
    assert (read["resolution"], read["tile_size"], read["tiles_size"]) == (1000, 512, 512)
    assert read["tiles_overlap"] == 19  # per cent of 512 px that hold 93 px
    assert len(read["standardization_mean"]) == len(read["standardization_std"]) == 3


def test_the_tile_is_the_models():
    keys = deepness_keys(card_for(patch=(120, 120), dynamic_space=False))
    assert json.loads(keys["tile_size"]) == 120


@pytest.mark.parametrize("fields", [{"layout": "NHWC"}, {"task": "patch"}])
def test_models_that_it_cannot_run_get_no_keys(fields):
    assert deepness_keys(card_for(**fields)) == {}


def test_what_is_written_is_read():
    card = card_for()
    fields = card_fields(deepness_keys(card))
    assert fields["classes"] == card.classes.names
    assert (fields["resolution"], fields["scale"]) == (10.0, [1 / 255])


def test_its_older_spellings():
    metadata = {
        "model_type": '"segmentor"',
        "names": "{1: 'field', 0: 'background'}",
        "tiles_size": "256",
    }
    fields = card_fields(metadata)
    assert (fields["classes"], fields["patch"]) == (["background", "field"], [256, 256])


def test_metadata_of_others_is_no_deepness():
    assert card_fields({"author": "x", "producer": "y"}) == {}


@pytest.mark.parametrize(
    "metadata",
    [
        {"model_type": '"Detector"'},
        {"class_names": '{"0": "a", "2": "b"}'},
        {"class_names": "{0: open('x')}"},
        {"class_names": "7"},
        {"resolution": '"wide"'},
    ],
)
def test_keys_that_cannot_be_used(metadata):
    with pytest.raises(InvalidCard) as caught:
        card_fields(metadata)
    assert caught.value.remedy
