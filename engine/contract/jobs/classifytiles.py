# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to map a folder of tiles with a model."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Dict

from .base import Job, limited
from .classifysentinel2 import ProductSettings
from .map_settings import MapSettings


@dataclass(frozen=True)
class _Required(Job):
    """Fields without a default, which a dataclass must list first."""

    input: str
    model: str
    output: str


@dataclass(frozen=True)
class ClassifyTiles(ProductSettings, MapSettings, _Required):
    """Map every tile of a folder; each gets a folder of its own in ``output``.

    Args:
        input: Folder of SAFE folders, their zips, folders of bands, or rasters.
        model: The model file.
        output: Folder for the results.
        probs: Whether to keep all probabilities, too.
        workers: Processes; 0 for all cores. One keeps the model loaded from tile to tile.
        scheduler: Address of a Dask scheduler; empty for this machine.
    """

    name: ClassVar[str] = "classifytiles"
    probs: bool = False
    workers: int = limited(1, minimum=0)
    scheduler: str = ""

    def shared(self) -> Dict[str, Any]:
        """The settings that a request for one tile has, too."""
        bases = (*fields(ProductSettings), *fields(MapSettings))
        return {field.name: getattr(self, field.name) for field in bases}
