# SPDX-License-Identifier: GPL-3.0-or-later
"""What the BigEarthNet v1 models compute, layer by layer, from their tensors.

ResNets of TF-Slim halve the resolution in the last unit of a block. All bands come on the 10 m
grid, enlarged by nearest neighbour, which the mean over their own px undoes exactly; those of 20 m
are then enlarged as TensorFlow 1 did it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Dict, List, Mapping, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import UnreadableModel
from .onnx_writer import OnnxWriter, Tensors

TEN_M = ("B04", "B03", "B02", "B08")
TWENTY_M = ("B05", "B06", "B07", "B8A", "B11", "B12")
SIXTY_M = ("B01", "B09")
_BATCH_NORM = 1e-3  # epsilon of tf.layers.batch_normalization
_SLIM_NORM = 1e-5  # of slim's resnet_arg_scope
_BICUBIC = -0.75  # of tf.image.resize_bicubic, without half-pixel centres
Factors = Tuple[NDArray[np.float64], NDArray[np.float64]]


class Version1Writer(OnnxWriter, ABC):
    """What the networks share; kernels are (h, w, in, out) in TensorFlow."""

    @abstractmethod
    def network(self) -> Tuple[str, int]:
        """Everything, from the input to the logits, and how many there are."""

    def channels(self, first: int, count: int, scale: int) -> str:
        """Some of the input's channels, on their native grid."""
        ends = (np.array([value], np.int64) for value in (first, first + count, 1))
        names = [self.constant(f"{k}_{first}", v) for k, v in zip(("from", "to", "axis"), ends)]
        x = self.node("Slice", ["input", *names])
        if scale == 1:
            return x
        sides = {"kernel_shape": [scale, scale], "strides": [scale, scale]}
        return self.node("AveragePool", [x], **sides)

    def image(self, first: str) -> str:
        """The bands of 10 m and, enlarged, those of 20 m.

        Args:
            first: Name of the kernel that takes them.

        Raises:
            UnreadableModel: It takes other bands.
        """
        takes, bands = self.take(first).shape[2], len(TEN_M) + len(TWENTY_M)
        if takes != bands:
            raise UnreadableModel(
                f"The checkpoint's network takes {takes} channels, not {bands}.",
                "Models with Sentinel-1 bands, or trained otherwise, cannot be taken in.",
            )
        scales = self.constant("scales", np.array([1, 1, 2, 2], np.float32))
        coarse = self.channels(len(TEN_M), len(TWENTY_M), 2)
        enlarged = self.node(
            "Resize", [coarse, "", scales], mode="cubic", cubic_coeff_a=_BICUBIC,
            coordinate_transformation_mode="asymmetric",
        )  # fmt: skip
        return self.node("Concat", [self.channels(0, len(TEN_M), 1), enlarged], axis=1)

    def pool(self, x: str, side: int, after: int = 0) -> str:
        """Largest of a window, moved by two; ``after``: padding behind, as TensorFlow's SAME."""
        pads = [0, 0, after, after]
        return self.node("MaxPool", [x], kernel_shape=[side, side], strides=[2, 2], pads=pads)

    def factors(self, scope: str, epsilon: float) -> Factors:
        """Batch normalisation as (factor, shift)."""
        gamma, beta, mean, variance = (
            self.take(f"{scope}/{part}").astype(np.float64)
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + epsilon)
        return factor, beta - mean * factor


class KBranch(Version1Writer):
    """Three branches, one a resolution, fused by fully connected layers."""

    def network(self) -> Tuple[str, int]:
        """Everything, from the input to the logits, and how many there are."""
        counts: Tuple[int, ...] = (len(TEN_M), len(TWENTY_M), len(SIXTY_M))
        plans: Dict[int, Tuple[int, ...]] = {10: (0, 1), 20: (0,), 60: ()}  # pooled behind these
        parts: List[str] = []
        first = 0
        for (metres, pooled), count in zip(plans.items(), counts):
            x = self.channels(first, count, metres // 10)
            first += count
            scope = f"CNN_{metres}m_branch"
            for number in range(3):
                x = self._block(x, f"{scope}/conv_block_{number}")
                x = self.pool(x, 2) if number in pooled else x
            # TensorFlow flattens row by row with the channels innermost.
            x = self.node("Flatten", [self.node("Transpose", [x], perm=[0, 2, 3, 1])], axis=1)
            parts.append(self._dense(x, f"{scope}/fc_block_0"))
        x = self._dense(self.node("Concat", parts, axis=1), "feature_fusion/fc_block_0")
        kernel = self.take("classification/fc_layer/kernel")
        names = [
            self.constant("logits.kernel", kernel),
            self.constant("logits.bias", self.take("classification/fc_layer/bias")),
        ]
        return self.node("Gemm", [x, *names]), kernel.shape[1]

    def _block(self, x: str, scope: str) -> str:
        kernel = self.take(f"{scope}/conv_layer/kernel").transpose(3, 2, 0, 1)
        factor, shift = self.factors(f"{scope}/batch_norm", _BATCH_NORM)
        bias = self.take(f"{scope}/conv_layer/bias") * factor + shift
        side = kernel.shape[2]
        before, after = (side - 1) // 2, side // 2  # SAME: what is odd of it goes behind
        pads = [before, before, after, after]
        scaled = kernel * factor[:, None, None, None]
        return self.relu(self.convolution(x, scope, scaled, bias, 1, pads))

    def _dense(self, x: str, scope: str) -> str:
        kernel = self.take(f"{scope}/fc_layer/kernel")
        factor, shift = self.factors(f"{scope}/batch_norm", _BATCH_NORM)
        bias = self.take(f"{scope}/fc_layer/bias") * factor + shift
        names = [
            self.constant(f"{scope}.kernel", (kernel * factor).astype(np.float32)),
            self.constant(f"{scope}.bias", bias.astype(np.float32)),
        ]
        return self.relu(self.node("Gemm", [x, *names]))


class SlimResNet(Version1Writer):
    """ResNet v1 of TF-Slim."""

    def __init__(self, tensors: Tensors, scope: str) -> None:
        super().__init__(tensors)
        self._scope = scope

    def network(self) -> Tuple[str, int]:
        """Everything, from the input to the logits, and how many there are."""
        x = self._normed(self.image(f"{self._scope}/conv1/weights"), f"{self._scope}/conv1", 2)
        x = self.pool(self.relu(x), 3, after=1)
        units = _units(self.tensors, self._scope)
        for block, count in units.items():
            for unit in range(1, count + 1):
                stride = 2 if unit == count and block < max(units) else 1
                x = self._unit(x, f"{self._scope}/block{block}/unit_{unit}/bottleneck_v1", stride)
        x = self.node("GlobalAveragePool", [x])
        return _scores(self, x, f"{self._scope}/logits")

    def _unit(self, x: str, scope: str, stride: int) -> str:
        shortcut = x
        if f"{scope}/shortcut/weights" in self.tensors:
            shortcut = self._normed(x, f"{scope}/shortcut", stride)
        elif stride > 1:
            shortcut = self.pool(x, 1)
        y = self.relu(self._normed(x, f"{scope}/conv1"))
        y = self.relu(self._normed(y, f"{scope}/conv2", stride))
        return self.relu(self.node("Add", [shortcut, self._normed(y, f"{scope}/conv3")]))

    def _normed(self, x: str, scope: str, stride: int = 1) -> str:
        kernel = self.take(f"{scope}/weights").transpose(3, 2, 0, 1)
        factor, shift = self.factors(f"{scope}/BatchNorm", _SLIM_NORM)
        return self.convolution(x, scope, kernel * factor[:, None, None, None], shift, stride)


class SlimVgg(Version1Writer):
    """VGG of TF-Slim with a padded fc6 and the mean over space in front of the classes."""

    def __init__(self, tensors: Tensors, scope: str) -> None:
        super().__init__(tensors)
        self._scope = scope

    def network(self) -> Tuple[str, int]:
        """Everything, from the input to the logits, and how many there are."""
        x = self.image(f"{self._scope}/conv1/conv1_1/weights")
        for block in range(1, 6):
            number = 1
            while f"{self._scope}/conv{block}/conv{block}_{number}/weights" in self.tensors:
                x = self._layer(x, f"conv{block}/conv{block}_{number}")
                number += 1
            x = self.pool(x, 2)
        x = self._layer(self._layer(x, "fc6"), "fc7")
        return _scores(self, self.node("GlobalAveragePool", [x]), f"{self._scope}/fc8")

    def _layer(self, x: str, name: str) -> str:
        kernel = self.take(f"{self._scope}/{name}/weights").transpose(3, 2, 0, 1)
        bias = self.take(f"{self._scope}/{name}/biases")
        return self.relu(self.convolution(x, name, kernel, bias))


def _units(tensors: Mapping[str, object], scope: str) -> Dict[int, int]:
    """Block to its number of units."""
    counts: Dict[int, int] = {}
    for name in tensors:
        found = re.match(rf"{scope}/block(\d+)/unit_(\d+)/", name)
        if found:
            block = int(found[1])
            counts[block] = max(counts.get(block, 0), int(found[2]))
    return dict(sorted(counts.items()))


def _scores(writer: Version1Writer, x: str, scope: str) -> Tuple[str, int]:
    """A 1 x 1 convolution on (N, C, 1, 1), as (N, K), and K."""
    kernel = writer.take(f"{scope}/weights").transpose(3, 2, 0, 1)
    x = writer.convolution(x, scope, kernel, writer.take(f"{scope}/biases"))
    return writer.node("Flatten", [x], axis=1), len(kernel)
