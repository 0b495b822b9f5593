# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to train: the one place that speaks to a backend by its own name."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Callable, Iterator, List, Optional

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import DeviceUnavailable, InvalidRequest

BACKENDS = ("tensorflow", "jax")
Score = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Placement:
    """Where a network lives.

    Args:
        name: In the user's words.
        compile: Keras's ``jit_compile``: XLA makes steps slower on a CPU under TensorFlow.
        strategy: TensorFlow's, for several devices.
        devices: How many share each batch.
        process: Which of the processes of a training on several machines this one is.
        processes: How many there are.
    """

    name: str
    compile: Any
    strategy: Optional[Any] = None
    devices: int = 1
    process: int = 0
    processes: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes files."""
        return self.process == 0

    def scope(self) -> AbstractContextManager[Any]:
        """In which the network must be built and compiled."""
        return self.strategy.scope() if self.strategy is not None else nullcontext()

    def divisible(self, batch: int) -> int:
        """The largest batch up to this that all devices share evenly; at least one window each."""
        return max(1, batch // self.devices) * self.devices

    def share(self, array: NDArray[Any]) -> Any:
        """What this process feeds of an (N, …) batch; under a strategy, each device its part."""
        if self.strategy is None:
            size = len(array) // self.processes
            return array[self.process * size : (self.process + 1) * size]
        parts = np.split(array, self.devices)
        return self.strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group]
        )

    def whole(self, function: Score, summed: bool = False) -> Score:
        """A loss or score of labels and logits that sees the whole batch on every device.

        A device's own mean over its counted pixels is not the batch's: one part of it may be all
        unlabelled. JAX sees whole arrays anyway.

        Args:
            function: Gives one number.
            summed: Whether the devices' numbers are added up, as gradients are; Keras divides
                losses of many numbers by the devices, but not those of one.
        """
        if self.strategy is None:
            return function
        tf: Any = import_module("tensorflow")

        def gathered(part: Any) -> Any:
            """Every device's part, by a sum in which each has its place; NaN stay NaN."""
            context, count = tf.distribute.get_replica_context(), self.devices
            if context is None:  # Keras looks at shapes outside of any device
                return part
            own = tf.range(count) == tf.cast(context.replica_id_in_sync_group, tf.int32)
            part = tf.cast(part, tf.float32)
            placed = tf.where(
                tf.reshape(own, [count] + [1] * len(part.shape)), part[None], tf.zeros_like(part)
            )
            batch = context.all_reduce(tf.distribute.ReduceOp.SUM, placed)
            return tf.reshape(batch, [-1, *part.shape[1:]])

        def of_all(labels: Any, logits: Any) -> Any:
            number = function(gathered(labels), gathered(logits))
            return number / self.devices if summed else number

        of_all.__name__ = getattr(function, "__name__", "of_all")
        return of_all

    @contextmanager
    def joined(self, model: Any) -> Iterator[None]:
        """While it trains, let batch normalisation see the whole batch."""
        norms = [layer for layer in model.layers if hasattr(layer, "synchronized")]
        for layer in norms:
            layer.synchronized = self.strategy is not None
        try:
            yield
        finally:
            for layer in norms:
                layer.synchronized = False  # as others expect it who load the network

    def predictor(self, model: Any) -> Callable[[Any], Any]:
        """Windows (N, H, W, C) to logits, for any N that stays the same."""
        if self.devices == 1 or self.strategy is not None:
            return lambda windows: model.predict_on_batch(windows)
        return _alone(model)

    def wait(self, name: str) -> None:
        """Wait for the other processes to come this far."""
        if self.processes > 1:
            import_module("jax.experimental.multihost_utils").sync_global_devices(name)

    def leave(self) -> None:
        """Let what comes after the training run on one device."""
        import keras

        keras.distribution.set_distribution(None)


def place(device: str, gpus: int) -> Placement:
    """Choose the device; call before anything is built.

    Args:
        device: ``auto``, ``cpu`` or ``cuda``.
        gpus: How many GPUs of this machine share each batch; 0 for all. Where a backend was told
            to make several devices of the CPU, as many of these. On several machines all are used.

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
    make = _tensorflow if backend == "tensorflow" else _jax
    return make(found, gpus)


def _gpus(backend: str) -> List[Any]:
    if backend == "tensorflow":
        tf: Any = import_module("tensorflow")
        return list(tf.config.list_physical_devices("GPU"))
    jax: Any = import_module("jax")
    try:
        return list(jax.devices("gpu"))
    except RuntimeError:  # JAX has no such platform here
        return []


def _tensorflow(gpus: List[Any], wanted: int) -> Placement:
    tf: Any = import_module("tensorflow")
    name = f"TensorFlow {tf.__version__}"
    chosen = gpus[: wanted or len(gpus)]
    tf.config.set_visible_devices(chosen, "GPU")
    for gpu in chosen:
        tf.config.experimental.set_memory_growth(gpu, True)
    if len(chosen) == 1:
        return Placement(f"GPU, {name}", "auto")
    kind = "GPU"
    compiled: Any = "auto"
    devices = [f"GPU:{i}" for i in range(len(chosen))]
    if not chosen:
        tf.config.experimental.enable_op_determinism()
        kind, compiled = "CPU", False
        # There is one, unless whoever started this has split it up.
        devices = [f"CPU:{i}" for i in range(len(tf.config.list_logical_devices("CPU")))]
        devices = devices[: wanted or len(devices)]
    if len(devices) == 1:
        return Placement(f"{kind}, {name}", compiled)
    strategy = tf.distribute.MirroredStrategy(devices)
    return Placement(f"{len(devices)} {kind}s, {name}", compiled, strategy, len(devices))


def _jax(gpus: List[Any], wanted: int) -> Placement:
    import keras

    jax: Any = import_module("jax")
    name, process, processes = f"JAX {jax.__version__}", jax.process_index(), jax.process_count()
    kind, devices = ("GPU", gpus) if gpus else ("CPU", list(jax.devices("cpu")))
    if processes == 1:
        devices = devices[: wanted or len(devices)]
    if len(devices) == 1:
        jax.config.update("jax_default_device", devices[0])
        return Placement(f"{kind}, {name}", "auto")
    names = [f"{kind.lower()}:{device.id}" for device in devices]
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(devices=names, auto_shard_dataset=False)
    )
    where = f"{len(devices)} {kind}s" + (f" of {processes} processes" if processes > 1 else "")
    return Placement(f"{where}, {name}", "auto", None, len(devices), process, processes)


def _alone(model: Any) -> Callable[[Any], Any]:
    """The network as it is now, on one device: no process has all of a shared answer."""
    import keras

    jax: Any = import_module("jax")
    trainable = [np.asarray(v.value) for v in model.trainable_variables]
    others = [np.asarray(v.value) for v in model.non_trainable_variables]

    def answer(windows: Any) -> Any:
        return model.stateless_call(trainable, others, windows, training=False)[0]

    compiled = jax.jit(answer)

    def run(windows: Any) -> Any:
        shared = keras.distribution.distribution()
        keras.distribution.set_distribution(None)
        try:
            with jax.default_device(jax.local_devices()[0]):
                return np.asarray(compiled(windows))
        finally:
            keras.distribution.set_distribution(shared)

    return run


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a step failed for lack of memory, on any backend."""
    text = f"{type(error).__name__} {error}"
    marks = ("ResourceExhaustedError", "RESOURCE_EXHAUSTED", "Out of memory")
    return isinstance(error, MemoryError) or any(mark in text for mark in marks)
