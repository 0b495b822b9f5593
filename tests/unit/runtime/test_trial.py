# SPDX-License-Identifier: GPL-3.0-or-later
"""The test inference, against SciPy and against broken models."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import MissingInput, UnreadableModel
from coverloom.engine.runtime.trial import CPU, small_network, try_providers
from onnx import numpy_helper
from scipy.signal import correlate


def test_the_small_network_computes_what_scipy_does():
    model = onnx.load_from_string(small_network())
    weights = [numpy_helper.to_array(item) for item in model.graph.initializer]
    x = np.random.default_rng(1).random((10, 9, 11), np.float32)
    expected = x
    for kernels in weights:
        layers = [
            correlate(np.pad(expected, ((0, 0), (1, 1), (1, 1))), k, "valid")[0] for k in kernels
        ]
        expected = np.maximum(np.stack(layers), 0)
    expected = np.exp(expected) / np.exp(expected).sum(axis=0)
    session = onnxruntime.InferenceSession(small_network(), providers=[CPU])
    np.testing.assert_allclose(session.run(None, {"input": x[None]})[0][0], expected, atol=1e-5)


def test_every_provider_of_this_build_is_tried_and_the_cpu_is_active():
    trials = try_providers(onnxruntime.SessionOptions)
    built_with = set(onnxruntime.get_available_providers()) - {"AzureExecutionProvider"}
    assert {trial.provider for trial in trials} == built_with
    cpu = trials[-1]
    assert (cpu.provider, cpu.active, cpu.reason) == (CPU, True, "")
    assert cpu.mpx_per_s > 0


def test_a_model_of_the_users_is_what_runs(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(small_network())
    assert try_providers(onnxruntime.SessionOptions, str(path))[-1].active


def test_a_broken_model_is_told(tmp_path):
    path = tmp_path / "cut.onnx"
    path.write_bytes(small_network()[:-200])
    with pytest.raises(UnreadableModel, match=r"cut\.onnx"):
        try_providers(onnxruntime.SessionOptions, str(path))
    with pytest.raises(MissingInput, match=r"none\.onnx"):
        try_providers(onnxruntime.SessionOptions, str(tmp_path / "none.onnx"))
