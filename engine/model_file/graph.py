# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ONNX graph takes in and gives out, and whether a card says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

import numpy as np
import onnx

from ..contract.errors import CardMismatch, UnreadableModel
from ..core.card import ModelCard

# ONNX Runtime guarantees nothing below; above its newest, it refuses to load.
OLDEST_OPSET = 7
Axes = Tuple[Optional[int], ...]


@dataclass(frozen=True)
class Tensor:
    """An input or output.

    Args:
        name: Its name in the graph.
        dtype: Its NumPy type.
        shape: Its axes; None for an axis of any length. Empty if the graph does not say.
    """

    name: str
    dtype: np.dtype[Any]
    shape: Axes


@dataclass(frozen=True)
class Graph:
    """The single input and the outputs of a model.

    Args:
        input: The windows that go in.
        outputs: What comes out; the first is the scores.
        opset: Version of ONNX's own operators.
    """

    input: Tensor
    outputs: Tuple[Tensor, ...]
    opset: int

    @property
    def output(self) -> Tensor:
        """The scores."""
        return self.outputs[0]


def read_graph(proto: onnx.ModelProto) -> Graph:
    """Read a model's input, outputs and opset.

    Raises:
        UnreadableModel: It has several inputs, an opset too old, or sequences instead of arrays.
    """
    weights = {tensor.name for tensor in proto.graph.initializer}
    inputs = [value for value in proto.graph.input if value.name not in weights]
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs) or "none"
        raise UnreadableModel(
            f"The model has {len(inputs)} inputs ({names}).",
            "Coverloom runs models with one; join them in the network before exporting it.",
        )
    opset = max((o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")), default=0)
    if 0 < opset < OLDEST_OPSET:
        raise UnreadableModel(
            f"The model is of ONNX opset {opset}; ONNX Runtime takes {OLDEST_OPSET} and newer.",
            "Export it again with a newer opset.",
        )
    return Graph(_tensor(inputs[0]), tuple(map(_tensor, proto.graph.output)), opset)


def _tensor(value: onnx.ValueInfoProto) -> Tensor:
    if value.type.WhichOneof("value") != "tensor_type":
        raise UnreadableModel(
            f"The model's {value.name} is no array.", "Export it with arrays in and out."
        )
    kind = value.type.tensor_type
    dims = kind.shape.dim if kind.HasField("shape") else ()
    shape = tuple(d.dim_value if d.WhichOneof("value") == "dim_value" else None for d in dims)
    # Some exporters write 0 or -1 for an axis of any length.
    shape = tuple(None if size is not None and size < 1 else size for size in shape)
    return Tensor(value.name, onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type), shape)


def axes(layout: str, rank: int) -> Tuple[int, Tuple[int, ...]]:
    """Index of the channel axis and of the two axes of space (none for rank 2)."""
    if rank == 2:
        return 1, ()
    return (1, (2, 3)) if layout == "NCHW" else (3, (1, 2))


def check_card(card: ModelCard, graph: Graph) -> None:
    """Compare what a card says with what the graph says.

    Raises:
        CardMismatch: They contradict each other.
    """
    _check_input(card, graph.input)
    _check_space(card, graph.input.shape)
    _check_output(card, graph.output)


def _check_input(card: ModelCard, tensor: Tensor) -> None:
    if len(tensor.shape) != 4:
        raise CardMismatch(
            f"The model's input {tensor.name!r} has {len(tensor.shape)} axes, not 4.",
            "Export it with batch, channels, height and width.",
        )
    channel, _ = axes(card.layout, 4)
    _same_count("bands", len(card.bands), "input channels", tensor.shape[channel], card.layout)
    exact = all(band.factor == 1 and band.shift == 0 for band in card.bands)
    if tensor.dtype.kind in "iub" and not exact:
        raise CardMismatch(
            f"The model takes {tensor.dtype} numbers, but the card scales its bands.",
            "A model of whole numbers gets stored numbers: scale 1, offset 0, mean 0, std 1.",
        )


def _check_space(card: ModelCard, shape: Axes) -> None:
    fixed = tuple(shape[axis] for axis in axes(card.layout, 4)[1])
    if any(fixed):
        patch = f"{fixed[0] or 'any'} x {fixed[1] or 'any'} px"
        if card.dynamic_space:
            raise CardMismatch(
                f"The card says windows of any size, but the model is fixed to {patch}.",
                "Set dynamic_space to false and patch to that size.",
            )
        if card.patch is None or any(f and f != p for f, p in zip(fixed, card.patch)):
            raise CardMismatch(
                f"The card says patch {card.patch}, but the model is fixed to {patch}.",
                "Set patch to that size.",
            )
    if shape[0] is not None and shape[0] > 1:
        raise CardMismatch(
            f"The model takes exactly {shape[0]} windows at once.",
            "Export it for one window, or for any number.",
        )
    if shape[0] == 1 and card.dynamic_batch:
        raise CardMismatch(
            "The card says any number of windows at once, but the model takes 1.",
            "Set dynamic_batch to false.",
        )
    if card.patch and not card.dynamic_space and any(side % card.stride for side in card.patch):
        raise CardMismatch(
            f"The card's patch {card.patch} is no multiple of its stride {card.stride}.",
            "Correct one of the two.",
        )


def _check_output(card: ModelCard, tensor: Tensor) -> None:
    rank = 4 if card.task == "pixel" else 2
    if tensor.dtype.kind != "f":
        raise CardMismatch(
            f"The model gives {tensor.dtype} numbers, so class ids and no scores.",
            "Export it without its last ArgMax.",
        )
    if not tensor.shape:
        return
    if len(tensor.shape) != rank:
        raise CardMismatch(
            f"The card's task is {card.task!r}, which gives {rank} axes; "
            f"the model's output has {len(tensor.shape)}.",
            "Set task to 'pixel' for a score per pixel, 'patch' for one per window.",
        )
    channel, _ = axes(card.layout, rank)
    what = "classes" if card.target is None else "targets"
    _same_count(what, card.channels, "output channels", tensor.shape[channel], card.layout)


def _same_count(what: str, said: int, where: str, is_: Optional[int], layout: str) -> None:
    if is_ is not None and is_ != said:
        raise CardMismatch(
            f"The card names {said} {what}, but the model has {is_} {where} (layout {layout}).",
            f"Correct the {what} or the layout, and import the model again.",
        )
