# SPDX-License-Identifier: GPL-3.0-or-later
"""``qgis_process`` as a user's script meets it: results, exit codes, signals."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from osgeo import gdal

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / "scripts" / "qgis_process")


@pytest.fixture
def run(process_environment, python):
    """Runs an algorithm to its end; values that are lists are given several times."""

    def call(algorithm, **parameters):
        arguments = [
            f"--{key}={item}"
            for key, value in parameters.items()
            for item in (value if isinstance(value, list) else [value])
        ]
        command = [PROGRAM, "run", "--json", f"coverloom:{algorithm}", *arguments]
        environ = {"COVERLOOM_PYTHON": str(python), **process_environment}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    return call


def test_classifies_and_names_its_outputs(run, inputs, tmp_path):
    done = run(
        "classifyraster", INPUT=inputs / "scene.tif", MODEL=inputs / "model.onnx",
        CLASS=tmp_path / "class.tif", ENTROPY=tmp_path / "entropy.tif",
        REPORT=tmp_path / "report.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert results["CLASS"] == str(tmp_path / "class.tif")
    assert results["REPORT"] == str(tmp_path / "report.json")
    assert not results.get("GAP") and not results.get("PROBS")
    dataset = gdal.Open(results["CLASS"])
    described = gdal.Info(dataset)  # GDAL 3.6's GetCategoryNames() gives None
    assert "0: Water\n      1: Forest\n      2: Fields\n      3: Town\n" in described
    assert (dataset.RasterXSize, dataset.RasterYSize) == (200, 150)


def test_several_rasters_are_several_inputs(run, inputs, tmp_path):
    """Three files of one band each give the map of the file with all three."""
    single = []
    for band in (1, 2, 3):
        path = inputs / f"b{band}.tif"
        gdal.Translate(str(path), str(inputs / "scene.tif"), bandList=[band])
        copy = gdal.Open(str(path), gdal.GA_Update)
        copy.GetRasterBand(1).SetDescription(f"B0{band + 1}")
        del copy
        single.append(path)
    maps = {}
    for name, given in (("one", inputs / "scene.tif"), ("three", single)):
        maps[name] = tmp_path / f"{name}.tif"
        done = run("classifyraster", INPUT=given, MODEL=inputs / "model.onnx", CLASS=maps[name])
        assert done.returncode == 0, done.stderr
    one, three = (gdal.Open(str(path)).ReadAsArray() for path in maps.values())
    assert (one == three).all() and len(set(one.ravel())) > 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"MODEL": "none.onnx"}, "none.onnx"),
        ({"INPUT": "none.tif"}, "INPUT: none.tif"),
        ({"DEVICE": "quantum"}, "DEVICE: quantum"),
        ({"OVERLAP": "-5"}, "OVERLAP: -5"),
        ({"CLASS": "class.png"}, "maps are GeoTIFF"),
        ({"BAND_MAP": "B02=17"}, "17"),
    ],
)
def test_bad_input_is_one_sentence_exit_code_one_and_nothing_written(
    run, inputs, tmp_path, change, said
):
    given = {
        "INPUT": inputs / "scene.tif", "MODEL": inputs / "model.onnx",
        "CLASS": tmp_path / "class.tif",
    }  # fmt: skip
    done = run("classifyraster", **{**given, **change})
    assert done.returncode != 0
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.glob("*class*"))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("kind", ["family", "compiled"])
def test_the_worker_and_its_children_end_with_it(
    probe, process_environment, tmp_path, family, alive, wait_for, sent, kind
):
    pids = probe(kind)
    import os

    own = {name: os.environ[name] for name in os.environ if name.startswith("COVERLOOM_")}
    process = subprocess.Popen(
        [PROGRAM, "run", "coverloom:createsampledata", f"--OUTPUT={tmp_path / 'out'}"],
        env={**process_environment, **own}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    processes = family(pids)
    time.sleep(0.3)  # the probe is told of in the middle of its start
    began = time.monotonic()
    process.send_signal(sent)
    wait_for(lambda: not any(map(alive, processes)), 10)
    code, said = process.wait(10), process.stdout.read()
    process.stdout.close()
    print(f"{sent.name} {kind}: exit code {code}, all ended in {time.monotonic() - began:.2f} s")
    assert code != 0
    assert "Results" not in said
    if sent == signal.SIGINT:
        assert code == 1 and "The job was cancelled." in said
    # A half-written file goes with the worker, even when QGIS is killed.
    assert [path.name for path in (tmp_path / "out").rglob("*")] == []


def test_a_folder_of_which_no_tile_could_be_mapped_is_no_success(run, inputs, tmp_path):
    tiles, out = tmp_path / "tiles", tmp_path / "out"
    tiles.mkdir()
    (tiles / "a.tif").write_bytes(b"no raster")
    done = run("classifytiles", INPUT=tiles, MODEL=inputs / "model.onnx", OUTPUT=out)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"Could not map the tile in {tiles}. {tiles / 'a.tif'} cannot be opened" in said
    assert f"is in {out / 'benchmark_report.csv'} and {out / 'viewer.html'}." in said
    assert "Traceback" not in said
    assert "cannot be opened" in (out / "benchmark_report.csv").read_text()
    (tiles / "b.tif").write_bytes((inputs / "scene.tif").read_bytes())
    done = run("classifytiles", INPUT=tiles, MODEL=inputs / "model.onnx", OUTPUT=out)
    assert done.returncode == 0 and json.loads(done.stdout)["results"]["FAILED"] == 1
