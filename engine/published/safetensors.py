# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads safetensors files: a JSON header and plain numbers, so that nothing can be run.

Format: github.com/huggingface/safetensors, README, "Format": u64 little-endian length of the
header, the header, the numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import UnreadableModel

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
    "I8": "<i1", "U8": "<u1", "BOOL": "<b1",
}  # fmt: skip
_LONGEST_HEADER = 100_000_000


def read_safetensors(path: Path) -> Dict[str, NDArray[Any]]:
    """All tensors by name, in their own shapes and types; bfloat16 comes as float32.

    Raises:
        UnreadableModel: The file is cut, damaged, or of another format.
    """
    try:
        content = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8)
        header, begin = _header(content)
        return {
            name: _tensor(entry, content[begin:])
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UnreadableModel(
            f"{path} is no whole safetensors file: {error}.", "Download it again."
        ) from error


def _header(content: NDArray[np.uint8]) -> Tuple[Dict[str, Any], int]:
    if len(content) < 8:
        raise ValueError(f"it has {len(content)} bytes")
    length = int(content[:8].view("<u8")[0])
    if length > min(_LONGEST_HEADER, len(content) - 8):
        raise ValueError("its header does not fit into it")
    header = json.loads(content[8 : 8 + length].tobytes())
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    return header, 8 + length


def _tensor(entry: Dict[str, Any], numbers: NDArray[np.uint8]) -> NDArray[Any]:
    start, stop = entry["data_offsets"]
    if not 0 <= start <= stop <= len(numbers):
        raise ValueError("its numbers are cut short")
    plain = numbers[start:stop].tobytes()
    shape = [int(side) for side in entry["shape"]]
    if entry["dtype"] == "BF16":
        upper = np.frombuffer(plain, "<u2").astype(np.uint32) << 16
        return upper.view(np.float32).reshape(shape)
    return np.frombuffer(plain, _DTYPES[entry["dtype"]]).reshape(shape)
