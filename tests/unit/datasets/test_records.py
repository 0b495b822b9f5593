# SPDX-License-Identifier: GPL-3.0-or-later
"""The framing of TFRecord shards, written here by its specification."""

from __future__ import annotations

import struct

import pytest
from coverloom.engine.contract.errors import DamagedDataset
from coverloom.engine.datasets.example_bytes import check_record, parse_example, record_spans
from crc32c import crc32c


def masked(data):
    """TensorFlow's ``record_writer.h``: rotate right by 15, add a constant."""
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def shard(*messages):
    framed = b""
    for message in messages:
        length = struct.pack("<Q", len(message))
        framed += length + masked(length) + message + masked(message)
    return framed


def checked(content):
    """The messages, each compared with its CRC."""
    view = memoryview(content)
    spans = record_spans(view, "shard")
    for span in spans:
        check_record(view, span, "shard")
    return [content[start:stop] for start, stop in spans]


MESSAGES = [b"first", b"", b"a third one"]


def test_messages_are_found():
    assert checked(shard(*MESSAGES)) == MESSAGES
    assert checked(b"") == []


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_any_altered_bit_is_noticed(bit):
    whole = shard(*MESSAGES)
    for place in range(len(whole)):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << bit
        with pytest.raises(DamagedDataset, match="altered"):
            checked(bytes(spoiled))


def test_a_shard_cut_within_a_record_is_noticed():
    whole = shard(*MESSAGES)
    ends = [len(shard(*MESSAGES[:count])) for count in range(4)]
    for length in set(range(len(whole))) - set(ends):
        with pytest.raises(DamagedDataset, match="cut"):
            checked(whole[:length])


@pytest.mark.parametrize("text", [b"\x0a\x05ab", b"\x0a", b"\x08\x01", b"\x0a\xff"])
def test_bytes_that_are_no_example(text):
    with pytest.raises(ValueError, match=r"longer than|is cut|has no length"):
        parse_example(memoryview(text))
