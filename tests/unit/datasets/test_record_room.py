# SPDX-License-Identifier: GPL-3.0-or-later
"""What a maker puts into a shard's own memory gives the bytes that a copy of it gives."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.patch import DatasetPatch, Layout

COUNT = 7


def long_facts(patch):
    """Facts for which there is no room behind the arrays; its length may take a byte more."""
    return dataclasses.replace(patch, facts={"country": "x" * (1 << 21)})


def put_all(patch, room):
    return put(patch, room, list(room))


def put_last(patch, room):
    return put(patch, room, list(room)[-1:])


def put_crosswise(patch, room):
    """An array that lies in the room, but not where it belongs."""
    if len(room) < 2:
        return patch
    flat = room["s2_data"].reshape(-1)[: patch.arrays["s1_data"].size]
    flat[...] = patch.arrays["s1_data"].reshape(-1)
    return dataclasses.replace(
        patch, arrays={**patch.arrays, "s1_data": flat.reshape(patch.arrays["s1_data"].shape)}
    )


def put(patch, room, names):
    for name in names:
        room[name][...] = patch.arrays[name]
    return dataclasses.replace(patch, arrays={**patch.arrays, **{n: room[n] for n in names}})


def written(path, form, layout, patches, maker):
    writer = FORMATS.load(form).writer(path, layout, len(patches))
    for patch in patches:
        for array in writer.room(patch.patch_id).values():
            array[...] = 77  # a patch that could not be made
        writer.append(maker(patch, writer.room(patch.patch_id)))
    writer.close()
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("maker", [put_all, put_last, put_crosswise])
def test_the_bytes_are_those_of_copied_arrays(tmp_path, layout, random_patch, form, maker):
    rng = np.random.default_rng(0)
    patches = [random_patch(i, layout, rng) for i in range(COUNT)]
    if form == "tfrecord":
        patches[3] = long_facts(patches[3])
    expected = written(tmp_path / "copied", form, layout, patches, lambda patch, room: patch)
    assert written(tmp_path / "put", form, layout, patches, maker) == expected


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("limits", [False, True])
@pytest.mark.parametrize("size", [(4, 4), (40, 30), (700, 700)])
def test_so_are_those_of_small_and_large_ones(tmp_path, random_patch, size, limits, compression):
    arrays = {"s1_data": ("VV", "VH"), "s2_data": ("B02", "B03", "B04")}
    layout = Layout(arrays, "float16", size, limits=limits, compression=compression)
    rng = np.random.default_rng(1)
    patches = [random_patch(i, layout, rng) for i in range(COUNT)]
    patches[3] = long_facts(patches[3])
    expected = written(tmp_path / "copied", "tfrecord", layout, patches, lambda p, room: p)
    assert written(tmp_path / "put", "tfrecord", layout, patches, put_all) == expected


def test_an_export_puts_its_arrays_there(tmp_path, layout, random_patch):
    """Otherwise all of the above would hold for nothing."""
    writer = FORMATS.load("tfrecord").writer(tmp_path / "shard", layout, 1)
    room = writer.room("a patch")
    assert {name: array.shape for name, array in room.items()} == {
        name: layout.shape(name) for name in layout.arrays
    }
    patch = put_all(random_patch(0, layout, np.random.default_rng(0)), room)
    patch = dataclasses.replace(patch, patch_id="a patch")
    first = room["s2_data"].__array_interface__["data"][0]
    size = writer.append(patch)
    # One record further on: nothing of it was moved.
    again = writer.room("a patch")["s2_data"].__array_interface__["data"][0]
    assert again - first == size
    writer.close()


MOVED = list(product([(4, 4), (1, 12), (4, 12)], ["a", "Österreich_ß_ø"], [0, 3000, 8000, 70_000]))


@pytest.mark.parametrize(("counts", "name", "length"), [*MOVED, ((4, 12), "a", 9 << 20)])
def test_so_they_are_wherever_facts_and_names_move_the_arrays(tmp_path, counts, name, length):
    """1,200 bytes come with what stands before them; from 16 KiB on lengths take a byte more."""
    arrays = {"s1_data": tuple(f"R{i}" for i in range(counts[0]))}
    arrays["s2_data"] = tuple(f"B{i}" for i in range(counts[1]))
    layout = Layout(arrays, "float16", (30, 20))
    rng, patches = np.random.default_rng(2), []
    for i in range(4):
        values = {n: rng.normal(0, 1, layout.shape(n)).astype("f2") for n in arrays}
        facts = {"country": "x" * (length if i == 1 else 0)}
        patches.append(DatasetPatch(f"{name}{i}", values, facts=facts))
    expected = written(tmp_path / "copied", "tfrecord", layout, patches, lambda p, room: p)
    for maker in (put_all, put_last):
        assert written(tmp_path / "put", "tfrecord", layout, patches, maker) == expected
    reader = FORMATS.load("tfrecord").reader(tmp_path / "put", layout)
    for i, patch in enumerate(patches):
        assert reader[i].patch_id == patch.patch_id and reader[i].facts == patch.facts
        assert all(np.array_equal(reader[i].arrays[n], a) for n, a in patch.arrays.items())


def test_so_they_are_where_long_facts_take_the_record_into_other_memory(tmp_path, random_patch):
    """The second array still fits behind the first, but not with its facts."""
    layout = Layout({"s2_data": ("B02", "B03", "B04")}, "float16", (750, 750))
    patches = [random_patch(i, layout, np.random.default_rng(i)) for i in range(3)]
    patches[1] = long_facts(patches[1])
    expected = written(tmp_path / "copied", "tfrecord", layout, patches, lambda p, room: p)
    assert written(tmp_path / "put", "tfrecord", layout, patches, put_all) == expected
