# SPDX-License-Identifier: GPL-3.0-or-later
"""What the BigEarthNet v2 models take and give, by their version.

Clasen et al., reBEN: Refined BigEarthNet Dataset (IGARSS 2025); the orders are those of the
ConfigILM releases that the versions were trained with. Nothing inside the files tells them apart.
"""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

from ..contract.errors import InvalidRequest
from ..core.band import Band
from ..core.bigearthnet import STATISTICS

SIDE_PX, RESOLUTION_M, CLASSES = 120, 10.0, 19
_S1 = ("VV", "VH")
_RGB, _10M = ("B04", "B03", "B02"), ("B02", "B03", "B04", "B08")
_10M_20M = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
_ALL_S2 = (
    "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12",
)  # fmt: skip
_OLD_S2 = ("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B11", "B12", "B8A")
_OLD_S1 = ("VH", "VV")
ORDERS: Dict[str, Dict[int, Tuple[str, ...]]] = {
    "0.1.1": {2: _OLD_S1, 3: _RGB, 4: _10M, 10: _OLD_S2, 12: (*_OLD_S2, *_OLD_S1)},
    "0.2.0": {
        2: _S1,
        3: _RGB,
        4: _10M,
        10: _10M_20M,
        12: (*_S1, *_10M_20M),
        14: (*_S1, *_ALL_S2),
    },
}
_MODALITIES = {"s1": (2,), "s2": (3, 4, 10), "all": (12, 14)}
_TAG = re.compile(r"-v?(\d+\.\d+\.\d+)$")
_MODALITY = re.compile(r"-(s1|s2|all)-v?\d")


def version_of(name: str, said: str) -> str:
    """Which version a model is of, from its id and from what the user says.

    Args:
        name: Its id, or its folder's name: ``resnet50-s2-v0.2.0``.
        said: VERSION; empty to go by the name.

    Raises:
        InvalidRequest: Nobody says, they contradict each other, or its band order is not known.
    """
    found = _TAG.search(name)
    tagged, wanted = found[1] if found else "", said.strip().lower().lstrip("v")
    if tagged and wanted and tagged != wanted:
        raise InvalidRequest(
            f"VERSION is {said!r}, but {name} is of version {tagged}.", "Leave VERSION empty."
        )
    version = wanted or tagged
    known = ", ".join(ORDERS)
    if not version:
        raise InvalidRequest(
            f"Nothing says which version {name} is of, and versions {known} take their bands in "
            "different orders.",
            f"Give VERSION, one of {known}, as its page on the web says it.",
        )
    if version not in ORDERS:
        raise InvalidRequest(
            f"{name} is of version {version}, whose band order Coverloom does not know.",
            f"Known are {known}.",
        )
    return version


def bands_of(version: str, channels: int, name: str) -> Tuple[Band, ...]:
    """The bands in the order of the model's channels, with the official statistics.

    Raises:
        InvalidRequest: There is no such model of that version, or its name says otherwise.
    """
    orders = ORDERS[version]
    if channels not in orders:
        raise InvalidRequest(
            f"{name} takes {channels} channels; models of version {version} take "
            f"{', '.join(map(str, orders))}.",
            "Check config.json and VERSION.",
        )
    modality: Optional[re.Match[str]] = _MODALITY.search(name)
    if modality and channels not in _MODALITIES[modality[1]]:
        raise InvalidRequest(
            f"{name} says {modality[1]!r} in its name, but takes {channels} channels.",
            "Get its files again.",
        )
    return tuple(
        Band(
            band,
            unit="dB" if band in _S1 else "DN",
            mean=STATISTICS[2][band][0],
            std=STATISTICS[2][band][1],
        )
        for band in orders[channels]
    )
