# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the U-Net on generated data and compares it with classifiers of single pixels.

    accuracy.py FOLDER [--size medium] [--epochs 6] [--architecture unet] [--pixels 200000]

All three learn from the train split and are scored on the same pixels of the validation split:
every patch, one pixel in ten. Logistic regression and random forest (scikit-learn) see the same
normalised bands, one pixel at a time. What FOLDER has already is used again.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
from pathlib import Path

import numpy as np
from measure import ROOT, machine

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
SHARE = 10


def register() -> None:
    """Make this checkout importable as ``coverloom``."""
    spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry.register_package()


def do(name: str, **fields: object) -> dict:
    """Run a job of the engine."""
    from coverloom.engine.contract.events import Message
    from coverloom.engine.contract.jobs import JOBS

    request = JOBS.load(name)(**fields)
    request.validate()
    job = importlib.import_module(f"coverloom.engine.jobs.{name}")
    return job.run(request, lambda e: print(" ", e.text) if isinstance(e, Message) else None)


def dataset_in(folder: Path, size: str) -> Path:
    """The sample's dataset, made if it is not there."""
    sample, index, dataset = folder / size, folder / f"{size}.parquet", folder / f"{size}_dataset"
    if not (dataset / "dataset.json").exists():
        if not sample.exists():
            do("createsampledata", output=str(sample), size=size)
        root = sample / "bigearthnet_v2"
        table = str(root / "metadata.parquet")
        do("indexbigearthnet", root=str(root), output=str(index), metadata=table)
        do("exportdataset", index=str(index), output=str(dataset), bands=BANDS, dtype="uint16",
           resampling="nearest", labels="pixels", min_free_gb=0.0)  # fmt: skip
    return dataset


def pixels_of(source: object, share: int, rng: np.random.Generator) -> tuple:
    """(N, C) normalised and (N,) class ids: one labelled pixel in ``share``, of every patch."""
    from coverloom.engine.training.normalise import normalise

    found = []
    for place in range(len(source)):
        stored, label = source[place]
        chosen = (rng.random(label.shape) < 1 / share) & (label != 255)
        found.append((normalise(stored[chosen], source.bands), label[chosen]))
    return np.concatenate([x for x, _ in found]), np.concatenate([y for _, y in found])


def scores_of(truth: np.ndarray, predicted: np.ndarray, classes: int) -> dict:
    """Accuracy and mean IoU."""
    from coverloom.engine.training.scores import accuracy, confusion_matrix, mean_iou

    confusion = confusion_matrix(truth, predicted, classes)
    return {"accuracy": round(accuracy(confusion), 4), "miou": round(mean_iou(confusion), 4)}


def single_pixels(train: object, validation: object, pixels: int, seed: int) -> dict:
    """Scores and seconds of the classifiers of single pixels."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    x, y = pixels_of(train, SHARE, rng)
    some = rng.permutation(len(y))[:pixels]
    x, y = x[some], y[some]
    there, truth = pixels_of(validation, SHARE, np.random.default_rng(seed + 1))
    rivals = {
        "logistic regression": LogisticRegression(max_iter=300),
        "random forest": RandomForestClassifier(
            100, min_samples_leaf=5, n_jobs=-1, random_state=seed
        ),
    }
    found = {}
    for name, rival in rivals.items():
        began = time.perf_counter()
        rival.fit(x, y)
        fitted_s = time.perf_counter() - began
        predicted = np.concatenate(
            [rival.predict(part) for part in np.array_split(there, max(1, len(there) // 100_000))]
        )
        found[name] = {**scores_of(truth, predicted, train.classes), "seconds": round(fitted_s)}
        print(f"  {name}: {found[name]}", flush=True)
    return found


def network(keras_file: str, validation: object, seed: int) -> dict:
    """Scores of the network on the very same pixels."""
    from coverloom.engine.training.keras_file import read_keras
    from coverloom.engine.training.validation import predictions

    rng, truth, predicted = np.random.default_rng(seed + 1), [], []
    for _, labels, logits in predictions(read_keras(keras_file), validation):
        for label, scores in zip(labels, logits):
            chosen = (rng.random(label.shape) < 1 / SHARE) & (label != 255)
            truth.append(label[chosen])
            predicted.append(scores.argmax(-1)[chosen])
    return scores_of(np.concatenate(truth), np.concatenate(predicted), validation.classes)


def main() -> None:
    """Print everything as JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="medium", choices=("small", "medium"))
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--architecture", default="unet")
    parser.add_argument("--learning-rate", type=float, default=0.006)
    parser.add_argument("--pixels", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    register()
    from coverloom.engine.datasets.reader import open_dataset
    from coverloom.engine.training.source import SplitSource

    dataset = str(dataset_in(options.folder, options.size))
    sources = [
        SplitSource(open_dataset(dataset), split, BANDS, "pixel")
        for split in ("train", "validation")
    ]
    print(f"{len(sources[0])} patches to learn from, {len(sources[1])} to score on", flush=True)
    began = time.perf_counter()
    run = options.folder / f"{options.size}_{options.architecture}_{options.epochs}"
    done = do("trainmodel", dataset=dataset, run=str(run), architecture=options.architecture,
              epochs=options.epochs, learning_rate=options.learning_rate, seed=options.seed,
              validate_every=max(1, options.epochs // 3))  # fmt: skip
    seconds = round(time.perf_counter() - began)
    found = {options.architecture: {**network(done["KERAS"], sources[1], options.seed),
                                    "seconds": seconds}}  # fmt: skip
    print(f"  {found}", flush=True)
    found.update(single_pixels(*sources, options.pixels, options.seed))
    print(json.dumps({"machine": machine(), "arguments": str(options), "scores": found}, indent=1))


if __name__ == "__main__":
    main()
