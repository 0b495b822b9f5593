# SPDX-License-Identifier: GPL-3.0-or-later
"""The few real patches, through index and export, against what the files say."""

from __future__ import annotations

import json
import tarfile

import numpy as np
import pytest
import rasterio
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.nomenclature import nomenclature


@pytest.fixture(scope="module")
def version1(real_data, tmp_path_factory):
    """The six real pairs of version 1, unpacked."""
    folder = tmp_path_factory.mktemp("v1")
    for path in (real_data / "bigearthnet_v1").glob("*.tar.bz2"):
        with tarfile.open(path) as archive:
            archive.extractall(folder)
    return folder


def parts(folder):
    """Folders of Sentinel-2 and of Sentinel-1, by what their patches are called."""
    patches = [path.parent for path in folder.rglob("*_labels_metadata.json")]
    s2 = next(path.parent for path in patches if path.name.startswith("S2"))
    s1 = next(path.parent for path in patches if path.name.startswith("S1"))
    return s2, s1


def test_version_1_patches_keep_pixels_and_labels(tmp_path, version1, run_job):
    s2, s1 = parts(version1)
    index = str(tmp_path / "index.parquet")
    from importlib import import_module

    from coverloom.engine.contract.jobs import JOBS

    request = JOBS.load("indexbigearthnet").from_fields(
        {"root": str(s2), "s1_root": str(s1), "output": index}
    )
    counts = import_module("coverloom.engine.jobs.indexbigearthnet").run(request, lambda e: None)
    assert counts["PAIRS"] == 6
    out = tmp_path / "out"
    result = run_job(
        "exportdataset", index=index, output=str(out), labels="scene", nomenclature="ben43",
        resampling="nearest",
    )  # fmt: skip
    assert (result["WRITTEN"], result["FAILED"]) == (6, 0)
    dataset = open_dataset(out)
    assert "BigEarthNet-MM" in dataset.card.provenance["citation"]
    names = dataset.card.classes.names
    for number, patch in enumerate(dataset):
        folder = s2 / patch.patch_id
        content = json.loads((folder / f"{patch.patch_id}_labels_metadata.json").read_text())
        assert [names[i] for i in np.flatnonzero(patch.scene)] == sorted(
            content["labels"], key=names.index
        )
        for band, size in (("B02", 120), ("B05", 60), ("B01", 20)):
            with rasterio.open(folder / f"{patch.patch_id}_{band}.tif") as source:
                pixels = source.read(1)
                assert patch.transform[2] == source.transform.c
                assert patch.transform[5] == source.transform.f
                assert patch.epsg == source.crs.to_epsg()
            expected = np.kron(pixels, np.ones((120 // size, 120 // size), int))
            assert np.array_equal(dataset.image(number, [band])[..., 0], expected)


def test_the_real_map_has_the_known_classes(real_data):
    path = next((real_data / "bigearthnet_v2").rglob("*_26_57_reference_map.tif"))
    with rasterio.open(path) as source:
        classes = nomenclature("ben19").classes_of(source.read(1))
    names = nomenclature("ben19").scheme.names
    counts = {names[i]: int(n) for i, n in enumerate(np.bincount(classes.ravel())) if n}
    assert counts == {
        "Arable land": 7075,
        "Pastures": 1154,
        "Broad-leaved forest": 4131,
        "Mixed forest": 2040,
    }
