# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures as PNG (W3C PNG, third edition), for pages that hold everything inside."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt


def png_bytes(rgb: npt.NDArray[np.uint8]) -> bytes:
    """Write a picture.

    Args:
        rgb: ``(H, W, 3)`` uint8.
    """
    height, width, _ = rgb.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with filter type 0
    rows[:, 1:] = rgb.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def png_url(rgb: npt.NDArray[np.uint8]) -> str:
    """The (H, W, 3) uint8 picture as a ``data:`` address, for the ``src`` of an image."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(rgb)).decode()


def stretched(bands: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Measurements as a picture: from the 2nd to the 98th percentile of all channels together.

    Args:
        bands: ``(H, W, 3)`` numbers; what is not finite becomes black.
    """
    finite = bands[np.isfinite(bands)]
    low, high = np.percentile(finite, (2, 98)) if finite.size else (0.0, 1.0)
    share = (np.nan_to_num(bands, nan=low) - low) / max(high - low, 1e-9)
    picture: npt.NDArray[np.uint8] = (np.clip(share, 0, 1) * 255).astype(np.uint8)
    return picture


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
