# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory that is used again: fresh memory costs more than filling it."""

from __future__ import annotations

import weakref
from typing import List, Sequence

import numpy as np
from numpy.typing import NDArray


class ReusedMemory:
    """Gives arrays whose memory comes back when nobody looks at them any more, nor at a part."""

    def __init__(self) -> None:
        self._spare: List[NDArray[np.float32]] = []

    def array(self, shape: Sequence[int]) -> NDArray[np.float32]:
        """``shape`` float32; the values are whatever was there."""
        count = int(np.prod(shape))
        memory = self._spare.pop() if self._spare else np.empty(0, np.float32)
        if memory.size < count:
            memory = np.empty(count, np.float32)
        # Not a view of `memory`: views of views refer to what owns the numbers, and would outlive
        # this array. Of one that is made from a buffer they keep the array itself.
        given = np.frombuffer(memory.data, np.float32, count)
        weakref.finalize(given, self._spare.append, memory).atexit = False
        return given.reshape(shape)
