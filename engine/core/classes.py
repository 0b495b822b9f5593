# SPDX-License-Identifier: GPL-3.0-or-later
"""Land-cover classes, in the order of a model's outputs."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from ..contract.errors import InvalidCard

Colour = Tuple[int, int, int]


@dataclass(frozen=True)
class LandCoverClass:
    """One class.

    Args:
        id: Its value in the class raster, which is its place in the model's outputs.
        name: What the legend says.
        colour: (red, green, blue), each in 0..255.
    """

    id: int
    name: str
    colour: Colour


@dataclass(frozen=True)
class ClassScheme:
    """All classes of a model, in output order.

    Args:
        classes: The classes; ``classes[i].id == i``. None for a model that gives a number.
        nomenclature: What they are taken from, such as ``ben19``; empty if nothing known.
    """

    classes: Tuple[LandCoverClass, ...]
    nomenclature: str = ""

    def __post_init__(self) -> None:
        ids = [item.id for item in self.classes]
        if ids != list(range(len(ids))):
            raise InvalidCard(f"Class ids are {ids[:30]}.", "They must count 0, 1, 2, … in order.")
        names = [item.name for item in self.classes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidCard(f"Two classes are called {twice[0]!r}.", "Give each its own name.")

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> List[str]:
        """The names, in output order."""
        return [item.name for item in self.classes]

    @classmethod
    def of_names(cls, names: List[str], nomenclature: str = "") -> ClassScheme:
        """Number the names from 0 and give each a colour that stays the same."""
        classes = tuple(LandCoverClass(i, n, spread_colour(i)) for i, n in enumerate(names))
        return cls(classes, nomenclature)

    def to_list(self) -> List[Dict[str, Any]]:
        """The JSON form: ``[{"id": 0, "name": "…", "colour": "#rrggbb"}, …]``."""
        return [
            {"id": c.id, "name": c.name, "colour": "#{:02x}{:02x}{:02x}".format(*c.colour)}
            for c in self.classes
        ]

    @classmethod
    def from_list(cls, items: List[Dict[str, Any]], nomenclature: str = "") -> ClassScheme:
        """Read the JSON form.

        Raises:
            InvalidCard: An item is not of that form.
        """
        try:
            classes = tuple(
                LandCoverClass(int(c["id"]), str(c["name"]), _colour(str(c["colour"])))
                for c in items
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidCard(
                f"A class of the card cannot be read: {error!r}.",
                'Each needs an id, a name and a colour such as "#1f78b4".',
            ) from error
        return cls(classes, nomenclature)


def _colour(text: str) -> Colour:
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"{text!r} is no #rrggbb colour")
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def spread_colour(index: int) -> Colour:
    """A colour for class ``index``, the same in every run, far from its neighbours'."""
    hue = (index * 0.61803398875) % 1.0  # golden ratio: never near the last few hues
    value, saturation = ((0.85, 0.65), (0.65, 0.8), (0.95, 0.45))[index % 3]
    red, green, blue = (round(255 * c) for c in colorsys.hsv_to_rgb(hue, saturation, value))
    return red, green, blue
