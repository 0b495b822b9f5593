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


def field(tag, content):
    """A field with a length below 128: protobuf.dev/programming-guides/encoding."""
    return bytes([tag, len(content)]) + content


def one_feature(value):
    """An Example whose only feature is called n and has this value field."""
    return field(0x0A, field(0x0A, field(0x0A, b"n") + value))


def parsed(value):
    return parse_example(memoryview(one_feature(field(0x12, value))))


def test_each_kind_of_value_by_its_specification():
    floats = struct.pack("<3f", 1.5, -2.0, 1e-20)
    assert parsed(field(0x12, field(0x0A, floats)))["n"].tolist() == list(
        struct.unpack("<3f", floats)
    )
    numbers = b"\x00\x7f\x80\x01" + b"\xff" * 9 + b"\x01"  # the last is -1 in ten bytes
    assert parsed(field(0x1A, field(0x0A, numbers)))["n"].tolist() == [0, 127, 128, -1]
    texts = field(0x0A, b"one") + field(0x0A, b"")
    assert [bytes(text) for text in parsed(field(0x0A, texts))["n"]] == [b"one", b""]
    assert parse_example(memoryview(one_feature(b""))) == {}
    assert parsed(b"") == {}
    with pytest.raises(ValueError, match="a feature of kind 34"):
        parsed(field(0x22, b""))


def test_an_example_cut_anywhere_is_none():
    whole = one_feature(field(0x12, field(0x0A, field(0x0A, b"a text"))))
    for length in range(1, len(whole)):
        with pytest.raises(ValueError, match=r"longer than|is cut"):
            parse_example(memoryview(whole[:length]))


def test_a_number_of_more_than_64_bits_is_none():
    with pytest.raises(ValueError, match="a number is cut"):
        parse_example(memoryview(b"\x8a" + b"\x80" * 9 + b"\x00\x00"))
    with pytest.raises(ValueError, match="tag 8 has no length"):
        parse_example(memoryview(b"\x08\x00"))
