# SPDX-License-Identifier: GPL-3.0-or-later
"""One mapping run, ready to begin: what its steps share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

from affine import Affine

from ..contract.jobs.map_settings import MapRequest
from ..core.grid import Grid
from ..core.window import Window
from ..inference.network import Network
from ..inference.settings import ChunkSettings
from ..layers.products import Products
from ..layers.value_map import ValueMap
from ..scenes.scene import Scene
from .resuming import Resumption
from .serving import LoadedModel


@dataclass(frozen=True)
class MapTask:
    """What is mapped, with what, and how; ``area`` counts in pixels of the maps."""

    request: MapRequest
    model: LoadedModel
    scene: Scene
    area: Window
    settings: ChunkSettings
    products: Union[Products, ValueMap]
    network: Network
    resumption: Optional[Resumption]

    @property
    def grid(self) -> Grid:
        """Grid of the maps."""
        cell, area = self.settings.cell, self.area
        grid = self.scene.grid.crop(Window(area.col * cell, area.row * cell, 1, 1))
        transform = grid.transform @ Affine.scale(cell)
        return Grid(area.width, area.height, transform, grid.crs)


def field_of(layer: str) -> str:
    """The request's field for a layer: ``class`` is a word of Python's."""
    return "class_map" if layer == "class" else layer


def layer_of(field: str) -> str:
    """The reverse of ``field_of``."""
    return "class" if field == "class_map" else field
