# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dataset holds: one patch, and how all patches of a dataset are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..core.dataset_card import DatasetCard

Stored = npt.NDArray[Any]
Labels = npt.NDArray[np.uint8]
Room = Mapping[str, Stored]  # array name to memory that it may be put into
NOWHERE: Room = {}
_S1 = ("VV", "VH", "HH", "HV")
_S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")


@dataclass(frozen=True)
class DatasetPatch:
    """One patch as it is stored.

    Args:
        patch_id: Its name; unique in the dataset.
        arrays: Array name to ``(H, W, C)``, in the dataset's dtype.
        label: ``(H, W)`` uint8 class numbers, 255 for none; None without pixel labels.
        scene: ``(K,)`` uint8, 1 for each class present; None without scene labels.
        epsg: EPSG code of the CRS; 0 if it has none.
        transform: Affine (a, b, c, d, e, f): column, row to CRS units.
        limits: Array name to the (minimum, maximum) that min-max scaling used, in its unit.
        facts: What else is known: country, dates, the partner's name.
        target: ``(H, W)`` float32 in the unit of the card's target, its nodata where there is
            none; None in a dataset of classes.
        value: Target of the patch as a whole; None where there is no such number.
    """

    patch_id: str
    arrays: Mapping[str, Stored]
    label: Optional[Labels] = None
    scene: Optional[Labels] = None
    epsg: int = 0
    transform: Tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    limits: Mapping[str, Tuple[float, float]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    target: Optional[npt.NDArray[np.float32]] = None
    value: Optional[float] = None


@dataclass(frozen=True)
class Layout:
    """How the patches of one dataset are stored, whatever the format.

    Args:
        arrays: Array name to its bands, in channel order.
        dtype: NumPy name of the stored numbers, little-endian on disk.
        size: (height, width) px.
        pixels: Whether patches have a label for each pixel.
        classes: Class names, in the order of ``scene``; empty without scene labels.
        nomenclature: Name of the nomenclature the classes are of.
        limits: Whether patches carry the limits of min-max scaling.
        compression: ``none``, ``gzip`` or ``lzf``.
    """

    arrays: Dict[str, Tuple[str, ...]]
    dtype: str
    size: Tuple[int, int]
    pixels: bool = False
    classes: Tuple[str, ...] = ()
    nomenclature: str = ""
    limits: bool = False
    compression: str = "none"

    @classmethod
    def of_card(cls, card: DatasetCard) -> Layout:
        """The layout that a dataset's card describes."""
        scene = card.classes is not None and card.labels in ("scene", "both")
        return cls(
            arrays=card.arrays,
            dtype=card.dtype,
            size=card.patch,
            pixels=card.labels in ("pixels", "both"),
            classes=tuple(card.classes.names) if scene and card.classes else (),
            nomenclature=card.classes.nomenclature if card.classes else "",
            limits=card.scaling == "minmax",
            compression=card.compression,
        )

    def shape(self, array: str) -> Tuple[int, int, int]:
        """``(H, W, C)`` of a stored array."""
        return (*self.size, len(self.arrays[array]))


def array_of(band: str) -> str:
    """The array a band is stored in: ``s1_data``, ``s2_data``, or ``data`` for anything else."""
    if band in _S1:
        return "s1_data"
    return "s2_data" if band in _S2 else "data"
