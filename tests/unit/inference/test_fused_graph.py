"""The graph for a GPU, run on the CPU: equal to normalising, inferring and the layers in NumPy."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import DeviceUnavailable
from coverloom.engine.core.window import Window
from coverloom.engine.inference.fused_graph import can_fuse, fuse
from coverloom.engine.inference.fused_network import FusedNetwork, StoredWindows
from coverloom.engine.inference.half import in_half_precision
from coverloom.engine.inference.prepare import Normaliser
from coverloom.engine.layers import LAYERS
from coverloom.engine.layers.activation import activation_of, probabilities_of
from coverloom.engine.layers.one_pass import masked_layers

from ..jobs.conftest import load

CPU = "CPUExecutionProvider"
NAMES = ("class", "maxprob", "entropy", "gap")


@pytest.fixture(scope="module")
def models():
    return load("make_models")


def stored(dtype, count=2, side=(24, 40), seed=0):
    rng = np.random.default_rng(seed)
    top = 120 if np.dtype(dtype).itemsize == 1 else 3000
    pixels = rng.integers(1, top, (count, 3, *side)).astype(dtype)
    pixels[:, 1, 4:9, 7:19] = 0  # nodata
    if np.dtype(dtype).kind == "f":
        pixels[0, 0, 20, 3] = np.nan
    return pixels


def both(proto, card, pixels):
    """(maps of the fused graph, maps of NumPy's layers, valid) for (N, C, H, W) stored numbers."""
    normaliser = Normaliser.of(card.bands, (0.0,) * len(card.bands), pixels.dtype)
    shape = pixels.shape[2:]
    network = FusedNetwork(proto, card, pixels.dtype, [CPU])
    prepared = [StoredWindows(normaliser)(p, None, shape) for p in pixels]
    fused = network.scores(np.stack([window for window, _ in prepared]))
    assert fused.shape == (len(pixels), 4, *shape) and fused.dtype == np.float32
    x = np.stack([normaliser(p, None, shape)[0] for p in pixels])
    x = x if card.layout == "NCHW" else np.moveaxis(x, 1, -1)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=[CPU])
    given = session.get_inputs()[0]
    kind = np.float16 if "float16" in given.type else np.float32
    scores = session.run(None, {given.name: np.ascontiguousarray(x, kind)})[0].astype("f4")
    scores = scores if card.layout == "NCHW" else np.moveaxis(scores, -1, 1)
    activation = activation_of(card.output, card.activation)
    p = [probabilities_of(np.ascontiguousarray(s), activation) for s in scores]
    expected = {n: np.stack([LAYERS.load(n)()(each) for each in p]) for n in NAMES}
    return fused, expected, np.stack([valid for _, valid in prepared]) == 1


def assert_same(fused, expected, valid, atol=3e-6):
    for name, got in zip(NAMES[1:], np.moveaxis(fused, 1, 0)[1:]):
        np.testing.assert_allclose(got[valid], expected[name][valid], atol=atol, err_msg=name)
    decided = valid & (expected["gap"] > 1e-5)
    np.testing.assert_array_equal(fused[:, 0][decided], expected["class"][decided])


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("activation, output", [
    ("softmax", "logits"), ("sigmoid", "logits"),
    ("softmax", "probabilities"), ("sigmoid", "probabilities"),
])  # fmt: skip
def test_activations_and_layouts(models, layout, activation, output):
    inside = activation if output == "probabilities" else ""
    # Softmax inside an NHWC graph still runs over the channels: the model is NCHW within.
    proto = models.unet(activation=inside, layout=layout)
    card = models.card_for(layout=layout, activation=activation, output=output, stride=4)
    assert can_fuse(proto, card)
    onnx.checker.check_model(fuse(proto, card, np.dtype("uint16")))
    assert_same(*both(proto, card, stored("uint16")))


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
def test_types_of_stored_numbers(models, dtype):
    assert_same(*both(models.unet(seed=2), models.card_for(), stored(dtype)))


@pytest.mark.parametrize("opset", [13, 15, 17, 18, 20])
def test_opsets(models, opset):
    assert_same(*both(models.pixel_net(opset=opset), models.card_for(), stored("int16")))


@pytest.mark.parametrize("classes", [1, 2, 19, 256])
def test_numbers_of_classes(models, classes):
    card = models.card_for(classes=[f"c{i}" for i in range(classes)])
    assert_same(*both(models.pixel_net(classes=classes), card, stored("uint16", side=(16, 16))))


def test_a_model_in_half_precision(models):
    proto, card = in_half_precision(models.unet(width=16)), models.card_for()
    assert_same(*both(proto, card, stored("uint16")), atol=2e-3)
    whole = models.unet(dtype=onnx.TensorProto.FLOAT16)
    assert_same(*both(whole, card, stored("uint16")), atol=2e-3)


def test_what_cannot_be_fused(models):
    assert not can_fuse(models.patch_net(), models.card_for(task="patch", patch=(16, 16)))
    assert not can_fuse(models.pixel_net(opset=11), models.card_for())


def test_nan_and_nodata(models):
    proto = models.linear_net(np.eye(3, dtype="float32"), bias=[0, np.nan, 0])
    card = models.card_for(classes=("a", "b", "c"))
    fused, _, valid = both(proto, card, stored("uint16"))
    maps, broken = masked_layers(fused[0], Window(0, 0, 40, 24), valid[0].astype("u1"), 3)
    assert broken == valid[0].sum()
    for values, nodata in zip(maps, (255, -1, -1, -1)):
        assert (values[~valid[0]] == nodata).all()
    assert [m.dtype for m in maps] == [np.uint8, *[np.float32] * 3]


class TestOutOfMemory:
    """The batch is halved until it fits, and stays halved."""

    @pytest.fixture
    def network(self, models):
        return FusedNetwork(models.pixel_net(), models.card_for(), np.dtype("uint16"), [CPU])

    def limited(
        self, network, monkeypatch, most, text="Failed to allocate memory for requested buffer"
    ):
        sizes, run = [], network._run

        def at_most(lane, windows):
            sizes.append(len(windows))
            if len(windows) > most:
                raise RuntimeError(text)
            return run(lane, windows)

        monkeypatch.setattr(network, "_run", at_most)
        return sizes

    def windows(self, count):
        return np.concatenate([stored("uint16", count), np.ones((count, 1, 24, 40), "u2")], axis=1)

    def test_halved(self, network, monkeypatch):
        windows = self.windows(7)
        whole = network.scores(windows)
        sizes = self.limited(network, monkeypatch, 2)
        np.testing.assert_allclose(network.scores(windows), whole, atol=1e-6)
        assert sizes == [7, 3, 1, 1, 1, 1, 1, 1, 1]
        sizes.clear()
        network.scores(windows)
        assert max(sizes) == 1, "what did not fit is not tried again"

    def test_one_window_too_many(self, network, monkeypatch):
        self.limited(network, monkeypatch, 0)
        with pytest.raises(DeviceUnavailable, match="1 windows of"):
            network.scores(self.windows(4))

    def test_other_errors_are_no_matter_of_size(self, network, monkeypatch):
        sizes = self.limited(network, monkeypatch, 2, "the device was lost")
        with pytest.raises(DeviceUnavailable, match="device was lost"):
            network.scores(self.windows(4))
        assert sizes == [4]


def test_results_stay_when_the_memory_is_used_again(models):
    network = FusedNetwork(models.pixel_net(), models.card_for(), np.dtype("uint16"), [CPU])
    one = np.concatenate([stored("uint16", 1, seed=1), np.ones((1, 1, 24, 40), "u2")], axis=1)
    first = network.scores(one)
    kept = first.copy()
    network.scores(np.roll(one, 5, axis=3))
    np.testing.assert_array_equal(first, kept)
