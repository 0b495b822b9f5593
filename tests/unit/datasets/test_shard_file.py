# SPDX-License-Identifier: GPL-3.0-or-later
"""A file written past the disk's cache has the bytes and the length of one written through it."""

from __future__ import annotations

import errno
import os
import resource

import numpy as np
import pytest
from coverloom.engine.datasets import blocks_ahead, shard_file
from coverloom.engine.datasets.shard_file import ShardFile

ROOM = shard_file._ROOM
SIZES = {
    "nothing": [],
    "a few bytes": [10, 0, 7],
    "less than a block": [4095],
    "blocks": [4096, 8192],
    "all the room": [ROOM],
    "a little more": [ROOM - 1, 2],
    "many times as much": [70_000, 3 * ROOM + 5, 0, 5000, ROOM],
}


def written(path, sizes, **options):
    """Write random pieces of so many bytes; returns them."""
    pieces = [np.random.default_rng(n).bytes(n) for n in sizes]
    file = ShardFile(path, **options)
    for piece in pieces:
        assert file.write(memoryview(piece)) == len(piece)
    file.close()
    return b"".join(pieces)


@pytest.mark.parametrize("one_of_many", [False, True])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_file_is_what_was_written(tmp_path, sizes, one_of_many):
    path = tmp_path / "file"
    path.write_bytes(b"an earlier one" * 1000)
    expected = written(path, sizes, one_of_many=one_of_many)
    assert path.read_bytes() == expected


@pytest.mark.parametrize("ahead", [1, 4096, 1 << 25, 1 << 62])  # no disk has the last
def test_blocks_asked_for_ahead_are_not_in_it(tmp_path, monkeypatch, ahead):
    monkeypatch.setattr(blocks_ahead, "_AHEAD", ahead)
    expected = written(tmp_path / "file", SIZES["many times as much"])
    assert (tmp_path / "file").read_bytes() == expected


def test_two_at_once_do_not_share_their_memory(tmp_path):
    one, two = ShardFile(tmp_path / "one"), ShardFile(tmp_path / "two")
    for _ in range(3):
        one.write(b"1" * 5000)
        two.write(b"2" * 5000)
    one.close()
    two.close()
    assert (tmp_path / "one").read_bytes() == b"1" * 15000
    assert (tmp_path / "two").read_bytes() == b"2" * 15000


def test_a_file_system_that_cannot_is_written_the_ordinary_way(tmp_path, monkeypatch):
    real = os.open

    def refusing(path, flags, *mode):
        if flags & getattr(os, "O_DIRECT", 0):
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(path, flags, *mode)

    monkeypatch.setattr(os, "open", refusing)
    expected = written(tmp_path / "file", SIZES["many times as much"])
    assert (tmp_path / "file").read_bytes() == expected


def test_one_that_refuses_the_first_write_is_written_the_ordinary_way(tmp_path, monkeypatch):
    # Linux itself says no to memory that does not begin on a block's edge.
    crooked = memoryview(bytearray(ROOM + 4097))[1 : ROOM + 1]
    monkeypatch.setattr(shard_file, "_SPARE", [crooked])
    expected = written(tmp_path / "file", SIZES["many times as much"])
    assert (tmp_path / "file").read_bytes() == expected


def test_a_disk_that_takes_no_more_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(shard_file, "_SPARE", [])
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    file = ShardFile(tmp_path / "file")
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM + 100, most))
    try:
        with pytest.raises(OSError, match="too large"):
            for _ in range(3):
                file.write(bytes(ROOM))
        with pytest.raises(OSError, match="too large"):
            file.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(file._descriptor)
