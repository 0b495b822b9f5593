# SPDX-License-Identifier: GPL-3.0-or-later
"""One patch of an archive on its way into a dataset: read, check, resample, label, encode."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import CardMismatch, UnusablePatch
from ..core.dataset_card import IGNORE, DatasetBand
from ..core.storage import Storage
from ..datasets.encoding import Encoder
from ..datasets.patch import NOWHERE, DatasetPatch, Room
from ..datasets.shards import Made
from ..datasets.statistics import Moments
from ..patches.nomenclature import Nomenclature, nomenclature
from ..patches.pixels import read_patch
from ..patches.resample import resample_all
from ..patches.row import MAP, PatchRow

PX = 120
PIXEL_M = 10.0
_LOCAL = threading.local()
_CODE_19 = ("ben19", "ben19_v1")


@dataclass(frozen=True)
class PatchMaker:
    """Makes the dataset patch of an index row; safe to send to other processes.

    Args:
        bands: The card's bands, arrays one after the other.
        dtype: Stored dtype.
        scaling: The card's scaling.
        resampling: ``nearest``, ``bilinear`` or ``cubic``.
        labels: ``pixels``, ``scene``, ``both`` or ``none``.
        nomenclature: Which classes.
        storage: What files are read through.
    """

    bands: Tuple[DatasetBand, ...]
    dtype: str
    scaling: str
    resampling: str
    labels: str
    nomenclature: str
    storage: Storage = field(default_factory=Storage)

    def __call__(self, item: Tuple[PatchRow, str], room: Room = NOWHERE) -> Made:
        """Make one patch. Its arrays are this thread's own, and last until the next call.

        Args:
            item: The index row, and the split it goes to.
            room: Memory to put arrays into, by name.

        Raises:
            CoverloomError: Whatever is wrong with the patch.
        """
        row, split = item
        native = self._read(row)
        label, scene = self._label(row, native)
        arrays, limits, parts = {}, {}, []
        for name, encoder in self._encoders.items():
            planar, moments = self._planar(row, encoder.bands, native)
            parts.append(moments)
            stored = room.get(name)
            if stored is None:
                stored = _scratch(name, self.dtype, (PX, PX, len(encoder.bands)))
            arrays[name], pair = encoder.encode(planar, stored)
            if self.scaling == "minmax":
                limits[name] = pair
        place = (PIXEL_M, 0.0, row.ulx or 0.0, 0.0, -PIXEL_M, row.uly or 0.0)
        patch = DatasetPatch(
            row.patch_id, arrays, label, scene, row.epsg or 0, place, limits, _facts(row, split)
        )
        return Made(patch, Moments.side_by_side(parts))

    def measure(self, row: PatchRow) -> Moments:
        """Statistics of one patch's measurements, resampled but not scaled; raises as above."""
        native = self._read(row)
        parts = [encoder.bands for encoder in self._encoders.values()]
        return Moments.side_by_side([self._planar(row, part, native)[1] for part in parts])

    @cached_property
    def _encoders(self) -> Dict[str, Encoder]:
        """Array name to what encodes its bands."""
        names = dict.fromkeys(band.array for band in self.bands)
        parts = {n: tuple(band for band in self.bands if band.array == n) for n in names}
        return {n: Encoder(part, self.dtype, self.scaling) for n, part in parts.items()}

    def _read(self, row: PatchRow) -> Dict[str, npt.NDArray[Any]]:
        names = [band.name for band in self.bands]
        if self._needs_map(row):
            names.append(MAP)
        return read_patch(row, names, self.storage)

    def _needs_map(self, row: PatchRow) -> bool:
        if self.labels in ("none", "scene"):
            return self.labels == "scene" and not self._named(row)
        return True

    def _named(self, row: PatchRow) -> Tuple[str, ...]:
        """The label names that the index has for this nomenclature."""
        if self.nomenclature in _CODE_19:
            return row.labels or row.labels43
        return row.labels43

    def _label(
        self, row: PatchRow, native: Dict[str, npt.NDArray[Any]]
    ) -> Tuple[Optional[npt.NDArray[np.uint8]], Optional[npt.NDArray[np.uint8]]]:
        """Pixel labels and scene labels, each None where not asked for."""
        if self.labels == "none":
            return None, None
        scheme, pixels, scene = nomenclature(self.nomenclature), None, None
        if MAP in native:
            pixels = scheme.classes_of(native[MAP])
        if self.labels in ("scene", "both"):
            named = self._named(row)
            scene = scheme.multi_hot(named) if named else _present(scheme, pixels)
        return (pixels if self.labels in ("pixels", "both") else None), scene

    def _planar(
        self, row: PatchRow, bands: Tuple[DatasetBand, ...], native: Dict[str, npt.NDArray[Any]]
    ) -> Tuple[npt.NDArray[Any], Moments]:
        """``(C, 120, 120)`` measurements, DN or dB, on the 10 m grid, and their statistics.

        The array is this thread's own and lasts until the next call for as many bands.
        """
        optical = bands[0].array == "s2_data"
        planar = _scratch("planar", "uint16" if optical else "float32", (len(bands), PX, PX))
        nodata = 0 if optical else None
        resample_all([native[band.name] for band in bands], planar, self.resampling, nodata)
        moments = Moments.of(planar)
        if moments.complete(PX * PX):
            return planar, moments
        for i, band in enumerate(bands):
            if moments.minimum[i] == 0 == moments.maximum[i]:
                raise UnusablePatch(
                    f"All pixels of {band.name} of {row.patch_id} are zero.", "Get the file again."
                )
            if moments.count[i] < PX * PX:
                raise UnusablePatch(
                    f"{band.name} of {row.patch_id} has {PX * PX - moments.count[i]:.0f} pixels "
                    "that are no number.",
                    "Get the file again, or leave the patch out.",
                )
        return planar, moments


@dataclass(frozen=True)
class SourceDeleter:
    """Deletes what has been written and read back equal. Only true pairs, only what is stored.

    Args:
        maker: What made the written patches.
        dry_run: Whether to say only what would be deleted.
    """

    maker: PatchMaker
    dry_run: bool

    def __call__(self, item: Tuple[PatchRow, str], stored: DatasetPatch) -> Dict[str, Any]:
        """Compare a stored patch with its sources, then delete these.

        Returns:
            ``deleted_mb`` and how many files, or what would be, for the log.

        Raises:
            CardMismatch: The stored patch differs from its sources.
        """
        row, _ = item
        again = self.maker(item).patch
        if not _equal(again, stored):
            raise CardMismatch(
                f"Patch {row.patch_id} reads back otherwise than its sources say.",
                "Look at the disk; nothing of this patch was deleted.",
            )
        if row.status != "paired":
            return {"kept": "no true pair"}
        paths = self._files(row)
        size = round(sum(path.stat().st_size for path in paths) / 1e6, 6)
        if self.dry_run:
            return {"would_delete_mb": size, "files": [str(path) for path in paths]}
        for path in paths:
            path.unlink()
        for folder in {path.parent for path in paths}:
            if not any(folder.iterdir()):
                folder.rmdir()
        return {"deleted_mb": size, "files": [str(path) for path in paths]}

    def _files(self, row: PatchRow) -> List[Path]:
        names = [band.name for band in self.maker.bands]
        if self.maker.labels in ("pixels", "both"):
            names.append(MAP)
        return [path for path in (Path(row.file(name)) for name in names) if path.is_file()]


def _scratch(use: str, dtype: str, shape: Tuple[int, ...]) -> npt.NDArray[Any]:
    """A buffer used again and again: fresh memory for each patch costs as much as filling it.

    Args:
        use: What for; two arrays that are needed at once must not share one.
        dtype: NumPy name.
        shape: Its shape.
    """
    kept: Dict[Any, npt.NDArray[Any]] = _LOCAL.__dict__.setdefault("buffers", {})
    if (use, dtype, shape) not in kept:
        kept[use, dtype, shape] = np.empty(shape, dtype)
    return kept[use, dtype, shape]


def _present(
    scheme: Nomenclature, pixels: Optional[npt.NDArray[np.uint8]]
) -> npt.NDArray[np.uint8]:
    """``(K,)``: 1 for each class that a map has."""
    hot = np.zeros(len(scheme.scheme), np.uint8)
    if pixels is not None:
        found = np.flatnonzero(np.bincount(pixels.ravel(), minlength=IGNORE + 1))
        hot[found[found != IGNORE]] = 1
    return hot


def _facts(row: PatchRow, split: str) -> Dict[str, str]:
    facts = {
        "country": row.country,
        "date_s2": _day(row.date_s2),
        "date_s1": _day(row.date_s1),
        "split": split,
        "s1_name": row.s1_name,
    }
    return {key: value for key, value in facts.items() if value}


def _day(day: Optional[dt.date]) -> str:
    return day.isoformat().replace("-", "") if day else ""


def _equal(one: DatasetPatch, two: DatasetPatch) -> bool:
    """Whether all that measurements, labels and place are made of is the same."""
    same = all(np.array_equal(one.arrays[n], two.arrays[n], equal_nan=True) for n in one.arrays)
    for a, b in ((one.label, two.label), (one.scene, two.scene)):
        same &= (a is None and b is None) or np.array_equal(a, b)  # type: ignore[arg-type]
    rest = ("patch_id", "epsg", "transform", "limits")
    return same and all(getattr(one, name) == getattr(two, name) for name in rest)
