# SPDX-License-Identifier: GPL-3.0-or-later
"""A model, loaded once and warm, as the network that a mapping run needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np

from ..contract.events import Emit, Message
from ..contract.jobs.map_settings import MapRequest, MapSettings
from ..core.card import ModelCard
from ..inference.augmented import ProbabilityNetwork
from ..inference.cropped_network import CroppedNetwork
from ..inference.fused_network import FusedNetwork, windows_for_gpu
from ..inference.network import Network
from ..inference.open_network import (
    NO_BFLOAT16,
    exact_on_cpu,
    open_cropped,
    open_fused,
    open_network,
)
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
    _fused: Dict[str, Optional[FusedNetwork]] = field(default_factory=dict)

    def network(self, request: MapSettings, emit: Emit) -> Network:
        """The network on the device asked for; later requests must ask for the same."""
        if self._network is None and exact_on_cpu(request.device, request.precision):
            self._network = open_cropped(self.file.path, self.card)
            if self._network is not None and request.precision == "fast":
                emit(NO_BFLOAT16)
        if self._network is None:
            self._network = open_network(
                self.file.path, self.card, request.device, request.gpu_index, request.precision,
                emit,
            )  # fmt: skip
        return self._network

    def cropped_bytes(
        self, request: MapSettings, emit: Emit
    ) -> Optional[Callable[[int, int], Optional[float]]]:
        """``CroppedNetwork.activation_bytes`` if its network is one, so that larger cores fit."""
        exact = exact_on_cpu(request.device, request.precision)
        network = self.network(request, emit) if exact else None
        return network.activation_bytes if isinstance(network, CroppedNetwork) else None

    def fused(self, request: MapRequest, dtype: np.dtype[Any]) -> Optional[FusedNetwork]:
        """The graph that gives the maps themselves, if they are all and a GPU computes them."""
        if self.card.task == "patch" or request.augment or request.probs or request.has_extra:
            return None
        if dtype.name not in self._fused:
            self._fused[dtype.name] = open_fused(
                self.file.path, self.card, request.device, request.gpu_index, request.precision,
                dtype,
            )  # fmt: skip
        return self._fused[dtype.name]


def load_model(path: str, emit: Emit) -> LoadedModel:
    """Read a model that can map a scene.

    Raises:
        CoverloomError: It is damaged, or has no usable card.
    """
    file = read_model(path)
    card = file.card
    if card.task == "pixel" and card.receptive_field is None and not card.unbounded:
        emit(Message("Measuring how far the model looks, which its card does not say."))
        card = measured_card(file.path, card)
    return LoadedModel(file, card)


def serve(
    model: LoadedModel,
    request: MapRequest,
    settings: ChunkSettings,
    dtype: np.dtype[Any],
    emit: Emit,
) -> Tuple[Network, ChunkSettings]:
    """The model's network, averaged over views if asked for, and slid if it is of patches.

    On a GPU it is the fused graph where that gives all that is wanted, and the settings get as many
    windows at once as its free memory holds.
    """
    fused = model.fused(request, dtype)
    if fused is not None:
        if settings.batch_size == 1 and not request.batch_size and model.card.dynamic_batch:
            windows = windows_for_gpu(settings.window_mb * 1e6, request.gpu_index)
            settings = replace(settings, batch_size=windows)
        return fused, settings
    card = model.card
    network = model.network(request, emit)
    if card.task == "pixel" and not request.augment:
        return network, settings
    activation = activation_of(card.output, card.activation)
    square = card.dynamic_space or card.patch is None or card.patch[0] == card.patch[1]
    network = ProbabilityNetwork(
        network, lambda scores: probabilities_of(scores, activation), request.augment, square
    )
    if settings.patches is not None:
        network = SlidingPatches(network, *settings.patches, settings.batch_size)
    return network, settings
