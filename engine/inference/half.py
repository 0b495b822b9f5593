# SPDX-License-Identifier: GPL-3.0-or-later
"""PRECISION fast on a GPU: a model's inner layers in float16, its input and output in float32."""

from __future__ import annotations

import onnx

# Probabilities close to 0, and sums over all classes, need what float16 lacks.
_STAY = ("Softmax", "LogSoftmax", "Sigmoid", "Resize")


def in_half_precision(proto: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of a model that computes in float16; what goes in and comes out stays float32."""
    # ONNX Runtime's own converter; imported here, for a map on the CPU does not need it.
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    half: onnx.ModelProto = convert_float_to_float16(
        copy, keep_io_types=True, op_block_list=[*DEFAULT_OP_BLOCK_LIST, *_STAY]
    )
    return half
