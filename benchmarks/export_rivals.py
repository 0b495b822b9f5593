# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary script does instead of the export, one function a form.

    export_rivals.py WAY INDEX OUT

reads the patches of an index with rasterio, resamples with its nearest neighbour, and writes them
in the usual way; ``read_resample`` and ``ours_*`` are this project's own parts and jobs.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

# One core, and no thread of a library, for every way alike.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
entry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(entry)
entry.register_package()

import numpy as np  # noqa: E402
import rasterio  # noqa: E402

S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
S1 = ("VV", "VH")


def rows_of(index: str) -> list:
    """The index's rows."""
    from coverloom.engine.patches.index import read_index

    return list(read_index(index).rows())


def usual_patch(row: Any) -> tuple:
    """Arrays of a patch, read file by file."""

    def read(band: str) -> np.ndarray:
        with rasterio.open(row.file(band)) as source:
            return source.read(1)

    def full(band: str) -> np.ndarray:
        pixels = read(band)
        times = 120 // pixels.shape[0]
        return np.repeat(np.repeat(pixels, times, 0), times, 1).astype(np.float32)

    s2 = np.stack([full(band) for band in S2], -1)
    return np.stack([read(band) for band in S1], -1), s2, read("reference_map").astype(np.uint8)


def serialize_tensor(index: str, out: str) -> None:
    """TFRecord by ``tf.io.serialize_tensor``, the way of the tutorials."""
    import tensorflow as tf

    def feature(value: bytes) -> Any:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    with tf.io.TFRecordWriter(out) as writer:
        for row in rows_of(index):
            s1, s2, label = usual_patch(row)
            features = {"patch_id": feature(row.patch_id.encode())}
            for name, array in (("s1_data", s1), ("s2_data", s2), ("label", label)):
                features[name] = feature(tf.io.serialize_tensor(array).numpy())
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def int64_lists(index: str, out: str) -> None:
    """The first BigEarthNet tools' form: one int64 a pixel, bands at their native sizes."""
    import tensorflow as tf

    order = json.loads((ROOT / "resources" / "classes" / "clc.json").read_text())["classes"]
    names = sorted({item["ben19"] for item in order if item["ben19"]})

    def texts(values: list) -> Any:
        encoded = [value.encode() for value in values]
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=encoded))

    with tf.io.TFRecordWriter(out) as writer:
        for row in rows_of(index):
            hot = tf.train.Int64List(value=[int(name in row.labels) for name in names])
            features = {
                "patch_name": texts([row.patch_id]),
                "BigEarthNet-19_labels": texts(list(row.labels)),
                "BigEarthNet-19_labels_multi_hot": tf.train.Feature(int64_list=hot),
            }
            for band in (*S2, *S1):
                with rasterio.open(row.file(band)) as source:
                    values = source.read(1).ravel()
                if band in S1:
                    item = tf.train.Feature(float_list=tf.train.FloatList(value=values))
                else:
                    item = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
                features[band] = item
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def h5py_gzip(index: str, out: str) -> None:
    """HDF5 with gzip, patch by patch."""
    import h5py

    rows = rows_of(index)
    with h5py.File(out, "w") as file:
        sets = {
            name: file.create_dataset(
                name, (len(rows), 120, 120, *depth), dtype, chunks=(1, 120, 120, *depth),
                compression="gzip",
            )
            for name, depth, dtype in (("s1", (2,), "f4"), ("s2", (12,), "f4"), ("label", (), "u1"))
        }  # fmt: skip
        for i, row in enumerate(rows):
            for name, array in zip(("s1", "s2", "label"), usual_patch(row)):
                sets[name][i] = array


def savez_compressed(index: str, out: str) -> None:
    """One compressed archive of float32 a patch."""
    Path(out).mkdir()
    for row in rows_of(index):
        s1, s2, label = usual_patch(row)
        np.savez_compressed(Path(out, row.patch_id), s1=s1, s2=s2, label=label)


def rasterio_resample(index: str, out: str) -> None:
    """An ordinary reader: rasterio opens every file and GDAL resamples it to 120 px."""
    for row in rows_of(index):
        for band in (*S1, *S2):
            with rasterio.open(row.file(band)) as source:
                shape, method = (120, 120), rasterio.enums.Resampling.bilinear
                source.read(1, out_shape=shape, resampling=method).astype(np.float32)
        with rasterio.open(row.file("reference_map")) as source:
            source.read(1)


def read_resample(index: str, out: str) -> None:
    """This project's reader and resampler, called band by band, to float32."""
    from coverloom.engine.core.storage import Storage
    from coverloom.engine.patches.pixels import read_patch
    from coverloom.engine.patches.resample import resample

    storage = Storage()
    for row in rows_of(index):
        native = read_patch(row, (*S1, *S2, "reference_map"), storage)
        for band in (*S1, *S2):
            nodata = None if band in S1 else 0
            resample(native[band], 120, "bilinear", nodata).astype(np.float32)


def export_resample(index: str, out: str) -> None:
    """What the export itself does until its planes are at 120 px, and nothing of the rest."""
    from coverloom.engine.core.storage import Storage
    from coverloom.engine.patches.pixels import read_patch
    from coverloom.engine.patches.resample import resample_all

    storage = Storage()
    optical, radar = np.empty((12, 120, 120), np.uint16), np.empty((2, 120, 120), np.float32)
    for row in rows_of(index):
        native = read_patch(row, (*S1, *S2, "reference_map"), storage)
        resample_all([native[band] for band in S2], optical, "bilinear", 0)
        resample_all([native[band] for band in S1], radar, "bilinear", None)


def ours(index: str, out: str, **fields: Any) -> None:
    """The export job itself."""
    from coverloom.engine.contract.jobs.exportdataset import ExportDataset
    from coverloom.engine.jobs.exportdataset import run

    request = ExportDataset.from_fields({"index": index, "output": out, "workers": 1, **fields})
    request.validate()
    said = run(request, lambda event: None)
    print(json.dumps({"written": said["WRITTEN"]}))


WAYS = {
    "serialize_tensor": serialize_tensor,
    "int64_lists": int64_lists,
    "h5py_gzip": h5py_gzip,
    "savez_compressed": savez_compressed,
    "rasterio_resample": rasterio_resample,
    "read_resample": read_resample,
    "export_resample": export_resample,
    "ours_tfrecord": ours,
    "ours_tfrecord_uint16": lambda i, o: ours(i, o, dtype="uint16"),
    "ours_hdf5": lambda i, o: ours(i, o, format="hdf5"),
    "ours_hdf5_uint16": lambda i, o: ours(i, o, format="hdf5", dtype="uint16"),
    "ours_npz": lambda i, o: ours(i, o, format="npz"),
    "ours_tfrecord_two": lambda i, o: ours(i, o, workers=2),
    "ours_tfrecord_uint16_two": lambda i, o: ours(i, o, dtype="uint16", workers=2),
    "ours_hdf5_two": lambda i, o: ours(i, o, format="hdf5", workers=2),
    "ours_npz_two": lambda i, o: ours(i, o, format="npz", workers=2),
}

if __name__ == "__main__":
    WAYS[sys.argv[1]](sys.argv[2], sys.argv[3])
