# SPDX-License-Identifier: GPL-3.0-or-later
"""Short units of work that go to a worker together, since sending each costs a scheduler time.

Guided self-scheduling (Polychronopoulos and Kuck, IEEE Trans. Computers C-36, 1987): groups
get smaller towards the end, so that the workers end at nearly the same time.
"""

from __future__ import annotations

from itertools import islice
from typing import Generic, Iterable, List, Tuple, TypeVar

P = TypeVar("P")
# What Dask takes for a thing sent, 5 to 8 ms, is little beside it, and a bar still moves.
GROUP_S = 0.5


class UnitGroups(Generic[P]):
    """Units, in their order, in groups that take a worker about ``GROUP_S``.

    Args:
        units: (name, payload), taken only as they are asked for.
        total: How many there are; 0 if nobody knows: then each goes alone.
    """

    def __init__(self, units: Iterable[Tuple[str, P]], total: int) -> None:
        self._units, self._left = iter(units), total
        self._done, self._seconds, self._groups = 0, 0.0, 0

    @property
    def seconds(self) -> float:
        """What a group took so far, on average, s; 0 if none is done."""
        return self._seconds / max(1, self._groups)

    def take(self, places: int) -> List[Tuple[str, P]]:
        """The next group; empty once all are taken.

        Args:
            places: How many groups the workers have at a time, 1 or more.
        """
        size = 1
        if self._done:
            wanted = int(GROUP_S * self._done / max(self._seconds, 1e-6))
            size = max(1, min(wanted, self._left // (2 * places)))
        group = list(islice(self._units, size))
        self._left -= len(group)
        return group

    def took(self, units: int, seconds: float) -> None:
        """Learn what a finished group took.

        Args:
            units: How many were in it.
            seconds: What its worker took, s.
        """
        self._done += units
        self._groups += 1
        self._seconds += seconds
