"""Every wrong input: one sentence with its remedy, and nothing left under the final names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.inference import disk
from coverloom.engine.jobs.classifyraster import run
from coverloom.engine.model_file import write_card

from .conftest import reflectances, write_raster

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def raster(tmp_path):
    return write_raster(tmp_path / "in.tif", reflectances(80, 90))


@pytest.fixture
def model(save, models):
    return save(models.unet())[0]


@pytest.fixture
def refused(tmp_path):
    """Run a request that must fail and return its error; checks that nothing is left behind."""

    def refused(kind, **fields):
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        request = {"class_map": str(out / "class.tif"), "entropy": str(out / "entropy.tif"),
                   "report": str(out / "report.json"), **fields}  # fmt: skip
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        with pytest.raises(kind) as caught:
            envelope = {"schema": 1, "job": "classifyraster", "request": request}
            run(read_job(json.dumps(envelope)), lambda event: None)
        after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        assert after == before, "something was written or changed"
        error = caught.value
        assert error.what.endswith((".", ")")) and error.remedy, "what is wrong, and what to do"
        assert "\n" not in str(error)
        return str(error)

    return refused


class TestRaster:
    def test_not_there(self, refused, model, tmp_path):
        said = refused(errors.CoverloomError, input=[str(tmp_path / "no.tif")], model=model)
        assert "no.tif" in said

    def test_truncated(self, refused, model, raster):
        content = Path(raster).read_bytes()
        Path(raster).write_bytes(content[: len(content) // 2])
        said = refused(errors.UnreadableRaster, input=[raster], model=model)
        assert "in.tif" in said

    def test_missing_band(self, refused, model, tmp_path):
        path = write_raster(tmp_path / "x.tif", reflectances(40, 40), names=("B02", "B08", "B11"))
        said = refused(errors.MissingBand, input=[path], model=model)
        assert "B03" in said and "B04" in said

    def test_wrong_band_count(self, refused, model, tmp_path):
        path = write_raster(tmp_path / "x.tif", reflectances(40, 40, bands=2), names=None)
        said = refused(errors.BandCountMismatch, input=[path], model=model)
        assert "2" in said and "3" in said

    def test_no_crs(self, refused, model, tmp_path):
        path = write_raster(tmp_path / "x.tif", reflectances(40, 40), crs=None)
        refused(errors.MissingCRS, input=[path], model=model)

    def test_complex_numbers(self, refused, model, tmp_path):
        values = reflectances(40, 40).astype(np.complex64)
        path = write_raster(tmp_path / "x.tif", values, nodata=None)
        refused(errors.CoverloomError, input=[path], model=model)


class TestArea:
    def test_extent_beside_the_raster(self, refused, model, raster):
        extent = [0.0, 0.0, 10.0, 10.0]
        said = refused(errors.EmptyIntersection, input=[raster], model=model, extent=extent)
        assert "EXTENT" in said

    def test_extent_of_no_area(self, refused, model, raster):
        extent = [5.0, 5.0, 5.0, 9.0]
        refused(errors.InvalidRequest, input=[raster], model=model, extent=extent)

    def test_unknown_crs(self, refused, model, raster):
        said = refused(errors.InvalidRequest, input=[raster], model=model,
                       extent=[0.0, 0.0, 1.0, 1.0], extent_crs="EPSG:nowhere")  # fmt: skip
        assert "nowhere" in said

    def test_mask_beside_the_raster(self, refused, model, raster, tmp_path):
        far = np.ones((1, 5, 5), np.uint8)
        mask = write_raster(tmp_path / "mask.tif", far, names=None, nodata=None,
                            transform=rasterio.Affine(10, 0, 0, 0, -10, 0))  # fmt: skip
        refused(errors.EmptyIntersection, input=[raster], model=model, mask=mask)

    def test_mask_of_points(self, refused, model, raster, tmp_path):
        mask = tmp_path / "mask.geojson"
        point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}}
        mask.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
        refused(errors.InvalidRequest, input=[raster], model=model, mask=str(mask))


class TestModel:
    def test_without_a_card(self, refused, raster, models, tmp_path):
        path = tmp_path / "bare.onnx"
        onnx.save(models.unet(), path)
        said = refused(errors.MissingCard, input=[raster], model=str(path))
        assert "importmodel" in said

    def test_truncated(self, refused, raster, model):
        content = Path(model).read_bytes()
        Path(model).write_bytes(content[: len(content) // 2])
        refused(errors.UnreadableModel, input=[raster], model=model)

    def test_no_onnx_at_all(self, refused, raster, tmp_path):
        (tmp_path / "text.onnx").write_text("not a model")
        refused(errors.UnreadableModel, input=[raster], model=str(tmp_path / "text.onnx"))

    def test_a_card_that_lies(self, refused, raster, models, tmp_path):
        proto = models.unet(classes=4)
        write_card(proto, models.card_for(classes=("A", "B", "C"), stride=4, receptive_field=9))
        onnx.save(proto, tmp_path / "lies.onnx")
        said = refused(errors.CardMismatch, input=[raster], model=str(tmp_path / "lies.onnx"))
        assert "3" in said and "4" in said

    def test_a_card_that_is_no_json(self, refused, raster, models, tmp_path):
        proto = models.unet()
        entry = proto.metadata_props.add()
        entry.key, entry.value = "coverloom", '{"schema": 1, "name": '
        onnx.save(proto, tmp_path / "broken.onnx")
        refused(errors.InvalidCard, input=[raster], model=str(tmp_path / "broken.onnx"))

    def test_weights_outside_its_folder(self, refused, raster, models, tmp_path):
        proto = models.unet()
        write_card(proto, models.card_for(stride=4, receptive_field=9))
        folder = tmp_path / "deep"
        folder.mkdir()
        onnx.save(
            proto,
            folder / "far.onnx",
            save_as_external_data=True,
            location="w.bin",
            size_threshold=0,
        )
        shutil.move(folder / "w.bin", tmp_path / "w.bin")
        far = onnx.load(folder / "far.onnx", load_external_data=False)
        for weight in far.graph.initializer:
            for entry in weight.external_data:
                entry.value = "../w.bin" if entry.key == "location" else entry.value
        (folder / "far.onnx").write_bytes(far.SerializeToString())
        said = refused(errors.UnreadableModel, input=[raster], model=str(folder / "far.onnx"))
        assert "../w.bin" in said

    def test_scores_that_are_no_numbers(self, refused, raster, models, tmp_path):
        proto = models.linear_net(np.full((4, 3), np.nan))
        write_card(proto, models.card_for(stride=1, receptive_field=1))
        onnx.save(proto, tmp_path / "nan.onnx")
        said = refused(errors.CardMismatch, input=[raster], model=str(tmp_path / "nan.onnx"))
        assert "NaN" in said

    def test_cuda_where_there_is_none(self, refused, raster, model):
        import onnxruntime

        if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
            pytest.skip("This runtime has CUDA.")
        said = refused(errors.DeviceUnavailable, input=[raster], model=model, device="cuda")
        assert "cuda" in said


class TestOutputs:
    def test_an_output_that_is_the_input(self, refused, model, raster):
        refused(errors.OutputIsInput, input=[raster], model=model, class_map=raster)

    def test_an_output_that_links_to_the_input(self, refused, model, raster, tmp_path):
        link = tmp_path / "link.tif"
        link.symlink_to(raster)
        refused(errors.OutputIsInput, input=[raster], model=model, entropy=str(link))

    def test_an_output_that_is_the_model(self, refused, model, raster):
        refused(errors.OutputIsInput, input=[raster], model=model, report=model)

    def test_one_path_twice(self, refused, model, raster, tmp_path):
        same = str(tmp_path / "out" / "class.tif")
        refused(errors.InvalidRequest, input=[raster], model=model, maxprob=same)

    def test_a_folder_that_cannot_be_made(self, refused, model, raster, tmp_path):
        (tmp_path / "file").write_text("in the way")
        blocked = str(tmp_path / "file" / "class.tif")
        refused(errors.UnwritablePath, input=[raster], model=model, class_map=blocked)

    def test_a_folder_in_the_place_of_a_file(self, refused, model, raster, tmp_path):
        (tmp_path / "out").mkdir()
        refused(errors.UnwritablePath, input=[raster], model=model, class_map=str(tmp_path / "out"))

    def test_too_little_disk(self, refused, model, raster, monkeypatch):
        """The disk is the only thing pretended: filling a real one would take others with it."""
        usage = shutil.disk_usage("/")
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: usage._replace(free=20_000))
        said = refused(errors.NotEnoughDisk, input=[raster], model=model)
        assert "GB" in said


def test_a_disk_that_fills_in_mid_run(refused, model, raster, monkeypatch, tmp_path):
    """A limit on file size stands for a full disk: writing fails as it does there."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, old[1]))
    try:
        refused(errors.UnwritablePath, input=[raster], model=model)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_an_older_map_survives_a_failed_run(tmp_path, model, classify):
    good = write_raster(tmp_path / "good.tif", reflectances(50, 50))
    _, _, outputs = classify(good, model)
    before = Path(outputs["CLASS"]).read_bytes()
    content = Path(good).read_bytes()
    Path(good).write_bytes(content[: len(content) // 3])
    with pytest.raises(errors.UnreadableRaster):
        classify(good, model)
    assert Path(outputs["CLASS"]).read_bytes() == before


class TestWorkerProcess:
    """The same through the worker, as QGIS sees it."""

    def worker(self, tmp_path, text, **environment):
        job = tmp_path / "job.json"
        job.write_text(text)
        command = [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(job)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                              env={**os.environ, **environment})  # fmt: skip
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def request(self, tmp_path, raster, model):
        fields = {
            "input": [raster],
            "model": model,
            "class_map": str(tmp_path / "out" / "class.tif"),
        }
        return json.dumps({"schema": 1, "job": "classifyraster", "request": fields})

    def test_a_result_is_the_last_event(self, tmp_path, raster, model):
        status, events = self.worker(tmp_path, self.request(tmp_path, raster, model))
        assert status == 0 and events[-1]["event"] == "result"
        assert Path(events[-1]["outputs"]["CLASS"]).exists()
        fractions = [e["fraction"] for e in events if e["event"] == "progress"]
        assert fractions == sorted(fractions) and fractions[-1] == 1

    def test_a_failure_is_one_event(self, tmp_path, raster):
        text = self.request(tmp_path, raster, str(tmp_path / "no.onnx"))
        status, events = self.worker(tmp_path, text)
        assert status == 1 and [e["event"] for e in events].count("failure") == 1
        assert events[-1]["kind"] == "MissingInput" and events[-1]["remedy"]

    @pytest.mark.parametrize("text", [
        "", "{", "[]", '{"schema": 2, "job": "classifyraster", "request": {}}',
        '{"schema": 1, "job": "nothing", "request": {}}',
        '{"schema": 1, "job": "classifyraster", "request": {"inptu": []}}',
        '{"schema": 1, "job": "classifyraster", "request": {"input": "a", "model": "b", "class_map": "c"}}',  # noqa: E501
    ])  # fmt: skip
    def test_jobs_that_are_none(self, tmp_path, text):
        status, events = self.worker(tmp_path, text)
        assert status == 1 and events[-1]["kind"] == "InvalidRequest"

    @pytest.mark.parametrize("point", ["before:replace", "after:replace"])
    def test_a_kill_at_the_end_leaves_whole_files_only(self, tmp_path, raster, model, point):
        text = self.request(tmp_path, raster, model)
        status, events = self.worker(tmp_path, text, COVERLOOM_FAULT=point)
        assert status == -9 and all(e["event"] != "result" for e in events)
        for path in (tmp_path / "out").glob("[!.]*.tif"):
            with rasterio.open(path) as dataset:
                assert (dataset.read(1) != 255).all(), f"{path} is half made"
        assert (tmp_path / "out" / "class.tif").exists() == (point == "after:replace")
