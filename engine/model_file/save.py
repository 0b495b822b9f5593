# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a model file: the graph, its card, and the keys that the Deepness plugin reads."""

from __future__ import annotations

from pathlib import Path

import onnx

from ..contract.errors import UnwritablePath
from ..core.card import ModelCard
from ..core.files import Staging
from .deepness import deepness_keys
from .graph import check_card, read_graph
from .model import CARD_KEY, metadata_of


def write_card(proto: onnx.ModelProto, card: ModelCard) -> None:
    """Put a card into a parsed model, in place of an older one; other metadata stays."""
    metadata = metadata_of(proto)
    metadata.update(deepness_keys(card))
    metadata[CARD_KEY] = card.to_json()
    onnx.helper.set_model_props(proto, metadata)


def save_model(proto: onnx.ModelProto, card: ModelCard, path: str | Path) -> None:
    """Write a model file whole, or leave what was there.

    Args:
        proto: The model, with its weights inside; its metadata is changed.
        card: What it says of itself; ``measured_card`` fills in what can be measured.
        path: The ``.onnx`` to write.

    Raises:
        CardMismatch: The card contradicts the graph.
        UnwritablePath: It cannot be written there.
    """
    check_card(card, read_graph(proto))
    write_card(proto, card)
    with Staging() as staging:
        temporary = staging.path(path)
        try:
            temporary.write_bytes(proto.SerializeToString())
        except (OSError, ValueError) as error:
            raise UnwritablePath(
                f"{path} cannot be written: {error}.", "Choose another folder."
            ) from error
        staging.publish()
