# SPDX-License-Identifier: GPL-3.0-or-later
"""The BigEarthNet v1 models: TensorFlow checkpoints of K-Branch CNN, ResNet and VGG, as graphs.

Names of the tensors and what is computed of them follow the makers' code (Sumbul et al. 2019,
doi:10.1109/IGARSS.2019.8900532; bigearthnet-models-tf, MIT) and TF-Slim, which it is built on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Tuple

import onnx

from ..contract.errors import UnreadableModel
from ..core.band import Band
from ..core.bigearthnet import STATISTICS
from .onnx_writer import Tensors
from .version1_graphs import (
    SIXTY_M,
    TEN_M,
    TWENTY_M,
    KBranch,
    SlimResNet,
    SlimVgg,
    Version1Writer,
)

SIDE_PX = 120
NOMENCLATURES = {19: "ben19_v1", 43: "ben43"}
_KBRANCH = "CNN_10m_branch"
_SCOPE = re.compile(r"(resnet_v1_(?:50|101|152)|vgg_(?:16|19))/")


@dataclass(frozen=True)
class Network:
    """One of the networks.

    Args:
        name: ``K-Branch CNN``, ``resnet_v1_50``, ``vgg_16``, …
        bands: The input channels, in order, with the archive's statistics.
        nomenclature: Of its classes.
        graph: (batch, bands, 120, 120) float32, normalised, to (batch, classes) logits.
    """

    name: str
    bands: Tuple[Band, ...]
    nomenclature: str
    graph: onnx.ModelProto


def network_of(tensors: Tensors) -> Network:
    """Write the network that the tensors' names tell.

    Raises:
        UnreadableModel: They are of none of these, one is missing, or has another shape.
    """
    scopes = sorted({found[1] for name in tensors if (found := _SCOPE.match(name))})
    writer: Version1Writer
    names: Tuple[str, ...] = (*TEN_M, *TWENTY_M)
    if any(name.startswith(f"{_KBRANCH}/") for name in tensors):
        title, names, writer = "K-Branch CNN", (*names, *SIXTY_M), KBranch(tensors)
    elif len(scopes) == 1:
        title = scopes[0]
        writer = (SlimResNet if "resnet" in title else SlimVgg)(tensors, title)
    else:
        raise UnreadableModel(
            f"The checkpoint is of no BigEarthNet v1 model; its first tensor is "
            f"{min(tensors, default='none')}.",
            "Give K-Branch CNN, ResNet50, 101, 152, VGG16 or VGG19 of bigearth.net.",
        )
    logits, classes = writer.network()
    if classes not in NOMENCLATURES:
        raise UnreadableModel(
            f"The checkpoint's network has {classes} outputs.", "Those with 19 or 43 are known."
        )
    bands = tuple(
        Band(name, "DN", mean=STATISTICS[1][name][0], std=STATISTICS[1][name][1]) for name in names
    )
    try:
        graph = writer.finish(title.replace(" ", "_"), logits, len(bands), SIDE_PX, classes)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise UnreadableModel(
            f"The checkpoint's tensors do not fit together as a {title}: "
            f"{' '.join(str(error).split())[:200]}.",
            "Models with Sentinel-1 bands, or trained otherwise, cannot be taken in.",
        ) from error
    return Network(title, bands, NOMENCLATURES[classes], graph)
