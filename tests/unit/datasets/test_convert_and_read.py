# SPDX-License-Identifier: GPL-3.0-or-later
"""The other forms of a dataset, its readers, its pages."""

from __future__ import annotations

import dataclasses
import json
import logging
import sqlite3
from html.parser import HTMLParser

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput
from coverloom.engine.datasets.feed import tensorflow_feed
from coverloom.engine.datasets.reader import open_dataset

FORMATS = ["tfrecord", "hdf5", "npz"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory, archive, run_job):
    """Scaling and dtype to a dataset in each form's own export."""
    root = tmp_path_factory.mktemp("exported")

    def export(form, **fields):
        key = "-".join([form, *map(str, fields.values())])
        if not (root / key).exists():
            run_job(
                "exportdataset", index=archive.index, output=str(root / key), format=form,
                labels="both", shard_size=5, **fields,
            )  # fmt: skip
        return root / key

    return export


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_conversion_keeps_every_value_and_the_card(
    tmp_path, exported, run_job, same, source, target
):
    fields = {"scaling": "minmax", "dtype": "float16"}
    folder = exported(source, **fields)
    result = run_job(
        "convertdataset", input=str(folder), output=str(tmp_path / "out"), format=target
    )
    one, two = open_dataset(folder), open_dataset(tmp_path / "out")
    assert result["WRITTEN"] == len(one) == len(two) == 20
    assert all(same(one[i], two[i]) for i in range(20))
    kept = {"format": source, "compression": one.card.compression, "files": one.card.files}
    kept["provenance"] = one.card.provenance
    assert dataclasses.replace(two.card, **kept) == one.card
    # What was converted equals what would have been exported in that form.
    direct = open_dataset(exported(target, **fields))
    assert [f.crc32c for f in direct.card.files] == [f.crc32c for f in two.card.files]


@pytest.mark.parametrize(
    ("form", "scaling", "dtype"),
    [
        ("tfrecord", "none", "uint16"),
        ("tfrecord", "minmax", "float16"),
        ("hdf5", "minmax", "float16"),
        ("npz", "none", "uint16"),
    ],
)
def test_tensorflow_gets_what_the_reader_gets(exported, form, scaling, dtype):
    pytest.importorskip("tensorflow")
    dataset = open_dataset(exported(form, scaling=scaling, dtype=dtype))
    bands = ["VH", "B04", "B02", "VV"]  # neither in stored order nor of one array
    cards = [dataset.card.band(name) for name in bands]
    mean, std = np.array([b.mean for b in cards]), np.array([b.std for b in cards])
    numbers = dataset.split("train")
    batches = list(tensorflow_feed(dataset, "train", 5, bands))
    assert [len(x) for x, _ in batches] == [5, 5, 2]
    images = np.concatenate([x.numpy() for x, _ in batches])
    labels = np.concatenate([y.numpy() for _, y in batches])
    for place, number in enumerate(numbers):
        expected = (dataset.image(number, bands) - mean) / std
        assert images[place] == pytest.approx(expected, abs=1e-3)
        assert np.array_equal(labels[place], dataset[number].label)


@pytest.mark.parametrize("form", FORMATS)
def test_a_shuffled_epoch_has_every_patch_once(exported, form):
    pytest.importorskip("tensorflow")
    dataset = open_dataset(exported(form, scaling="none", dtype="float32"))
    feed = tensorflow_feed(dataset, "train", 4, ["B02"], "scene", shuffle=12, seed=1)
    keys = [
        {float(image[0, 0, 0]) + float(image[5, 7, 0]) / 7 for x, _ in feed for image in x.numpy()}
        for _ in range(2)
    ]
    assert keys[0] == keys[1] and len(keys[0]) == 12
    first = [float(x.numpy()[0, 0, 0, 0]) for x, _ in feed]
    second = [float(x.numpy()[0, 0, 0, 0]) for x, _ in feed]
    assert first != second
    hot = next(iter(feed))[1].numpy()
    assert hot.shape == (4, 19) and set(np.unique(hot)) == {0, 1}


def test_labels_that_are_not_there_are_refused(tmp_path, archive, run_job):
    pytest.importorskip("tensorflow")
    out = tmp_path / "out"
    run_job("exportdataset", index=archive.index, output=str(out), labels="scene", bands=["VV"])
    with pytest.raises(InvalidRequest, match="'scene', not 'pixels'"):
        tensorflow_feed(open_dataset(out), "train", 4)
    with pytest.raises(InvalidRequest, match="no split 'training'"):
        open_dataset(out).split("training")
    with pytest.raises(MissingInput, match="no finished dataset"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("form", FORMATS)
def test_croissant_is_valid(exported, form, caplog):
    croissant = pytest.importorskip("mlcroissant")
    path = exported(form, scaling="none", dtype="float32") / "croissant.json"
    with caplog.at_level(logging.WARNING):
        dataset = croissant.Dataset(jsonld=str(path))
    assert not caplog.records
    names = [row["classes/name"] for row in dataset.records("classes")]
    assert len(names) == 19 and b"Arable land" in {
        n if isinstance(n, bytes) else n.encode() for n in names
    }
    splits = {row["splits/name"]: row["splits/count"] for row in dataset.records("splits")}
    assert {k if isinstance(k, str) else k.decode(): int(v) for k, v in splits.items()} == {
        "train": 12,
        "validation": 4,
        "test": 4,
    }


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.images, self.bars, self.dots = "", [], 0, 0

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.bars += tag == "rect"
        self.dots += tag == "circle"
        if tag == "img":
            self.images.append(attributes["src"])


def test_the_page_shows_what_the_dataset_holds(tmp_path, exported, archive, run_job):
    folder = exported("tfrecord", scaling="none", dtype="float32")
    page, layer, numbers = (str(tmp_path / n) for n in ("page.html", "places.gpkg", "numbers.json"))
    result = run_job(
        "describedataset", input=str(folder), output=page, footprints=layer, statistics=numbers,
        samples=3,
    )  # fmt: skip
    assert result == {"OUTPUT": page, "FOOTPRINTS": layer, "STATISTICS": numbers}
    parsed = Page()
    parsed.feed((tmp_path / "page.html").read_text())
    assert parsed.dots == 20 and parsed.bars == 19 * 3
    assert len(parsed.images) == 6 and all(s.startswith("data:image/png") for s in parsed.images)
    assert "12 train" in parsed.text and "Broad-leaved forest" in parsed.text
    content = json.loads((tmp_path / "numbers.json").read_text())
    dataset = open_dataset(folder)
    labels = np.stack([dataset[i].label for i in dataset.split("train")])
    for number, item in enumerate(content["classes"]):
        assert item["train"] == (labels == number).sum()
    band = next(b for b in content["bands"] if b["name"] == "B02")
    values = np.stack([dataset.image(i, ["B02"])[::4, ::4, 0] for i in dataset.split("train")])
    expected = np.histogram(values, band["histogram"]["edges"])[0]
    assert band["histogram"]["counts"]["train"] == expected.tolist()
    assert content["countries"] == {"Finland": 10, "Austria": 10}
    rows = sqlite3.connect(layer).execute("SELECT patch_id, split FROM footprints").fetchall()
    assert sorted(name for name, _ in rows) == sorted(row.patch_id for row in archive.rows)


def test_footprints_lie_where_the_patches_lie(tmp_path, exported, archive, run_job):
    from rasterio.warp import transform

    folder = exported("npz", scaling="none", dtype="float32")
    run_job(
        "describedataset", input=str(folder), footprints=str(tmp_path / "f.geojson"), pixels=False
    )
    features = json.loads((tmp_path / "f.geojson").read_text())["features"]
    for feature in features:
        row = archive.row(feature["properties"]["patch_id"])
        ring = feature["geometry"]["coordinates"][0]
        xs, ys = transform("OGC:CRS84", "EPSG:32633", *zip(*ring))
        assert (min(xs), max(ys)) == pytest.approx((row.ulx, row.uly), abs=0.01)
        assert (max(xs), min(ys)) == pytest.approx((row.ulx + 1200, row.uly - 1200), abs=0.01)


def test_a_layer_of_another_form_is_refused_before_anything_is_read(tmp_path, exported, run_job):
    folder = exported("npz", scaling="none", dtype="float32")
    with pytest.raises(InvalidRequest, match=r"FOOTPRINTS is .*\.shp"):
        run_job("describedataset", input=str(folder), footprints=str(tmp_path / "f.shp"))
    assert [event for event in run_job.events if type(event).__name__ == "Progress"] == []


def test_problems_are_found(tmp_path, archive, run_job):
    out = tmp_path / "out"
    run_job("exportdataset", index=archive.index, output=str(out), bands=["VV"], shard_size=5)
    shard = out / "validation-00000-of-00001.tfrecord"
    content = bytearray(shard.read_bytes())
    content[3000] ^= 4
    shard.write_bytes(content)
    run_job("describedataset", input=str(out), statistics=str(tmp_path / "s.json"))
    said = "\n".join(json.loads((tmp_path / "s.json").read_text())["problems"])
    assert f"{shard.name} is missing, cut or altered" in said
    assert "Patch 12 cannot be read" in said
    assert "never shows" in said
    shard.unlink()
    run_job("describedataset", input=str(out), statistics=str(tmp_path / "s.json"))
    said = json.loads((tmp_path / "s.json").read_text())["problems"]
    lost = [sentence for sentence in said if "cannot be read" in sentence]
    assert len(lost) == 1 and lost[0].startswith("4 patches, 12 to 15, cannot be read")


def test_text_of_a_dataset_cannot_become_markup(tmp_path, exported, run_job):
    import shutil

    folder = tmp_path / "hostile"
    shutil.copytree(exported("npz", scaling="none", dtype="float32"), folder)
    card = json.loads((folder / "dataset.json").read_text())
    card["name"] = "</script><script>alert(1)</script>"
    card["classes"][0]["name"] = "<img src=x onerror=alert(2)>"
    (folder / "dataset.json").write_text(json.dumps(card))
    run_job("describedataset", input=str(folder), output=str(tmp_path / "p.html"), samples=0)
    text = (tmp_path / "p.html").read_text()
    assert "<script>" not in text and "<img src=x" not in text
