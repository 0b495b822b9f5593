# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the files' bands is which of the model's: by map, by name, or by order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Dict, List, Optional, Sequence, Tuple

from ..contract.errors import AmbiguousBand, BandCountMismatch, InvalidRequest, MissingBand

# What programs write where they have no name to write.
_NO_NAME = re.compile(r"^\s*(?:band|layer|lyr|channel|b)?[\s_.-]*#?\d*\s*$", re.IGNORECASE)
_NUMBERED = re.compile(r"^([A-Z]*?)0*([1-9]\d*|0)([A-Z]?)$")


@dataclass(frozen=True)
class BandLabel:
    """What the files say of one of their bands.

    Args:
        number: Its place over all inputs, counted from 1, as ``BAND_MAP`` counts.
        source: The file it is in, for messages.
        description: The band's description; empty if the file has none.
        stem: The file's name without its ending, if the file has this one band only; else empty.
        alpha: Whether the file calls it an alpha band.
    """

    number: int
    source: str
    description: str = ""
    stem: str = ""
    alpha: bool = False

    @property
    def title(self) -> str:
        """What to call it in a message."""
        return self.description or f"{self.number} ({PurePath(self.source).name})"


def normalised(name: str) -> str:
    """A band's name without case, padding zeros and surrounding space: ``b02`` is ``B2``."""
    plain = name.strip().upper()
    match = _NUMBERED.match(plain)
    return "".join(match.groups()) if match else plain


def names_of(label: BandLabel, wanted: Sequence[str]) -> List[str]:
    """The names in ``wanted`` that a band goes by; normalised, at most one in ordinary files.

    A description counts as a whole, or up to its first space, comma, colon or bracket ("B2,
    central wavelength 490 nm"). Where it says nothing, a file's name counts part by part
    ("T33UUP_20220101T100319_B02_10m").
    """
    wanted_names = set(wanted)
    said = normalised(label.description)
    if said in wanted_names:
        return [said]
    head = normalised(re.split(r"[\s,:;(\[]", label.description.strip(), maxsplit=1)[0])
    if head in wanted_names:
        return [head]
    if label.description and not generic(label.description):
        return []
    parts = {normalised(part) for part in re.split(r"[\s_.-]+", label.stem)}
    return sorted(parts & wanted_names)


def generic(description: str) -> bool:
    """Whether a description names nothing: empty, a number, ``Band 1``."""
    return bool(_NO_NAME.match(description)) and not re.match(r"^\s*b0\d", description, re.I)


def bind(
    wanted: Sequence[str], labels: Sequence[BandLabel], band_map: str = ""
) -> Tuple[List[BandLabel], bool]:
    """Find the model's bands among the files' bands.

    Args:
        wanted: The model's band names, in order.
        labels: All bands of all files, in order.
        band_map: ``"B02=1,B03=2"`` or ``"B02=description"``; binds before names do.

    Returns:
        One label for each of ``wanted``; and whether they were taken by order alone.

    Raises:
        InvalidRequest: ``band_map`` cannot be read, or names what is not there.
        MissingBand: A band is in no file.
        AmbiguousBand: A band is in several files.
        BandCountMismatch: No names to bind by, and another number of bands.
    """
    keys = _distinct_keys(wanted)
    found = _mapped(keys, labels, band_map)
    for key, label in _named(keys, labels, set(found)).items():
        found.setdefault(key, label)
    if not found and not any(label.description and not generic(label.description)
                             for label in labels):  # fmt: skip
        return _ordered(wanted, labels), True
    missing = [name for key, name in keys.items() if key not in found]
    if missing:
        there = ", ".join(label.title for label in labels[:40])
        raise MissingBand(
            f"The scene lacks {_bands(missing)} of the model; it has {there}.",
            f"Add what is missing, or say which band it is with BAND_MAP, such as {missing[0]}=1.",
        )
    return [found[key] for key in keys], False


def _distinct_keys(wanted: Sequence[str]) -> Dict[str, str]:
    """Normalised name to name; the names themselves where normalising would merge two."""
    keys = {normalised(name): name for name in wanted}
    return keys if len(keys) == len(wanted) else {name: name for name in wanted}


def _named(
    keys: Dict[str, str], labels: Sequence[BandLabel], mapped: set[str]
) -> Dict[str, BandLabel]:
    """Bands bound by name. An alpha band is bound by its name only."""
    found: Dict[str, List[BandLabel]] = {}
    for label in labels:
        names = names_of(label, list(keys))
        if len(names) == 1:
            found.setdefault(names[0], []).append(label)
    for key, several in found.items():
        if len(several) > 1 and key not in mapped:
            where = " and ".join(f"{PurePath(b.source).name} (band {b.number})" for b in several)
            raise AmbiguousBand(
                f"Band {keys[key]} is in the inputs more than once: {where}.",
                f"Leave one of them out, or choose with BAND_MAP={keys[key]}={several[0].number}.",
            )
    return {key: several[0] for key, several in found.items()}


def _ordered(wanted: Sequence[str], labels: Sequence[BandLabel]) -> List[BandLabel]:
    """Bands in the files' order, where nothing has a name.

    An alpha band is no data; but GDAL calls the fourth of four 8-bit bands alpha unless told
    otherwise, so where only all bands together fit the model, all are taken.
    """
    data = [label for label in labels if not label.alpha]
    for choice in (data, list(labels)):
        if len(choice) == len(wanted):
            return choice
    raise BandCountMismatch(
        f"The model takes {len(wanted)} bands ({', '.join(wanted)}), but the scene has "
        f"{len(data)}, without names to bind them by.",
        "Give the files with these bands, or say which is which with BAND_MAP, such as "
        f"{wanted[0]}=1.",
    )


def _mapped(
    keys: Dict[str, str], labels: Sequence[BandLabel], band_map: str
) -> Dict[str, BandLabel]:
    found: Dict[str, BandLabel] = {}
    for item in filter(None, (part.strip() for part in band_map.split(","))):
        name, equals, value = (part.strip() for part in item.partition("="))
        key = normalised(name) if normalised(name) in keys else name
        if not equals or not value or key not in keys:
            raise InvalidRequest(
                f"BAND_MAP has {item!r}.",
                f"Write it as {next(iter(keys.values()))}=1,…; the model's bands are "
                f"{', '.join(keys.values())}.",
            )
        if key in found:
            raise InvalidRequest(f"BAND_MAP has {keys[key]} twice.", "Give each band once.")
        found[key] = _lookup(value, labels, item)
    taken = Counter(label.number for label in found.values())
    twice = [number for number, times in taken.items() if times > 1]
    if twice:
        raise InvalidRequest(f"BAND_MAP gives band {twice[0]} twice.", "Give each band once.")
    return found


def _lookup(value: str, labels: Sequence[BandLabel], item: str) -> BandLabel:
    by_number: Optional[BandLabel] = None
    if value.isdigit():
        by_number = next((label for label in labels if label.number == int(value)), None)
    key = normalised(value)
    matches = [by_number] if by_number else [b for b in labels if names_of(b, [key])]
    if len(matches) != 1:
        there = ", ".join(label.title for label in labels[:40])
        raise InvalidRequest(
            f"BAND_MAP has {item!r}, which fits {len(matches)} of the inputs' bands.",
            f"Give a number from 1 to {len(labels)}, or a description; there are {there}.",
        )
    return matches[0]


def _bands(names: Sequence[str]) -> str:
    return f"band{'s' if len(names) > 1 else ''} {', '.join(names)}"
