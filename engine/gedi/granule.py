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
from .footprints import NEEDED, OPTIONAL, Column, Footprints, empty, iso_times, join

SUFFIXES = (".h5", ".hdf5", ".hdf", ".zip")
POWER_BEAMS = ("BEAM0101", "BEAM0110", "BEAM1000", "BEAM1011")


def find_granules(inputs: Sequence[str]) -> List[str]:
    """Files of granules, sorted by name: those given, and those under folders given.

    Raises:
        MissingInput: A path is not there, or there is no granule at all.
    """
    found: List[Path] = []
    for text in inputs:
        path = Path(text)
        if path.is_dir():
            found += [p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()]
        elif path.is_file():
            found.append(path)
        else:
            raise MissingInput(f"There is no {path}.", "Give granules, or folders of them.")
    if not found:
        raise MissingInput(
            f"{', '.join(inputs)} holds no granules (.h5, .zip).", "Give GEDI L4A granules."
        )
    return [str(path) for path in sorted(set(found), key=lambda path: (path.name, path))]


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
            f"{Path(path).name} lacks the fields {', '.join(missing)}.",
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
        if not self._path.lower().endswith(".zip"):
            self._file = h5py.File(self._path, "r")
            return self._file, Path(self._path).name
        with zipfile.ZipFile(self._path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(SUFFIXES[:3])]
            if len(names) != 1:
                raise ValueError(f"the archive holds {len(names)} HDF5 files")
            self._file = h5py.File(io.BytesIO(archive.read(names[0])), "r")
        return self._file, Path(names[0]).name

    def __exit__(self, *_: object) -> None:
        self._file.close()
