"""What the doctor says of PRECISION fast, against both engines called by hand."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.inference import agreement
from coverloom.engine.inference.agreement import fast_agreement, plain_card
from coverloom.engine.inference.openvino_network import bfloat16_here
from coverloom.engine.runtime.trial import small_network
from coverloom.tests.data.make_models import linear_net, value_card_for


@pytest.mark.skipif(not bfloat16_here(), reason="no bfloat16 in this processor")
def test_figures():
    openvino = pytest.importorskip("openvino")
    said = fast_agreement(small_network(), plain_card(10, 19), seed=1)
    window = agreement._window(plain_card(10, 19), np.random.default_rng(1))
    session = onnxruntime.InferenceSession(small_network(), providers=["CPUExecutionProvider"])
    exact = session.run(None, {"input": window})[0]
    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(small_network()), "CPU", {"INFERENCE_PRECISION_HINT": "bf16"}
    )
    fast = compiled({0: window})[0]
    assert said["available"] and said["device"] == "OpenVINO CPU, bfloat16"
    same = (exact.argmax(axis=1) == fast.argmax(axis=1)).mean()
    assert said["same_class"] == pytest.approx(same, abs=2e-3)
    assert 0.9 < said["same_class"] <= 1
    assert 0 < said["largest_difference"] < 0.5 and said["speedup"] > 0


def test_a_model_that_gives_a_number_has_no_class_to_agree_in(monkeypatch):
    """On any machine: OpenVINO in float32 stands for its bfloat16."""
    pytest.importorskip("openvino")
    monkeypatch.setattr(agreement, "bfloat16_here", lambda: True)
    proto = linear_net([[1.0, 2.0, 3.0]], [5.0])
    said = fast_agreement(proto.SerializeToString(), value_card_for())
    assert "same_class" not in said and said["largest_difference"] < 0.1


def test_no_bfloat16(monkeypatch):
    monkeypatch.setattr(agreement, "bfloat16_here", lambda: False)
    assert fast_agreement(small_network(), plain_card(10, 19)) == {"available": False}
