# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as ``tf.data``, where TensorFlow is installed.

Whole batches are parsed and decoded at once, from features that hold raw bytes: a network waits
for its own arithmetic, not for this.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ..contract.errors import InvalidRequest
from .reader import Dataset
from .tfrecord import scene_keys

_STEPS = 65535.0


def tensorflow_feed(
    dataset: Dataset,
    split: str,
    batch: int,
    bands: Sequence[str] = (),
    labels: str = "pixels",
    shuffle: int = 0,
    seed: int = 42,
) -> Any:
    """Batches of network inputs and labels.

    Args:
        dataset: An open dataset on the local disk.
        split: Which patches.
        batch: Patches in a batch; the last may have fewer.
        bands: Channels in this order; empty for all in the card's order.
        labels: ``pixels``, ``scene`` or ``none``.
        shuffle: Patches held in memory to draw the next from; 0 to keep the order.
        seed: Seed of the order; every epoch has another.

    Returns:
        A ``tf.data.Dataset`` of ``(B, H, W, C)`` float32, each band less its mean, over its
        deviation, and of ``(B, H, W)`` uint8 with 255 for none, or ``(B, K)`` float32.

    Raises:
        InvalidRequest: The dataset has no such labels or split.
        InvalidCard: It has no such band.
    """
    tf: Any = import_module("tensorflow")
    _check(dataset, labels)
    decoder = _Decoder(tf, dataset, bands, labels)
    if dataset.card.format == "tfrecord":
        kind = "GZIP" if dataset.card.compression == "gzip" else ""
        parallel = tf.data.AUTOTUNE if shuffle else None
        records = tf.data.TFRecordDataset(dataset.paths(split), kind, num_parallel_reads=parallel)
        if shuffle:
            records = records.shuffle(shuffle, seed)
        parsed = records.batch(batch).map(decoder.parse, tf.data.AUTOTUNE)
    else:
        order = _Order(dataset.split(split), shuffle > 0, seed)
        parsed = _generated(tf, dataset, order, decoder).batch(batch)
    options = tf.data.Options()
    options.deterministic = True
    return parsed.map(decoder.decode, tf.data.AUTOTUNE).prefetch(2).with_options(options)


class _Decoder:
    """Turns stored arrays of a batch into network inputs."""

    def __init__(self, tf: Any, dataset: Dataset, bands: Sequence[str], labels: str) -> None:
        self._tf, self._card, self._layout, self.labels = tf, dataset.card, dataset.layout, labels
        self._bands = [self._card.band(name) for name in bands] or list(self._card.bands)
        self.arrays = list(dict.fromkeys(band.array for band in self._bands))

    def parse(self, records: Any) -> Dict[str, Any]:
        """``(B,)`` serialized Examples to stored arrays."""
        tf, layout = self._tf, self._layout
        text = tf.io.FixedLenFeature([], tf.string)
        names = dict.fromkeys(self.arrays, text)
        if layout.limits:
            names.update({f"{name}_minmax": text for name in self.arrays})
        if self.labels == "pixels":
            names["label"] = text
        hot = scene_keys(layout.nomenclature)[1]
        if self.labels == "scene":
            names[hot] = tf.io.FixedLenFeature([len(layout.classes)], tf.int64)
        parsed = tf.io.parse_example(records, names)
        stored = {n: self._raw(parsed[n], layout.dtype, layout.shape(n)) for n in self.arrays}
        for name in self.arrays if layout.limits else ():
            stored[f"{name}_minmax"] = self._raw(parsed[f"{name}_minmax"], "float64", (2,))
        if self.labels == "pixels":
            stored["label"] = self._raw(parsed["label"], "uint8", layout.size)
        if self.labels == "scene":
            stored["label"] = parsed[hot]
        return stored

    def decode(self, stored: Dict[str, Any]) -> Any:
        """Normalise the wanted bands and put them in order."""
        tf, parts = self._tf, []
        at: Dict[str, int] = {}
        for name in self.arrays:
            wanted = [band for band in self._bands if band.array == name]
            channels = [self._layout.arrays[name].index(band.name) for band in wanted]
            values = tf.cast(stored[name], tf.float32)
            if channels != list(range(len(self._layout.arrays[name]))):
                values = tf.gather(values, channels, axis=-1)
            parts.append(self._normalised(name, values, wanted, stored))
            at.update({band.name: len(at) + i for i, band in enumerate(wanted)})
        image = parts[0] if len(parts) == 1 else tf.concat(parts, -1)
        order = [at[band.name] for band in self._bands]
        if order != sorted(order):
            image = tf.gather(image, order, axis=-1)
        if self.labels == "none":
            return image
        label = stored["label"]
        return image, tf.cast(label, tf.float32) if self.labels == "scene" else label

    def _normalised(self, name: str, values: Any, wanted: List[Any], stored: Any) -> Any:
        tf = self._tf
        if self._card.scaling == "minmax":
            limits = tf.cast(stored[f"{name}_minmax"], tf.float32)
            low, high = limits[:, 0, None, None, None], limits[:, 1, None, None, None]
            steps = _STEPS if self._layout.dtype == "uint16" else 1.0
            values = low + values * ((high - low) / steps)
        factor = np.array([band.scale / band.std for band in wanted], np.float32)
        shift = np.array([(band.offset - band.mean) / band.std for band in wanted], np.float32)
        return values * factor + shift

    def _raw(self, text: Any, dtype: str, shape: Tuple[int, ...]) -> Any:
        tf = self._tf
        return tf.reshape(tf.io.decode_raw(text, tf.as_dtype(dtype)), (-1, *shape))


class _Order:
    """Patch numbers of an epoch; shuffled anew each time."""

    def __init__(self, numbers: List[int], shuffle: bool, seed: int) -> None:
        self._numbers = np.array(numbers, np.int64)
        self._rng = np.random.default_rng(seed) if shuffle else None

    def __iter__(self) -> Iterator[int]:
        numbers = self._rng.permutation(self._numbers) if self._rng else self._numbers
        return iter(numbers.tolist())


def _generated(tf: Any, dataset: Dataset, order: _Order, decoder: _Decoder) -> Any:
    """Stored arrays one patch at a time, through the plain reader."""
    layout = dataset.layout
    shapes: Dict[str, Tuple[Tuple[int, ...], str]]
    shapes = {name: (layout.shape(name), layout.dtype) for name in decoder.arrays}
    if layout.limits:
        shapes.update({f"{name}_minmax": ((2,), "float64") for name in decoder.arrays})
    label = decoder.labels
    if label == "pixels":
        shapes["label"] = (layout.size, "uint8")
    elif label == "scene":
        shapes["label"] = ((len(layout.classes),), "uint8")

    def patches() -> Iterator[Dict[str, Any]]:
        for number in order:
            patch = dataset[number]
            found: Dict[str, Optional[Any]] = {n: patch.arrays[n] for n in decoder.arrays}
            if layout.limits:
                found.update({f"{n}_minmax": patch.limits[n] for n in decoder.arrays})
            if label != "none":
                found["label"] = patch.label if label == "pixels" else patch.scene
            yield found

    signature = {n: tf.TensorSpec(s, tf.as_dtype(d)) for n, (s, d) in shapes.items()}
    return tf.data.Dataset.from_generator(patches, output_signature=signature)


def _check(dataset: Dataset, labels: str) -> None:
    has = dataset.card.labels
    if labels not in ("none", has) and has != "both":
        raise InvalidRequest(
            f"The dataset's labels are {has!r}, not {labels!r}.", "Export it with such labels."
        )
    if "://" in dataset.folder:
        raise InvalidRequest(
            f"{dataset.folder} is remote.", "Copy the dataset to this machine to train on it."
        )
