# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a model of many weights: what is reasoned about has none, and little is kept twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import coverloom
import onnx
import pytest
from coverloom.engine.inference.cropped_graph import crop_to_core
from coverloom.engine.inference.halo import halo_of
from coverloom.engine.inference.memory import activation_bytes
from coverloom.engine.inference.structure import structure_of
from coverloom.engine.model_file import save_model
from coverloom.tests.data.make_models import Net, card_for, unet

WORKER = Path(coverloom.__file__).parent / "engine" / "__main__.py"
SCRIPT = """
import runpy, sys
from pathlib import Path
runpy.run_path(sys.argv[2])["register_package"]()
from coverloom.engine.inference.open_network import open_cropped
from coverloom.engine.inference.memory import give_back_memory, peak_memory_mb
from coverloom.engine.model_file import read_model
import psutil
model = read_model(Path(sys.argv[1]))
before = peak_memory_mb()
network = open_cropped(model.path, model.card)
peak = peak_memory_mb() - before
give_back_memory()
print(network is not None, peak, psutil.Process().memory_info().rss / 1e6 - before)
"""


def test_what_is_said_of_a_graph_is_the_same_without_weights():
    proto = unet(width=16)
    card = card_for(stride=4, receptive_field=27)
    light = structure_of(proto)
    assert light.ByteSize() < proto.ByteSize() / 3
    assert activation_bytes(light, card) == activation_bytes(proto, card) > 0
    assert halo_of(card, light.graph) == halo_of(card, proto.graph)
    assert onnx.load_from_string(light.SerializeToString()).opset_import == proto.opset_import


def test_a_graph_is_cropped_by_its_structure_and_its_file(tmp_path, runtime_of):
    proto = unet(width=16)
    (tmp_path / "unet.onnx").write_bytes(proto.SerializeToString())
    card = card_for(stride=4, receptive_field=27)
    cropped = crop_to_core(structure_of(proto), card, str(tmp_path / "unet.onnx"))
    assert runtime_of(cropped) == runtime_of(crop_to_core(proto, card))


@pytest.fixture
def runtime_of():
    """What ONNX Runtime would be given."""
    return lambda cropped: (
        [node.op_type for node in cropped.proto.graph.node],
        [(t.name, t.raw_data) for t in cropped.proto.graph.initializer],
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is Linux's")
def test_loading_takes_few_times_the_weights(tmp_path):
    """Seven times, before the structure was enough and what is not needed went at once."""
    net = Net()
    low = net.relu(net.conv(net.pool("x"), 3, 512))
    for _ in range(4):
        low = net.relu(net.conv(low, 512, 512))
    both = net.node("Concat", [net.relu(net.conv("x", 3, 16)), net.upsample(low)], axis=1)
    proto = net.model(net.conv(net.relu(net.conv(both, 528, 16)), 16, 4, 1), 3, 4)
    weights = proto.ByteSize() / 1e6
    assert weights > 35
    save_model(proto, card_for(stride=2, receptive_field=35), tmp_path / "large.onnx")
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "large.onnx"), str(WORKER)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    cropped, peak, kept = told.stdout.split()
    assert cropped == "True"
    assert float(peak) < 4 * weights
    assert float(kept) < 2 * weights
