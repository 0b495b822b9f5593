# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a float32 graph into float16 or int8, or into another version of ONNX's operators."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16

from ..contract.errors import InvalidRequest

_MAIN = ("", "ai.onnx")


def with_opset(proto: onnx.ModelProto, opset: int) -> onnx.ModelProto:
    """The same graph in another version of ONNX's operators.

    Raises:
        InvalidRequest: An operator cannot be written in that version.
    """
    current = max(o.version for o in proto.opset_import if o.domain in _MAIN)
    if opset in (0, current):
        return proto
    try:
        converted = onnx.version_converter.convert_version(proto, opset)
        onnx.checker.check_model(converted)
    except Exception as error:  # the converter and the checker share no class of errors
        raise InvalidRequest(
            f"OPSET is {opset}, and the network's opset {current} cannot be written in it: "
            f"{_reason(error)}.",
            f"Leave OPSET at 0 for {current}, or give a newer one.",
        ) from error
    converted.ir_version = max(
        proto.ir_version, onnx.helper.find_min_ir_version_for(list(converted.opset_import))
    )
    return converted


def to_float16(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Weights and what flows between layers in float16; input and output stay float32."""
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one for each weight below the smallest float16
        return convert_float_to_float16(copy, keep_io_types=True)


def to_int8(
    proto: onnx.ModelProto, windows: Iterable[NDArray[np.float32]], layout: str = "NCHW"
) -> onnx.ModelProto:
    """Weights and what flows between layers in 8 bits, but for the last layer (static, QDQ).

    Args:
        proto: The float32 graph.
        windows: (N, C, H, W) float32 network input that shows the range of each layer.
        layout: How the graph takes them.

    Raises:
        InvalidRequest: But for the last, no layer can be written so.
    """
    with tempfile.TemporaryDirectory(prefix="coverloom-") as folder:
        given, whole, reduced = (Path(folder, f"{name}.onnx") for name in ("in", "whole", "int8"))
        given.write_bytes(proto.SerializeToString())
        quant_pre_process(given, whole, skip_symbolic_shape=True)
        prepared = onnx.load(whole)
        for place, node in enumerate(prepared.graph.node):
            node.name = f"{node.op_type}_{place}"  # they are left out by name, and may have none
        onnx.save(prepared, whole)
        quantize_static(
            whole,
            reduced,
            _Windows(windows, prepared.graph.input[0].name, layout),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_last_layer(prepared),
        )
        changed = onnx.load(reduced)
    if not any(t.data_type == onnx.TensorProto.INT8 for t in changed.graph.initializer):
        raise InvalidRequest(
            "PRECISION is 'int8', but the network has no layer that can be.",
            "Export it in float32 or float16.",
        )
    return changed


def _last_layer(proto: onnx.ModelProto) -> List[str]:
    """Names of the nodes from the last layer with weights to the output."""
    makers = {name: node for node in proto.graph.node for name in node.output}
    found: List[str] = []
    node: Optional[onnx.NodeProto] = makers.get(proto.graph.output[0].name)
    while node is not None:
        found.append(node.name)
        if node.op_type in ("Conv", "Gemm", "MatMul"):
            break
        node = makers.get(node.input[0]) if node.input else None
    return found


class _Windows(CalibrationDataReader):  # type: ignore[misc]
    """Hands windows to the calibration, batch by batch."""

    def __init__(self, windows: Iterable[NDArray[np.float32]], name: str, layout: str) -> None:
        self._batches: Iterator[NDArray[np.float32]] = iter(windows)
        self._name, self._nhwc = name, layout == "NHWC"

    def get_next(self) -> Optional[Dict[str, Any]]:
        """The next batch; None after the last."""
        batch = next(self._batches, None)
        if batch is None:
            return None
        return {self._name: np.moveaxis(batch, 1, -1) if self._nhwc else batch}


def _reason(error: BaseException) -> str:
    """What is behind the place in the converter's own source that its errors begin with."""
    text = " ".join(str(error).split()).split("failed: ")[-1]
    return text[:200].rstrip(".") or repr(error)
