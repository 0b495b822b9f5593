# SPDX-License-Identifier: GPL-3.0-or-later
"""Going on with less where a device runs out of memory."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Union

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import DeviceUnavailable

# (N, …) in one, or one by one.
Windows = Union[Sequence[NDArray[Any]], NDArray[Any]]


class WindowsAtOnce:
    """How many windows a network gets at once: halved when they do not fit, for good.

    Args:
        most: To begin with.
    """

    def __init__(self, most: int) -> None:
        self.most = most

    def run(
        self,
        infer: Callable[[Windows], NDArray[np.float32]],
        windows: Windows,
        device: str,
        again: Callable[[], bool] = lambda: False,
    ) -> NDArray[np.float32]:
        """(N, …) windows to (N, …) results.

        Args:
            infer: (n, …) windows to (n, …) float32; raises whatever ONNX Runtime raises.
            windows: To be run, (N, …).
            device: For the message.
            again: Asked when not even one fits: whether it may fit now.

        Raises:
            DeviceUnavailable: Not even one window fits, or the device failed.
        """
        parts: List[NDArray[np.float32]] = []
        first = 0
        while first < len(windows):
            part = windows[first : first + self.most]
            try:
                parts.append(infer(part))
            except Exception as error:  # ONNX Runtime's errors share no other class
                full = _out_of_memory(error)
                if not full or (len(part) == 1 and not again()):
                    raise _failed(device, part, error) from error
                self.most = min(self.most, max(1, len(part) // 2))
                continue
            first += len(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def first_line(error: BaseException) -> str:
    """The first line of what an error says."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)


def _failed(device: str, part: Windows, error: Exception) -> DeviceUnavailable:
    return DeviceUnavailable(
        f"Inference failed on {device} with {len(part)} windows of {part[0].shape[-2:]} px: "
        f"{first_line(error)}.",
        "Use a smaller CHUNK_SIZE, BATCH_SIZE or MAX_MEMORY_MB, or DEVICE cpu.",
    )


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return any(words in text for words in ("out of memory", "failed to allocate", "bad_alloc"))
