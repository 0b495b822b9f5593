# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes and fuses HDF5 files of footprints; every chunk carries a Fletcher-32 checksum."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any, Dict, List, Sequence

import h5py
import numpy as np
import rasterio

from .. import __version__
from ..contract.errors import DamagedDataset
from .layout import GROUP, TEXT, Column, Sample, columns

SCHEMA = 1
CARD = "coverloom"
_ROWS = 256  # of the small datasets in a chunk
# Without a cache each chunk goes to the file at once, so that its place follows from the order of
# writing alone: the same footprints give the same bytes.
_FORM: Dict[str, Any] = {"libver": ("earliest", "v110"), "rdcc_nbytes": 0}


def write_samples(path: Path, samples: Sequence[Sample], request: Dict[str, Any]) -> None:
    """Write a file.

    Args:
        path: Where; may exist empty.
        samples: The footprints, in order.
        request: All that decided what is in them.
    """
    layout = columns(str(request["slope_unit"]))
    with h5py.File(path, "w", **_FORM) as file:
        group = file.create_group(GROUP)
        card = {"schema": SCHEMA, "request": request, "versions": versions()}
        group.attrs[CARD] = json.dumps(card, sort_keys=True)
        for name, column in layout.items():
            dataset = create(group, name, column, len(samples))
            # A part at a time, so that memory does not double.
            for row in range(0, len(samples), _ROWS):
                part = [sample.values[name] for sample in samples[row : row + _ROWS]]
                dataset[row : row + len(part)] = np.stack(part)


def versions() -> Dict[str, str]:
    """Of what makes the numbers."""
    return {
        "coverloom": __version__,
        "python": platform.python_version(),
        "gdal": rasterio.__gdal_version__,
        "hdf5": h5py.version.hdf5_version,
    }


def create(group: Any, name: str, column: Column, count: int) -> Any:
    """An empty dataset of a column's type, for ``count`` footprints."""
    text = column.dtype == TEXT
    big = len(column.shape) == 3
    dataset = group.create_dataset(
        name,
        (count, *column.shape),
        h5py.string_dtype() if text else np.dtype(column.dtype),
        chunks=(1 if big else _ROWS, *column.shape),
        maxshape=(None, *column.shape),
        compression="gzip" if big else None,
        compression_opts=1 if big else None,
        shuffle=big,
        # Without a fill value, rows behind the last one would hold whatever was in memory.
        fillvalue=None if text else 0,
        fill_time="ifset" if text else "alloc",
        # Checksums cannot guard variable-length text: HDF5 stores that outside the chunks.
        fletcher32=not text,
    )
    dataset.attrs.update(column.attributes)
    return dataset


def signature(path: str) -> Dict[str, Any]:
    """What two files must have in common to be fused: names, types, shapes, bands, units.

    Raises:
        DamagedDataset: It is no HDF5 file of footprints, or its datasets differ in length.
    """
    try:
        with h5py.File(path, "r") as file:
            group = file[GROUP]
            found = {name: _describe(dataset) for name, dataset in group.items()}
            lengths = {len(dataset) for dataset in group.values()}
    except (OSError, KeyError, AttributeError, TypeError) as error:
        raise DamagedDataset(
            f"{path} is no HDF5 file of footprints: {error}.", "Extract it again."
        ) from error
    if len(lengths) != 1:
        raise DamagedDataset(f"The datasets of {path} differ in length.", "Extract it again.")
    return found


def differences(one: Dict[str, Any], other: Dict[str, Any]) -> List[str]:
    """Where two signatures differ, in words."""
    found = []
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            found.append(f"{name!r} is in one of them only")
            continue
        for key in one[name]:
            if one[name][key] != other[name][key]:
                found.append(f"{key} of {name!r} is {other[name][key]}, not {one[name][key]}")
    return found


def count_of(path: str) -> int:
    """Footprints in a file."""
    with h5py.File(path, "r") as file:
        return len(file[GROUP]["AGBD Values"])


def copy_rows(paths: Sequence[str], target: Path) -> int:
    """Write the footprints of files of one signature, in order, into one file.

    Returns:
        How many there are.

    Raises:
        DamagedDataset: A checksum does not fit.
    """
    total = sum(count_of(path) for path in paths)
    with h5py.File(target, "w", **_FORM) as out:
        group = out.create_group(GROUP)
        start = 0
        for number, path in enumerate(paths):
            with h5py.File(path, "r") as file:
                if number == 0:
                    _prepare(group, file[GROUP], total)
                rows = len(file[GROUP]["AGBD Values"])
                try:
                    for name, dataset in file[GROUP].items():
                        _copy(dataset, group[name], start)
                except OSError as error:
                    raise DamagedDataset(
                        f"{path} is altered: {error}.", "Extract its footprints again."
                    ) from error
                start += rows
    return total


def _prepare(group: Any, like: Any, count: int) -> None:
    group.attrs.update(like.attrs)
    for name, dataset in like.items():
        text = h5py.check_string_dtype(dataset.dtype) is not None
        dtype = TEXT if text else dataset.dtype.str
        create(group, name, Column(dtype, dataset.shape[1:], dict(dataset.attrs)), count)


def _copy(source: Any, target: Any, start: int) -> None:
    for row in range(0, len(source), _ROWS):
        part = source[row : row + _ROWS]
        target[start + row : start + row + len(part)] = part


def _describe(dataset: Any) -> Dict[str, Any]:
    text = h5py.check_string_dtype(dataset.dtype) is not None
    attributes = {key: _plain(value) for key, value in sorted(dataset.attrs.items())}
    dtype = TEXT if text else dataset.dtype.str
    return {"type": dtype, "shape": list(dataset.shape[1:]), "attributes": attributes}


def _plain(value: Any) -> str:
    return str(value.tolist()) if isinstance(value, np.ndarray) else str(value)
