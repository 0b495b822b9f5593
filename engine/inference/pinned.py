# SPDX-License-Identifier: GPL-3.0-or-later
"""Page-locked memory: what a GPU's copy engine moves by itself, while the GPU computes.

A copy to or from ordinary memory goes through a small buffer of the driver's, page by page, and
keeps a core busy. Page-locked memory comes from ONNX Runtime where it lists some for the provider,
else from the driver's own library, whose names have stayed the same since CUDA 4. Where neither has
any, as on a CPU, ordinary memory serves: everything runs, only slower on a GPU.
"""

from __future__ import annotations

import ctypes
import sys
import weakref
from typing import Any, Optional

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .device import CPU

_LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_PORTABLE = 1  # CU_MEMHOSTALLOC_PORTABLE: locked for every context
Bytes = NDArray[np.uint8]


class HostBuffer:
    """Memory that grows to what is asked for and is then used again.

    Args:
        provider: Execution provider that will read or write it.
        index: Which of its devices.
    """

    def __init__(self, provider: str, index: int) -> None:
        self._provider, self._index = provider, index
        self._bytes: Bytes = np.empty(0, np.uint8)
        self.locked = False
        """Whether the memory is page-locked; known once there is some."""

    def array(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """``shape`` numbers of ``dtype`` in this memory; whatever they were before is lost."""
        count = int(np.prod(shape)) * dtype.itemsize
        if self._bytes.size < count:
            self._bytes = np.empty(0, np.uint8)  # give back what is there before taking more
            locked = None
            if self._provider != CPU:
                locked = _of_onnxruntime(count, self._provider, self._index)
                locked = _of_driver(count, self._index) if locked is None else locked
            self.locked = locked is not None
            self._bytes = np.empty(count, np.uint8) if locked is None else locked
        return self._bytes[:count].view(dtype).reshape(shape)


def _of_onnxruntime(count: int, provider: str, index: int) -> Optional[Bytes]:
    """Page-locked bytes from ONNX Runtime; None where it lists none for the device."""
    kinds = getattr(onnxruntime, "OrtDeviceMemoryType", None)
    listed = getattr(onnxruntime, "get_ep_devices", None)
    if kinds is None or listed is None:
        return None
    devices = [device for device in listed() if device.ep_name == provider]
    if index >= len(devices):
        return None
    memory = devices[index].memory_info(kinds.HOST_ACCESSIBLE)
    if memory is None:
        return None
    try:
        value = onnxruntime.OrtValue.ortvalue_from_shape_and_type(
            [count], np.uint8, memory_info=memory
        )
    except Exception:  # ONNX Runtime's errors share no other class; there are other ways
        return None
    return _view(value.data_ptr(), count, value)


def _of_driver(count: int, index: int) -> Optional[Bytes]:
    """Page-locked bytes from CUDA's driver; None where there is none, or it gives none."""
    try:
        driver = ctypes.CDLL(_LIBRARY)
    except OSError:
        return None
    device, context, address = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_void_p()
    if driver.cuInit(0) != 0 or driver.cuDeviceGet(ctypes.byref(device), index) != 0:
        return None
    # The primary context is the one that ONNX Runtime computes in.
    if driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device) != 0:
        return None
    if driver.cuCtxPushCurrent_v2(context) != 0:
        return None
    size = ctypes.c_size_t(count)
    given = driver.cuMemHostAlloc(ctypes.byref(address), size, _PORTABLE) == 0
    driver.cuCtxPopCurrent_v2(ctypes.byref(ctypes.c_void_p()))
    if not given or not address.value:
        return None
    lasting = _DriverMemory(driver, address.value)
    return _view(address.value, count, lasting)


class _DriverMemory:
    """Gives page-locked bytes back to the driver when nothing looks at them any more."""

    def __init__(self, driver: ctypes.CDLL, address: int) -> None:
        weakref.finalize(self, driver.cuMemFreeHost, ctypes.c_void_p(address)).atexit = False


def _view(address: int, count: int, owner: object) -> Bytes:
    """Bytes at an address as an array that keeps their owner."""
    memory = (ctypes.c_uint8 * count).from_address(address)
    memory.owner = owner  # type: ignore[attr-defined]  # NumPy keeps ``memory``, and it the owner
    return np.ctypeslib.as_array(memory)
