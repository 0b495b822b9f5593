# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels of a TIFF's strips, stored as they are or with DEFLATE (TIFF 6.0, predictor 1 or 2)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from ..contract.errors import UnreadableRaster


@dataclass(frozen=True)
class Layout:
    """How a band's pixels lie in its file.

    Args:
        width, height: In px.
        rows: Rows of a strip; the last may have fewer.
        dtype: Little-endian.
        deflate: Whether strips are compressed.
        predictor: Whether a pixel is stored as the difference to its left neighbour.
    """

    width: int
    height: int
    rows: int
    dtype: np.dtype[Any]
    deflate: bool
    predictor: bool

    def strip_bytes(self, strip: int) -> int:
        """Bytes of a strip once it is unpacked."""
        rows = min(self.rows, self.height - strip * self.rows)
        return rows * self.width * self.dtype.itemsize

    def full(self, lengths: Sequence[int]) -> bool:
        """Whether uncompressed strips have all their bytes; GDAL pads those that have not."""
        return list(lengths) == [self.strip_bytes(i) for i in range(len(lengths))]

    def pixels(
        self, data: bytes, offsets: Sequence[int], lengths: Sequence[int], path: str
    ) -> np.ndarray:
        """``(height, width)`` in ``dtype``; of a file in one piece a read-only view of ``data``.

        Args:
            data: The whole file, which is long enough.
            offsets: Of its strips.
            lengths: Of its strips; uncompressed ones are full.
            path: What to call it in an error.

        Raises:
            UnreadableRaster: A strip is damaged.
        """
        shape = self.height, self.width
        if not self.deflate and in_one_piece(offsets, lengths):
            count = self.height * self.width
            return np.frombuffer(data, self.dtype, count, offsets[0]).reshape(shape)
        strips = [data[o : o + n] for o, n in zip(offsets, lengths)]
        if self.deflate:
            strips = [_inflate(s, self.strip_bytes(i), path) for i, s in enumerate(strips)]
        pixels = np.frombuffer(b"".join(strips), self.dtype).reshape(shape)
        if self.predictor:
            pixels = np.add.accumulate(pixels, axis=1, dtype=np.uint16)
        return pixels


def in_one_piece(offsets: Sequence[int], lengths: Sequence[int]) -> bool:
    """Whether every strip begins where the one before it ends."""
    return all(offsets[i] + lengths[i] == offsets[i + 1] for i in range(len(offsets) - 1))


def _inflate(strip: bytes, size: int, path: str) -> bytes:
    try:
        whole = zlib.decompressobj().decompress(strip, size + 1)
    except zlib.error as error:
        raise UnreadableRaster(f"{path} is damaged: {error}.", "Get the file again.") from error
    if len(whole) != size:
        raise UnreadableRaster(
            f"{path} is damaged: a strip has {len(whole)} of {size} bytes.", "Get the file again."
        )
    return whole
