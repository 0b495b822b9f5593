# SPDX-License-Identifier: GPL-3.0-or-later
"""Map rasters with a model: class, highest probability, entropy, gap."""

from __future__ import annotations

from typing import Any, Dict

from ..contract.events import Emit
from ..contract.jobs.classifyraster import ClassifyRaster
from ..scenes.scene import open_scene
from .mapping import map_scene


def run(request: ClassifyRaster, emit: Emit) -> Dict[str, Any]:
    """Map the rasters in ``request`` and return the API's output keys.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    return map_scene(
        request, lambda card: open_scene(request.input, card, request.band_map, emit), emit
    )
