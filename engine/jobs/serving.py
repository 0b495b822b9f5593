# SPDX-License-Identifier: GPL-3.0-or-later
"""A model, loaded once and warm, as the network that a mapping run needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..contract.events import Emit, Message
from ..contract.jobs.map_settings import MapSettings
from ..core.card import ModelCard
from ..inference.augmented import ProbabilityNetwork
from ..inference.network import Network
from ..inference.open_network import open_network
from ..inference.settings import ChunkSettings
from ..inference.sliding import SlidingPatches
from ..layers.activation import activation_of, probabilities_of
from ..model_file import ModelFile, measured_card, read_model


@dataclass
class LoadedModel:
    """A model that has been read and checked; its network is made once and stays warm.

    Args:
        file: The model file.
        card: Its card, the receptive field measured.
    """

    file: ModelFile
    card: ModelCard
    _network: Optional[Network] = None

    def network(self, request: MapSettings, emit: Emit) -> Network:
        """The network on the device asked for; later requests must ask for the same."""
        if self._network is None:
            self._network = open_network(
                self.file.path, self.card, request.device, request.gpu_index, request.precision,
                emit,
            )  # fmt: skip
        return self._network


def load_model(path: str, emit: Emit) -> LoadedModel:
    """Read a model that can map a scene.

    Raises:
        CoverloomError: It is damaged, or has no usable card.
    """
    file = read_model(path)
    card = file.card
    if card.task == "pixel" and card.receptive_field is None:
        emit(Message("Measuring how far the model looks, which its card does not say."))
        card = measured_card(file.path, card)
    return LoadedModel(file, card)


def gives_probabilities(card: ModelCard, request: MapSettings) -> bool:
    """Whether the network that ``serve`` makes gives probabilities whatever the card says."""
    return card.task == "patch" or request.augment


def serve(model: LoadedModel, request: MapSettings, settings: ChunkSettings, emit: Emit) -> Network:
    """The model's network, averaged over views if asked for, and slid if it is of patches."""
    card = model.card
    network = model.network(request, emit)
    if not gives_probabilities(card, request):
        return network
    activation = activation_of(card.output, card.activation)
    square = card.dynamic_space or card.patch is None or card.patch[0] == card.patch[1]
    network = ProbabilityNetwork(
        network, lambda scores: probabilities_of(scores, activation), request.augment, square
    )
    if settings.patches is None:
        return network
    return SlidingPatches(network, *settings.patches, settings.batch_size)
