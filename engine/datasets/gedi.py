# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 files of GEDI footprints as a dataset: read only, ``fusehdf5`` writes them.

The group ``data`` holds channels first, each source in its own type; patches come out as
``(H, W, C)`` float32, and biomass as the target.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import h5py
import numpy as np

from ..contract.errors import DamagedDataset
from .format import ReadOnly
from .patch import DatasetPatch, Layout

_GROUP, _TARGET, _VALUE = "data", "AGBD Raster", "AGBD Values"


class GediReader:
    """Reads one file by footprint number.

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
            self._sets: Dict[str, Any] = dict(self._file[_GROUP].items())
            self._count = len(self._sets["GEDI Shot Number"])
            self._channels = {n: self._find(n, bands) for n, bands in layout.arrays.items()}
            for name in (*layout.arrays, _TARGET):
                found = self._sets[name].shape
                if (found[0], *found[2:]) != (self._count, *layout.size):
                    raise KeyError(f"{name} has shape {found}")
            if len(self._sets[_VALUE]) != self._count:
                raise KeyError(f"{_VALUE} has {len(self._sets[_VALUE])} rows")
        except (OSError, KeyError, ValueError) as error:
            raise DamagedDataset(
                f"{path} is cut, altered, or not of the card's layout: {error}.",
                "Fuse the batches again.",
            ) from error

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> DatasetPatch:
        """Footprint ``index``."""
        row = range(self._count)[index]
        try:
            return self._read(row)
        except (OSError, KeyError, ValueError) as error:
            raise DamagedDataset(
                f"Footprint {index} of {self._path} cannot be read: {error}.",
                "Fuse the batches again.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _find(self, name: str, bands: Tuple[str, ...]) -> List[int]:
        there = [str(band) for band in self._sets[name].attrs["bands"]]
        return [there.index(band) for band in bands]

    def _read(self, row: int) -> DatasetPatch:
        sets = self._sets
        arrays = {
            name: np.ascontiguousarray(sets[name][row][channels].transpose(1, 2, 0), np.float32)
            for name, channels in self._channels.items()
        }
        crs = self._text("CRS", row)
        return DatasetPatch(
            patch_id=str(int(sets["GEDI Shot Number"][row, 0])),
            arrays=arrays,
            epsg=int(crs[5:]) if crs.startswith("EPSG:") else 0,
            transform=tuple(sets["Transforms"][row, :6].tolist()),
            facts={
                "date_s2": self._text("Sentinel-2 Product Name", row)[11:19],
                "gedi": self._text("GEDI Product Name", row),
                "time": self._text("GEDI Acquisition Time", row),
            },
            target=sets[_TARGET][row, 0],
            value=float(sets[_VALUE][row, 0]),
        )

    def _text(self, name: str, row: int) -> str:
        return str(self._sets[name].asstr()[row, 0])


READER = ReadOnly(GediReader)
