# SPDX-License-Identifier: GPL-3.0-or-later
"""Map a Sentinel-2 product with a model."""

from __future__ import annotations

from typing import Any, Dict

from ..contract.events import Emit
from ..contract.jobs.classifysentinel2 import ClassifySentinel2, ProductSettings
from ..scenes.products import open_sentinel2
from ..scenes.sentinel2 import Options
from .mapping import map_scene


def run(request: ClassifySentinel2, emit: Emit) -> Dict[str, Any]:
    """Map the product in ``request`` and return the API's output keys.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    options = options_of(request, request.band_map)
    return map_scene(
        request, lambda card: open_sentinel2(request.input[0], card, options, emit), emit
    )


def options_of(settings: ProductSettings, band_map: str) -> Options:
    """What a request says of its products, for their reader."""
    return Options(band_map, settings.s1, settings.s1_unit, settings.scl_mask, settings.add_offset)
