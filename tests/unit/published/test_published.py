# SPDX-License-Identifier: GPL-3.0-or-later
"""Published models keep their answers, and get the bands of their version or are refused."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from typing import Optional

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import (
    CoverloomError,
    InvalidRequest,
    MissingInput,
    MissingPackage,
    UnreadableModel,
)
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.engine.published.bigearthnet import bands_of, version_of
from coverloom.engine.published.safetensors import read_safetensors
from coverloom.tests.data.make_published import CONFIG, PREFIX, resnet_state, write_safetensors

TORCH = importlib.util.find_spec("torch") is not None and importlib.util.find_spec("timm")
needs_timm = pytest.mark.skipif(
    not TORCH, reason="torch and timm are not installed here (the tier import)"
)
OLD = ["B02", "B03", "B04", "B08", "B05", "B06", "B07", "B11", "B12", "B8A"]
NEW = ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"]
ALL = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]


def answers(path, windows):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: windows})[0]


def windows_of(channels, count=3):
    shape = (count, channels, 120, 120)
    return np.random.default_rng(4).standard_normal(shape).astype("float32")


@pytest.mark.parametrize(
    ("name", "version", "channels", "order"),
    [
        ("resnet18-s2-v0.2.0", "", 10, NEW),
        ("resnet18-s2-v0.1.1", "", 10, OLD),
        ("mine", "0.1.1", 10, OLD),
        ("mine", "v0.2.0", 10, NEW),
        ("resnet18-s1-v0.2.0", "0.2.0", 2, ["VV", "VH"]),
        ("resnet18-s1-v0.1.1", "", 2, ["VH", "VV"]),
        ("resnet18-all-v0.2.0", "", 12, ["VV", "VH", *NEW]),
        ("resnet18-all-v0.1.1", "", 12, [*OLD, "VH", "VV"]),
        ("mine-v0.2.0", "", 14, ["VV", "VH", *ALL]),
        ("mine-v0.2.0", "", 3, ["B04", "B03", "B02"]),
        ("mine-v0.1.1", "", 4, ["B02", "B03", "B04", "B08"]),
    ],
)
def test_bands_come_in_the_order_of_the_version(name, version, channels, order):
    bands = bands_of(version_of(name, version), channels, name)
    assert [band.name for band in bands] == order
    numbers = {band.name: (band.unit, band.mean, band.std) for band in bands}
    published = {
        "B02": ("DN", 438.3720703125, 607.02685546875),
        "B8A": ("DN", 2235.556640625, 1356.5440673828125),
        "VH": ("dB", -19.352558135986328, 5.590505599975586),
    }
    assert all(numbers[key] == published[key] for key in set(numbers) & set(published))


@pytest.mark.parametrize(
    ("name", "order"), [("x-all-v0.1.1", [*OLD, "VH", "VV"]), ("y-v0.2.0", NEW)]
)
def test_the_order_goes_into_the_card(snapshot, take_in, name, order):
    assert take_in(snapshot(name, channels=len(order)))[1].band_names == order


def test_the_card_says_what_the_model_is(snapshot, take_in):
    folder = snapshot()
    path, card = take_in(folder)
    assert card.classes == nomenclature("ben19").scheme
    assert card.classes.names == sorted(card.classes.names) and len(card.classes) == 19
    assert (card.task, card.activation, card.output) == ("patch", "sigmoid", "logits")
    assert (card.patch, card.resolution, card.resampling) == ((120, 120), 10.0, "nearest")
    assert card.provenance["version"] == "0.2.0" and card.provenance["licence"] == "mit"
    assert card.provenance["imported_from"] == "resnet18-s2-v0.2.0"
    assert (card.dynamic_batch, card.dynamic_space) == (True, False)
    assert answers(path, windows_of(10)).shape == (3, 19)


@needs_timm
@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_the_resnets_answer_as_timms_do(snapshot, take_in, name):
    import torch
    from coverloom.engine.published.timm_graph import _imported

    _, timm = _imported()
    state = resnet_state(name)
    path, _ = take_in(snapshot(f"{name}-s2-v0.2.0", state, timm_model_name=name))
    network = timm.create_model(name, in_chans=10, num_classes=19, drop_rate=0.15)
    # Strict: the snapshot of these tests has exactly timm's names and shapes.
    network.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in state.items()})
    windows = windows_of(10)
    with torch.no_grad():
        theirs = network.eval()(torch.from_numpy(windows)).numpy()
    assert np.ptp(theirs) > 0.1
    assert np.abs(answers(path, windows) - theirs).max() <= 1e-4


@needs_timm
def test_another_backbone_written_by_huggingface_hub_itself(tmp_path, take_in):
    """MobileViT, as the mixin of huggingface_hub saves the makers' wrapper of ConfigILM."""
    import torch
    from coverloom.engine.published.timm_graph import _imported

    hub = pytest.importorskip("huggingface_hub")
    _, timm = _imported()

    @dataclasses.dataclass
    class Configuration:
        timm_model_name: str
        image_size: int = 120
        channels: int = 3
        classes: int = 10
        class_names: Optional[list] = None
        network_type: int = 0
        drop_rate: float = 0.15

    class Inner(torch.nn.Module):
        def __init__(self, config):
            super().__init__()
            self.vision_encoder = timm.create_model(
                config.timm_model_name, in_chans=config.channels, num_classes=config.classes
            )

        def forward(self, x):
            return self.vision_encoder(x)

    class Classifier(torch.nn.Module, hub.PyTorchModelHubMixin):
        def __init__(self, config: Configuration, lr: float = 1e-3, warmup: Optional[int] = None):
            super().__init__()
            self.model = Inner(config)

        def forward(self, x):
            return self.model(x)

    torch.manual_seed(0)
    config = Configuration("mobilevit_xxs", channels=12, classes=19)
    network = Classifier(config, lr=0.001, warmup=100).eval()
    folder = tmp_path / "mobilevit_xxs-all-v0.2.0"
    network.save_pretrained(folder)
    flat = json.loads((folder / "config.json").read_text())
    assert {*flat} - {"lr", "warmup"} <= {*CONFIG} and flat["channels"] == 12
    path, card = take_in(folder)
    windows = windows_of(12, count=2)
    with torch.no_grad():
        theirs = network(torch.from_numpy(windows)).numpy()
    assert np.abs(answers(path, windows) - theirs).max() <= 1e-4
    assert card.band_names == ["VV", "VH", *NEW]
    assert answers(path, windows_of(12, count=5)).shape == (5, 19)


@pytest.mark.skipif(bool(TORCH), reason="torch is installed here")
def test_another_backbone_without_torch_names_the_remedy(snapshot, take_in):
    folder = snapshot("mobilevit_s-s2-v0.2.0", timm_model_name="mobilevit_s")
    with pytest.raises(MissingPackage, match="needs torch, timm") as caught:
        take_in(folder)
    assert "the tier import" in caught.value.remedy


REFUSED = {
    "no version": ("mine", {}, {}, InvalidRequest, "Nothing says which version"),
    "unknown": ("mine-v0.3.0", {}, {}, InvalidRequest, "version 0.3.0, whose band order"),
    "two": ("mine-v0.2.0", {}, {"version": "0.1.1"}, InvalidRequest, "but mine-v0.2.0 is of"),
    "channels": ("mine-v0.2.0", {"channels": 7}, {}, InvalidRequest, "takes 7 channels"),
    "14 old": ("mine-v0.1.1", {"channels": 14}, {}, InvalidRequest, "version 0.1.1 take"),
    "modality": ("x-s1-v0.2.0", {}, {}, InvalidRequest, "says 's1' in its name"),
    "bands": ("x-v0.2.0", {}, {"bands": ("B02",)}, InvalidRequest, "BANDS cannot be given"),
    "classes": ("x-v0.2.0", {"classes": 43}, {}, UnreadableModel, "says 43 classes"),
    "vqa": ("x-v0.2.0", {"network_type": 1}, {}, UnreadableModel, "network type 1"),
    "px": ("x-v0.2.0", {"image_size": 224}, {}, UnreadableModel, "images of 224 px"),
    "config": ("x-v0.2.0", {"timm_model_name": None}, {}, UnreadableModel, "does not say"),
    "names": ("x-v0.2.0", {"class_names": ["Urban fabric"] * 19}, {}, InvalidRequest,
              "names its classes otherwise"),
    "weights": ("x-v0.2.0", {"channels": 4}, {}, UnreadableModel, "they have 10"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(snapshot, take_in, case):
    name, config, fields, error, sentence = REFUSED[case]
    folder = snapshot(name, resnet_state(), **config)
    with pytest.raises(error) as caught:
        take_in(folder, **fields)
    assert sentence in str(caught.value) and caught.value.remedy


def test_missing_and_damaged_files(snapshot, take_in):
    folder = snapshot()
    weights, config = folder / "model.safetensors", folder / "config.json"
    whole = weights.read_bytes()
    damaged = bytearray(whole)
    damaged[20:24] = b"\xff\xff\xff\xff"
    for content in (whole[:-100], whole[:1000], whole[:5], b"", bytes(damaged)):
        weights.write_bytes(content)
        with pytest.raises(UnreadableModel, match=r"model\.safetensors"):
            take_in(folder)
    state = resnet_state()
    del state["layer3.1.bn2.bias"]
    write_safetensors(weights, {PREFIX + key: value for key, value in state.items()})
    with pytest.raises(UnreadableModel, match=r"no tensor 'layer3\.1\.bn2\.bias'"):
        take_in(folder)
    write_safetensors(weights, {"encoder.weight": np.zeros(3, "f4")})
    with pytest.raises(UnreadableModel, match=r"holds no tensor model\.vision_encoder"):
        take_in(folder)
    weights.unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(MissingInput, match="is a pickle, which can run code"):
        take_in(folder)
    config.write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableModel, match="no JSON"):
        take_in(folder)
    config.unlink()
    with pytest.raises(MissingInput, match=r"holds no config\.json"):
        take_in(folder)


def test_the_reader_reads_what_the_package_writes(tmp_path):
    package = pytest.importorskip("safetensors.numpy")
    rng = np.random.default_rng(0)
    tensors = {
        "a.b": rng.standard_normal((2, 3, 4)).astype("f4"), "half": np.ones((3,), "f2"),
        "count": np.array(5, "i8"), "none": np.zeros((0, 2), "f4"),
    }  # fmt: skip
    package.save_file(tensors, tmp_path / "t.safetensors", {"format": "pt"})
    read = read_safetensors(tmp_path / "t.safetensors")
    assert read.keys() == tensors.keys()
    for name, values in tensors.items():
        assert read[name].dtype == values.dtype and read[name].shape == values.shape
        np.testing.assert_array_equal(read[name], values)


def test_bfloat16_is_widened(tmp_path):
    values = np.array([1.5, -2.25, 1e30], "f4")
    write_safetensors(tmp_path / "t", {"x": (values.view("u4") >> 16).astype("u2")})
    read = read_safetensors(tmp_path / "t")["x"]
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, values, rtol=1e-2)


def test_a_missing_onnx_file_is_no_id(take_in, tmp_path):
    with pytest.raises(CoverloomError, match="no model file"):
        take_in(tmp_path / "nowhere.onnx")


def test_the_graph_is_plain_onnx(snapshot, take_in):
    path, _ = take_in(snapshot())
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert kinds == {"Conv", "Relu", "MaxPool", "Add", "GlobalAveragePool", "Flatten", "Gemm"}
