# SPDX-License-Identifier: GPL-3.0-or-later
"""TFRecord shards: one ``tf.train.Example`` a patch, arrays as raw little-endian bytes.

Features: ``patch_id``, ``s1_data`` / ``s2_data`` / ``data`` (H, W, C), ``label`` (H, W) uint8,
``epsg`` (int64), ``transform`` (six float64), ``facts`` (JSON), with min-max scaling
``<array>_minmax`` (two float64), and scene labels as names and as a multi-hot int64 list. Written
and read here without TensorFlow; TensorFlow's own parser reads them too (``feed.py``).
"""

from __future__ import annotations

import gzip
import json
import mmap
import struct
import zlib
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, cast

import numpy as np

from ..contract.errors import DamagedDataset
from .checksum import joined
from .example_bytes import (
    Buffer,
    bytes_feature,
    check_record,
    example,
    integer_feature,
    integers_feature,
    parse_example,
    record_spans,
    sealed,
)
from .format import Format
from .patch import DatasetPatch, Layout, Stored
from .record_room import RecordRoom
from .shard_file import ShardFile

# The old shards' names, which say the order too: only labels in that very order get them.
_SCENE_KEYS = {
    "ben19_v1": ("BigEarthNet-19_labels", "BigEarthNet-19_labels_multi_hot"),
    "ben43": ("original_labels", "original_labels_multi_hot"),
}
_FACTS = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_TRANSFORM = struct.Struct("<6d")


def scene_keys(nomenclature: str) -> Tuple[str, str]:
    """Feature names of the label names and of the multi-hot vector."""
    return _SCENE_KEYS.get(nomenclature, ("labels", "labels_multi_hot"))


class TFRecordWriter:
    """Writes one shard of Examples."""

    def __init__(self, path: Path, layout: Layout, capacity: int) -> None:
        self._layout, self._crc = layout, 0
        self._file = ShardFile(path)
        # No time and no name in the gzip head: the same patches give the same bytes.
        zipped = layout.compression == "gzip"
        self._zip = gzip.GzipFile("", "wb", 6, self._file, mtime=0) if zipped else None
        self._room = RecordRoom(self._file, layout, self._message)

    def room(self, patch_id: str) -> Dict[str, Stored]:
        """Memory for the next patch's arrays, right where they lie in the file."""
        return {} if self._zip else self._room.arrays(patch_id)

    def append(self, patch: DatasetPatch) -> int:
        """Write one patch; arrays that are in the file's room are not copied on the way."""
        if self._zip:
            message = self._message(patch)
            head, tail, _ = sealed(message)
            return sum(map(self._zip.write, [head, *message, tail]))
        size, crc = self._room.add(patch)
        self._crc = joined(self._crc, crc, size)
        return size

    def close(self) -> Optional[str]:
        """Complete the shard; returns its CRC-32C, unless it is compressed."""
        try:
            if self._zip:
                self._zip.close()
        finally:
            self._file.close()
        return None if self._zip else f"{self._crc:08x}"

    def _message(self, patch: DatasetPatch) -> List[Buffer]:
        return example(_features(patch, self._layout))


class TFRecordReader:
    """Reads one shard of Examples by number; every record is checked against its CRC."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        self._bytes = _open(path, layout.compression)
        self._spans = record_spans(self._bytes, str(path))

    def __len__(self) -> int:
        return len(self._spans)

    def __getitem__(self, index: int) -> DatasetPatch:
        """Patch ``index``; its arrays are views of the file."""
        span = self._spans[index]
        check_record(self._bytes, span, str(self._path))
        try:
            return _patch(parse_example(self._bytes[span[0] : span[1]]), self._layout)
        except (KeyError, IndexError, ValueError) as error:
            raise DamagedDataset(
                f"Record {index} of {self._path} is not of the card's layout: {error}.",
                "Export the dataset again.",
            ) from error

    def close(self) -> None:
        """Let go of the file; it stays mapped for as long as a patch of it is in use."""
        self._bytes = memoryview(b"")


def _features(patch: DatasetPatch, layout: Layout) -> List[List[Buffer]]:
    features = [bytes_feature(b"patch_id", [patch.patch_id.encode()])]
    for name in layout.arrays:
        features.append(bytes_feature(name.encode(), [_raw(patch.arrays[name])]))
        if layout.limits:
            limits = np.array(patch.limits[name], "<f8").tobytes()
            features.append(bytes_feature(f"{name}_minmax".encode(), [limits]))
    if layout.pixels and patch.label is not None:
        features.append(bytes_feature(b"label", [_raw(patch.label)]))
    if layout.classes and patch.scene is not None:
        names_key, hot_key = scene_keys(layout.nomenclature)
        present = [layout.classes[i].encode() for i in np.flatnonzero(patch.scene)]
        features.append(bytes_feature(names_key.encode(), present))
        features.append(integers_feature(hot_key.encode(), patch.scene.tolist()))
    facts = _FACTS.encode(dict(patch.facts)).encode()
    transform = _TRANSFORM.pack(*patch.transform)
    return [
        *features,
        integer_feature(b"epsg", patch.epsg),
        bytes_feature(b"transform", [transform]),
        bytes_feature(b"facts", [facts]),
    ]


def _patch(features: Dict[str, Any], layout: Layout) -> DatasetPatch:
    def array(name: str, dtype: str, shape: Tuple[int, ...]) -> np.ndarray[Any, Any]:
        little = np.dtype(dtype).newbyteorder("<")
        return np.frombuffer(features[name][0], little).reshape(shape)

    names = layout.arrays
    hot = scene_keys(layout.nomenclature)[1]
    limits = {n: tuple(array(f"{n}_minmax", "f8", (2,)).tolist()) for n in names if layout.limits}
    return DatasetPatch(
        patch_id=bytes(features["patch_id"][0]).decode(),
        arrays={name: array(name, layout.dtype, layout.shape(name)) for name in names},
        label=array("label", "u1", layout.size) if layout.pixels else None,
        scene=features[hot].astype(np.uint8) if layout.classes else None,
        epsg=int(features["epsg"][0]),
        transform=tuple(array("transform", "f8", (6,)).tolist()),
        limits=cast("Dict[str, Tuple[float, float]]", limits),
        facts=json.loads(bytes(features["facts"][0])),
    )


def _raw(array: np.ndarray[Any, Any]) -> memoryview:
    little = array.dtype.newbyteorder("<")
    return memoryview(np.ascontiguousarray(array, little).reshape(-1).view(np.uint8).data)


def _open(path: Path, compression: str) -> memoryview:
    try:
        if compression == "gzip":
            return memoryview(gzip.decompress(path.read_bytes()))
        with path.open("rb") as file:
            if not path.stat().st_size:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedDataset(f"{path} cannot be read: {error}.", "Export it again.") from error


FORMAT = Format(".tfrecord", TFRecordWriter, TFRecordReader, ("none", "gzip"))
