# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries: names with titles and the place of their code, so that listing imports nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Dict, Iterator

from .errors import InvalidRequest


@dataclass(frozen=True)
class Entry:
    """One registered thing.

    Args:
        title: What users read in a list.
        target: ``"module:name"``, the module relative to the registry's package.
    """

    title: str
    target: str


class Registry(Mapping):  # type: ignore[type-arg]
    """Names to entries; ``load`` imports one entry's code.

    Args:
        package: ``__name__`` of the package that holds the modules.
        entries: The lines, in the order in which users see them.
    """

    def __init__(self, package: str, entries: Dict[str, Entry]) -> None:
        self._package = package
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def load(self, name: str) -> Any:
        """Import and return what ``name`` stands for.

        Raises:
            InvalidRequest: ``name`` is not registered here.
        """
        if name not in self._entries:
            raise InvalidRequest(f"Unknown name {name!r}.", f"Use one of {', '.join(self)}.")
        module, _, attribute = self._entries[name].target.partition(":")
        # Not by importlib: QGIS hears of what __import__ imports alone, and forgets that when it
        # unloads the plugin. What stayed would be the old code of a plugin that was updated.
        return getattr(__import__(f"{self._package}.{module}", fromlist=[attribute]), attribute)
