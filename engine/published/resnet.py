# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes timm's ResNets as ONNX graphs from their tensors alone: torch is not needed.

He et al., Deep Residual Learning (CVPR 2016), in timm's form: 7x7 stem, stride in the 3x3 of a
bottleneck, projection shortcuts.
"""

from __future__ import annotations

import re
from typing import Dict

import numpy as np
import onnx

from ..contract.errors import UnreadableModel
from .onnx_writer import OnnxWriter, Tensors

NAMES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
_EPSILON = 1e-5  # of torch's batch normalisation


def resnet_graph(tensors: Tensors, channels: int, side: int) -> onnx.ModelProto:
    """Write the network.

    Args:
        tensors: Its state under timm's names.
        channels: Input channels.
        side: Of its windows, px.

    Returns:
        (batch, channels, side, side) float32 to (batch, K) float32 logits.

    Raises:
        UnreadableModel: A tensor is missing, left over, or of another shape.
    """
    writer = _Writer(tensors)
    logits = writer.network()
    left = set(tensors) - writer.used - {n for n in tensors if n.endswith("num_batches_tracked")}
    if left or writer.channels != channels:
        raise UnreadableModel(
            f"The weights are no ResNet's of {channels} channels: they have {writer.channels}, "
            f"and {len(left)} tensors are left over{f' ({min(left)})' if left else ''}.",
            "Check config.json.",
        )
    return writer.finish("resnet", logits, channels, side, len(tensors["fc.bias"]))


class _Writer(OnnxWriter):
    """The network's parts."""

    channels = 0

    def network(self) -> str:
        """Everything, from the input to the logits."""
        self.channels = int(self.take("conv1.weight").shape[1])
        x = self.relu(self._normed("input", "conv1", "bn1", 2))
        x = self.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        for stage, blocks in self._stages().items():
            for block in range(blocks):
                x = self._block(x, f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1)
        x = self.node("Flatten", [self.node("GlobalAveragePool", [x])], axis=1)
        weight, bias = (
            self.constant(name, self.take(name).astype(np.float32))
            for name in ("fc.weight", "fc.bias")
        )
        return self.node("Gemm", [x, weight, bias], transB=1)

    def _stages(self) -> Dict[int, int]:
        """Stage to its number of blocks."""
        counts: Dict[int, int] = {}
        for name in self.tensors:
            found = re.match(r"layer(\d+)\.(\d+)\.", name)
            if found:
                stage = int(found[1])
                counts[stage] = max(counts.get(stage, 0), int(found[2]) + 1)
        return dict(sorted(counts.items()))

    def _block(self, x: str, name: str, stride: int) -> str:
        bottleneck = f"{name}.conv3.weight" in self.tensors
        strides = (1, stride, 1) if bottleneck else (stride, 1)
        y = x
        for place, step in enumerate(strides, 1):
            y = self._normed(y, f"{name}.conv{place}", f"{name}.bn{place}", step)
            y = self.relu(y) if place < len(strides) else y
        if f"{name}.downsample.0.weight" in self.tensors:
            x = self._normed(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
        return self.relu(self.node("Add", [y, x]))

    def _normed(self, x: str, name: str, norm: str, stride: int) -> str:
        """A convolution with the batch normalisation behind it folded in."""
        kernel = self.take(f"{name}.weight").astype(np.float64)
        gamma, beta, mean, variance = (
            self.take(f"{norm}.{part}").astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gamma / np.sqrt(variance + _EPSILON)
        folded = kernel * factor[:, None, None, None]
        return self.convolution(x, name, folded, beta - mean * factor, stride)
