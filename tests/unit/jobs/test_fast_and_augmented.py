"""PRECISION fast and AUGMENT against the exact network on whole arrays."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.core.window import Window
from coverloom.engine.inference.cropped_graph import crop_to_core
from coverloom.engine.inference.half import in_half_precision
from coverloom.engine.inference.openvino_network import OpenVinoNetwork, bfloat16_here
from coverloom.engine.inference.plan import Chunk
from scipy.special import expit, softmax

from .conftest import reflectances, write_raster

MAPS = ("maxprob", "entropy", "gap", "probs")


def normalised(values, card):
    pairs = zip(card.bands, values)
    scaled = [v.astype("f4") * np.float32(b.factor) + np.float32(b.shift) for b, v in pairs]
    return np.stack(scaled)[None]


def infer(model, x):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(x)})[0]


def over_all_views(model, x, activate):
    """Mean over the eight symmetries of the square, each written out."""
    views = [
        (lambda a: a, lambda a: a),
        (lambda a: a[..., ::-1], lambda a: a[..., ::-1]),
        (lambda a: a[..., ::-1, :], lambda a: a[..., ::-1, :]),
        (lambda a: a[..., ::-1, ::-1], lambda a: a[..., ::-1, ::-1]),
        (lambda a: a.swapaxes(2, 3), lambda a: a.swapaxes(2, 3)),
        (lambda a: a.swapaxes(2, 3)[..., ::-1], lambda a: a[..., ::-1].swapaxes(2, 3)),
        (lambda a: a.swapaxes(2, 3)[..., ::-1, :], lambda a: a[..., ::-1, :].swapaxes(2, 3)),
        (
            lambda a: a.swapaxes(2, 3)[..., ::-1, ::-1],
            lambda a: a[..., ::-1, ::-1].swapaxes(2, 3),
        ),
    ]
    found = []
    for turn, back in views:
        scores = activate(infer(model, turn(x)).astype("f8"))
        found.append(back(scores) if scores.ndim == 4 else scores)
    return np.mean(found, axis=0)


class TestAugment:
    @pytest.mark.parametrize("size", [(96, 128), (61, 83), (130, 40)])
    @pytest.mark.parametrize("chunk", [32, 48, 0])
    def test_equals_the_mean_over_the_whole_raster(
        self, tmp_path, save, models, classify, size, chunk
    ):
        """Chunks and strides must fit each other in every view, or the crops would be shifted."""
        model, card = save(models.unet(depth=2, seed=3))
        values = reflectances(*size)
        raster = write_raster(tmp_path / "in.tif", values)
        maps, _, _ = classify(raster, model, maps=MAPS, chunk_size=chunk, augment=True)
        padded = np.zeros((1, 3, *(-(-side // card.stride) * card.stride for side in size)), "f4")
        padded[..., : size[0], : size[1]] = normalised(values, card)
        mean = over_all_views(model, padded, lambda s: softmax(s, axis=1))
        expected = mean[0, :, : size[0], : size[1]]
        np.testing.assert_allclose(maps["probs"], expected, atol=3e-6)
        np.testing.assert_allclose(maps["maxprob"], expected.max(axis=0), atol=3e-6)
        plain, _, _ = classify(raster, model, "plain", maps=MAPS)
        assert np.abs(plain["probs"] - expected).max() > 1e-3, "the views must matter here"

    def test_patch_models(self, tmp_path, models, classify):
        from coverloom.engine.model_file import save_model

        card = models.card_for(
            task="patch", activation="sigmoid", patch=(16, 16), dynamic_space=False
        )
        path = tmp_path / "patches.onnx"
        save_model(models.patch_net(activation="", size=16), card, path)
        values = reflectances(16, 16)
        raster = write_raster(tmp_path / "in.tif", values)
        maps, _, _ = classify(raster, str(path), maps=MAPS, augment=True)
        expected = over_all_views(str(path), normalised(values, card), expit)[0]
        np.testing.assert_allclose(
            maps["probs"], np.broadcast_to(expected[:, None, None], (4, 16, 16)), atol=3e-6
        )

    def test_fixed_windows_that_are_no_squares_keep_their_size(
        self, tmp_path, save, models, classify
    ):
        proto = models.pixel_net(layers=(3, 3))
        for value in (proto.graph.input[0], proto.graph.output[0]):
            for dim, size in zip(value.type.tensor_type.shape.dim[2:], (32, 48)):
                dim.dim_value = size
        model, _ = save(proto, dynamic_space=False, patch=(32, 48))
        raster = write_raster(tmp_path / "in.tif", reflectances(50, 70))
        maps, _, _ = classify(raster, model, augment=True)
        assert (maps["class"] != 255).all()


needs_bfloat16 = pytest.mark.skipif(not bfloat16_here(), reason="no bfloat16 in this processor")


class TestFast:
    def test_openvino_in_float32_equals_onnx_runtime(self, tmp_path, save, models):
        """What surrounds the network (layout, shapes) is right; only its precision differs."""
        pytest.importorskip("openvino")
        for layout in ("NCHW", "NHWC"):
            model, card = save(models.unet(layout=layout), f"net_{layout}", layout=layout)
            network = OpenVinoNetwork(model, card, "f32")
            for shape in ((2, 3, 32, 48), (1, 3, 64, 64)):
                x = np.random.default_rng(0).normal(size=shape).astype("f4")
                fed = x if layout == "NCHW" else np.moveaxis(x, 1, -1)
                expected = infer(model, fed)
                expected = expected if layout == "NCHW" else np.moveaxis(expected, -1, 1)
                scores = network.scores(x)
                network.scores(x[..., ::-1].copy())  # the one before must stay
                np.testing.assert_allclose(scores, expected, atol=2e-5)

    @needs_bfloat16
    def test_fast_agrees_with_exact(self, tmp_path, save, models, classify):
        model, _ = save(models.unet(depth=2, width=16, seed=3))
        raster = write_raster(tmp_path / "in.tif", reflectances(200, 230))
        report = tmp_path / "report.json"
        exact, _, _ = classify(raster, model, "exact", maps=MAPS)
        fast, _, _ = classify(
            raster, model, "fast", maps=MAPS, precision="fast", chunk_size=64, report=str(report)
        )
        said = json.loads(report.read_text())
        assert said["device"] == "OpenVINO CPU, bfloat16" and said["request"]["precision"] == "fast"
        assert (fast["class"] == exact["class"]).mean() > 0.98
        sure = exact["gap"] > 0.1
        np.testing.assert_array_equal(fast["class"][sure], exact["class"][sure])
        assert np.abs(fast["probs"] - exact["probs"]).max() < 0.1
        assert (fast["probs"] != exact["probs"]).any(), "it was not computed in bfloat16"

    @needs_bfloat16
    def test_no_seams(self, tmp_path, save, models, classify):
        """Chunks do not show: windows have one size, moved inwards at the raster's edge."""
        model, _ = save(models.unet(depth=2, width=16, seed=3))
        raster = write_raster(tmp_path / "in.tif", reflectances(200, 230))
        how = {"maps": MAPS, "precision": "fast"}
        small, _, _ = classify(raster, model, "small", chunk_size=48, **how)
        large, _, _ = classify(raster, model, "large", chunk_size=256, **how)
        # bfloat16 keeps 8 bits; which way a sum is rounded may depend on the window's size.
        np.testing.assert_allclose(small["probs"], large["probs"], atol=0.02)
        assert (small["class"] == large["class"]).mean() > 0.998

    @needs_bfloat16
    def test_patch_models(self, tmp_path, models, classify):
        from coverloom.engine.model_file import save_model

        card = models.card_for(
            task="patch", activation="sigmoid", patch=(16, 16), dynamic_space=False
        )
        path = tmp_path / "patches.onnx"
        save_model(models.patch_net(activation="", size=16), card, path)
        raster = write_raster(tmp_path / "in.tif", reflectances(70, 90))
        exact, _, _ = classify(raster, str(path), "exact", maps=MAPS, chunk_size=32)
        fast, _, _ = classify(raster, str(path), "fast", maps=MAPS, chunk_size=32, precision="fast")
        np.testing.assert_allclose(fast["probs"], exact["probs"], atol=0.03)

    def test_where_there_is_no_bfloat16_it_is_exact_and_says_so(
        self, tmp_path, save, models, classify, monkeypatch
    ):
        from coverloom.engine.inference import open_network

        monkeypatch.setattr(open_network, "bfloat16_here", lambda: False)
        model, _ = save(models.unet(depth=2))
        raster = write_raster(tmp_path / "in.tif", reflectances(70, 90))
        exact, _, _ = classify(raster, model, "exact")
        fast, events, _ = classify(raster, model, "fast", precision="fast")
        for name in exact:
            np.testing.assert_array_equal(fast[name], exact[name])
        assert any("computed exactly" in getattr(e, "text", "") for e in events)

    def test_half_precision_for_a_gpu(self, models):
        """Its graph, on the CPU: float32 in and out, float16 between, nearly the same scores."""
        proto = models.unet(depth=2, width=16)
        half = in_half_precision(proto)
        kinds = {w.data_type for w in half.graph.initializer}
        assert onnx.TensorProto.FLOAT16 in kinds
        assert proto.graph.initializer[0].data_type == onnx.TensorProto.FLOAT, (
            "the original is left"
        )
        x = np.random.default_rng(0).normal(size=(1, 3, 64, 64)).astype("f4")
        exact, got = (infer(p.SerializeToString(), x) for p in (proto, half))
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, exact, atol=0.05)
        assert (got.argmax(axis=1) == exact.argmax(axis=1)).mean() > 0.98


@pytest.mark.parametrize("batch", [0, 3])
def test_the_fused_graph_gives_the_same_maps(tmp_path, save, models, classify, monkeypatch, batch):
    """As on a GPU, where it is used; here on the CPU, through the whole job."""
    from coverloom.engine.inference.fused_network import FusedNetwork
    from coverloom.engine.jobs import serving

    model, card = save(models.unet(depth=2, seed=3))
    values = reflectances(150, 170)
    values[:, 30:60, 20:90] = 0
    raster = write_raster(tmp_path / "in.tif", values)
    names = ("maxprob", "entropy", "gap")
    plain, _, _ = classify(raster, model, "plain", maps=names, chunk_size=64)
    made = []

    def on_the_cpu(path, card, device, gpu_index, precision, dtype):
        made.append(FusedNetwork(onnx.load(path), card, dtype, ["CPUExecutionProvider"]))
        return made[0]

    monkeypatch.setattr(serving, "open_fused", on_the_cpu)
    fused, _, _ = classify(raster, model, "fused", maps=names, chunk_size=64, batch_size=batch)
    assert made, "it was not used"
    for name in names:
        np.testing.assert_allclose(fused[name], plain[name], atol=3e-6)
    decided = plain["gap"] > 1e-5
    np.testing.assert_array_equal(fused["class"][decided], plain["class"][decided])
    np.testing.assert_array_equal(fused["class"] == 255, plain["class"] == 255)
    assert card.stride == 4

    def test_cropped_to_the_core_it_gives_what_it_gives_whole(self, save, models):
        pytest.importorskip("openvino")
        model, card = save(models.unet(depth=2, width=16, seed=3), "net", receptive_field=41)
        cropped = crop_to_core(onnx.load(str(model)), card, as_it_is=True)
        network = OpenVinoNetwork(model, card, "f32", cropped)
        x = np.random.default_rng(0).normal(size=(1, 3, 128, 136)).astype("f4")
        whole = infer(model, x)
        midst, edge, aside = (Window(*at, 72, 64) for at in ((232, 332), (200, 300), (224, 324)))
        for core, sizes in ((midst, (64, 72)), (edge, (128, 136)), (aside, (128, 136))):
            chunk = Chunk(core, Window(200, 300, 136, 128), (128, 136))
            scores = network.scores(x, [chunk])
            assert scores.shape[2:] == sizes
            rows, columns = chunk.scored.slices if sizes == (64, 72) else (slice(None),) * 2
            np.testing.assert_allclose(scores, whole[:, :, rows, columns], atol=2e-5)
