# SPDX-License-Identifier: GPL-3.0-or-later
"""One raster file, opened, and what it says of its bands."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, List, Optional, Tuple

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioError

from ..contract.errors import CoverloomError, MissingCRS, MissingInput, UnreadableRaster
from ..core.address import address_of, archive_of, gdal_name, is_address
from ..core.gdal_store import tell_gdal
from ..core.grid import Grid
from ..core.storage import Storage
from .binding import BandLabel

# rasterio wraps most of GDAL's errors in its own, but not all of them.
GDAL_ERRORS = (RasterioError, CPLE_BaseError, OSError)
# NETCDF:"x.nc":v, s3://…, /vsicurl/…: GDAL knows whether it is there, the file system does not.
_GDAL_NAME = re.compile(r"^(/vsi|[A-Za-z][A-Za-z0-9_+.-]+:)")


@dataclass(frozen=True)
class Source:
    """An open raster.

    Args:
        path: As it was given.
        dataset: rasterio's reader.
        grid: Where its pixels lie.
        labels: What it says of its bands, in order.
    """

    path: str
    dataset: Any
    grid: Grid
    labels: Tuple[BandLabel, ...]

    def dtype(self, index: int) -> np.dtype[Any]:
        """The type of band ``index``, counted from 1."""
        return np.dtype(self.dataset.dtypes[index - 1])

    def nodata(self, index: int) -> Optional[float]:
        """The number of band ``index`` that means no measurement, if its type can hold it."""
        value = self.dataset.nodatavals[index - 1]
        return value if value is not None and holds(self.dtype(index), value) else None

    def masked(self, index: int) -> bool:
        """Whether band ``index`` has a mask band or is under an alpha band."""
        flags = self.dataset.mask_flag_enums[index - 1]
        return MaskFlags.per_dataset in flags or MaskFlags.alpha in flags


def holds(dtype: np.dtype[Any], value: float) -> bool:
    """Whether numbers of ``dtype`` can be ``value``; -9999 among uint16 means nothing."""
    if dtype.kind == "f":
        return True
    if not math.isfinite(value) or value != int(value):
        return False
    limits = np.iinfo(dtype)
    return bool(limits.min <= value <= limits.max)


def open_source(path: str, first_number: int) -> Source:
    """Open a raster.

    Args:
        path: File, or anything GDAL opens.
        first_number: Number of its first band over all inputs.

    Raises:
        MissingInput: There is no such file.
        UnreachableStorage: It is at an address that cannot be read.
        UnreadableRaster: GDAL cannot open it, it has no bands, or complex numbers.
        MissingCRS: It does not say where it lies.
    """
    path = gdal_name(path) if is_address(path) else path
    address = remote_part(path)
    tell_gdal()  # a virtual raster on the disk may be of files that are elsewhere
    try:
        # Sharing would hand one GDAL handle to every reader of this file in the process.
        dataset = rasterio.open(path, sharing=False)
    except (*GDAL_ERRORS, ValueError) as error:
        if address:
            Storage().about(address)  # knows better than GDAL what is the matter with it
        if not _GDAL_NAME.match(path) and not Path(path).exists():
            raise MissingInput(f"There is no file {path}.", "Give its path.") from error
        raise UnreadableRaster(
            f"{shown(path)} cannot be opened as a raster: {str(error).rstrip('.')}.",
            "Check or copy the file again.",
        ) from error
    try:
        _check(path, dataset)
        return _describe(path, dataset, first_number)
    except CoverloomError:
        dataset.close()
        raise


def forget_content(path: str) -> None:
    """Make GDAL ask an address anew: what came of it is forgotten when it is closed, by anybody."""
    with suppress(*GDAL_ERRORS):
        rasterio.open(path, sharing=False).close()


def remote_part(name: str) -> str:
    """The address that GDAL's name stands for, or that of the archive in it; empty for none."""
    return address_of(archive_of(name) or name)


def shown(name: str) -> str:
    """A file's name for a message: its address, where GDAL's name stands for one."""
    archive = archive_of(name)
    if archive:
        return f"{address_of(archive) or archive}/{PurePath(name).name}"
    return address_of(name) or name


def _describe(path: str, dataset: Any, first_number: int) -> Source:
    grid = Grid(dataset.width, dataset.height, dataset.transform, dataset.crs.to_wkt())
    alphas = [interpretation is ColorInterp.alpha for interpretation in dataset.colorinterp]
    alone = alphas.count(False) == 1
    labels: List[BandLabel] = []
    for place, alpha in enumerate(alphas):
        stem = PurePath(path).stem if alone and not alpha else ""
        description = dataset.descriptions[place] or ""
        labels.append(BandLabel(first_number + place, path, description, stem, alpha))
    return Source(path, dataset, grid, tuple(labels))


def _check(path: str, dataset: Any) -> None:
    if dataset.count == 0:
        inside = dataset.subdatasets
        remedy = f"Give one of these: {', '.join(inside[:8])}." if inside else "Give another file."
        raise UnreadableRaster(f"{path} has no bands of its own.", remedy)
    complexes = [dtype for dtype in dataset.dtypes if dtype.startswith("complex")]
    if complexes:
        raise UnreadableRaster(
            f"{shown(path)} holds {complexes[0]} numbers.", "Turn them into real numbers first."
        )
    if dataset.crs is None or not dataset.crs.to_wkt():
        points = " but ground control points" if dataset.gcps[0] else ""
        raise MissingCRS(
            f"{shown(path)} states no CRS{points}.",
            "Warp it with gdalwarp first."
            if points
            else "Assign its CRS (gdal_edit -a_srs) first.",
        )
