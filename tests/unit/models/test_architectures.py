# SPDX-License-Identifier: GPL-3.0-or-later
"""What every registered architecture must do, and the U-Net's own limits."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import onnxruntime
import pytest
from coverloom.engine.training.onnx_graph import to_onnx
from coverloom.models import ARCHITECTURES
from coverloom.models.unet import build as build_unet

BANDS, CLASSES = 14, 19
BASELINE_MACS = 282_000  # multiply-adds a pixel of the plain encoder-decoder it replaces


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def architecture(request):
    return ARCHITECTURES.load(request.param)


@pytest.fixture(scope="module")
def network(architecture):
    """A fresh network whose batch statistics are no longer 0 and 1."""
    keras.utils.set_random_seed(5)
    network = architecture.build(BANDS, CLASSES)
    rng = np.random.default_rng(5)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.6, 1.4, w.shape) for w in layer.get_weights()])
    return network


def windows(height, width, count=2):
    shape = (count, height, width, BANDS)
    return np.random.default_rng(height).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("size", [(64, 64), (40, 88)])
def test_forward_gives_a_logit_per_class(architecture, network, size):
    logits = network.predict_on_batch(windows(*size))
    space = size if architecture.task == "pixel" else ()
    assert logits.shape == (2, *space, CLASSES) and logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_saved_and_reloaded_it_is_the_same(network, tmp_path):
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    batch = windows(48, 48)
    assert (again.predict_on_batch(batch) == network.predict_on_batch(batch)).all()


@pytest.mark.parametrize("size", [(64, 64), (40, 88)])
def test_onnx_equals_keras(network, size):
    proto = to_onnx(network)
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    batch = windows(*size, count=3)
    expected = network.predict_on_batch(batch)
    (logits,) = session.run(None, {"input": batch.transpose(0, 3, 1, 2)})
    difference = np.abs(logits.transpose(0, 2, 3, 1) - expected).max()
    assert difference <= 1e-4 * max(1.0, np.abs(expected).max())


def test_onnx_has_only_plain_layers_and_dynamic_axes(network):
    graph = to_onnx(network).graph
    kinds = {node.op_type for node in graph.node}
    assert kinds <= {"Conv", "Relu", "MaxPool", "Resize", "Concat"}
    axes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
            for v in (graph.input[0], graph.output[0])]  # fmt: skip
    assert axes == [["batch", BANDS, "height", "width"], ["batch", CLASSES, "height", "width"]]


def test_mixed_precision_keeps_float32_logits(architecture):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        logits = architecture.build(BANDS, CLASSES).predict_on_batch(windows(16, 16))
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    assert logits.dtype == np.float32 and np.isfinite(logits).all()


def multiply_adds(network):
    """Multiply-adds a pixel of a window, counted from the graph as ONNX Runtime will run it."""
    graph = to_onnx(network).graph
    kernels = {w.name: tuple(w.dims) for w in graph.initializer}
    scale, total = {graph.input[0].name: 1.0}, 0.0
    for node in graph.node:
        per_px = scale[node.input[0]]
        if node.op_type == "Conv":
            total += np.prod(kernels[node.input[1]]) * per_px
        factor = {"MaxPool": 1 / 4, "Resize": 4.0}.get(node.op_type, 1.0)
        scale[node.output[0]] = per_px * factor
    return total


def test_unet_is_as_light_as_promised():
    network = build_unet(BANDS, CLASSES)
    assert multiply_adds(network) == 64_804 <= BASELINE_MACS / 4
    assert 850_000 <= network.count_params() == 931_907 <= 947_136
    channels = {layer.filters for layer in network.layers if hasattr(layer, "filters")}
    assert all(count % 16 == 0 for count in channels - {CLASSES})


def test_unet_width_scales_all_levels():
    narrow, wide = (build_unet(3, 5, width=width).count_params() for width in (0.5, 1.5))
    assert narrow < build_unet(3, 5).count_params() / 2 < wide / 4


def reach_by_hand(x, poolings=3):
    """How far output ``x`` of the U-Net sees, from the layers' arithmetic alone."""
    low = high = x
    for _ in range(poolings):  # from the logits down: two 3x3 convolutions, then upsampling
        low, high = (low - 2) // 2, (high + 2) // 2
    low, high = low - 2, high + 2
    for _ in range(poolings):  # up the other side: pooling, then two 3x3 convolutions
        low, high = 2 * low - 2, 2 * high + 1 + 2
    return max(x - low, high - x)


def test_unet_sees_51_px_and_no_farther():
    network = build_unet(2, 3)
    expected = max(reach_by_hand(x) for x in range(800, 808))
    assert expected == 51
    window = windows(32, 320, count=1)[..., :2]
    before = network.predict_on_batch(window)
    reach = 0
    for column in range(156, 164):
        changed = window.copy()
        changed[:, :, column] += 30
        difference = np.abs(network.predict_on_batch(changed) - before).max((0, 1, 3))
        # Convolutions in transformed space round a little beyond their own reach.
        felt = np.flatnonzero(difference > 1e-5)
        reach = max(reach, column - felt[0], felt[-1] - column)
    assert expected - 2 <= reach <= expected
