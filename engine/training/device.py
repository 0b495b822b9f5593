# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to train: the one place that speaks to a backend by its own name."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any, List, Optional

from ..contract.errors import DeviceUnavailable, InvalidRequest

BACKENDS = ("tensorflow", "jax")


@dataclass(frozen=True)
class Placement:
    """Where a network lives.

    Args:
        name: In the user's words.
        compile: Keras's ``jit_compile``: XLA makes steps slower on a CPU under TensorFlow.
        strategy: TensorFlow's, for several GPUs.
    """

    name: str
    compile: Any
    strategy: Optional[Any] = None

    def scope(self) -> AbstractContextManager[Any]:
        """In which the network must be built and compiled."""
        return self.strategy.scope() if self.strategy is not None else nullcontext()


def place(device: str, gpus: int) -> Placement:
    """Choose the device; call before anything is built.

    Args:
        device: ``auto``, ``cpu`` or ``cuda``.
        gpus: How many GPUs of this machine; 0 for all.

    Raises:
        DeviceUnavailable: There are not so many.
        InvalidRequest: Keras runs on a backend that is not known here.
    """
    import keras

    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise InvalidRequest(
            f"KERAS_BACKEND is {backend!r}.", f"Set it to {' or '.join(BACKENDS)}."
        )
    found = [] if device == "cpu" else _gpus(backend)
    if device == "cuda" and len(found) < max(1, gpus):
        raise DeviceUnavailable(
            f"{max(1, gpus)} GPUs are asked for; Keras on {backend} sees {len(found)}.",
            "Set DEVICE to auto, or set up the runtime with the tier train-gpu.",
        )
    chosen = found[: gpus or len(found)]
    make = _tensorflow if backend == "tensorflow" else _jax
    return make(chosen)


def _gpus(backend: str) -> List[Any]:
    if backend == "tensorflow":
        tf: Any = import_module("tensorflow")
        return list(tf.config.list_physical_devices("GPU"))
    jax: Any = import_module("jax")
    try:
        return list(jax.devices("gpu"))
    except RuntimeError:  # JAX has no such platform here
        return []


def _tensorflow(chosen: List[Any]) -> Placement:
    tf: Any = import_module("tensorflow")
    name = f"TensorFlow {tf.__version__}"
    tf.config.set_visible_devices(chosen, "GPU")
    if not chosen:
        tf.config.experimental.enable_op_determinism()
        return Placement(f"CPU, {name}", False)
    for gpu in chosen:
        tf.config.experimental.set_memory_growth(gpu, True)
    if len(chosen) == 1:
        return Placement(f"GPU, {name}", "auto")
    names = [f"GPU:{i}" for i in range(len(chosen))]
    return Placement(f"{len(chosen)} GPUs, {name}", "auto", tf.distribute.MirroredStrategy(names))


def _jax(chosen: List[Any]) -> Placement:
    import keras

    jax: Any = import_module("jax")
    name = f"JAX {jax.__version__}"
    if not chosen:
        jax.config.update("jax_default_device", jax.devices("cpu")[0])
        return Placement(f"CPU, {name}", "auto")
    if len(chosen) == 1:
        jax.config.update("jax_default_device", chosen[0])
        return Placement(f"GPU, {name}", "auto")
    names = [f"gpu:{device.id}" for device in chosen]
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names))
    return Placement(f"{len(chosen)} GPUs, {name}", "auto")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a step failed for lack of memory, on any backend."""
    text = f"{type(error).__name__} {error}"
    marks = ("ResourceExhaustedError", "RESOURCE_EXHAUSTED", "Out of memory")
    return isinstance(error, MemoryError) or any(mark in text for mark in marks)
