# SPDX-License-Identifier: GPL-3.0-or-later
"""A model's graph without its weights: most of its memory, and not needed to reason about it."""

from __future__ import annotations

import onnx
from onnx import TensorProto

_SMALL = 1024  # bytes: scales, sizes and the like are read again


def structure_of(proto: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph, in which large constants have kept their type and shape alone.

    Args:
        proto: A model; it is left as it is. What it holds in attributes stays in it.
    """
    kept = onnx.ModelProto(ir_version=proto.ir_version)
    kept.opset_import.extend(proto.opset_import)
    kept.functions.extend(proto.functions)
    for name in ("node", "input", "output", "value_info"):
        getattr(kept.graph, name).extend(getattr(proto.graph, name))
    for tensor in proto.graph.initializer:
        small = tensor.ByteSize() <= _SMALL
        kept.graph.initializer.append(
            tensor
            if small
            else TensorProto(name=tensor.name, dims=tensor.dims, data_type=tensor.data_type)
        )
    return kept
