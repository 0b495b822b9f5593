# SPDX-License-Identifier: GPL-3.0-or-later
"""``tf.train.Example`` and TFRecord framing, byte by byte, without TensorFlow.

An Example is one protobuf message: ``features (1) { feature (1) { key (1), value (2) } }``, the
value one of ``bytes_list (1)``, ``float_list (2)``, ``int64_list (3)``, each ``{ value (1) }``
(tensorflow/core/example/feature.proto). A record is its length (uint64), the masked CRC-32C of
the length, the message, the masked CRC-32C of the message (tensorflow/core/lib/io/record_writer.h).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Dict, Iterator, List, Sequence, Tuple, Union

import crc32c as _crc
import numpy as np
import numpy.typing as npt

from ..contract.errors import DamagedDataset
from .checksum import joined

Buffer = Union[bytes, memoryview]
Value = Union[List[memoryview], npt.NDArray[np.int64], npt.NDArray[np.float32]]
_BYTES, _FLOATS, _INTEGERS = 0x0A, 0x12, 0x1A
_HEAD = struct.Struct("<QI")
_TAIL = struct.Struct("<I")
FRAME = (_HEAD.size, _TAIL.size)  # bytes before and behind a message
_SMALL = 4096  # bytes, which are sooner copied than handed on


def varint(number: int) -> bytes:
    """Protobuf's base-128 form of a number of at least 0."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def bytes_feature(key: bytes, values: Sequence[Buffer]) -> List[Buffer]:
    """The pieces of one map entry that holds byte strings; the values are not copied."""
    if len(values) == 1:
        return [_bytes_head(key, len(values[0])), values[0]]
    pieces: List[Buffer] = []
    for value in values:
        pieces += [b"\x0a" + varint(len(value)), value]
    return _entry(key, _BYTES, pieces)


@lru_cache(maxsize=1024)
def _bytes_head(key: bytes, size: int) -> bytes:
    """All that stands before a single byte string; the lengths of a dataset's are few."""
    own = b"\x0a" + varint(size)
    return _entry_head(key, _BYTES, len(own) + size) + own


@lru_cache(maxsize=1024)
def integer_feature(key: bytes, value: int) -> List[Buffer]:
    """The pieces of one map entry that holds an int64; a dataset's are few."""
    return [b"".join(integers_feature(key, [value]))]


def integers_feature(key: bytes, values: Sequence[int]) -> List[Buffer]:
    """The pieces of one map entry that holds int64 numbers, packed."""
    packed = b"".join(varint(int(value) & 0xFFFFFFFFFFFFFFFF) for value in values)
    return _entry(key, _INTEGERS, [b"\x0a" + varint(len(packed)), packed])


def example(features: Sequence[List[Buffer]]) -> List[Buffer]:
    """The pieces of a whole Example: few, as small ones that are neighbours come as one."""
    pieces = [piece for feature in features for piece in feature]
    merged: List[Buffer] = []
    small = [b"\x0a" + varint(sum(map(len, pieces)))]
    for piece in pieces:
        if len(piece) < _SMALL:
            small.append(bytes(piece))
            continue
        merged += [b"".join(small), piece]
        small = []
    return [*merged, b"".join(small)]


def frame(pieces: Sequence[Buffer]) -> Tuple[bytes, bytes]:
    """What stands before and behind the message of a record."""
    return sealed(pieces)[:2]


def sealed(pieces: Sequence[Buffer]) -> Tuple[bytes, bytes, int]:
    """What stands before and behind the message of a record, and the CRC-32C of the whole."""
    crc = 0
    for piece in pieces:
        crc = _crc.crc32c(piece, crc)
    size = sum(map(len, pieces))
    length = size.to_bytes(8, "little")
    head = _HEAD.pack(size, masked(_crc.crc32c(length)))
    tail = _TAIL.pack(masked(crc))
    return head, tail, _crc.crc32c(tail, joined(_crc.crc32c(head), crc, size))


def masked(crc: int) -> int:
    """A CRC as records store it: rotated right by 15 bits, plus a constant."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record_spans(shard: memoryview, name: str) -> List[Tuple[int, int]]:
    """(start, stop) of every message in a shard, each length checked against its CRC.

    Raises:
        DamagedDataset: The shard is cut or its framing is altered.
    """
    spans: List[Tuple[int, int]] = []
    at = 0
    while at < len(shard):
        if at + 12 > len(shard):
            raise _damaged(name, f"it is cut in the head of record {len(spans)}")
        size, crc = _HEAD.unpack_from(shard, at)
        if masked(_crc.crc32c(shard[at : at + 8])) != crc:
            raise _damaged(name, f"the length of record {len(spans)} is altered")
        start, stop = at + 12, at + 12 + size
        if stop + 4 > len(shard):
            raise _damaged(name, f"it is cut in record {len(spans)}")
        spans.append((start, stop))
        at = stop + 4
    return spans


def check_record(shard: memoryview, span: Tuple[int, int], name: str) -> None:
    """Compare a record with its CRC.

    Raises:
        DamagedDataset: It was altered.
    """
    (expected,) = _TAIL.unpack_from(shard, span[1])
    if masked(_crc.crc32c(shard[span[0] : span[1]])) != expected:
        raise _damaged(name, f"the record at byte {span[0]} is altered")


def parse_example(message: memoryview) -> Dict[str, Value]:
    """Feature names to byte strings (views of ``message``) or arrays of numbers.

    Raises:
        ValueError: The bytes are no Example.
    """
    found: Dict[str, Value] = {}
    for _, features in _fields(message):
        for _, entry in _fields(features):
            parts = dict(_fields(entry))
            for kind, values in _fields(parts.get(0x12, memoryview(b""))):
                found[bytes(parts[0x0A]).decode()] = _value(kind, values)
    return found


def _entry(key: bytes, kind: int, pieces: List[Buffer]) -> List[Buffer]:
    return [_entry_head(key, kind, sum(map(len, pieces))), *pieces]


def _entry_head(key: bytes, kind: int, size: int) -> bytes:
    value = bytes([kind]) + varint(size)
    name = b"\x0a" + varint(len(key)) + key
    inner = len(value) + size
    head = name + b"\x12" + varint(inner) + value
    return b"\x0a" + varint(len(name) + 1 + len(varint(inner)) + inner) + head


def _value(kind: int, values: memoryview) -> Value:
    if kind == _BYTES:
        return [payload for _, payload in _fields(values)]
    payloads = b"".join(bytes(payload) for _, payload in _fields(values))
    if kind == _FLOATS:
        return np.frombuffer(payloads, "<f4")
    if kind != _INTEGERS:
        raise ValueError(f"a feature of kind {kind}")
    return np.array(_varints(payloads), dtype=np.uint64).astype(np.int64)


def _varints(packed: bytes) -> List[int]:
    numbers, at = [], 0
    while at < len(packed):
        number, at = _varint_at(memoryview(packed), at)
        numbers.append(number)
    return numbers


def _fields(message: memoryview) -> Iterator[Tuple[int, memoryview]]:
    """(tag, payload) of each field; only the length-delimited ones that Examples use."""
    at = 0
    while at < len(message):
        tag, at = _varint_at(message, at)
        if tag & 7 != 2:
            raise ValueError(f"tag {tag} has no length")
        size, at = _varint_at(message, at)
        if at + size > len(message):
            raise ValueError("a field is longer than its message")
        yield tag, message[at : at + size]
        at += size


def _varint_at(message: memoryview, at: int) -> Tuple[int, int]:
    number = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("a number is cut")
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def _damaged(name: str, how: str) -> DamagedDataset:
    return DamagedDataset(f"{name} is damaged: {how}.", "Delete it and export with RESUME.")
