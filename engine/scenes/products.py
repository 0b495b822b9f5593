# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens whatever form a Sentinel-2 product has, with what the user says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..contract.errors import MissingInput, NotAProduct
from ..contract.events import Emit
from ..core.card import ModelCard
from . import SCENES
from .conversion import ConvertedScene
from .sentinel2 import Options, open_product

FORMS = ("remote", "safe", "safe_zip", "band_folder")


def is_product(path: str) -> bool:
    """Whether a path looks like a Sentinel-2 product."""
    return any(SCENES.load(name)().accepts([path]) for name in FORMS)


def open_sentinel2(path: str, card: ModelCard, options: Options, emit: Emit) -> ConvertedScene:
    """Open a product as the scene that a card asks for.

    Raises:
        MissingInput: There is nothing at ``path``.
        NotAProduct: It is something else.
        CoverloomError: As ``open_product`` raises.
    """
    for name in FORMS:
        reader: Any = SCENES.load(name)()
        if reader.accepts([path]):
            return open_product(reader.product(path), card, options, emit)
    if not Path(path).exists():
        raise MissingInput(f"There is no {path}.", "Give its path.")
    raise NotAProduct(
        f"{path} is neither a SAFE folder or its zip, nor a folder with files named B02, B03, ….",
        "Give one of these; 'Classify a raster' takes single rasters.",
    )
