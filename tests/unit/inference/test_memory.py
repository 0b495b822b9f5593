# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk over the chunks: what it caches and keeps is counted, and is enough."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, replace

import numpy as np
import pytest
from coverloom.engine.core.window import Window
from coverloom.engine.inference.memory import activation_bytes, choose_walk
from coverloom.engine.inference.plan import ChunkPlan
from coverloom.engine.scenes.keeping import Blocks, Keeping
from coverloom.tests.data.make_models import Net, card_for


@dataclass
class Cached:
    """A tiled raster of ten bands of uint16 that GDAL caches."""

    block: tuple
    cached_bytes: int = 20

    def kept_bytes(self, windows):
        return 0


class Kept:
    """A band of 10 m, as JPEG 2000, of a product."""

    block, cached_bytes = (1, 1), 0

    def kept_bytes(self, windows):
        return 2 * Keeping(Blocks((10980, 10980), (1024, 1024)), windows).pixels


def plan_of(side, core=512, halo=56):
    return ChunkPlan(side, side, Window(0, 0, side, side), core, halo)


def decoded(plan, block, cache_mb, bytes_per_px):
    """How often each block is decoded with a cache that drops what was used longest ago."""
    room = cache_mb * 1e6 / (block[0] * block[1] * bytes_per_px)
    cache, count = OrderedDict(), Counter()
    for chunk in plan:
        window = chunk.read
        for row in range(window.row // block[0], -(-window.bottom // block[0])):
            for column in range(window.col // block[1], -(-window.right // block[1])):
                if (row, column) not in cache:
                    count[row, column] += 1
                cache[row, column] = True
                cache.move_to_end((row, column))
                while len(cache) > room:
                    cache.popitem(last=False)
    return count


@pytest.mark.parametrize(("side", "block"), [
    (2048, (256, 256)), (4096, (512, 512)), (2000, (1, 2000)), (4096, (16, 4096)),
])  # fmt: skip
def test_the_cache_is_enough_to_decode_once(side, block):
    plan = plan_of(side)
    walk = choose_walk(plan, Cached(block))
    plan = replace(plan, band_width=walk.side_by_side)
    again = [n for n in decoded(plan, block, walk.cache_mb, 20).values() if n > 1]
    columns = -(-side // 512)
    bands = -(-columns // walk.side_by_side)
    # Only blocks under the halo between two bands may be read again.
    assert len(again) <= (bands - 1) * 2 * -(-side // block[0])


def test_what_a_raster_takes_does_not_grow_with_it():
    small, large = (choose_walk(plan_of(side), Cached((512, 512))) for side in (4096, 40_960))
    assert large.memory_mb <= 1.1 * small.memory_mb


def test_a_kept_scene_takes_the_walk_that_keeps_least():
    plan = plan_of(10980)
    walk = choose_walk(plan, Kept())
    taken = {
        side: Kept().kept_bytes([c.read for c in replace(plan, band_width=side)]) / 1e6
        for side in (22, 11, 8)
    }
    assert walk.kept_mb == min(taken.values()) == taken[walk.side_by_side]
    assert walk.memory_mb > walk.kept_mb + walk.cache_mb, "decoding itself takes memory, too"


def test_products_of_a_transposed_convolution_are_counted():
    """4 x 4 px for each of 8 channels and each pixel taken, before they are added up."""
    net = Net()
    low = net.conv(net.pool("x"), 3, 16)
    weight = net.weight(np.ones((16, 8, 4, 4), np.float32))
    high = net.node("ConvTranspose", [low, weight], strides=[2, 2], pads=[1] * 4)
    proto = net.model(net.conv(high, 8, 4, 1), 3, 4)
    taken, given, products = 16 / 4, 8, 8 * 16 / 4
    assert activation_bytes(proto, card_for(stride=2)) == 4 * (taken + given + products)
