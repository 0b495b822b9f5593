# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tiles: equal to single runs, and none of them stops the rest."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.contract.copies import FOLDER_PREFIX
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.jobs import classifytiles, mapping, one_tile
from coverloom.engine.jobs.classifyraster import run as classify_raster
from coverloom.engine.model_file import read_model
from coverloom.engine.worker import EventWriter, run_job
from coverloom.tests.data.make_safe import make_safe

from .conftest import reflectances, write_raster
from .many_tiles import classify, model, page_data, table, tiles

__all__ = ["model", "tiles"]
LAYERS = ("class", "maxprob", "entropy", "gap")


def worked(request, tmp_path):
    """Exit status and last event of a worker with this request."""
    job, said = tmp_path / "job.json", io.StringIO()
    job.write_text(request.to_json())
    return run_job(job, EventWriter(said)), json.loads(said.getvalue().splitlines()[-1])


def test_every_form_gets_its_folder(tmp_path, tiles, model):
    outputs, events = classify(tiles, model, tmp_path / "out")
    names = ["S2A_MSIL2A_one", "S2A_MSIL2A_two", "a", "b", "patch_26_57"]
    assert sorted(table(outputs)) == names
    assert (outputs["MAPPED"], outputs["FAILED"]) == (5, 0)
    for name in names:
        # mapping.md, fault 10: the batch wrote to out/tile/tile, where its viewer found nothing.
        folder = tmp_path / "out" / name
        there = {path.name for path in folder.iterdir() if path.suffix != ".xml"}
        assert {f"{name}_{layer}.tif" for layer in LAYERS} <= there
        assert {f"{name}_classmap.json", "preview.png", f"{name}_report.json"} <= there
        assert not any(path.name.startswith(".") for path in folder.iterdir())
    fractions = [e.fraction for e in events if e.event == "progress"]
    assert fractions == sorted(fractions)


def test_a_tile_is_what_a_single_run_makes(tmp_path, tiles, model):
    classify(tiles, model, tmp_path / "out")
    alone = str(tmp_path / "alone.tif")
    classify_raster(
        ClassifyRaster(input=(str(tiles / "a.tif"),), model=model, class_map=alone), print
    )
    with rasterio.open(alone) as one, rasterio.open(tmp_path / "out/a/a_class.tif") as other:
        np.testing.assert_array_equal(one.read(), other.read())


def test_the_model_is_loaded_once(tmp_path, tiles, model, monkeypatch):
    """mapping.md, fault 10: it was loaded again for every tile."""
    loads, real = [], mapping.LoadedModel.network

    def network(self, *arguments):
        loads.append(self._network is None)
        return real(self, *arguments)

    monkeypatch.setattr(mapping.LoadedModel, "network", network)
    one_tile._WARM.clear()
    classify(tiles, model, tmp_path / "out")
    assert loads.count(True) == 1 and len(loads) >= 5


def test_the_table_measures(tmp_path, tiles, model):
    """mapping.md, fault 11: CPU was always 0, peak memory and the device were not told."""
    outputs, _ = classify(tiles, model, tmp_path / "out")
    for name, row in table(outputs).items():
        assert float(row["processing_time_seconds"]) > 0 and float(row["cpu_seconds"]) > 0
        assert float(row["cpu_percent_end"]) > 0, name
        assert float(row["peak_memory_mb"]) >= float(row["memory_mb_start"]) * 0.5
        assert row["provider"] == "CPUExecutionProvider" and row["gpu_memory_mb"] == ""
        assert float(row["mpx_per_s"]) > 0 and float(row["patches_per_s"]) > 0
        files = [f for f in (tmp_path / "out" / name).iterdir() if "_tile.json" not in f.name]
        assert int(row["file_count"]) == len(files)
        assert float(row["output_size_mb"]) > 0 and row["error"] == ""
    report = json.loads((tmp_path / "out/a/a_report.json").read_text())
    assert float(table(outputs)["a"]["infer_seconds"]) == pytest.approx(
        report["seconds"]["infer"], rel=1e-5
    )


class TestBadTiles:
    def test_none_stops_the_rest(self, tmp_path, tiles, model):
        (tiles / "c.tif").write_bytes(b"no raster")
        (tiles / "empty.SAFE").mkdir()
        (tiles / "half.zip").write_bytes((tiles / "S2A_MSIL2A_two.zip").read_bytes()[:-4000])
        write_raster(tiles / "d.tif", reflectances(50, 50)[:2], names=("B02", "B03"))
        make_safe(tiles, level="L1C", name="S2A_MSIL1C_x.SAFE")
        outputs, events = classify(tiles, model, tmp_path / "out")
        assert (outputs["MAPPED"], outputs["FAILED"]) == (5, 5)
        rows = table(outputs)
        assert "cannot be opened" in rows["c"]["error"]
        assert "empty.SAFE" in rows["empty"]["error"]
        assert "zip archive" in rows["half"]["error"]
        assert "B04" in rows["d"]["error"]
        assert "is L1C" in rows["S2A_MSIL1C_x"]["error"]
        assert not (tmp_path / "out" / "c").exists()
        shown = {tile["row"]["tile_name"]: tile for tile in page_data(outputs)["tiles"]}
        assert shown["c"]["row"]["error"] and not shown["c"]["layers"]
        assert len(shown["a"]["layers"]) == 4
        assert any("5 of 10 tiles failed" in getattr(e, "text", "") for e in events)

    def test_if_all_fail_so_does_the_job(self, tmp_path, model):
        """For one reason, met only while mapping, or for several; what is known is written."""
        folder, out = tmp_path / "tiles", tmp_path / "out"
        folder.mkdir()
        for name in "ab":
            write_raster(folder / f"{name}.tif", reflectances(50, 50))
        own = tmp_path / "own.py"
        own.write_text(
            "from coverloom.engine.layers.own import layer\n\n\n@layer()\ndef once(p, bands):\n"
            "    if p.shape[1] > 9:\n        raise ValueError('not today')\n    return p[0]\n"
        )
        request = ClassifyTiles(
            input=str(folder), model=model, output=str(out), layers_file=str(own), device="cpu"
        )
        status, said = worked(request, tmp_path)
        rows = table({"REPORT": out / "benchmark_report.csv"})
        reason = rows["a"]["error"]
        assert reason and reason == rows["b"]["error"]
        assert status == 1 and said == {
            "event": "failure", "kind": "NothingMapped",
            "what": f"Could not map any of the 2 tiles in {folder}. {reason}",
            "remedy": f"What was wrong with each is in {out / 'benchmark_report.csv'} and "
            f"{out / 'viewer.html'}.",
        }  # fmt: skip
        shown = page_data({"VIEWER": out / "viewer.html"})["tiles"]
        assert [tile["row"]["error"] for tile in shown] == [reason, reason]
        for name in "ab":
            (folder / f"{name}.tif").write_bytes(b"no raster")
        _, said = worked(request, tmp_path)
        assert said["what"].startswith(f"Could not map any of the 2 tiles in {folder}. a: {folder}")
        write_raster(folder / "b.tif", reflectances(50, 50))
        assert worked(dataclasses.replace(request, layers_file=""), tmp_path)[0] == 0

    def test_whatever_is_raised(self, tmp_path, tiles, model, monkeypatch):
        real = one_tile.map_scene

        def broken(request, *arguments):
            if "b_class" in request.class_map:
                raise MemoryError("no memory for this one")
            return real(request, *arguments)

        monkeypatch.setattr(one_tile, "map_scene", broken)
        outputs, _ = classify(tiles, model, tmp_path / "out")
        assert table(outputs)["b"]["error"] == "MemoryError: no memory for this one"
        assert outputs["MAPPED"] == 4

    def test_but_for_a_missing_package_which_is_no_tile_s_fault(
        self, tmp_path, tiles, model, monkeypatch
    ):
        def lacking(*arguments):
            raise ModuleNotFoundError("No module named 'rarely'", name="rarely")

        monkeypatch.setattr(one_tile, "map_scene", lacking)
        with pytest.raises(ModuleNotFoundError):
            classify(tiles, model, tmp_path / "out")

    def test_cancelling_ends_the_job(self, tmp_path, tiles, model, monkeypatch):
        def cancelled(*arguments):
            raise errors.Cancelled()

        monkeypatch.setattr(one_tile, "map_scene", cancelled)
        with pytest.raises(errors.Cancelled):
            classify(tiles, model, tmp_path / "out")

    def test_no_tiles(self, tmp_path, model):
        (tmp_path / "tiles").mkdir()
        with pytest.raises(errors.EmptySelection, match="holds no tiles"):
            classify(tmp_path / "tiles", model, tmp_path / "out")
        with pytest.raises(errors.MissingInput, match="no folder"):
            classify(tmp_path / "none", model, tmp_path / "out")

    def test_another_folder_is_not_written_into(self, tmp_path, tiles, model):
        (tmp_path / "out" / "a").mkdir(parents=True)
        (tmp_path / "out" / "a" / "thesis.docx").write_text("mine")
        outputs, _ = classify(tiles, model, tmp_path / "out")
        assert "thesis.docx" in table(outputs)["a"]["error"]
        assert [p.name for p in (tmp_path / "out" / "a").iterdir()] == ["thesis.docx"]

    def test_what_no_tile_could_have_is_refused_at_once(self, tmp_path, tiles, model, monkeypatch):
        """It would fail every tile, and the job would look like a success."""
        providers = ["CPUExecutionProvider"]  # as where there is no GPU
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: providers)
        (tmp_path / "own.py").write_text("raise ValueError('not today')")
        for fields, said in (
            ({"expressions": 'a = p["Marsh"]'}, "no class 'Marsh'"),
            ({"layers": ("third_class",)}, "LAYERS has 'third_class'"),
            ({"layers_file": str(tmp_path / "own.py")}, "not today"),
            ({"device": "cuda"}, "DEVICE is cuda"),
        ):
            with pytest.raises(errors.CoverloomError, match=said):
                classify(tiles, model, tmp_path / "out", **fields)
        assert not (tmp_path / "out").exists()

    def test_no_scheduler(self, tmp_path, tiles, model, monkeypatch):
        monkeypatch.setattr("coverloom.engine.core.cluster._WAIT_S", 1)
        with pytest.raises(errors.SchedulerUnreachable):
            classify(tiles, model, tmp_path / "out", scheduler="tcp://127.0.0.1:9")


class TestAgain:
    def test_done_tiles_are_kept(self, tmp_path, tiles, model):
        first, _ = classify(tiles, model, tmp_path / "out")
        stamps = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*_class.tif")}
        (tmp_path / "out/b/b_gap.tif").unlink()  # no longer complete
        write_raster(tiles / "a.tif", reflectances(70, 90, seed=77))  # another input
        second, _ = classify(tiles, model, tmp_path / "out")
        rows = table(second)
        assert {n: r["kept"] for n, r in rows.items()} == {
            "S2A_MSIL2A_one": "True", "S2A_MSIL2A_two": "True", "a": "", "b": "",
            "patch_26_57": "True",
        }  # fmt: skip
        for path, stamp in stamps.items():
            assert (path.stat().st_mtime_ns == stamp) == (path.parent.name not in "ab")
        before = table(first)["patch_26_57"]["processing_time_seconds"]
        assert rows["patch_26_57"]["processing_time_seconds"] == before

    def test_copies_of_a_layer_are_known_by_what_they_hold(self, tmp_path, tiles):
        """QGIS writes a mask's polygons anew for each run, into another folder."""
        prints = []
        for folder, text in (("a", "{}"), ("b", "{}"), ("c", "[]")):
            mask = tmp_path / f"{FOLDER_PREFIX}{folder}" / "layer1.geojson"
            mask.parent.mkdir()
            mask.write_text(text)
            task = one_tile.tile_task(
                "a", str(tiles / "a.tif"), tmp_path / "out", {"mask": str(mask)}, "m.onnx", False,
                "0", 0,
            )  # fmt: skip
            prints.append(task.fingerprint())
        assert prints[0] == prints[1] != prints[2]

    def test_further_layers_are_kept_too(self, tmp_path, tiles, model):
        for kept in ("", "True"):
            outputs, _ = classify(tiles, model, tmp_path / "out", layers=("second_class",))
            assert {row["kept"] for row in table(outputs).values()} == {kept}
            assert (tmp_path / "out/a/layers/second_class.tif").is_file()

    def test_a_tile_cut_short_is_gone_on_with(self, tmp_path, tiles, model, monkeypatch):
        """What a killed run left does not stand in the way of the next, with RESUME or without."""
        classify(tiles, model, tmp_path / "whole")
        for place, resume in enumerate((True, False)):
            out = tmp_path / f"out{place}"
            with monkeypatch.context() as patch:
                patch.setattr(one_tile, "_areas", lambda request: _killed())
                with pytest.raises(KeyboardInterrupt):
                    classify(tiles, model, out, resume=resume)
            outputs, _ = classify(tiles, model, out, resume=resume)
            assert outputs["FAILED"] == 0
            for path in (tmp_path / "whole").rglob("*_class.tif"):
                with (
                    rasterio.open(path) as one,
                    rasterio.open(out / path.relative_to(tmp_path / "whole")) as other,
                ):
                    np.testing.assert_array_equal(one.read(), other.read())

    def test_another_request_maps_again(self, tmp_path, tiles, model):
        classify(tiles, model, tmp_path / "out")
        outputs, _ = classify(tiles, model, tmp_path / "out", layer_type="byte")
        assert not any(row["kept"] for row in table(outputs).values())
        with rasterio.open(tmp_path / "out/a/a_gap.tif") as dataset:
            assert dataset.dtypes == ("uint8",)


def _killed():
    raise KeyboardInterrupt


def test_processes_make_the_same_maps(tmp_path, tiles, model):
    (tiles / "c.tif").write_bytes(b"no raster")
    classify(tiles, model, tmp_path / "here")
    outputs, _ = classify(tiles, model, tmp_path / "there", workers=2)
    assert (outputs["MAPPED"], outputs["FAILED"]) == (5, 1)
    for path in (tmp_path / "here").rglob("*_class.tif"):
        twin = tmp_path / "there" / path.relative_to(tmp_path / "here")
        with rasterio.open(path) as one, rasterio.open(twin) as other:
            np.testing.assert_array_equal(one.read(), other.read())


def test_threads_of_a_worker_map_one_tile_at_a_time(tmp_path, tiles, model, monkeypatch):
    """Each may take the request's memory, and they share the model."""
    at_work, most = [], []
    real = one_tile.map_scene

    def counted(request, *arguments):
        at_work.append(request)
        most.append(len(at_work))
        time.sleep(0.05)
        try:
            return real(request, *arguments)
        finally:
            at_work.remove(request)

    monkeypatch.setattr(one_tile, "map_scene", counted)
    request = ClassifyTiles(str(tiles), model, str(tmp_path / "out"))
    tasks = classifytiles._tasks(request, read_model(model), tmp_path / "out")
    with ThreadPoolExecutor(3) as pool:
        rows = [result["row"] for result in pool.map(one_tile.map_tile, tasks)]
    assert len(rows) == 5 and not any("error" in row for row in rows)
    assert most == [1] * 5


def test_a_cluster_makes_the_same_maps(tmp_path, tiles, model):
    """The user's own scheduler, whose workers know nothing of Coverloom, and have threads."""
    distributed = pytest.importorskip("distributed")
    for name in ("S2A_MSIL2A_one.SAFE", "patch_26_57"):
        shutil.rmtree(tiles / name)
    (tiles / "c.tif").write_bytes(b"no raster")
    classify(tiles, model, tmp_path / "here")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=3, dashboard_address=None, silence_logs=40
    ) as cluster:
        address = cluster.scheduler_address
        outputs, _ = classify(tiles, model, tmp_path / "there", scheduler=address)
    assert (outputs["MAPPED"], outputs["FAILED"]) == (3, 1)
    assert "cannot be opened" in table(outputs)["c"]["error"]
    for path in (tmp_path / "here").rglob("*_class.tif"):
        twin = tmp_path / "there" / path.relative_to(tmp_path / "here")
        with rasterio.open(path) as one, rasterio.open(twin) as other:
            np.testing.assert_array_equal(one.read(), other.read())


class TestProbabilities:
    def test_one_pixel_of_all_classes_is_cheap_and_right(self, tmp_path, tiles, model):
        """As bytes, pixel by pixel: one block holds all classes, 1/508 off at most."""
        exact, byte = tmp_path / "exact", tmp_path / "byte"
        classify(tiles, model, exact, probs=True)
        classify(tiles, model, byte, probs=True, layer_type="byte")
        name = "a/a_probs.tif"
        with rasterio.open(exact / name) as one, rasterio.open(byte / name) as other:
            assert other.profile["interleave"] == "pixel" and other.dtypes[0] == "uint8"
            pixel = ((11, 12), (31, 32))
            p, stored = one.read(window=pixel)[:, 0, 0], other.read(window=pixel)[:, 0, 0]
            got = stored * np.array(other.scales)
            np.testing.assert_allclose(got, p, atol=1 / 508 + 1e-6)
            assert p.sum() == pytest.approx(1, abs=1e-5)
