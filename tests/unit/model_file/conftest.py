# SPDX-License-Identifier: GPL-3.0-or-later
"""Model files to read, and ONNX Runtime to compare with."""

from __future__ import annotations

import onnx
import onnxruntime
import pytest


@pytest.fixture
def stored(tmp_path):
    """Writes a parsed model as it is, without a card, and returns its path."""

    def store(proto, name="model.onnx"):
        path = tmp_path / name
        path.write_bytes(proto.SerializeToString())
        return path

    return store


@pytest.fixture
def runtime():
    """Runs a model file or parsed model on one input, with ONNX Runtime alone."""

    def run(model, array):
        source = model.SerializeToString() if isinstance(model, onnx.ModelProto) else str(model)
        session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: array})[0]

    return run
