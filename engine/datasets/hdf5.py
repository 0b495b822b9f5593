# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 shards: one dataset an array, one chunk a patch, LZF with shuffle, Fletcher-32 checksums.

``s1_data`` / ``s2_data`` / ``data`` (N, H, W, C), ``label`` (N, H, W) uint8, ``labels_multi_hot``
(N, K) uint8, ``patch_id`` and ``facts`` (JSON) text, ``epsg`` (N,), ``transform`` (N, 6), and with
min-max scaling ``<array>_minmax`` (N, 2). Band and class names are attributes. Plain h5py, and any
HDF5 with the LZF filter, reads them.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Dict, Iterator, List, Optional, Tuple

import h5py
import numpy as np

from ..contract.errors import DamagedDataset
from .format import Format
from .lzf import ChunkPacker
from .patch import DatasetPatch, Layout, Stored


class HDF5Writer:
    """Writes one shard."""

    def __init__(self, path: Path, layout: Layout, capacity: int) -> None:
        self._layout, self._count = layout, 0
        # A cache of nothing: every chunk is written whole and once.
        self._file = h5py.File(path, "w", libver=("earliest", "v110"), rdcc_nbytes=0)
        with self._or_nowhere():
            self._create(capacity)

    def room(self, patch_id: str) -> Dict[str, Stored]:
        """None: what is written is packed from the arrays."""
        return {}

    def append(self, patch: DatasetPatch) -> int:
        """Write one patch as the next row of every dataset."""
        size = 0
        for name, value in _row(patch, self._layout).items():
            if name in self._small:
                self._small[name].append(value)
            else:
                self._put(name, np.ascontiguousarray(value))
            size += value.nbytes if isinstance(value, np.ndarray) else 0
        self._count += 1
        return size

    def close(self) -> Optional[str]:
        """Cut the datasets to the patches that came, and complete the shard."""
        with self._or_nowhere():
            for dataset in self._sets.values():
                dataset.resize(self._count, axis=0)
            for name, values in self._small.items():
                if values:
                    self._sets[name][...] = values
            self._file.flush()
        self._file.close()
        return None

    @contextmanager
    def _or_nowhere(self) -> Iterator[None]:
        """Where a file cannot be written, let the library write what it holds somewhere else.

        A file that it could not close it tries to close again when the process ends, and crashes.
        """
        try:
            yield
        except Exception:
            nowhere = _nowhere()
            os.dup2(nowhere, self._file.id.get_vfd_handle())
            os.close(nowhere)
            self._file.close()
            raise

    def _put(self, name: str, value: np.ndarray[Any, Any]) -> None:
        """Write the chunk of the next row."""
        dataset, packer = self._sets[name], self._packers.get(name)
        if packer is None:
            dataset.write_direct(value, dest_sel=np.s_[self._count])
            return
        packed, mask = packer.pack(value)
        dataset.id.write_direct_chunk((self._count, *(0,) * value.ndim), packed, mask)

    def _create(self, capacity: int) -> None:
        layout = self._layout
        self._sets: Dict[str, Any] = {}
        self._packers: Dict[str, ChunkPacker] = {}
        # What is small is gathered and written at once: a call of h5py's costs as much as a chunk.
        self._small: Dict[str, List[Any]] = {}
        for name in layout.arrays:
            self._chunked(name, layout.shape(name), layout.dtype, capacity)
            self._sets[name].attrs["bands"] = list(layout.arrays[name])
            if layout.limits:
                self._plain(f"{name}_minmax", (2,), "<f8", capacity)
        if layout.pixels:
            self._chunked("label", layout.size, "u1", capacity)
        if layout.classes:
            self._plain("labels_multi_hot", (len(layout.classes),), "u1", capacity)
            self._sets["labels_multi_hot"].attrs["classes"] = list(layout.classes)
        self._plain("epsg", (), "<i8", capacity)
        self._plain("transform", (6,), "<f8", capacity)
        for name in ("patch_id", "facts"):
            self._plain(name, (), h5py.string_dtype(), capacity)

    def _chunked(self, name: str, shape: Tuple[int, ...], dtype: str, capacity: int) -> None:
        compression = self._layout.compression
        self._sets[name] = self._file.create_dataset(
            name,
            (capacity, *shape),
            np.dtype(dtype).newbyteorder("<"),
            chunks=(1, *shape),
            maxshape=(None, *shape),
            compression=None if compression == "none" else compression,
            shuffle=compression != "none",
            fletcher32=True,
        )
        if compression == "lzf":
            chunk = np.dtype(dtype).itemsize * int(np.prod(shape))
            self._packers[name] = ChunkPacker(chunk)

    def _plain(self, name: str, shape: Tuple[int, ...], dtype: Any, capacity: int) -> None:
        # Checksums cannot guard variable-length text: HDF5 stores that outside the chunks.
        text = not isinstance(dtype, str)
        self._small[name] = []
        self._sets[name] = self._file.create_dataset(
            name,
            (capacity, *shape),
            dtype,
            chunks=(capacity, *shape),
            maxshape=(None, *shape),
            fletcher32=not text,
        )


class HDF5Reader:
    """Reads one shard by patch number.

    Args:
        path: The HDF5 file.
        layout: The dataset's arrays.

    Raises:
        DamagedDataset: It cannot be read, or holds other arrays.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        try:
            self._file = h5py.File(path, "r")
            self._sets: Dict[str, Any] = dict(self._file.items())
            self._count = len(self._sets["patch_id"])
            for name in layout.arrays:
                shape = self._sets[name].shape
                if shape != (self._count, *layout.shape(name)):
                    raise KeyError(f"{name} has shape {shape}")
        except (OSError, KeyError) as error:
            raise DamagedDataset(
                f"{path} is cut, altered, or not of the card's layout: {error}.",
                "Delete it and export with RESUME.",
            ) from error

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> DatasetPatch:
        """Patch ``index``."""
        try:
            return self._read(range(self._count)[index])
        except (OSError, KeyError, ValueError) as error:
            raise DamagedDataset(
                f"Patch {index} of {self._path} cannot be read: {error}.",
                "Delete the file and export with RESUME.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, row: int) -> DatasetPatch:
        sets, layout = self._sets, self._layout
        limits: Dict[str, Tuple[float, float]] = {}
        if layout.limits:
            for name in layout.arrays:
                low, high = sets[f"{name}_minmax"][row].tolist()
                limits[name] = (low, high)
        return DatasetPatch(
            patch_id=sets["patch_id"].asstr()[row],
            arrays={name: sets[name][row] for name in layout.arrays},
            label=sets["label"][row] if layout.pixels else None,
            scene=sets["labels_multi_hot"][row] if layout.classes else None,
            epsg=int(sets["epsg"][row]),
            transform=tuple(sets["transform"][row].tolist()),
            limits=limits,
            facts=json.loads(sets["facts"].asstr()[row]),
        )


def _nowhere() -> int:
    """An open file that nobody sees: in memory where the system can, for its disks may be full."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("nowhere")
    with TemporaryFile() as file:
        return os.dup(file.fileno())


def _row(patch: DatasetPatch, layout: Layout) -> Dict[str, Any]:
    row: Dict[str, Any] = {name: patch.arrays[name] for name in layout.arrays}
    if layout.limits:
        row.update({f"{n}_minmax": np.array(patch.limits[n], "<f8") for n in layout.arrays})
    if layout.pixels:
        row["label"] = patch.label
    if layout.classes:
        row["labels_multi_hot"] = patch.scene
    row["transform"] = np.array(patch.transform, "<f8")
    row["epsg"] = patch.epsg
    row["patch_id"] = patch.patch_id
    row["facts"] = json.dumps(dict(patch.facts), ensure_ascii=False, sort_keys=True)
    return row


FORMAT = Format(".h5", HDF5Writer, HDF5Reader, ("lzf", "gzip", "none"))
