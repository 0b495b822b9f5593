# SPDX-License-Identifier: GPL-3.0-or-later
"""The feed against the step, bfloat16 against float32, memory over epochs, and every ONNX export.

    bench_training.py [--parts feed,precision,memory,export]

On made-up patches of 120 px and 10 bands. Feed and step are both processor seconds per crop of
48 px, so that a busy machine does not matter.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import ROOT, machine

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
NATIVE = ("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12", "B01", "B09")
CROP, BATCH, CLASSES = 48, 32, 19


def load(path: Path) -> object:
    """A module by its file."""
    spec = importlib.util.spec_from_file_location(path.stem.strip("_") + "_file", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(folder: Path, form: str = "tfrecord") -> str:
    """A dataset of 96 patches."""
    maker = load(ROOT / "tests" / "data" / "make_blocks.py")
    counts = {"train": 80, "validation": 16}
    return str(maker.make(folder, 120, BANDS, form, "pixels", counts, dtype="uint16"))


def step_s(policy: str, steps: int = 8) -> float:
    """Processor seconds a crop that a training step of the U-Net takes."""
    import keras
    from coverloom.engine.training.losses import loss_of
    from coverloom.models import ARCHITECTURES

    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, CROP, CROP, len(BANDS))).astype(np.float32)
    y = rng.integers(0, CLASSES, (BATCH, CROP, CROP)).astype(np.uint8)
    keras.config.set_dtype_policy(policy)
    model = ARCHITECTURES.load("unet").build(len(BANDS), CLASSES)
    keras.config.set_dtype_policy("float32")
    loss = loss_of("cross_entropy", "pixel", None)
    model.compile(keras.optimizers.Adam(1e-3), loss=loss, jit_compile=False)
    for _ in range(2):
        model.train_on_batch(x, y)
    began = time.process_time()
    for _ in range(steps):
        model.train_on_batch(x, y)
    return (time.process_time() - began) / (steps * BATCH)


def feed(folder: Path) -> dict:
    """How much less a crop costs to feed than to learn from; first epoch and later ones."""
    from coverloom.engine.datasets.reader import open_dataset
    from coverloom.engine.training.feed import Feed
    from coverloom.engine.training.source import SplitSource

    step, found = step_s("float32"), {}
    for form in ("tfrecord", "hdf5"):
        source = SplitSource(open_dataset(made(folder / form, form)), "train", BANDS, "pixel")
        batches, costs = Feed(source, CROP, True, 0), []
        for epoch in range(3):
            began = time.process_time()
            crops = sum(len(labels) for _, labels in batches.epoch(epoch, BATCH))
            costs.append((time.process_time() - began) / crops)
        found[form] = {
            "reading_times_faster": round(step / costs[0], 1),
            "held_times_faster": round(step / costs[-1], 1),
            "held_crops_a_cpu_second": round(1 / costs[-1]),
        }
    return {"step_crops_a_cpu_second": round(1 / step, 1), **found}


def precision(folder: Path) -> dict:
    """Float32 over bfloat16, processor seconds a step, in turn."""
    ratios = [step_s("float32") / step_s("mixed_bfloat16") for _ in range(3)]
    flags = Path("/proc/cpuinfo")
    known = flags.read_text() if flags.exists() else ""
    has = [flag for flag in ("amx_bf16", "avx512_bf16") if flag in known]
    return {"float32_over_bfloat16": [round(r, 2) for r in ratios], "processor_has": has}


def memory(folder: Path) -> dict:
    """Resident MB after each epoch of one run."""
    import psutil
    from coverloom.engine.contract.events import Message
    from coverloom.engine.contract.jobs.trainmodel import TrainModel
    from coverloom.engine.jobs import trainmodel

    resident = []

    def emit(event: object) -> None:
        if isinstance(event, Message) and event.text.startswith("Epoch"):
            resident.append(round(psutil.Process().memory_info().rss / 1e6))

    request = TrainModel(made(folder / "d"), str(folder / "run"), epochs=8, width=0.3)
    trainmodel.run(request, emit)
    return {"resident_mb_after_each_epoch": resident}


def export(folder: Path) -> dict:
    """Seconds to write each architecture as ONNX, and how far it is from Keras, relatively."""
    import keras
    import onnxruntime
    from coverloom.engine.training.onnx_graph import to_onnx
    from coverloom.models import ARCHITECTURES

    found = {}
    for name in ARCHITECTURES:
        architecture = ARCHITECTURES.load(name)
        model = architecture.make(NATIVE, CLASSES, architecture.task, (120, 120))
        began = time.perf_counter()
        proto = to_onnx(model)
        took = time.perf_counter() - began
        x = np.random.default_rng(0).standard_normal((1, 120, 120, len(NATIVE))).astype("f4")
        path = folder / f"{name}.onnx"
        path.write_bytes(proto.SerializeToString())
        (ours,) = onnxruntime.InferenceSession(path).run(None, {"input": x.transpose(0, 3, 1, 2)})
        theirs = keras.ops.convert_to_numpy(model(x, training=False))
        difference = np.abs(np.moveaxis(ours, 1, -1) - theirs).max() / np.abs(theirs).max()
        found[name] = {
            "seconds": round(took, 2),
            "mb": round(path.stat().st_size / 1e6, 1),
            "relative_difference": float(f"{difference:.1e}"),
        }
        path.unlink()
        del model, proto
        keras.backend.clear_session()
    return found


PARTS = {"feed": feed, "precision": precision, "memory": memory, "export": export}


def main() -> None:
    """Run the parts asked for and print what they found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args()
    load(ROOT / "engine" / "__main__.py").register_package()
    print(machine())
    for name in options.parts.split(","):
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps({name: PARTS[name](Path(folder))}, indent=1), flush=True)


if __name__ == "__main__":
    main()
