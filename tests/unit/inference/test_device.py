# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorRT only where it is asked for, and what does not fit into memory is halved everywhere."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import DeviceUnavailable
from coverloom.engine.inference import device as devices
from coverloom.engine.inference.device import CPU, CUDA, TENSORRT, check_started, wanted_providers
from coverloom.engine.inference.network import OnnxNetwork
from coverloom.engine.inference.open_network import wants_one_shape

from ..jobs.conftest import load


@pytest.fixture
def models():
    return load("make_models")


@pytest.fixture
def built_with(monkeypatch):
    """Let ONNX Runtime say that it was built with these."""

    def built_with(*names):
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [*names, CPU])
        monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)

    return built_with


class TestTensorRt:
    def names(self, device="auto"):
        return [p if isinstance(p, str) else p[0] for p in wanted_providers(device, 0)]

    def test_only_if_asked(self, built_with, monkeypatch):
        built_with(TENSORRT, CUDA)
        assert self.names() == [CUDA, CPU]
        monkeypatch.setenv(devices.TENSORRT_VARIABLE, "1")
        assert self.names() == self.names("cuda") == [TENSORRT, CUDA, CPU]
        assert self.names("cpu") == [CPU]
        assert wants_one_shape("auto", "exact") and not wants_one_shape("cpu", "exact")

    @pytest.mark.parametrize("device", ["auto", "cuda"])
    def test_refused_where_there_is_none(self, built_with, monkeypatch, device):
        monkeypatch.setenv(devices.TENSORRT_VARIABLE, "1")
        built_with(CUDA)
        with pytest.raises(DeviceUnavailable, match="COVERLOOM_TENSORRT is 1, but") as caught:
            wanted_providers(device, 0)
        assert "tensorrt package" in caught.value.remedy

    def test_refused_where_it_does_not_start(self, monkeypatch):
        check_started([CUDA, CPU], "cuda")
        check_started([CPU], "auto")
        monkeypatch.setenv(devices.TENSORRT_VARIABLE, "1")
        check_started([TENSORRT, CUDA, CPU], "cuda")
        check_started([CPU], "cpu")
        with pytest.raises(DeviceUnavailable, match="could not be started"):
            check_started([CUDA, CPU], "auto")

    def test_in_this_runtime(self, models, monkeypatch):
        """A real session: without TensorRT in it, asking for it is an error, not a slow map."""
        if TENSORRT in onnxruntime.get_available_providers():
            pytest.skip("This runtime has TensorRT.")
        monkeypatch.setenv(devices.TENSORRT_VARIABLE, "1")
        content = models.pixel_net().SerializeToString()
        with pytest.raises(DeviceUnavailable, match="built without it"):
            OnnxNetwork(content, models.card_for(), "auto")
        assert OnnxNetwork(content, models.card_for(), "cpu").device == CPU


class TestOutOfMemory:
    """Models of patches, eight views and further layers go through the plain network."""

    def limited(self, models, most):
        network = OnnxNetwork(models.patch_net().SerializeToString(), models.card_for(), "cpu")
        infer, sizes = network._infer, []

        def at_most(windows):
            sizes.append(len(windows))
            if len(windows) > most:
                raise RuntimeError("Failed to allocate memory for requested buffer of size 5")
            return infer(windows)

        network._infer = at_most
        return network, sizes

    def test_halved(self, models):
        windows = np.random.default_rng(0).random((6, 3, 16, 16), np.float32)
        whole = OnnxNetwork(models.patch_net().SerializeToString(), models.card_for()).scores(
            windows
        )
        network, sizes = self.limited(models, 2)
        np.testing.assert_allclose(network.scores(windows), whole, atol=1e-6)
        assert sizes == [6, 3, 1, 1, 1, 1, 1, 1]
        sizes.clear()
        network.scores(windows)
        assert max(sizes) == 1, "what did not fit is not tried again"

    def test_not_even_one(self, models):
        network, _ = self.limited(models, 0)
        with pytest.raises(DeviceUnavailable, match="1 windows of"):
            network.scores(np.zeros((4, 3, 16, 16), np.float32))
