# SPDX-License-Identifier: GPL-3.0-or-later
"""What every registered architecture must do, and the U-Net's own limits."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.training.onnx_graph import to_onnx
from coverloom.models import ARCHITECTURES
from coverloom.models.heads import in_units
from coverloom.models.unet import build as build_unet

NAMES = ("VV", "VH", "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11",
         "B12")  # fmt: skip
BANDS, CLASSES = len(NAMES), 19
BASELINE_MACS = 282_000  # multiply-adds a pixel of the plain encoder-decoder it replaces
PATCH = (48, 48)
NARROW = {"unet": 1.0, "unet_baseline": 1.0, "kbranch": 0.5}  # the others at an eighth
CASES = [(name, task) for name in ARCHITECTURES for task in ("pixel", "patch")
         if ARCHITECTURES.load(name).can(task)]  # fmt: skip


def make(name, task, classes=CLASSES):
    architecture = ARCHITECTURES.load(name)
    return architecture.make(NAMES, classes, task, PATCH, NARROW.get(name, 0.125))


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def case(request):
    return request.param


@pytest.fixture(scope="module")
def network(case):
    """A fresh network whose batch statistics are no longer 0 and 1."""
    keras.utils.set_random_seed(5)
    network = make(*case)
    rng = np.random.default_rng(5)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.6, 1.4, w.shape) for w in layer.get_weights()])
    return network


def forward(network, batch):
    """What it answers once it is trained; at once, for compiling takes longer than running."""
    return keras.ops.convert_to_numpy(network(batch, training=False))


def sizes(case):
    """Windows that the network takes."""
    return [(64, 64), (40, 88)] if ARCHITECTURES.load(case[0]).dynamic_space else [PATCH]


def windows(height, width, count=2):
    shape = (count, height, width, BANDS)
    return np.random.default_rng(height).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "bands", "classes", "every", "trainable"),
    [
        ("unet", 14, 19, 931_907, 929_923),
        ("unet_baseline", 14, 256, 947_136, 947_136),
        ("kbranch", 12, 19, 16_524_979, 16_523_251),
        ("kbranch", 12, 43, 16_528_075, 16_526_347),
        ("vgg16", 10, 19, 134_342_419, 134_342_419),
        ("vgg19", 10, 19, 139_652_115, 139_652_115),
        ("resnet50", 10, 19, None, 23_568_915),
        ("resnet101", 10, 19, None, 42_561_043),
        ("resnet152", 10, 19, None, 58_204_691),
    ],
)
def test_parameters_are_counted_exactly(name, bands, classes, every, trainable):
    network = ARCHITECTURES.load(name).build(bands, classes)
    assert sum(int(np.prod(w.shape)) for w in network.trainable_weights) == trainable
    assert every is None or network.count_params() == every


def test_forward_gives_a_logit_per_class(case, network):
    for size in sizes(case):
        logits = forward(network, windows(*size))
        space = size if case[1] == "pixel" else ()
        assert logits.shape == (2, *space, CLASSES) and logits.dtype == np.float32
        assert np.isfinite(logits).all()


def test_saved_and_reloaded_it_is_the_same(network, tmp_path):
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")  # safe mode: no code is run
    batch = windows(*PATCH)
    expected = forward(network, batch)
    assert np.abs(forward(again, batch) - expected).max() <= 1e-6 * np.abs(expected).max()


def run_onnx(network, batch):
    session = onnxruntime.InferenceSession(to_onnx(network).SerializeToString())
    (logits,) = session.run(None, {"input": batch.transpose(0, 3, 1, 2)})
    return np.moveaxis(logits, 1, -1)


def test_onnx_equals_keras(case, network):
    for size in sizes(case):
        batch = windows(*size, count=3)
        expected = forward(network, batch)
        difference = np.abs(run_onnx(network, batch) - expected).max()
        assert difference <= 1e-4 * max(1.0, np.abs(expected).max())


def test_onnx_has_only_plain_layers_and_dynamic_axes(case, network):
    graph = to_onnx(network).graph
    kinds = {node.op_type for node in graph.node}
    if case[1] == "pixel":
        assert kinds <= {"Conv", "Relu", "MaxPool", "Resize", "Concat"}
    assert "BatchNormalization" not in kinds and "Identity" not in kinds
    axes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
            for v in (graph.input[0], graph.output[0])]  # fmt: skip
    dynamic = ARCHITECTURES.load(case[0]).dynamic_space
    space = ["height", "width"] if dynamic else list(PATCH)
    assert axes[0] == ["batch", BANDS, *space]
    assert axes[1] == ["batch", CLASSES, *(space if case[1] == "pixel" else [])]


def test_mixed_precision_keeps_float32_logits(case):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        network = make(*case)
        logits = forward(network, windows(*PATCH))
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    assert logits.dtype == np.float32 and np.isfinite(logits).all()
    assert all(w.dtype == "float32" for w in network.trainable_weights)


@pytest.mark.parametrize(
    ("name", "task", "patch", "bands", "what"),
    [
        ("unet", "pixel", (120, 100), NAMES, "120 x 100 px"),
        ("kbranch", "patch", (64, 64), NAMES, "64 x 64 px"),
        ("kbranch", "patch", (120, 120), ("B02", "B05"), "no band of 60 m"),
        ("kbranch", "patch", (120, 120), (*NAMES, "DEM"), "no branch for band 'DEM'"),
        ("kbranch", "pixel", (120, 120), NAMES, "not per pixel"),
        ("resnet50", "patch", (16, 16), NAMES, "16 x 16 px"),
    ],
)
def test_what_cannot_be_built_is_refused_first(name, task, patch, bands, what):
    with pytest.raises(InvalidRequest, match=what):
        ARCHITECTURES.load(name).check(task, patch, bands)


def test_kbranch_sees_each_band_at_its_own_resolution():
    """Noise within a native px of a coarse band, whose mean stays, changes nothing."""
    network = make("kbranch", "patch")
    batch = windows(*PATCH)
    before = forward(network, batch)
    for band, side, felt in (("B01", 6, False), ("B05", 2, False), ("B02", 2, True)):
        noise = windows(*PATCH)[..., :1] * 3
        blocks = noise.reshape(2, 48 // side, side, 48 // side, side, 1)
        noise = (blocks - blocks.mean((2, 4), keepdims=True)).reshape(noise.shape)
        changed = batch.copy()
        changed[..., NAMES.index(band)] += noise[..., 0]
        difference = np.abs(forward(network, changed) - before).max()
        assert (difference > 1e-3) == felt


def test_other_layers_go_into_onnx_too():
    """What no architecture of ours uses, but a user's network may."""
    layers = keras.layers
    keras.utils.set_random_seed(1)
    inputs = keras.Input((33, 48, 5))
    x = layers.Conv2D(8, 3, 2, padding="same", activation="silu")(inputs)
    x = layers.BatchNormalization(scale=False)(x)  # behind an activation: not folded
    x = layers.Rescaling([0.5, 1, 2, 1, 1, 3, 1, 1], offset=0.25)(x)
    x = layers.LeakyReLU(0.2)(layers.Conv2D(8, 3, padding="same", dilation_rate=2, groups=2)(x))
    gate = layers.Activation("sigmoid")(layers.Conv2D(8, 1)(x))
    x = layers.Multiply()([x, gate])
    x = layers.AveragePooling2D(3, 2, padding="same")(layers.SpatialDropout2D(0.5)(x))
    x = layers.UpSampling2D(2, interpolation="bilinear")(layers.ReLU(max_value=6.0)(x))
    x = layers.Concatenate()([layers.GlobalMaxPooling2D()(x), layers.GlobalAveragePooling2D()(x)])
    x = layers.Dense(7, activation="relu")(x)
    network = keras.Model(inputs, layers.Softmax()(layers.Dense(4)(x)))
    batch = windows(33, 48)[..., :5]
    assert np.abs(run_onnx(network, batch) - forward(network, batch)).max() <= 1e-5


@pytest.mark.parametrize(("name", "rank"), [("unet", 4), ("resnet50", 2)])
def test_a_number_in_its_unit(name, rank):
    """One linear output, scaled by the target's mean and deviation, in Keras as in ONNX."""
    keras.utils.set_random_seed(2)
    plain = make(name, "pixel" if rank == 4 else "patch", classes=1)
    network = in_units(plain, 90.0, 35.0)
    batch = windows(*PATCH)
    scaled = forward(network, batch)
    assert scaled.ndim == rank and scaled.shape[-1] == 1
    assert np.abs(scaled - (forward(plain, batch) * 35.0 + 90.0)).max() <= 1e-3
    assert np.abs(run_onnx(network, batch) - scaled).max() <= 1e-4 * np.abs(scaled).max()


def test_a_layer_without_onnx_is_named():
    inputs = keras.Input((8, 8, 2))
    network = keras.Model(inputs, keras.layers.UnitNormalization(name="odd")(inputs))
    with pytest.raises(InvalidRequest, match="'odd' is a UnitNormalization"):
        to_onnx(network)


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
    before = forward(network, window)
    reach = 0
    for column in range(156, 164):
        changed = window.copy()
        changed[:, :, column] += 30
        difference = np.abs(forward(network, changed) - before).max((0, 1, 3))
        # Convolutions in transformed space round a little beyond their own reach.
        felt = np.flatnonzero(difference > 1e-5)
        reach = max(reach, column - felt[0], felt[-1] - column)
    assert expected - 2 <= reach <= expected
