# SPDX-License-Identifier: GPL-3.0-or-later
"""GEDI L4A granules (Dubayah et al., ORNL DAAC, V2.1): HDF5 with a group a beam."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import h5py
import numpy as np

from ..contract.errors import MissingInput, NotAGranule
from ..core.storage import Storage, is_remote, name_of
from .footprints import NEEDED, OPTIONAL, Column, Footprints, empty, iso_times, join

SUFFIXES = (".h5", ".hdf5", ".hdf", ".zip")
POWER_BEAMS = ("BEAM0101", "BEAM0110", "BEAM1000", "BEAM1011")


def find_granules(inputs: Sequence[str]) -> List[str]:
    """Files of granules, sorted by name: those given, and those under folders given.

    Raises:
        MissingInput: A path is not there, or there is no granule at all.
    """
    found: List[str] = []
    for text in inputs:
        if text.lower().endswith(SUFFIXES) and not Path(text).is_dir():
            if not is_remote(text) and not Path(text).is_file():
                raise MissingInput(f"There is no {text}.", "Give granules, or folders of them.")
            found.append(text)
        elif not is_remote(text) and Path(text).is_file():
            found.append(text)
        else:
            files = [item.path for item in Storage().files(text)]
            found += [path for path in files if path.lower().endswith(SUFFIXES)]
    if not found:
        raise MissingInput(
            f"{', '.join(inputs)} holds no granules (.h5, .zip).", "Give GEDI L4A granules."
        )
    return sorted(set(found), key=lambda path: (name_of(path), path))


def read_granule(path: str, flags: Sequence[str], also: Sequence[str] = ()) -> Footprints:
    """All footprints of a granule.

    Args:
        path: The HDF5 file, or a ZIP archive with one inside.
        flags: Flags that must be there.
        also: Other fields that must be there.

    Raises:
        NotAGranule: It is no HDF5 file, has no beams, or lacks fields, which are named.
    """
    try:
        with _open(path) as (file, name):
            beams = sorted(key for key in file if key.startswith("BEAM"))
            if not beams:
                raise NotAGranule(f"{path} has no BEAM groups.", "Give a GEDI L4A granule.")
            needed = [*NEEDED, *flags, *also]
            _check_fields(path, file, beams, needed)
            parts = [_read_beam(file[beam], beam, name, needed) for beam in beams]
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        raise NotAGranule(
            f"{path} cannot be read as HDF5: {error}.", "Download the granule again."
        ) from error
    return join(parts) if parts else empty()


def _check_fields(path: str, file: Any, beams: Sequence[str], needed: Sequence[str]) -> None:
    missing = [n for n in needed if any(n not in file[beam] for beam in beams)]
    if missing:
        raise NotAGranule(
            f"{name_of(path)} lacks the fields {', '.join(missing)}.",
            "Download the whole granule, not a subset of its fields.",
        )


def _read_beam(group: Any, beam: str, name: str, needed: Sequence[str]) -> Footprints:
    known = {**NEEDED, **OPTIONAL}
    names = [n for n in known if n in needed or n in group]
    columns: Dict[str, Column] = {n: group[n][:].astype(known[n]) for n in names}
    count = len(columns["agbd"])
    columns["beam"] = np.full(count, beam, object)
    columns["gedi_filename"] = np.full(count, name, object)
    table = Footprints(columns)
    columns["acquisition_time"] = iso_times(table.times)
    return table


class _open:  # noqa: N801 - used as a function
    """Open a granule, inside a ZIP archive or not; gives the file and the granule's name."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> Tuple[Any, str]:
        self._bytes = Storage().open(self._path)
        try:
            self._file, name = self._hdf5()
        except BaseException:
            self._bytes.close()
            raise
        return self._file, name

    def _hdf5(self) -> Tuple[Any, str]:
        if not self._path.lower().endswith(".zip"):
            # HDF5 itself reads a disk faster than through Python.
            place = self._bytes if is_remote(self._path) else self._path
            return h5py.File(place, "r"), name_of(self._path)
        with zipfile.ZipFile(self._bytes) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(SUFFIXES[:3])]
            if len(names) != 1:
                raise ValueError(f"the archive holds {len(names)} HDF5 files")
            return h5py.File(io.BytesIO(archive.read(names[0])), "r"), name_of(names[0])

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._bytes.close()
