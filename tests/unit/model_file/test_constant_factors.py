# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as PyTorch exports them, which read shapes to know by how much to enlarge."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.inference.cropped_graph import crop_to_core
from coverloom.engine.inference.halo import halo_needed
from coverloom.engine.model_file.constant_factors import with_constant_factors
from coverloom.engine.model_file.measure import measured_card
from coverloom.tests.data.make_models import Net, card_for
from onnx import helper, numpy_helper

LINEAR = {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}
NEAREST = {
    "mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric",
}  # fmt: skip


def numbers(net, *values):
    return net.weight(np.array(values, np.int64))


def sides(net, x):
    """Height and width of a picture, read while the network runs."""
    shape = net.node("Shape", [x])
    return net.node("Slice", [shape, numbers(net, 2), numbers(net, 4), numbers(net, 0)])


def to_the_size_of(net, x, like, how):
    first = net.node("Slice", [net.node("Shape", [x]), *(numbers(net, n) for n in (0, 2, 0))])
    sizes = net.node("Concat", [first, sides(net, like)], axis=0)
    return net.node("Resize", [x, "", "", sizes], **how)


def padded(net, x, like):
    """By what it lacks of the size of another: nothing, as long as sides are even."""
    lacks = net.node("Sub", [sides(net, like), sides(net, x)])
    pads = net.node("Concat", [numbers(net, 0, 0, 0, 0, 0, 0), lacks], axis=0)
    return net.node("Pad", [x, pads])


def a_unet(how, pad=False, held=False):
    """One level; its enlargement is as large as the skip, or by a factor in a ``Constant``."""
    net = Net()
    skip = net.relu(net.conv("x", 3, 16))
    low = net.relu(net.conv(net.pool(skip), 16, 16))
    if held:
        scales = numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32))
        net.nodes.append(helper.make_node("Constant", [], ["held"], value=scales))
        high = net.node("Resize", [low, "", "held"], **how)
    else:
        high = to_the_size_of(net, low, skip, how)
    high = padded(net, high, skip) if pad else high
    both = net.node("Concat", [skip, high], axis=1)
    return net.model(net.conv(net.relu(net.conv(both, 32, 16)), 16, 4, 1), 3, 4)


def kinds(proto):
    return {node.op_type for node in proto.graph.node}


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("how", [LINEAR, NEAREST])
def test_what_is_worked_out_becomes_a_number(runtime, how, held, pad):
    proto = a_unet(how, pad, held)
    card = measured_card(proto, card_for())
    assert card.stride == 2
    made = with_constant_factors(proto, card)
    assert kinds(made) <= {"Conv", "Relu", "MaxPool", "Resize", "Concat", "Identity"}
    assert [len(t.dims) for t in made.graph.initializer].count(1) == 5  # biases, and one factor
    window = np.random.default_rng(1).standard_normal((2, 3, 38, 26)).astype(np.float32)
    np.testing.assert_array_equal(runtime(made, window), runtime(proto, window))
    # Only now is it known where the network looks, and can the halo be left out.
    assert halo_needed(proto.graph, 2) is None
    assert halo_needed(made.graph, 2) <= card.receptive_field // 2
    assert crop_to_core(made, card) is not None


@pytest.mark.parametrize("target", [(24, 24), (48, 80)])
def test_sizes_that_no_factor_makes_stay(target):
    """Here to fixed sizes, the second of which is the first window's own."""
    net = Net()
    small = net.node("Resize", ["x", "", "", numbers(net, 1, 3, *target)], **NEAREST)
    y = to_the_size_of(net, net.conv(small, 3, 4), "x", NEAREST)
    proto = net.model(y, 3, 4, batch=1)
    made = with_constant_factors(proto, card_for(dynamic_batch=False))
    assert [n.op_type for n in made.graph.node].count("Resize") == 2
    assert {"Shape", "Slice"} <= kinds(made)


def test_padding_that_there_is_stays(runtime):
    net = Net()
    wider = net.node("Pad", ["x", numbers(net, 0, 0, 1, 1, 0, 0, 1, 1)], mode="reflect")
    proto = net.model(net.conv(wider, 3, 4, pads=[0] * 4), 3, 4)
    made = with_constant_factors(proto, card_for())
    assert "Pad" in kinds(made)
    window = np.random.default_rng(1).standard_normal((1, 3, 20, 30)).astype(np.float32)
    np.testing.assert_array_equal(runtime(made, window), runtime(proto, window))


def test_weights_with_a_second_name_are_weights(runtime):
    """As PyTorch's exporter gives them to layers whose weights are equal."""
    net = Net()
    scale = net.weight(np.full((4, 1, 1), 2.0, np.float32), "scale")
    net.nodes.append(helper.make_node("Identity", [scale], ["second"]))
    proto = net.model(net.node("Mul", [net.conv("x", 3, 4), "second"]), 3, 4)
    made = with_constant_factors(proto, card_for())
    assert [n.op_type for n in made.graph.node] == ["Conv", "Mul", "Identity"]
    assert (halo_needed(proto.graph, 1), halo_needed(made.graph, 1)) == (1, 1)
    window = np.random.default_rng(1).standard_normal((1, 3, 20, 30)).astype(np.float32)
    np.testing.assert_array_equal(runtime(made, window), runtime(proto, window))


def test_a_model_of_fixed_windows_or_of_branches_is_left_as_it_is():
    proto = a_unet(NEAREST)
    fixed = card_for(dynamic_space=False, patch=(64, 64))
    assert with_constant_factors(proto, fixed) is proto
    net = Net()
    yes = helper.make_node("Identity", ["w0"], ["chosen"])
    graph = helper.make_graph([yes], "yes", [], [helper.make_tensor_value_info("chosen", 1, [4])])
    net.weight(np.zeros(4, np.float32))
    bias = net.node("If", [net.weight(np.array(True))], then_branch=graph, else_branch=graph)
    weight = net.weight(np.ones((4, 3, 1, 1), np.float32))
    branched = net.model(net.node("Conv", ["x", weight, bias]), 3, 4)
    assert with_constant_factors(branched, card_for()) is branched
