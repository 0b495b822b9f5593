"""A run killed at any point goes on, and its maps are those of a run that was let alone."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.copies import FOLDER_PREFIX
from coverloom.engine.contract.errors import CardMismatch, OtherSettings
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.inference.journal import journal_beside, read_start
from coverloom.engine.jobs.classifyraster import run
from coverloom.engine.model_file import save_model

from .conftest import reflectances, write_raster

WORKER = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"
SQUARE = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
MAPS = ("class_map", "maxprob", "entropy", "gap", "probs")


@pytest.fixture
def scene(tmp_path, save, models):
    values = reflectances(150, 210)
    values[:, 64:128, 64:128] = 0  # one chunk is skipped
    raster = write_raster(tmp_path / "in.tif", values)
    model, _ = save(models.unet(depth=2, seed=3))
    return raster, model


def request_for(scene, folder, **fields):
    raster, model = scene
    paths = {name: str(folder / f"{name}.tif") for name in MAPS}
    settings = {"chunk_size": 64, "resume": True, "device": "cpu", **fields}
    return ClassifyRaster(input=(raster,), model=model, **paths, **settings)


def in_a_process(request, tmp_path, point="", kill_after_s=None):
    """Run the worker on a request; gives its return code."""
    job = tmp_path / "job.json"
    job.write_text(request.to_json())
    environment = {**os.environ, "COVERLOOM_FAULT": point}
    with subprocess.Popen(
        [sys.executable, "-I", str(WORKER), str(job)], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            process.kill()
        return process.wait()


def content(folder):
    """Name and bytes of every map, with the overviews; tags hold the request, so its paths."""
    return {
        p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix in (".tif", ".ovr")
    }


def left_over(folder):
    return sorted(p.name for p in folder.iterdir() if p.name.startswith("."))


@pytest.fixture
def untouched(tmp_path, scene):
    """The maps of a run that nothing disturbed, made at the same paths and then moved away."""
    request = request_for(scene, tmp_path / "maps")
    run(request, lambda event: None)
    expected = content(tmp_path / "maps")
    assert len(expected) == len(MAPS) and left_over(tmp_path / "maps") == []
    (tmp_path / "maps").rename(tmp_path / "untouched")
    return expected


POINTS = [
    "before:record:1", "inside:record:1", "after:record:4", "inside:record:10", "before:replace",
    "after:replace", "before:forget",
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point(tmp_path, scene, untouched, point):
    request = request_for(scene, tmp_path / "maps")
    assert in_a_process(request, tmp_path, point) == -signal.SIGKILL
    events = []
    run(request, events.append)
    assert content(tmp_path / "maps") == untouched
    assert left_over(tmp_path / "maps") == [], "the killed run's files must be gone too"
    assert any("unfinished run" in getattr(e, "text", "") for e in events)


def test_killed_again_and_again(tmp_path, scene, untouched):
    request = request_for(scene, tmp_path / "maps")
    for point in ("after:record:2", "inside:record:3", "before:record:2", "after:replace"):
        assert in_a_process(request, tmp_path, point) == -signal.SIGKILL
    run(request, lambda event: None)
    assert content(tmp_path / "maps") == untouched and left_over(tmp_path / "maps") == []


def test_killed_at_any_time(tmp_path, scene, untouched):
    rng = random.Random(5)
    request = request_for(scene, tmp_path / "maps")
    codes = [in_a_process(request, tmp_path, kill_after_s=rng.uniform(1.0, 2.5)) for _ in range(3)]
    if 0 not in codes:
        run(request, lambda event: None)
    assert content(tmp_path / "maps") == untouched


def test_what_was_done_is_not_done_again(tmp_path, scene):
    report = tmp_path / "report.json"
    request = request_for(scene, tmp_path / "maps", report=str(report))
    in_a_process(request, tmp_path, "after:record:5")
    run(request, lambda event: None)
    chunks = json.loads(report.read_text())["chunks"]
    assert (chunks["resumed"], chunks["mapped"], chunks["skipped"]) == (5, 6, {"nodata": 1})
    assert json.loads(report.read_text())["valid_mpx"] == pytest.approx((150 * 210 - 4096) / 1e6)


def test_the_chunks_of_the_first_run_are_kept(tmp_path, scene):
    """What is chosen by free memory must not change on the way."""
    request = request_for(scene, tmp_path / "maps", chunk_size=0, max_memory_mb=0)
    in_a_process(request, tmp_path, "after:record:1")
    core = read_start(journal_beside(Path(request.class_map)))["settings"]["core"]
    said = []
    run(dataclasses.replace(request, max_memory_mb=1), said.append)
    assert core > 64
    assert any(f" of {core} px, " in getattr(event, "text", "") for event in said)


DIFFERENT = {
    "chunk_size": (32, "CHUNK_SIZE was 64 and is 32"),
    "layer_type": ("byte", "LAYER_TYPE was 'float32' and is 'byte'"),
    "overlap": (16, "OVERLAP was -1 and is 16"),
    "augment": (True, "AUGMENT was False and is True"),
    "gap": ("", "GAP was 'asked for' and is ''"),
    "expressions": ("a = p[0]", "EXPRESSIONS was '' and is 'a = p[0]'"),
}


class StoppedByUser(Exception):
    pass


@pytest.fixture
def unfinished(tmp_path, scene):
    """A run that was cancelled half-way."""
    request = request_for(scene, tmp_path / "maps")

    def cancel(event):
        if getattr(event, "fraction", 0) > 0.2:
            raise StoppedByUser

    with pytest.raises(StoppedByUser):
        run(request, cancel)
    assert journal_beside(Path(request.class_map)).stat().st_size > 4096 * 20
    return request


def test_cancelled_keeps_the_journal_and_no_half_file(tmp_path, unfinished, untouched_elsewhere):
    assert [p.name for p in (tmp_path / "maps").iterdir()] == [".class_map.tif.resume"]
    run(unfinished, lambda event: None)
    for name, values in untouched_elsewhere.items():
        with rasterio.open(tmp_path / "maps" / name) as dataset:
            np.testing.assert_array_equal(dataset.read(), values)


@pytest.fixture
def untouched_elsewhere(tmp_path, scene):
    run(request_for(scene, tmp_path / "other"), lambda event: None)
    maps = {}
    for name in MAPS:
        with rasterio.open(tmp_path / "other" / f"{name}.tif") as dataset:
            maps[f"{name}.tif"] = dataset.read()
    return maps


def test_other_places_for_the_other_maps(tmp_path, unfinished, untouched_elsewhere):
    """A dialog gives each output that is left to it another temporary name in every run."""
    places = {name: str(tmp_path / "places" / f"{name}.tif") for name in MAPS[1:]}
    events = []
    outputs = run(dataclasses.replace(unfinished, **places), events.append)
    assert any("unfinished run" in getattr(e, "text", "") for e in events)
    assert outputs["ENTROPY"] == places["entropy"]
    for path in (unfinished.class_map, *places.values()):
        with rasterio.open(path) as dataset:
            np.testing.assert_array_equal(dataset.read(), untouched_elsewhere[Path(path).name])


class TestCopyOfALayer:
    """QGIS writes a mask's polygons for each run anew, into a folder that lives as long."""

    def copy(self, tmp_path, scene, run_name, side):
        with rasterio.open(scene[0]) as dataset:
            ring = [dataset.transform @ (x * side, y * side) for x, y in SQUARE]
            crs = dataset.crs.to_string()
        folder = tmp_path / f"{FOLDER_PREFIX}{run_name}"
        folder.mkdir()
        geometry = {"type": "Polygon", "coordinates": [ring]}
        content = {
            "type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}},
            "features": [{"type": "Feature", "properties": {}, "geometry": geometry}],
        }  # fmt: skip
        (folder / "layer1.geojson").write_text(json.dumps(content))
        return str(folder / "layer1.geojson")

    def test_it_goes_on(self, tmp_path, scene):
        first = request_for(scene, tmp_path / "maps", mask=self.copy(tmp_path, scene, "a", 140))
        assert in_a_process(first, tmp_path, "after:record:2") == -signal.SIGKILL
        events = []
        again = self.copy(tmp_path, scene, "b", 140)
        run(request_for(scene, tmp_path / "maps", mask=again), events.append)
        assert any("unfinished run" in getattr(e, "text", "") for e in events)

    def test_another_polygon_is_refused(self, tmp_path, scene):
        first = request_for(scene, tmp_path / "maps", mask=self.copy(tmp_path, scene, "a", 140))
        in_a_process(first, tmp_path, "after:record:2")
        other = self.copy(tmp_path, scene, "b", 130)
        with pytest.raises(OtherSettings, match=r"the file layer1.geojson was '\d+ bytes, content"):
            run(request_for(scene, tmp_path / "maps", mask=other), lambda event: None)


class TestAnotherRequestIsRefused:
    @pytest.mark.parametrize("field", DIFFERENT)
    def test_settings(self, tmp_path, unfinished, field):
        value, text = DIFFERENT[field]
        more = {"extra": str(tmp_path / "extra")} if field == "expressions" else {}
        with pytest.raises(OtherSettings) as caught:
            run(dataclasses.replace(unfinished, **{field: value}, **more), lambda event: None)
        assert text in caught.value.what and "delete" in caught.value.remedy

    def test_model(self, tmp_path, unfinished, save, models):
        model, _ = save(models.unet(depth=2, seed=4), "model")  # at the same path
        assert model == unfinished.model
        with pytest.raises(OtherSettings, match="the model was '"):
            run(unfinished, lambda event: None)

    def test_input(self, unfinished):
        raster = Path(unfinished.input[0])
        os.utime(raster, ns=(0, raster.stat().st_mtime_ns + 1000))
        with pytest.raises(OtherSettings, match=r"the file .*in\.tif was '\d+ bytes of"):
            run(unfinished, lambda event: None)

    def test_after_deleting_the_journal_anything_goes(self, tmp_path, unfinished):
        journal_beside(Path(unfinished.class_map)).unlink()
        outputs = run(dataclasses.replace(unfinished, overlap=16), lambda event: None)
        assert Path(outputs["CLASS"]).is_file()


def test_without_resume_nothing_is_kept(tmp_path, scene):
    request = request_for(scene, tmp_path / "maps", resume=False)
    in_a_process(request, tmp_path, "before:replace")
    assert not journal_beside(Path(request.class_map)).exists()


def test_a_damaged_journal_is_begun_anew(tmp_path, scene, untouched):
    request = request_for(scene, tmp_path / "maps")
    (tmp_path / "maps").mkdir()
    journal_beside(Path(request.class_map)).write_bytes(b'{"schema": 1, "fac')
    run(request, lambda event: None)
    assert content(tmp_path / "maps") == untouched


def test_a_chunk_of_nan_is_not_noted_as_finished(tmp_path, models):
    proto = models.linear_net(np.zeros((2, 3), "float32"), bias=[np.nan, 0.0])
    model = tmp_path / "model.onnx"
    save_model(proto, models.card_for(classes=("A", "B"), receptive_field=1), model)
    raster = write_raster(tmp_path / "in.tif", reflectances(40, 40))
    request = request_for((raster, str(model)), tmp_path / "maps")
    for _ in range(2):
        with pytest.raises(CardMismatch, match="NaN"):
            run(request, lambda event: None)


def test_patches_on_the_border_of_what_was_done(tmp_path, scene, models):
    """A patch that lies in finished and in missing chunks gives the same numbers again."""
    fields = {"task": "patch", "activation": "sigmoid", "output": "probabilities"}
    card = models.card_for(patch=(16, 16), dynamic_space=False, **fields)
    model = tmp_path / "patches.onnx"
    save_model(models.patch_net(size=16), card, model)
    request = request_for((scene[0], str(model)), tmp_path / "maps", overlap=9)
    run(request, lambda event: None)
    expected = content(tmp_path / "maps")
    (tmp_path / "maps").rename(tmp_path / "untouched")
    assert in_a_process(request, tmp_path, "inside:record:6") == -signal.SIGKILL
    run(request, lambda event: None)
    assert content(tmp_path / "maps") == expected
