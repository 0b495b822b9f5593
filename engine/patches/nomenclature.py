# SPDX-License-Identifier: GPL-3.0-or-later
"""CORINE codes of the reference maps, and the classes that BigEarthNet makes of them.

Two orders of the same 19 classes exist and must never be mixed: ``ben19`` is alphabetical (the
published version 2 models), ``ben19_v1`` is the order of the version 1 tools.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Dict, Iterable, List, Tuple

import numpy as np

from ..contract.errors import UnknownClass
from ..core.classes import ClassScheme
from ..core.compiled import compiled

NOMENCLATURES = ("ben19", "ben19_v1", "ben43", "clc")
IGNORE = 255
_UNKNOWN = 254
_NO_43 = 335  # glaciers: in CORINE, not among BigEarthNet's 43

BEN19_V1_ORDER = (
    "Urban fabric",
    "Industrial or commercial units",
    "Arable land",
    "Permanent crops",
    "Pastures",
    "Complex cultivation patterns",
    "Land principally occupied by agriculture, with significant areas of natural vegetation",
    "Agro-forestry areas",
    "Broad-leaved forest",
    "Coniferous forest",
    "Mixed forest",
    "Natural grassland and sparsely vegetated areas",
    "Moors, heathland and sclerophyllous vegetation",
    "Transitional woodland, shrub",
    "Beaches, dunes, sands",
    "Inland wetlands",
    "Coastal wetlands",
    "Inland waters",
    "Marine waters",
)


@dataclass(frozen=True)
class Nomenclature:
    """A way to turn CORINE codes into classes.

    Args:
        name: One of ``NOMENCLATURES``.
        scheme: The classes with names and colours.
        lut: ``(65536,)`` uint8: class of every code; 255 unlabelled or nodata, 254 no CORINE code.
        aliases: Other names under which labels come, and the class each means; None for the
            names of CORINE classes that this nomenclature leaves out.
    """

    name: str
    scheme: ClassScheme
    lut: np.ndarray
    aliases: Dict[str, Any]

    def classes_of(self, codes: np.ndarray) -> np.ndarray:
        """Classes of a reference map's pixels.

        Args:
            codes: ``(H, W)`` uint16 CORINE codes.

        Returns:
            ``(H, W)`` uint8, 255 where unlabelled or nodata.

        Raises:
            UnknownClass: A pixel holds a number that is no CORINE code.
        """
        # Indexing by codes cast to 8 bits would make 231 (pastures) of 999 (unlabelled).
        classes = np.empty(codes.shape, np.uint8)
        if not _look_up(codes.astype(np.uint16, copy=False).ravel(), self.lut, classes.ravel()):
            code = int(codes[classes == _UNKNOWN][0])
            raise UnknownClass(
                f"The reference map holds {code}, which is no CORINE code.",
                "Get the file again, or leave the patch out.",
            )
        return classes

    def labels_of(self, codes: np.ndarray) -> List[str]:
        """Names of the classes present in ``(h, w)`` codes of a map, in alphabetical order."""
        present = np.flatnonzero(np.bincount(self.classes_of(codes).ravel(), minlength=256))
        return sorted(self.scheme.names[i] for i in present if i != IGNORE)

    def indices(self, labels: Iterable[str]) -> List[int]:
        """Classes of label names, of this nomenclature or of CORINE; in order, each once.

        Raises:
            UnknownClass: A name is in no nomenclature.
        """
        found = set()
        for label in labels:
            if label not in self.aliases:
                raise UnknownClass(
                    f"The label {label!r} is no class of the nomenclature {self.name}.",
                    f"Its names look like {self.scheme.names[0]!r}.",
                )
            if self.aliases[label] is not None:
                found.add(self.aliases[label])
        return sorted(found)

    def multi_hot(self, labels: Iterable[str]) -> np.ndarray:
        """``(K,)`` uint8: 1 for each class that a label names."""
        hot = np.zeros(len(self.scheme), np.uint8)
        hot[self.indices(labels)] = 1
        return hot

    def names_of(self, labels: Iterable[str]) -> List[str]:
        """The labels' names in this nomenclature, alphabetical; those without a class left out."""
        return sorted(self.scheme.names[i] for i in self.indices(labels))


@compiled
def _look_up(codes: np.ndarray, lut: np.ndarray, classes: np.ndarray) -> bool:
    """Fill ``classes``; whether every code is known."""
    unknown = 0
    for i in range(codes.size):
        classes[i] = lut[codes[i]]
        unknown += classes[i] == _UNKNOWN
    return unknown == 0


@cache
def nomenclature(name: str) -> Nomenclature:
    """One of ``NOMENCLATURES``.

    Raises:
        UnknownClass: There is none of that name.
    """
    if name not in NOMENCLATURES:
        raise UnknownClass(
            f"There is no nomenclature {name!r}.", f"Use one of {', '.join(NOMENCLATURES)}."
        )
    content = _corine()
    names, of_code, colour = _arrange(name, content["classes"])
    lut = np.full(65536, _UNKNOWN, np.uint8)
    lut[content["unlabelled"]] = IGNORE
    aliases: Dict[str, Any] = {}
    for item in content["classes"]:
        target = of_code[item["code"]]
        place = names.index(target) if target in names else None
        lut[item["code"]] = IGNORE if place is None else place
        aliases[item["name"]] = place
    aliases.update({target: i for i, target in enumerate(names)})
    lut.setflags(write=False)
    items = [{"id": i, "name": n, "colour": colour[n]} for i, n in enumerate(names)]
    return Nomenclature(name, ClassScheme.from_list(items, name), lut, aliases)


def labels19(labels43: Iterable[str]) -> List[str]:
    """19-class names, alphabetical, of a version 1 patch's 43-class names.

    Raises:
        UnknownClass: A name is in no nomenclature.
    """
    return nomenclature("ben19").names_of(labels43)


def _arrange(
    name: str, classes: List[Dict[str, Any]]
) -> Tuple[List[str], Dict[int, Any], Dict[str, str]]:
    """Class names in order, the name each CORINE code goes to (None: left out), and colours."""
    if name in ("ben19", "ben19_v1"):
        of_code = {item["code"]: item["ben19"] for item in classes}
        names = list(BEN19_V1_ORDER) if name == "ben19_v1" else sorted(BEN19_V1_ORDER)
    else:
        left_out = {_NO_43} if name == "ben43" else set()
        of_code = {c["code"]: None if c["code"] in left_out else c["name"] for c in classes}
        names = [item for item in of_code.values() if item is not None]
    colour: Dict[str, str] = {}
    for item in classes:
        # A class of several codes takes the colour of its first, unless that is the green of
        # coastal lagoons, which nobody would take for the sea.
        own = item.get("ben19_colour") if name.startswith("ben19") else None
        colour.setdefault(of_code[item["code"]], own or item["colour"])
    return names, of_code, colour


@cache
def _corine() -> Dict[str, Any]:
    path = Path(__file__).resolve().parents[2] / "resources" / "classes" / "clc.json"
    content: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
