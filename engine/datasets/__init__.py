# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets: patches written for training, one folder with one card, in any registered form."""

from __future__ import annotations

from ..contract.registry import Entry, Registry

FORMATS = Registry(
    __name__,
    {
        "tfrecord": Entry("TFRecord shards", "tfrecord:FORMAT"),
        "hdf5": Entry("HDF5 shards", "hdf5:FORMAT"),
        "npz": Entry("NPZ archive and JSON per patch", "npz:FORMAT"),
    },
)

# Forms that other jobs write, and that open as datasets all the same.
READ_ONLY = Registry(
    __name__,
    {
        "gedi": Entry("HDF5 files of GEDI footprints", "gedi:READER"),
    },
)
