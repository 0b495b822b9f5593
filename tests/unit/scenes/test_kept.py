# SPDX-License-Identifier: GPL-3.0-or-later
"""No block is decoded twice, no more is kept than was said, and nobody sees a difference."""

from __future__ import annotations

import dataclasses
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from coverloom.engine.core.band import Band
from coverloom.engine.core.window import Window
from coverloom.engine.inference.plan import ChunkPlan
from coverloom.engine.scenes.channels import Channels
from coverloom.engine.scenes.keeping import Blocks, Keeping
from coverloom.engine.scenes.kept import KeptPixels
from coverloom.engine.scenes.products import open_sentinel2
from coverloom.engine.scenes.scene import open_scene
from coverloom.engine.scenes.sentinel2 import Options
from coverloom.tests.data.make_models import card_for
from coverloom.tests.data.make_safe import make_safe
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("B02", "B03", "B8A", "B09")


def card(names):
    return dataclasses.replace(card_for(), bands=tuple(map(Band, names)), resolution=10.0)


class Tiled:
    """Two bands in memory that count how often each block of theirs is asked for."""

    indexes, dtype = (1, 2), np.dtype("uint16")

    def __init__(self, size, block):
        shape = {"height": size[0], "width": size[1], "block_shapes": [block]}
        self.source = SimpleNamespace(dataset=SimpleNamespace(**shape))
        self.pixels = np.random.default_rng(0).integers(0, 9999, (2, *size)).astype("uint16")
        self.asked = Counter()

    def read(self, window):
        self.asked[window] += 1
        return self.pixels[(slice(None), *window.slices)]


@st.composite
def walks(draw):
    """A raster's size, its blocks, and the windows of a plan."""
    size = draw(st.integers(40, 500)), draw(st.integers(40, 500))
    block = draw(st.sampled_from([(64, 64), (100, 40), (343, 343), (7, 500), (128, 192)]))
    core, halo = draw(st.integers(16, 200)), draw(st.integers(0, 40))
    left, top = draw(st.integers(0, size[1] - 1)), draw(st.integers(0, size[0] - 1))
    area = Window(left, top, size[1] - left, size[0] - top)
    bands = draw(st.sampled_from([1, 2, 3, 1 << 30]))
    plan = ChunkPlan(size[1], size[0], area, core, halo, band_width=bands)
    return size, block, [chunk.read for chunk in plan]


def alive(kept):
    return len(kept._slots)


@given(walks())
def test_each_block_is_decoded_once(walk):
    size, block, windows = walk
    tiled = Tiled(size, block)
    kept = KeptPixels(tiled)
    kept.follow(Keeping(kept.blocks, windows))
    most = 0
    for window in windows:
        got = kept.read(window)
        np.testing.assert_array_equal(got, tiled.pixels[(slice(None), *window.slices)])
        most = max(most, alive(kept))
    assert set(tiled.asked.values()) == {1}
    assert most == Keeping(kept.blocks, windows).most, "memory is counted as it is used"


@given(walks(), st.data())
def test_windows_left_out_or_not_announced(walk, data):
    """A chunk outside the mask is never read; a look at another place must not disturb."""
    size, block, windows = walk
    tiled = Tiled(size, block)
    kept = KeptPixels(tiled)
    kept.follow(Keeping(kept.blocks, windows))
    for place, window in enumerate(windows):
        if data.draw(st.booleans(), label=f"{place} is read"):
            got = kept.read(window)
            np.testing.assert_array_equal(got, tiled.pixels[(slice(None), *window.slices)])
        if data.draw(st.integers(0, 4), label="look elsewhere") == 0:
            other = Window(place % 7, 3, 30, 31)
            got = kept.read(other)
            np.testing.assert_array_equal(got, tiled.pixels[(slice(None), *other.slices)])
        assert alive(kept) <= Keeping(kept.blocks, windows).most


def test_a_narrower_memory_than_rows_of_tiles():
    """What it is for: a Sentinel-2 band at 10 m in chunks of 512 px, against GDAL's two rows."""
    windows = [c.read for c in ChunkPlan(10980, 10980, Window(0, 0, 10980, 10980), 512, 56)]
    pixels = Keeping(Blocks((10980, 10980), (1024, 1024)), windows).pixels
    assert pixels < 10980 * (1024 + 2 * 56 + 2 * 64)
    assert pixels > 10980 * 1024


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    scl = np.random.default_rng(1).integers(0, 12, (96, 96))
    return make_safe(tmp_path_factory.mktemp("kept"), NAMES, size=192, block=64, scl=scl)[0]


def walk(scene, announced):
    plan = ChunkPlan(192, 192, scene.grid.window, 48, 10, band_width=2)
    windows = [chunk.read for chunk in plan]
    if announced:
        scene.follow(windows)
    return [scene.read(window) for window in windows]


@pytest.mark.parametrize("resampling", ["bilinear", "nearest", "cubic"])
def test_a_product_reads_the_same_announced_or_not(product, resampling):
    wanted = dataclasses.replace(card(NAMES), resampling=resampling)
    found = []
    for announced in (False, True):
        with open_sentinel2(str(product), wanted, Options(scl_mask=(3, 8)), print) as scene:
            found.append(walk(scene, announced))
    for (pixels, mask), (expected, expected_mask) in zip(*found):
        np.testing.assert_array_equal(pixels, expected)
        np.testing.assert_array_equal(mask, expected_mask)


def test_each_jp2_tile_is_decoded_once(product, monkeypatch):
    decoded = Counter()
    read = Channels.read

    def counted(channels, window):
        decoded[channels.source.path, window] += 1
        return read(channels, window)

    monkeypatch.setattr(Channels, "read", counted)
    with open_scene([str(product)], card(("B02", "B03", "B8A")), "", print) as scene:
        walk(scene, announced=True)
    assert set(decoded.values()) == {1}
    assert len(decoded) == 3 * 3 + 3 * 3 + 2 * 2


def test_a_band_of_60_m_is_decoded_when_it_is_opened_and_not_again(tmp_path):
    root, _ = make_safe(tmp_path, NAMES, size=192, block=32)
    with open_scene([str(root)], card(NAMES), "", print) as scene:
        expected, _ = scene.read(scene.grid.window)
    with open_scene([str(root)], card(NAMES), "", print) as scene:
        file = next(root.rglob("*_B09_60m.jp2"))
        file.write_bytes(bytes(file.stat().st_size))
        pixels, _ = scene.read(scene.grid.window)
    np.testing.assert_array_equal(pixels, expected)


def test_what_is_kept_is_said_beforehand(product):
    windows = [Window(0, 0, 100, 100), Window(92, 0, 100, 100)]
    with open_scene([str(product)], card(NAMES), "", print) as scene:
        # Two bands of 10 m, one of 20 m; the 60 m band is left to GDAL's warper and cache.
        assert scene.cached_bytes == 2
        at_10 = Keeping(Blocks((192, 192), (64, 64)), windows).pixels
        at_20 = Keeping(Blocks((96, 96), (64, 64)), [Window(0, 0, 51, 51), Window(45, 0, 51, 51)])
        assert scene.kept_bytes(windows) == 2 * (2 * at_10 + at_20.pixels)
