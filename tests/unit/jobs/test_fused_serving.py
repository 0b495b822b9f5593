# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole run through the path that serves a GPU, with the CPU as its device."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from coverloom.engine.contract.errors import DeviceUnavailable
from coverloom.engine.inference.fused_network import FusedNetwork
from coverloom.engine.jobs import serving

from .conftest import reflectances, write_raster

CPU = "CPUExecutionProvider"


@pytest.fixture
def scene(tmp_path, save, models):
    values = reflectances(200, 300)
    values[:, 64:128, 64:128] = 0
    model, _ = save(models.unet(depth=2, seed=3))
    return write_raster(tmp_path / "in.tif", values), model


@pytest.fixture
def fused(monkeypatch):
    """Serve every model fused; gives the networks that were made."""
    made = []

    def open_fused(path, card, device, gpu_index, precision, dtype, *more):
        made.append(FusedNetwork(onnx.load(str(path)), card, dtype, [CPU]))
        return made[-1]

    monkeypatch.setattr(serving, "open_fused", open_fused)
    return made


def same(one, other):
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_the_maps_are_those_of_a_cpu_run(scene, classify, monkeypatch, request):
    expected, _, _ = classify(*scene, name="plain", chunk_size=64)
    made = request.getfixturevalue("fused")
    maps, _, _ = classify(*scene, name="fused", chunk_size=64, batch_size=2)
    again, _, _ = classify(*scene, name="again", chunk_size=64, batch_size=2)
    assert len(made) == 2
    same(maps, again)
    decided = (expected["gap"] > 1e-5) | (expected["class"] == 255)
    np.testing.assert_array_equal(maps["class"][decided], expected["class"][decided])
    for name in ("maxprob", "entropy", "gap"):
        np.testing.assert_allclose(maps[name], expected[name], atol=1e-5, err_msg=name)


def test_a_run_cut_short_goes_on_to_the_same_maps(scene, classify, fused, monkeypatch):
    settings = {"chunk_size": 64, "batch_size": 2, "resume": True}
    expected, _, _ = classify(*scene, name="whole", **settings)
    run, calls = FusedNetwork._run, []

    def lost(network, lane, windows):
        calls.append(len(windows))
        if len(calls) > 4:
            raise RuntimeError("the device was lost")
        return run(network, lane, windows)

    with monkeypatch.context() as patch:
        patch.setattr(FusedNetwork, "_run", lost)
        with pytest.raises(DeviceUnavailable, match="device was lost"):
            classify(*scene, name="cut", **settings)
    maps, events, _ = classify(*scene, name="cut", **settings)
    assert any("Going on with" in getattr(event, "text", "") for event in events)
    same(maps, expected)
