# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes any backbone of timm as an ONNX graph, by torch; both are an optional tier."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np
import onnx
from numpy.typing import NDArray

from ..contract.errors import MissingPackage, UnreadableModel

OPSET = 18
_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def timm_graph(
    name: str, tensors: Mapping[str, NDArray[Any]], channels: int, classes: int, side: int
) -> onnx.ModelProto:
    """Build a backbone, load its tensors, and write it.

    Args:
        name: timm's name of it.
        tensors: Its state, whole.
        channels: Input channels.
        classes: Outputs.
        side: Of its windows, px.

    Returns:
        (batch, channels, side, side) float32 to (batch, classes) float32 logits.

    Raises:
        MissingPackage: torch, timm or onnxscript is not installed.
        UnreadableModel: timm has no such backbone, or the tensors are another's.
    """
    torch, timm = _imported()
    model = _built(timm, name, {"in_chans": channels, "num_classes": classes, "img_size": side})
    state = {key: torch.from_numpy(np.array(value)) for key, value in tensors.items()}
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise UnreadableModel(
            f"The weights are not {name}'s: {' '.join(str(error).split())[:300]}.",
            "Check config.json.",
        ) from error
    window = torch.zeros(2, channels, side, side)
    program = torch.onnx.export(
        model.eval(), (window,), dynamo=True, dynamic_shapes=({0: torch.export.Dim("batch")},),
        input_names=["input"], output_names=["logits"], opset_version=OPSET, verbose=False,
    )  # fmt: skip
    proto: onnx.ModelProto = onnx.ModelProto.FromString(program.model_proto.SerializeToString())
    return proto


def _imported() -> Any:
    """(torch, timm)."""
    try:
        import onnxscript  # noqa: F401 - torch's exporter needs it, and says so only when it runs
        import torch

        _declare_operators(torch)
        import timm
    except (ImportError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise MissingPackage(
            f"This backbone needs torch, timm and onnxscript, which cannot be imported: {reason}.",
            "Run 'Set up the runtime' with the tier import; a ResNet does not need it.",
        ) from error
    return torch, timm


def _declare_operators(torch: Any) -> None:
    """Let torchvision be imported although its compiled part does not fit a torch for the CPU.

    timm imports it, and uses only what is written in Python. Where the compiled part fits, it
    defines its operators when it is loaded, so it is tried first.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        import sys

        for module in [m for m in sys.modules if m.split(".")[0] == "torchvision"]:
            del sys.modules[module]
        for schema in _OPERATORS:
            place = schema.index("(")
            torch.library.define(f"torchvision::{schema[:place]}", schema[place:])


def _built(timm: Any, name: str, options: Dict[str, Any]) -> Any:
    """The backbone; those that take windows of any size take no ``img_size``."""
    if name not in timm.list_models():
        raise UnreadableModel(
            f"timm {timm.__version__} has no backbone {name!r}.", "Check config.json."
        )
    try:
        return timm.create_model(name, pretrained=False, **options)
    except TypeError:
        options = {key: value for key, value in options.items() if key != "img_size"}
        return timm.create_model(name, pretrained=False, **options)
