# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Croissant file says is what lies in the folder and stands in the card."""

from __future__ import annotations

import dataclasses
import json

import pytest
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.croissant import croissant_text
from coverloom.engine.datasets.reader import open_dataset

HTTP = "http://mlcommons.org/croissant/1.0"


@pytest.fixture(scope="module")
def folders(tmp_path_factory, archive, run_job):
    """Format to a dataset of it, made on demand."""
    root = tmp_path_factory.mktemp("croissant")

    def made(form):
        if not (root / form).exists():
            run_job(
                "exportdataset", index=archive.index, output=str(root / form), format=form,
                bands=["B02", "VV"], labels="both", shard_size=5,
            )  # fmt: skip
        return root / form

    return made


@pytest.mark.parametrize("form", FORMATS)
def test_each_split_s_pattern_finds_its_shards_and_no_other_file(folders, form):
    folder = folders(form)
    content = json.loads((folder / "croissant.json").read_text())
    sets = {item["name"].removesuffix("-shards"): item for item in content["distribution"]}
    card = open_dataset(folder).card
    assert set(sets) == set(card.splits)
    for split, item in sets.items():
        assert item["@id"] == item["name"]
        shards = {file.path for file in card.files if file.split == split}
        found = {path.relative_to(folder) for path in folder.glob(item["includes"])}
        assert found and {path.parts[0] for path in found} == shards
        if FORMATS.load(form).folder:
            patches = sum(file.count for file in card.files if file.split == split)
            assert len(found) == patches


def test_its_tables_are_the_card_s(folders):
    croissant = pytest.importorskip("mlcroissant")
    path = folders("hdf5") / "croissant.json"
    card = open_dataset(path.parent).card
    dataset = croissant.Dataset(jsonld=str(path))

    def rows(table, *fields):
        found = [[row[f"{table}/{field}"] for field in fields] for row in dataset.records(table)]
        return [tuple(v.decode() if isinstance(v, bytes) else v for v in row) for row in found]

    bands = [(band.name, band.array, band.unit) for band in card.bands]
    assert rows("bands", "name", "array", "unit") == bands
    for (mean, std), band in zip(rows("bands", "mean", "std"), card.bands):
        assert (mean, std) == (pytest.approx(band.mean), pytest.approx(band.std))
    expected = [(item["id"], item["name"], item["colour"]) for item in card.classes.to_list()]
    assert rows("classes", "id", "name", "colour") == expected
    assert dict(rows("splits", "name", "count")) == card.splits
    keys = {table["name"]: table["key"]["@id"] for table in _content(path)["recordSet"]}
    assert keys == {"splits": "splits/name", "bands": "bands/name", "classes": "classes/id"}
    fields = [field for table in _content(path)["recordSet"] for field in table["field"]]
    kinds = {field["@id"]: field["dataType"] for field in fields}
    whole, real = {"splits/count", "classes/id"}, {"bands/mean", "bands/std"}
    assert {name for name, kind in kinds.items() if kind == "sc:Integer"} == whole
    assert {name for name, kind in kinds.items() if kind == "sc:Float"} == real
    assert {kinds[name] for name in set(kinds) - whole - real} == {"sc:Text"}


def _content(path):
    return json.loads(path.read_text())


def test_its_description_counts_patches_and_pixels(folders):
    card = dataclasses.replace(open_dataset(folders("hdf5")).card, patch=(60, 120))
    content = json.loads(croissant_text(card))
    assert content["description"] == (
        "20 patches of 60 x 120 px (12 train, 4 validation, 4 test) with the bands B02, VV, "
        "stored as float32."
    )
    assert content["conformsTo"] == HTTP
    bare = dataclasses.replace(card, labels="none", classes=None, provenance={})
    content = json.loads(croissant_text(bare))
    assert [table["name"] for table in content["recordSet"]] == ["splits", "bands"]
    assert content["license"] == "unknown"
    assert not {"url", "citeAs", "datePublished"} & set(content)


def test_where_the_data_come_from_is_said(folders):
    card = open_dataset(folders("hdf5")).card
    told = {"source": "BigEarthNet", "licence": "CDLA", "citation": "Sumbul", "date": "2026-11-22"}
    content = json.loads(croissant_text(dataclasses.replace(card, provenance=told)))
    assert (content["license"], content["citeAs"]) == ("CDLA", "Sumbul")
    assert (content["url"], content["datePublished"]) == ("https://bigearth.net", "2026-11-22")
