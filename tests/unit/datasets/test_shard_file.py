# SPDX-License-Identifier: GPL-3.0-or-later
"""A file written past the disk's cache has the bytes and the length of one written through it."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import threading

import numpy as np
import pytest
from coverloom.engine.datasets import blocks_ahead, shard_file
from coverloom.engine.datasets.blocks_ahead import BlocksAhead
from coverloom.engine.datasets.shard_file import ShardFile

PIECE = shard_file._PIECE
SIZES = {
    "nothing": [],
    "a few bytes": [10, 0, 7],
    "less than a block": [4095],
    "blocks": [4096, 8192],
    "a piece": [PIECE],
    "a little more": [PIECE - 1, 2],
    "more than the memory": [2 * PIECE + 1, 2 * PIECE, 3],
    "many times as much": [70_000, 9 * PIECE + 5, 0, 5000, PIECE],
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


def _refused(command, path):
    return subprocess.run([command, "-l", "4096", str(path)], check=False).returncode


def test_blocks_are_there_before_the_bytes(tmp_path, monkeypatch):
    command = shutil.which("fallocate")
    if not command or _refused(command, tmp_path / "probe"):
        pytest.skip("No command fallocate, or a file system that reserves no blocks.")
    monkeypatch.setattr(blocks_ahead, "_AHEAD", PIECE)
    with (tmp_path / "file").open("wb") as file:
        blocks = BlocksAhead(file.fileno())
        for size, pieces in ((1, 1), (PIECE, 1), (PIECE + 1, 2), (5 * PIECE, 5)):
            blocks.reserve(size)
            there = os.fstat(file.fileno()).st_blocks * 512
            assert pieces * PIECE <= there < (pieces + 0.5) * PIECE


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
    crooked = [memoryview(bytearray(2 * PIECE + 4097))[1 : 2 * PIECE + 1] for _ in range(2)]
    monkeypatch.setattr(shard_file, "_SPARE", crooked)
    expected = written(tmp_path / "file", SIZES["many times as much"])
    assert (tmp_path / "file").read_bytes() == expected


def test_what_is_laid_out_in_its_memory_is_in_the_file(tmp_path):
    rng, expected = np.random.default_rng(0), b""
    file = ShardFile(tmp_path / "file")
    for size in (10, 1_000_000, 5000, 5 * PIECE, 1_500_000, 1_500_000, 1_500_000):
        record = rng.bytes(size)
        file.ahead(2 * size)[:3] = b"???"  # given up: nothing of it was added
        room = file.ahead(size)
        room[: size // 2] = record[: size // 2]
        file.ahead(size)[size // 2 :] = record[size // 2 :]  # the same memory, asked for again
        file.add(size)
        expected += record
    file.close()
    assert (tmp_path / "file").read_bytes() == expected


@pytest.fixture
def small_files(tmp_path):
    """Calls what it is given while no file may be larger than so many bytes."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limited(size, call):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
        try:
            return call()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    return limited


def test_a_disk_that_takes_no_more_is_said(tmp_path, small_files):
    file = ShardFile(tmp_path / "file")

    def fill():
        with pytest.raises(OSError, match="too large"):
            for _ in range(5):  # a thread writes: the next piece, or the one after it, says it
                file.write(bytes(PIECE))
        with pytest.raises(OSError, match="too large"):
            file.close()

    small_files(PIECE + 100, fill)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(file._descriptor)


def test_a_piece_that_failed_is_said_at_the_end_even_if_the_rest_fits(tmp_path, small_files):
    file = ShardFile(tmp_path / "file")

    def fail():
        file.write(bytes(PIECE))
        file.write(b"1")  # the piece is on its way
        file._under_way.exception()

    small_files(100, fail)
    threads = threading.active_count()
    with pytest.raises(OSError, match="too large"):  # there is room again, but not for what is lost
        file.close()
    assert threading.active_count() == threads - 1
