# SPDX-License-Identifier: GPL-3.0-or-later
"""A model file, checked as far as reading alone can."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Tuple

import onnx

from ..contract.errors import MissingCard
from ..core.address import is_address
from ..core.card import ModelCard
from ..core.files import fetched
from .graph import Graph, check_card, read_graph
from .onnx_file import external_files, load_proto

CARD_KEY = "coverloom"


@dataclass(frozen=True)
class ModelFile:
    """An ONNX file and what it says of itself.

    Args:
        path: Where it lies; ONNX Runtime loads it from there.
        card: Its card, which agrees with ``graph``.
        graph: Its input and outputs.
        weights: Files beside it that hold weights; usually none.
    """

    path: Path
    card: ModelCard
    graph: Graph
    weights: Tuple[Path, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the file and of its weights files, in hexadecimal: names the exact model."""
        digest = hashlib.sha256()
        for path in (self.path, *self.weights):
            with path.open("rb") as stream:
                for piece in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(piece)
        return digest.hexdigest()


def read_model(path: str | Path) -> ModelFile:
    """Read a model file and check its card against its graph; nothing is run.

    Args:
        path: File or address; of one at an address the process keeps a copy while it lives.

    Raises:
        MissingInput: There is no such file.
        UnreachableStorage: Its address cannot be read.
        UnreadableModel: It is damaged, unsafe, or has another form than Coverloom runs.
        MissingCard: It carries no card.
        InvalidCard: Its card cannot be read.
        CardMismatch: Its card says something that is not so.
    """
    path = fetched(str(path)) if is_address(str(path)) else Path(path).absolute()
    proto = load_proto(path)
    card = card_of(proto, path)
    graph = read_graph(proto)
    check_card(card, graph)
    return ModelFile(path, card, graph, tuple(external_files(proto, path)))


def read_card(path: str | Path) -> ModelCard:
    """Read a model file's card alone.

    Raises:
        MissingInput, UnreadableModel, MissingCard, InvalidCard: As ``read_model``.
    """
    return card_of(load_proto(path), Path(path))


def card_of(proto: onnx.ModelProto, path: Path) -> ModelCard:
    """Read the card inside a parsed model; ``path`` is for the message.

    Raises:
        MissingCard: It carries none.
        InvalidCard: It is of no form that is known.
    """
    text = metadata_of(proto).get(CARD_KEY)
    if text is None:
        raise MissingCard(
            f"{path} carries no Coverloom card.",
            "Run 'Import a model' (coverloom:importmodel) on it, which adds one.",
        )
    return ModelCard.from_json(text)


def metadata_of(proto: onnx.ModelProto) -> Dict[str, str]:
    """The model's metadata."""
    return {entry.key: entry.value for entry in proto.metadata_props}
