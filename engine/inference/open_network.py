# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engine runs a model: DEVICE and PRECISION decide."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Optional

import numpy as np
import onnx
import onnxruntime

from ..contract.events import Emit, Message
from ..core.card import ModelCard
from .cropped_graph import CroppedGraph, crop_to_core
from .cropped_network import CroppedNetwork
from .device import CUDA, check_started, on_gpu, tensorrt_wanted, wanted_providers
from .fused_graph import can_fuse
from .fused_network import FusedNetwork
from .half import in_half_precision
from .network import Network, OnnxNetwork
from .openvino_network import OpenVinoNetwork, bfloat16_here
from .structure import structure_of

LOG = logging.getLogger("coverloom")
NO_BFLOAT16 = Message(
    "PRECISION is fast, but OpenVINO finds no bfloat16 (AMX or AVX512-BF16) in this processor; "
    "the map is computed exactly.", "warning",
)  # fmt: skip


def wants_one_shape(device: str, precision: str) -> bool:
    """Whether a run will go through OpenVINO or TensorRT, which compile for each window shape."""
    gpu = device != "cpu" and CUDA in onnxruntime.get_available_providers()
    return (gpu and tensorrt_wanted()) or (precision == "fast" and not gpu and bfloat16_here())


def open_network(
    path: Path,
    card: ModelCard,
    device: str,
    gpu_index: int,
    precision: str,
    emit: Emit,
) -> Network:
    """Load a model.

    Args:
        path: The model file.
        card: Its card, already checked against the graph.
        device: ``auto``, ``cpu`` or ``cuda``.
        gpu_index: Which GPU, for ``auto`` and ``cuda``.
        precision: ``exact``, or ``fast`` for half precision where the device has it.
        emit: Told if the device has none.

    Raises:
        DeviceUnavailable: ``cuda`` was asked for and does not work.
        UnreadableModel: The model cannot be loaded.
    """
    if precision == "exact":
        return OnnxNetwork(path, card, device, gpu_index)
    if device == "cuda" or (device == "auto" and CUDA in onnxruntime.get_available_providers()):
        half = in_half_precision(onnx.load(str(path))).SerializeToString()
        network = OnnxNetwork(half, card, device, gpu_index)
        if on_gpu(network.device):
            network.device = f"{network.device}, float16"
            return network
    if bfloat16_here():
        return OpenVinoNetwork(path, card, cropped=_cropped(path, card, as_it_is=True))
    emit(NO_BFLOAT16)
    return OnnxNetwork(path, card, "cpu", gpu_index)


def exact_on_cpu(device: str, precision: str) -> bool:
    """Whether a run will go through ONNX Runtime on the CPU, as asked for or for want of better."""
    gpu = device == "cuda" or (device == "auto" and CUDA in onnxruntime.get_available_providers())
    return not gpu and (precision == "exact" or not bfloat16_here())


def open_cropped(path: Path, card: ModelCard) -> Optional[CroppedNetwork]:
    """Load a model that gives the scores of cores alone; None where it cannot."""
    graph = _cropped(path, card)
    if graph is None:
        return None
    # What is not needed goes at once: the weights are in memory often enough while they are loaded.
    content, graph = graph.proto.SerializeToString(), graph.without_weights()
    try:
        return CroppedNetwork(graph, card, content)
    except Exception:  # as below
        LOG.info("%s runs as it is: it cannot be cropped.", path, exc_info=True)
        return None


def _cropped(path: Path, card: ModelCard, as_it_is: bool = False) -> Optional[CroppedGraph]:
    try:
        proto = onnx.load(str(path))
        if not as_it_is:
            proto = structure_of(proto)
        return crop_to_core(proto, card, str(path), as_it_is)
    except Exception:  # whatever is wrong with the model is told of the file as it is
        LOG.info("%s runs as it is: it cannot be cropped.", path, exc_info=True)
        return None


def open_fused(
    path: Path, card: ModelCard, device: str, gpu_index: int, precision: str, dtype: np.dtype[Any]
) -> Optional[FusedNetwork]:
    """Load a model fused with what stands before and behind it; None where no GPU would run it.

    Raises:
        DeviceUnavailable: ``cuda`` or TensorRT were asked for and do not work.
    """
    if device == "cpu" or CUDA not in onnxruntime.get_available_providers():
        return None
    proto = onnx.load(str(path))
    if not can_fuse(proto, card):
        return None
    if precision == "fast":
        proto = in_half_precision(proto)
    providers = wanted_providers(device, gpu_index)
    network = FusedNetwork(proto, card, dtype, providers, gpu_index, tensorrt_wanted())
    check_started(network.providers, device)
    return network if on_gpu(network.device) else None
