# SPDX-License-Identifier: GPL-3.0-or-later
"""Event files for TensorBoard, without TensorFlow.

Records framed as in TFRecord, each one protobuf message: ``Event { wall_time (1) double, step (2)
int64, file_version (3) string, summary (5) { value (1) { tag (1), simple_value (2) float } } }``
(tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto).
"""

from __future__ import annotations

import struct
import time
from pathlib import Path
from typing import Mapping, Optional

from ..datasets.example_bytes import frame, varint

_VERSION = b"brain.Event:2"


class EventFile:
    """Appends scalars to an event file, made when the first one comes.

    Args:
        folder: Where event files lie; TensorBoard joins all in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Optional[Path] = None

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values of a step."""
        with self._opened().open("ab") as file:
            for tag, value in values.items():
                named = _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
                summary = _bytes(1, named)
                file.write(_record(b"\x10" + varint(step) + _bytes(5, summary)))

    def _opened(self) -> Path:
        if self._path is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"events.out.tfevents.{time.time_ns() / 1e9:.6f}.coverloom"
            self._path = self._folder / name
            self._path.write_bytes(_record(_bytes(3, _VERSION)))
        return self._path


def _bytes(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + varint(len(content)) + content


def _record(fields: bytes) -> bytes:
    message = b"\x09" + struct.pack("<d", time.time()) + fields
    head, tail = frame([message])
    return head + message + tail
