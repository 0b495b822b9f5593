# SPDX-License-Identifier: GPL-3.0-or-later
"""Which network a run gets: what cannot be cropped runs as it is, so nothing else would show it."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.core.window import Window
from coverloom.engine.inference.cropped_network import CroppedNetwork
from coverloom.engine.inference.network import OnnxNetwork
from coverloom.engine.inference.openvino_network import OpenVinoNetwork, bfloat16_here
from coverloom.engine.inference.plan import Chunk
from coverloom.engine.jobs.serving import load_model


@pytest.fixture
def served(tmp_path):
    """``served(model, …)``: the network of a run on the CPU, and what its cores take."""

    def served(model, **fields):
        events = []
        request = ClassifyRaster(("x.tif",), model, class_map="c.tif", device="cpu", **fields)
        loaded = load_model(model, events.append)
        network = loaded.network(request, events.append)
        assert events == []
        assert network is loaded.network(request, events.append), "it was loaded twice"
        return network, loaded.cropped_bytes(request, events.append)

    return served


@pytest.mark.parametrize("name", ["unet", "unet_16"])
def test_a_decoder_is_cropped(save, models, served, name):
    proto = models.unet(depth=2, width=16) if name == "unet_16" else models.unet()
    network, bytes_of = served(save(proto)[0])
    assert isinstance(network, CroppedNetwork)
    assert bytes_of is not None


@pytest.mark.skipif(not bfloat16_here(), reason="no bfloat16 in this processor")
def test_so_it_is_in_half_precision(save, models, served):
    network, _ = served(
        save(models.unet(depth=2, width=16), receptive_field=41)[0], precision="fast"
    )
    assert isinstance(network, OpenVinoNetwork)
    chunk = Chunk(Window(232, 332, 72, 64), Window(200, 300, 136, 128), (128, 136))
    scores = network.scores(np.zeros((1, 3, 128, 136), np.float32), [chunk])
    assert scores.shape[2:] == (64, 72)


def test_a_model_of_windows_of_one_size_runs_as_it_is(save, models, served):
    proto = models.unet(depth=2)
    for axis, size in ((2, 64), (3, 64)):
        proto.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
        proto.graph.output[0].type.tensor_type.shape.dim[axis].dim_value = size
    network, bytes_of = served(save(proto, patch=(64, 64), dynamic_space=False)[0])
    assert type(network) is OnnxNetwork
    assert bytes_of is None
