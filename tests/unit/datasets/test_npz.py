# SPDX-License-Identifier: GPL-3.0-or-later
"""NPZ shards, seen with NumPy and json alone: what stands beside the arrays is true too."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import DamagedDataset
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.npz import file_name
from crc32c import crc32c

NPZ = FORMATS.load("npz")


def write(folder, layout, patches):
    writer = NPZ.writer(folder, layout, len(patches))
    sizes = [writer.append(patch) for patch in patches]
    writer.close()
    return sizes


@pytest.fixture
def oblong(layout):
    """Two bands a sensor, 6 rows of 9 pixels."""
    arrays = {"s1_data": ("VV", "VH"), "s2_data": ("B02", "B8A")}
    return dataclasses.replace(layout, arrays=arrays, size=(6, 9), limits=True)


@pytest.fixture
def shard(tmp_path, oblong, random_patch):
    """(folder, layout, patches) of two patches."""
    rng = np.random.default_rng(1)
    patches = [random_patch(i, oblong, rng) for i in range(2)]
    write(tmp_path / "shard", oblong, patches)
    return tmp_path / "shard", oblong, patches


def declare(folder: Path):
    """Make the manifest true again after a file was put in place of another."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        content = (folder / entry["path"]).read_bytes()
        entry.update(size=len(content), crc32c=f"{crc32c(content):08x}")
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_the_manifest_and_the_sizes_are_those_of_the_files(tmp_path, oblong, random_patch):
    rng = np.random.default_rng(2)
    patches = [random_patch(i, oblong, rng) for i in range(3)]
    folder = tmp_path / "shard"
    sizes = write(folder, oblong, patches)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    contents = {file["path"]: (folder / file["path"]).read_bytes() for file in files}
    assert sorted(contents) == sorted(f.name for f in folder.iterdir() if f.stem != "manifest")
    for file in files:
        content = contents[file["path"]]
        assert (file["size"], file["crc32c"]) == (len(content), f"{crc32c(content):08x}")
    for patch, size in zip(patches, sizes):
        assert size == sum(len(contents[f"{patch.patch_id}.{kind}"]) for kind in ("npz", "json"))
    # Nothing of one patch is carried on into the archive of the next.
    write(tmp_path / "alone", oblong, patches[2:])
    name = f"{patches[2].patch_id}.npz"
    assert (tmp_path / "alone" / name).read_bytes() == contents[name]


@pytest.mark.parametrize(("dtype", "steps"), [("uint16", 65535), ("float32", 1)])
def test_the_normalization_speaks_of_the_measurements(tmp_path, oblong, random_patch, dtype, steps):
    oblong = dataclasses.replace(oblong, dtype=dtype)
    patch = random_patch(0, oblong, np.random.default_rng(3))
    measured = np.random.default_rng(4).uniform(-30, 10, (6, 9, 2)).astype(np.float32)
    stored = ((measured + 30.0) / 40.0 * steps).astype(np.float64)
    if dtype == "float32":
        measured[2, 3, 0] = stored[2, 3, 0] = np.nan
    patch.arrays["s1_data"] = (np.rint(stored) if steps > 1 else stored).astype(dtype)
    patch.limits["s1_data"] = (-30.0, 10.0)
    write(tmp_path / "shard", oblong, [patch])
    content = json.loads((tmp_path / "shard" / f"{patch.patch_id}.json").read_text())
    told, known = content["s1_normalization"], measured[np.isfinite(measured)]
    assert (told["min"], told["max"]) == (-30.0, 10.0)
    assert told["mean"] == pytest.approx(known.astype(np.float64).mean(), abs=2e-5)
    assert told["std"] == pytest.approx(known.astype(np.float64).std(), abs=2e-5)


def test_the_json_says_size_labels_and_what_is_not_known(shard):
    folder, layout, patches = shard
    for patch in patches:
        content = json.loads((folder / f"{patch.patch_id}.json").read_text())
        assert (content["height"], content["width"]) == (6, 9)
        assert (content["country"], content["date_s1"]) == ("Österreich", "")
        assert content["labels_multi_hot"] == patch.scene.tolist()
        shown = [name for name, there in zip(layout.classes, patch.scene) if there]
        assert content["labels"] == shown


def test_names_of_files_are_those_a_file_system_takes():
    assert file_name("S2A_1.SAFE-x") == "S2A_1.SAFE-x"
    assert file_name("a/b\\c:d e*?") == "a_b_c_d_e__"


def test_no_code_comes_with_an_array(shard, tmp_path):
    folder, layout, patches = shard
    witness = tmp_path / "witness"

    class Touch:
        def __reduce__(self):
            return (Path.touch, (witness,))

    path = folder / f"{patches[0].patch_id}.npz"
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **{**arrays, "label": np.array([Touch()], object)})
    declare(folder)
    with pytest.raises(DamagedDataset, match="cannot be read"):
        NPZ.reader(folder, layout)[0]
    assert not witness.exists()
    pickle.loads(pickle.dumps(Touch()))
    assert witness.exists()  # it would have been


@pytest.mark.parametrize("kind", ["npz", "json"])
def test_a_file_put_in_place_of_another_is_noticed(shard, kind):
    folder, layout, patches = shard
    first, second = (folder / f"{patch.patch_id}.{kind}" for patch in patches)
    first.write_bytes(second.read_bytes())  # sound in itself
    with pytest.raises(DamagedDataset, match="altered"):
        NPZ.reader(folder, layout)[0]


def _no_archive(folder, name):
    (folder / f"{name}.npz").write_bytes(b"PK\x03\x04 no archive")


def _one_array_less(folder, name):
    with np.load(folder / f"{name}.npz") as archive:
        arrays = {key: archive[key] for key in archive if key != "s1_vv"}
    np.savez(folder / f"{name}.npz", **arrays)


def _other_dtype(folder, name):
    with np.load(folder / f"{name}.npz") as archive:
        arrays = {key: archive[key].astype(np.float64) for key in archive}
    np.savez(folder / f"{name}.npz", **arrays)


def _turned(folder, name):
    with np.load(folder / f"{name}.npz") as archive:
        arrays = {key: archive[key].T for key in archive}
    np.savez(folder / f"{name}.npz", **arrays)


@pytest.mark.parametrize("spoil", [_no_archive, _one_array_less, _other_dtype, _turned])
def test_what_is_not_of_the_layout_is_said(shard, spoil):
    folder, layout, patches = shard
    spoil(folder, patches[0].patch_id)
    declare(folder)
    reader = NPZ.reader(folder, layout)
    with pytest.raises(DamagedDataset, match=patches[0].patch_id):
        reader[0]
    assert reader[1].patch_id == patches[1].patch_id


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"files": [{"size": 1}]}', '{"files": 3}'])
def test_a_manifest_that_is_none_is_said(shard, text):
    folder, layout, _ = shard
    (folder / "manifest.json").write_text(text)
    with pytest.raises(DamagedDataset, match=r"no usable manifest\.json"):
        NPZ.reader(folder, layout)
