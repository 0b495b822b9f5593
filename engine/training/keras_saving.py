# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a Keras file with the model's card inside: all that an export needs.

A ``.keras`` file is a ZIP archive, in which the card is one more file that Keras does not look at.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.card import ModelCard
from ..core.files import Staging
from .keras_file import CARD_MEMBER

if TYPE_CHECKING:
    import keras


def save_network(model: keras.Model, card: ModelCard, path: str | Path) -> None:
    """Write a network whole, or leave what was there.

    Args:
        model: Not compiled: losses of ours would keep others from loading it.
        card: What it says of itself.
        path: The ``.keras`` to write.
    """
    with Staging() as staging:
        temporary = staging.path(path)
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(CARD_MEMBER, card.to_json())
        staging.publish()
