# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks asked for ahead change neither a file's bytes nor its length, and need no room."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.datasets import blocks_ahead
from coverloom.engine.datasets.blocks_ahead import BlocksAhead


@pytest.mark.parametrize("ahead", [1, 4096, 1 << 25])
def test_the_file_is_what_was_written(tmp_path, monkeypatch, ahead):
    monkeypatch.setattr(blocks_ahead, "_AHEAD", ahead)
    pieces = [np.random.default_rng(n).bytes(n) for n in (10, 70_000, 0, 5000)]
    path = tmp_path / "file"
    with path.open("wb", buffering=0) as file:
        blocks, size = BlocksAhead(file.fileno()), 0
        for piece in pieces:
            blocks.reserve(size + len(piece))
            file.write(piece)
            size += len(piece)
        blocks.cut(size)
    assert path.read_bytes() == b"".join(pieces)


def test_a_disk_without_that_much_room_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks_ahead, "_AHEAD", 1 << 62)  # no disk has it
    path = tmp_path / "file"
    with path.open("wb", buffering=0) as file:
        blocks = BlocksAhead(file.fileno())
        blocks.reserve(3)
        file.write(b"abc")
        blocks.reserve(6)
        file.write(b"def")
        blocks.cut(6)
    assert path.read_bytes() == b"abcdef"
