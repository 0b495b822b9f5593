# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads TensorFlow checkpoints as numbers, without TensorFlow and without running anything.

``NAME.index`` is a table of sorted keys in LevelDB's form (tensorflow/core/lib/io/table_builder.h),
tensor name to ``BundleEntryProto`` (tensorflow/core/protobuf/tensor_bundle.proto): data type (1),
shape (2), shard (3), offset (4), size (5), masked CRC-32C (6). ``NAME.data-00000-of-00001`` holds
the numbers. ``NAME.meta``, the graph, is not looked at.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Tuple, Union

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

from ..contract.errors import UnreadableModel

_MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
_DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
_MASK = 0xA282EAD8
_SLICED = 7
Field = Union[int, bytes]


class Checkpoint(Mapping[str, NDArray[Any]]):
    """The tensors of a checkpoint, each read and checked when it is asked for.

    Args:
        index: The ``.index`` file.

    Raises:
        UnreadableModel: It is cut, damaged, or of another format.
    """

    def __init__(self, index: Path) -> None:
        self._prefix = index.with_suffix("")
        try:
            self._entries = _entries(index.read_bytes())
        except (OSError, ValueError, IndexError, struct.error) as error:
            raise _unreadable(index, error) from error
        self._shards = int(self._entries.pop("", {}).get(1, 1))
        self._entries = {
            name: entry for name, entry in self._entries.items() if entry.get(1) in _DTYPES
        }

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __getitem__(self, name: str) -> NDArray[Any]:
        entry = self._entries[name]
        shard = f"{self._prefix.name}.data-{int(entry.get(3, 0)):05d}-of-{self._shards:05d}"
        path = self._prefix.with_name(shard)
        try:
            return _tensor(path, entry)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error


def _tensor(path: Path, entry: Dict[int, Any]) -> NDArray[Any]:
    if _SLICED in entry:
        raise ValueError("it is stored in slices")
    size = int(entry.get(5, 0))
    with path.open("rb") as stream:
        stream.seek(int(entry.get(4, 0)))
        raw = stream.read(size)
    if len(raw) < size:
        raise ValueError("it is cut short")
    if _masked(raw) != entry[6]:
        raise ValueError("its numbers are not what its checksum says")
    return np.frombuffer(raw, _DTYPES[entry[1]]).reshape(_shape(entry.get(2, b"")))


def _masked(content: bytes) -> int:
    crc = crc32c(content)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _shape(message: bytes) -> List[int]:
    sides = [value for number, value in _fields(message) if number == 2]
    return [int(dict(_fields(bytes(side))).get(1, 0)) for side in sides if isinstance(side, bytes)]


def _entries(content: bytes) -> Dict[str, Dict[int, Any]]:
    """Every key of the table, and its value's fields."""
    if len(content) < _FOOTER or struct.unpack("<Q", content[-8:])[0] != _MAGIC:
        raise ValueError("it has no table's footer")
    _, place = _handle(content, len(content) - _FOOTER)
    (begin, size), _ = _handle(content, place)
    found = {}
    for _, where in _block(content, begin, size):
        (begin, size), _ = _handle(where, 0)
        for key, value in _block(content, begin, size):
            found[key.decode()] = dict(_fields(value))
    return found


def _block(content: bytes, begin: int, size: int) -> Iterator[Tuple[bytes, bytes]]:
    """Keys and values; each key says how much it shares with the one before."""
    end = begin + size
    if end + 5 > len(content):
        raise ValueError("a block is cut short")
    if content[end]:
        raise ValueError("a block is compressed")
    crc, checked = (
        struct.unpack("<I", content[end + 1 : end + 5])[0],
        crc32c(content[begin : end + 1]),
    )
    if ((checked >> 15 | checked << 17) + _MASK) & 0xFFFFFFFF != crc:
        raise ValueError("a block is not what its checksum says")
    stop = end - 4 * (struct.unpack("<I", content[end - 4 : end])[0] + 1)
    key, place = b"", begin
    while place < stop:
        shared, place = _varint(content, place)
        own, place = _varint(content, place)
        length, place = _varint(content, place)
        key = key[:shared] + content[place : place + own]
        place += own + length
        yield key, content[place - length : place]


def _handle(content: bytes, place: int) -> Tuple[Tuple[int, int], int]:
    begin, place = _varint(content, place)
    size, place = _varint(content, place)
    return (begin, size), place


def _fields(message: bytes) -> Iterator[Tuple[int, Field]]:
    """Number and value of a protobuf message's fields."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, kind = tag >> 3, tag & 7
        value: Field
        if kind == 0:
            value, place = _varint(message, place)
        elif kind == 2:
            length, place = _varint(message, place)
            value, place = message[place : place + length], place + length
        elif kind == 5:
            value, place = struct.unpack_from("<I", message, place)[0], place + 4
        else:
            raise ValueError(f"a field is of the unknown kind {kind}")
        yield number, value


def _varint(content: bytes, place: int) -> Tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _unreadable(path: Path, error: Exception) -> UnreadableModel:
    return UnreadableModel(
        f"{path} is no whole TensorFlow checkpoint: {error}.", "Download and unpack it again."
    )
