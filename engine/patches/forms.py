# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers met before: an archive has about 40, which differ in nothing but a few numbers.

Bands of one kind differ in the corner, compressed ones in the strips' places too. A file whose
other bytes up to the pixels equal a header that was parsed and checked needs no parsing: all
that was found then holds again.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .strips import Layout, in_one_piece

_TIE = struct.Struct("<6d")
_MOST = 64
_ANY_LENGTH = 0  # the key of compressed files


@dataclass(frozen=True)
class Form:
    """A header met before.

    Args:
        pieces: (start, stop, bytes) of all of it but the numbers that vary.
        tie_at: Where its tie point is.
        strips: How and where strips' offsets and lengths are packed; None if they do not vary.
        offsets, lengths: Of its strips, where they do not vary.
        layout: How the pixels lie.
        shape: ``(H, W)``.
        epsg: Its CRS; None if it states none.
        pixel: Side of a pixel, metres.
        nodata: The number that means no measurement; None if unset.
    """

    pieces: Tuple[Tuple[int, int, bytes], ...]
    tie_at: int
    strips: Optional[Tuple[Tuple[struct.Struct, int], ...]]
    offsets: Tuple[int, ...]
    lengths: Tuple[int, ...]
    layout: Layout
    shape: Tuple[int, int]
    epsg: Optional[int]
    pixel: float
    nodata: Optional[float]

    def corner(self, data: bytes) -> Tuple[float, float]:
        """Upper left corner of a file of this form, in its CRS, metres."""
        col, row, _, x, y, _ = _TIE.unpack_from(data, self.tie_at)
        return x - col * self.pixel, y + row * self.pixel

    def pixels(self, data: bytes, path: str) -> Optional[np.ndarray]:
        """``(H, W)`` of a file of this form; None where its strips need a closer look."""
        if self.strips is None:
            first, count = self.offsets[0], self.shape[0] * self.shape[1]
            return np.frombuffer(data, self.layout.dtype, count, first).reshape(self.shape)
        (how, at), (how_long, long_at) = self.strips
        offsets, lengths = how.unpack_from(data, at), how_long.unpack_from(data, long_at)
        if 0 in lengths or max(map(sum, zip(offsets, lengths))) > len(data):
            return None
        return self.layout.pixels(data, offsets, lengths, path)


_FORMS: Dict[int, List[Form]] = {}  # by length of the file


def form_of(data: bytes) -> Optional[Form]:
    """The form of a whole file, if it was met before."""
    for form in _FORMS.get(len(data)) or _FORMS.get(_ANY_LENGTH, []):
        for start, stop, piece in form.pieces:
            if data[start:stop] != piece:
                break
        else:
            return form
    return None


def remember(
    data: bytes,
    layout: Layout,
    arrays: Sequence[Tuple[str, int, Tuple[Any, ...]]],
    place: Tuple[Optional[int], float, Optional[float]],
) -> None:
    """Keep the header of a file that was parsed and found good.

    Args:
        data: The whole file.
        layout: How its pixels lie.
        arrays: Struct format, place and values of its strips' offsets, of their lengths, and of
            its tie point.
        place: EPSG code, side of a pixel (not NaN), nodata.
    """
    (_, _, offsets), (_, _, lengths), (_, tie_at, tie) = arrays
    key, begin = _ANY_LENGTH if layout.deflate else len(data), offsets[0]
    # Nothing but pixels may lie behind the first of them: what is there is not compared.
    header_first = in_one_piece(offsets, lengths) and offsets[-1] + lengths[-1] == len(data)
    forms = _FORMS.get(key, [])
    if len(forms) >= _MOST or (not forms and len(_FORMS) >= _MOST):
        return
    varying = [arrays[2], *(arrays[:2] if layout.deflate else ())]
    holes = sorted((at, at + struct.calcsize(how)) for how, at, _ in varying)
    if not header_first or len(tie) != 6 or holes[-1][1] > begin:
        return
    strips = None
    if layout.deflate:
        packed = [(struct.Struct(how), at) for how, at, _ in arrays[:2]]
        strips = (packed[0], packed[1])
    shape = layout.height, layout.width
    pieces = _between(data, holes, begin)
    form = Form(pieces, tie_at, strips, offsets, lengths, layout, shape, *place)
    _FORMS.setdefault(key, []).append(form)


def _between(
    data: bytes, holes: List[Tuple[int, int]], end: int
) -> Tuple[Tuple[int, int, bytes], ...]:
    """All bytes before ``end`` but the holes, which do not overlap."""
    edges = [0, *(edge for hole in holes for edge in hole), end]
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if b > a]
    return tuple((a, b, data[a:b]) for a, b in spans)
