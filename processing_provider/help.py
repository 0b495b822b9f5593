# SPDX-License-Identifier: GPL-3.0-or-later
"""The help of an algorithm, from ``resources/help/<id>.json``."""

from __future__ import annotations

import json
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Dict

from qgis import utils

from .translation import tr

# An address of this kind is shown by the plugin; what follows the colon is an algorithm's name.
SCHEME = "coverloom"
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "help"


@dataclass(frozen=True)
class Help:
    """What users read of an algorithm, in English; translated where it is shown.

    Args:
        title: Its name.
        short: One line, for tooltips and lists.
        description: What it does, in sentences.
        parameters: Parameter key to sentence.
        outputs: Output key to sentence.
    """

    title: str
    short: str
    description: str
    parameters: Dict[str, str]
    outputs: Dict[str, str]

    @classmethod
    def read(cls, name: str) -> Help:
        """Read the help of the algorithm ``name``."""
        return cls(**json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))

    def page(self, titles: Dict[str, str]) -> str:
        """The help panel's HTML.

        Args:
            titles: Key of a parameter or output to the name that the dialog shows.
        """
        parts = [f"<p>{escape(tr(self.description), quote=False)}</p>"]
        for heading, entries in (
            (tr("Input parameters"), self.parameters),
            (tr("Outputs"), self.outputs),
        ):
            parts.append(f"<h2>{heading}</h2>")
            for key, text in entries.items():
                title = escape(titles.get(key, key), quote=False)
                parts.append(f"<h3>{title}</h3><p>{escape(tr(text), quote=False)}</p>")
        return "\n".join(parts)


@cache
def help_of(name: str) -> Help:
    """The help of an algorithm, read once."""
    return Help.read(name)


def help_address(name: str) -> str:
    """Where *Help* leads: on the desktop to the plugin's own window, which needs no network."""
    return f"{SCHEME}:{name}" if utils.iface else docs_page(name)


def docs_page(name: str) -> str:
    """Address of the algorithm's page in the repository."""
    metadata = ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    repository = metadata["general"]["repository"]
    return f"{repository}/blob/main/docs/algorithms/{name}.md"
