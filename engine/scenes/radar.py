# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-1 beside Sentinel-2: which file is VV and VH, and whether it holds dB."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.warp import transform

from ..contract.errors import InvalidRequest, MissingBand, MissingInput, UnreadableRaster
from ..contract.events import Emit, Message
from ..core.address import is_address
from ..core.grid import Grid
from ..core.storage import Storage, name_of
from .binding import BandLabel
from .product import ENDINGS
from .source import GDAL_ERRORS, Source, open_source, shown

POLARISATIONS = ("VV", "VH", "HH", "HV")
_SAMPLE_PX = 256
_MESH = 21


def open_radar(path: str, first_number: int) -> List[Source]:
    """Open a raster, or a folder of rasters, whose bands are polarisations.

    Args:
        path: File or folder, or the address of one.
        first_number: Number of its first band over all inputs.

    Raises:
        MissingInput: There is nothing at ``path``.
        UnreachableStorage: An address cannot be read.
        MissingBand: No band names a polarisation.
        UnreadableRaster, MissingCRS: As for any raster.
    """
    sources: List[Source] = []
    try:
        for file in _rasters(path):
            number = first_number + sum(len(source.labels) for source in sources)
            sources.append(_named(open_source(file, number)))
        if not any(label.description for source in sources for label in source.labels):
            raise MissingBand(
                f"No band of S1 {path} is named VV or VH.",
                "Name the bands (descriptions), or the files, VV and VH.",
            )
    except BaseException:
        for source in sources:
            source.dataset.close()
        raise
    return sources


def _rasters(path: str) -> List[str]:
    single = PurePath(path).suffix.lower() in ENDINGS
    if single if is_address(path) else not Path(path).is_dir():
        return [path]
    there = sorted(item.path for item in Storage().list(path) if not item.folder)
    rasters = [PurePath(name_of(file)) for file in there]
    named = [
        file
        for file, name in zip(there, rasters)
        if name.suffix.lower() in ENDINGS and _polarisation(name.stem)
    ]
    if not named:
        raise MissingInput(
            f"S1 {path} holds no raster with VV or VH in its name.", "Give their folder, or a file."
        )
    return named


def _named(source: Source) -> Source:
    """The same source, its bands called by their polarisation and nothing else."""
    labels = tuple(
        replace(label, description=_polarisation(label.description) or _polarisation(label.stem),
                stem="")
        for label in source.labels
    )  # fmt: skip
    return replace(source, labels=labels)


def _polarisation(text: str) -> str:
    parts = re.split(r"[\s_.\-:]+", PurePath(text).name.upper())
    found = [name for name in POLARISATIONS if name in parts]
    return found[0] if len(found) == 1 else ""


def holds_decibels(source: Source, labels: Sequence[BandLabel], unit: str, emit: Emit) -> bool:
    """Whether a radar file's numbers are dB: as the user says, else as they look.

    Power is never below 0, and a place on land hardly ever scatters back more than 0 dB.

    Raises:
        InvalidRequest: They are whole numbers: uncalibrated, so neither.
        UnreadableRaster: They cannot be read.
    """
    if unit != "auto":
        return unit == "db"
    places = tuple(source.labels.index(label) + 1 for label in labels)
    if any(source.dtype(place).kind in "iu" for place in places):
        raise InvalidRequest(
            f"S1 {shown(source.path)} holds whole numbers, which say neither dB nor linear power.",
            "Calibrate it, or say with S1_UNIT what they are.",
        )
    sample = _sample(source, places)
    decibels = bool(sample.size and (sample < 0).any())
    emit(
        Message(
            f"{shown(source.path)} looks like {'dB' if decibels else 'linear power'} (S1_UNIT)."
        )
    )
    return decibels


def warn_if_partial(source: Source, grid: Grid, emit: Emit) -> None:
    """Say so if a radar file covers only part of a grid; the rest becomes nodata."""
    steps = np.linspace(0.0, 1.0, _MESH)
    columns, rows = np.meshgrid(steps * grid.width, steps * grid.height)
    xs, ys = _through(grid.transform, columns.ravel(), rows.ravel())
    there = transform(grid.crs, source.grid.crs, xs.tolist(), ys.tolist())
    across, down = _through(~source.grid.transform, np.array(there[0]), np.array(there[1]))
    near = 1.0  # px: what reprojection to and fro may shift
    inside = (across >= -near) & (across <= source.grid.width + near)
    inside &= (down >= -near) & (down <= source.grid.height + near)
    if not inside.all():
        emit(Message(
            f"S1 {shown(source.path)} covers about {100 * inside.mean():.0f} % of the scene; "
            "the rest is left out of the map.",
            "warning",
        ))  # fmt: skip


def _through(affine: Affine, x: NDArray[Any], y: NDArray[Any]) -> Tuple[NDArray[Any], NDArray[Any]]:
    """Many points through an affine transform."""
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _sample(source: Source, places: Tuple[int, ...]) -> NDArray[np.float32]:
    rows = min(source.grid.height, _SAMPLE_PX)
    columns = min(source.grid.width, _SAMPLE_PX)
    try:
        values = source.dataset.read(
            list(places), out_shape=(len(places), rows, columns), masked=True
        )
    except GDAL_ERRORS as error:
        raise UnreadableRaster(
            f"S1 {shown(source.path)} cannot be read: {error}.", "Copy the file again."
        ) from error
    kept = np.ma.masked_invalid(values).compressed()
    return np.asarray(kept, np.float32)
