# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network is shown: every patch, pixels with their labels, nothing that was not measured."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.contract.jobs.convertdataset import ConvertDataset
from coverloom.engine.core.band import Band
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs import convertdataset
from coverloom.engine.training import feed as feed_module
from coverloom.engine.training import source as source_module
from coverloom.engine.training.feed import Ahead, Feed
from coverloom.engine.training.normalise import normalise
from coverloom.engine.training.source import SplitSource, model_band

BANDS = ("B8A", "B02")


def source_of(folder, task="pixel", split="train", bands=BANDS):
    return SplitSource(open_dataset(folder), split, bands, task)


def test_normalise_is_the_card_s_formula():
    bands = (Band("A", scale=0.5, offset=3, mean=2, std=4), Band("B", mean=100, std=10))
    pixels = np.array([[[10, 120]]], np.uint16)
    assert np.allclose(normalise(pixels, bands), [[[(10 * 0.5 + 3 - 2) / 4, 2.0]]])


@pytest.mark.parametrize("held", [1 << 30, 0])
def test_crops_keep_pixels_and_labels_together(make_dataset, tmp_path, monkeypatch, held):
    """With all patches in memory, and through a buffer smaller than the split."""
    monkeypatch.setattr(source_module, "HELD_BYTES", held)
    monkeypatch.setattr(feed_module, "SHUFFLED_PATCHES", 2)

    def exact(split, number, pixels, label):
        pixels[:] = 100 + 1000.0 * label[..., None] + np.arange(3)

    folder = make_dataset(tmp_path / "d", spoil=exact)
    feed = Feed(source_of(folder), 16, True, seed=3)
    assert feed.windows == 24 * 24 * 24 / 16**2 == 54
    batches = list(feed.epoch(0, 4))
    assert len(batches) == 13
    for pixels, labels in batches:
        assert pixels.shape == (4, 16, 16, 2) and pixels.dtype == np.float32
        assert labels.shape == (4, 16, 16) and labels.dtype == np.uint8
        stored = pixels * 800 + 1200  # B8A is the third channel, B02 the first
        assert np.allclose(stored[..., 0], 102 + 1000.0 * labels, atol=0.1)
        assert np.allclose(stored[..., 1], 100 + 1000.0 * labels, atol=0.1)
    again, other = list(feed.epoch(0, 4)), list(feed.epoch(1, 4))
    assert all((a[0] == b[0]).all() for a, b in zip(batches, again))
    assert not all((a[0] == b[0]).all() for a, b in zip(batches, other))


def test_whole_patches_come_once_each_and_turned(dataset):
    source = source_of(dataset, "patch")
    feed = Feed(source, 0, True, seed=1)
    sums = sorted(float(normalise(source[i][0], source.bands).sum()) for i in range(24))
    for epoch in range(3):
        pixels = np.concatenate([x for x, _ in feed.epoch(epoch, 2)])
        assert np.allclose(sorted(pixels.sum((1, 2, 3), dtype=np.float64)), sums, atol=1e-2)
    plain = np.concatenate([x for x, _ in Feed(source, 0, False, seed=1).epoch(0, 2)])
    stored = [normalise(source[i][0], source.bands) for i in range(24)]
    assert all(any(np.allclose(p, s) for s in stored) for p in plain)


def test_what_was_not_measured_is_no_label(make_dataset, tmp_path):
    def spoil(split, number, pixels, label):
        if number == 0:
            pixels[0, 0, 0], pixels[1, 1, 2], label[2, 2] = np.nan, 0, 255
            pixels[3, 3, 1] = np.inf  # of a band that is not used

    pixels, label = source_of(make_dataset(tmp_path / "d", spoil=spoil))[0]
    assert [label[i, i] for i in range(3)] == [255, 255, 255] and label[3, 3] != 255
    assert (label == 255).sum() == 3
    inputs = normalise(pixels, source_of(tmp_path / "d").bands)
    assert np.isfinite(inputs).all() and inputs[0, 0, 1] == 0  # the mean


def test_a_label_outside_the_classes_is_named(make_dataset, tmp_path):
    def spoil(split, number, pixels, label):
        label[0, 0] = 7

    with pytest.raises(InvalidRequest, match=r"train_0 has label 7, but there are 3 classes"):
        source_of(make_dataset(tmp_path / "d", spoil=spoil))[0]


@pytest.mark.parametrize("form", ["hdf5", "npz"])
def test_every_form_gives_the_same(dataset, tmp_path, form):
    request = ConvertDataset(str(dataset), str(tmp_path / form), form)
    convertdataset.run(request, lambda event: None)
    other = source_of(tmp_path / form)
    for place in range(24):
        for a, b in zip(other[place], source_of(dataset)[place]):
            assert np.array_equal(a, b)


def test_the_model_s_card_speaks_of_measurements(dataset):
    band = model_band(open_dataset(dataset).card.band("B02"))
    assert (band.scale, band.offset, band.mean, band.std) == (1.0, 0.0, 1200.0, 800.0)
    assert band.nodata == 0.0


def test_what_goes_wrong_ahead_comes_out_here():
    def batches():
        yield 1
        raise InvalidRequest("broken")

    ahead = Ahead(batches())
    with pytest.raises(InvalidRequest, match="broken"):
        list(ahead)
    ahead.close()


def test_leaving_early_ends_the_thread():
    ahead = Ahead(iter(range(10**9)))
    assert next(iter(ahead)) == 0
    ahead.close()
    assert not ahead._thread.is_alive()
