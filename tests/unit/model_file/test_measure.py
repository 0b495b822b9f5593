# SPDX-License-Identifier: GPL-3.0-or-later
"""Stride, receptive field and activation as measured, against what is known by construction."""

from __future__ import annotations

import dataclasses

import numpy as np
import onnx
import pytest
from coverloom.engine.contract.errors import CardMismatch, UnreadableModel
from coverloom.engine.core.card import ModelCard
from coverloom.engine.model_file.measure import measured_card, receptive_field, stride
from coverloom.engine.model_file.trial import Trial, activation_of, check_scores
from coverloom.tests.data.make_models import (
    Net,
    card_for,
    global_net,
    linear_net,
    patch_net,
    pixel_net,
    unet,
)


@pytest.mark.parametrize(
    ("layers", "dilation", "field"),
    [((1,), 1, 1), ((3,), 1, 3), ((3, 5, 3), 1, 9), ((3, 3), 4, 17)],
)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_a_stack_of_convolutions(layers, dilation, field, layout):
    card = card_for(layout=layout)
    net = pixel_net(layers=layers, dilation=dilation, layout=layout)
    measured = measured_card(net, card)
    assert (measured.stride, measured.receptive_field) == (1, field)


def unet_reach(depth):
    """One 3x3 convolution a level on both ways, and what pooling adds at the worst offset."""
    return 2 * (2**depth - 1) + 2**depth + (2**depth - 1)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("activation", ["", "softmax"])
def test_a_unet(depth, activation):
    card = card_for(output="probabilities" if activation else "logits")
    measured = measured_card(unet(depth=depth, width=4, activation=activation), card)
    assert measured.stride == 2**depth
    assert measured.receptive_field == 2 * unet_reach(depth) + 1
    assert measured.dynamic_space and measured.dynamic_batch


def test_no_output_looks_farther_than_measured():
    """Brute force on a small U-Net: every output against every single input pixel."""
    net, size = unet(depth=1, width=3), 24
    field = receptive_field(net, card_for(stride=2))
    trial = Trial(net, card_for(stride=2))
    window = np.random.default_rng(5).standard_normal((1, 3, size, size)).astype("float32")
    before, farthest = trial.run(window), 0
    for row, col in np.ndindex(size, size):
        changed = window.copy()
        changed[:, :, row, col] += 50
        felt = np.argwhere((trial.run(changed) != before).any(axis=(0, 1)))
        farthest = max(farthest, np.abs(felt - (row, col)).max())
    assert farthest == field // 2


@pytest.mark.parametrize("size", [64, 48])
def test_a_model_of_fixed_windows(size):
    measured = measured_card(unet(size=size, batch=1), card_for())
    assert (measured.patch, measured.dynamic_space) == ((size, size), False)
    assert not measured.dynamic_batch
    assert (measured.stride, measured.receptive_field) == (4, 2 * unet_reach(2) + 1)


def test_a_model_that_sees_everything_has_no_bound():
    card = measured_card(global_net(), card_for())
    assert (card.receptive_field, card.unbounded) == (None, True)
    assert ModelCard.from_json(card.to_json()) == card
    assert "unbounded" not in measured_card(pixel_net(), card_for()).to_dict()


def corners_aligned():
    """Looks at little, but at what depends on how large the window is."""
    net = Net()
    low = net.relu(net.conv(net.pool(net.pool(net.conv("x", 3, 8))), 8, 8))
    scales = net.weight(np.array([1, 1, 4, 4], "float32"))
    corners = {"mode": "linear", "coordinate_transformation_mode": "align_corners"}
    high = net.node("Resize", [low, "", scales], **corners)
    return net.model(net.conv(high, 8, 4, kernel=1), 3, 4)


def test_where_a_window_begins_must_not_matter_to_be_bounded():
    card = measured_card(corners_aligned(), card_for())
    assert (card.stride, card.receptive_field, card.unbounded) == (4, None, True)


def test_a_reach_beyond_the_first_window_is_followed():
    assert measured_card(pixel_net(layers=(3, 3), dilation=170), card_for()).receptive_field == 681


def test_a_model_per_patch():
    card = card_for(task="patch", activation="sigmoid", output="probabilities")
    card = dataclasses.replace(card, patch=(16, 16), dynamic_space=False)
    measured = measured_card(patch_net(), card)
    assert (measured.receptive_field, measured.patch) == (None, (16, 16))


def test_whole_numbers_in():
    net = pixel_net(dtype=onnx.TensorProto.UINT16)
    raw = [dataclasses.replace(b, mean=0.0, std=1.0) for b in card_for().bands]
    assert measured_card(net, card_for(raw)).receptive_field == 3


@pytest.mark.parametrize("kind", ["softmax", "sigmoid", ""])
@pytest.mark.parametrize("said", [("softmax", "probabilities"), ("sigmoid", "probabilities"),
                                  ("softmax", "logits"), ("sigmoid", "logits")])  # fmt: skip
def test_the_card_and_the_activation(kind, said):
    """A card of probabilities needs them, one of logits must not have them yet."""
    net = pixel_net(activation=kind)
    card = card_for(activation=said[0], output=said[1])
    fits = {
        "softmax": said[1] == "probabilities",
        "sigmoid": said == ("sigmoid", "probabilities"),
        "": said[1] == "logits",
    }
    if fits[kind]:
        assert measured_card(net, card).output == said[1]
    else:
        with pytest.raises(CardMismatch, match="The card says") as caught:
            measured_card(net, card)
        assert caught.value.remedy


def test_what_numbers_tell_of_the_activation():
    logits = np.random.default_rng(0).standard_normal((2, 5, 3, 3))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert activation_of(logits) == ("softmax", "logits")
    assert activation_of(softmax.astype("float16")) == ("softmax", "probabilities")
    assert activation_of(1 / (1 + np.exp(-logits))) == ("sigmoid", "probabilities")


def test_nan_is_refused():
    scores = np.full((1, 4, 2, 2), np.nan, "float32")
    with pytest.raises(CardMismatch, match="NaN"):
        check_scores(scores, card_for())


def test_an_output_smaller_than_its_input():
    net = Net()
    proto = net.model(net.conv("x", 3, 4, pads=[0, 0, 0, 0]), 3, 4)
    with pytest.raises(UnreadableModel, match="none of the window sizes"):
        measured_card(proto, card_for())


@pytest.mark.parametrize(("opset", "version"), [(9999, None), (17, 99)])
def test_newer_than_this_onnx_runtime(opset, version):
    proto = linear_net(np.eye(3))
    proto.opset_import[0].version = opset
    proto.ir_version = version or proto.ir_version
    with pytest.raises(UnreadableModel, match=r"ONNX (opset 9999|IR version 99); ONNX Runtime"):
        stride(proto, card_for())


def test_an_operator_that_nobody_has():
    net = Net()
    proto = net.model(net.conv("x", 3, 4), 3, 4)
    proto.graph.node[0].op_type = "Convolve"
    with pytest.raises(UnreadableModel, match="cannot run the model"):
        measured_card(proto, card_for())
