# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tiles: equal to single runs, none stopping the rest, and a page that shows them."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.core.classes import ClassScheme, LandCoverClass
from coverloom.engine.jobs import mapping, one_tile
from coverloom.engine.jobs.classifyraster import run as classify_raster
from coverloom.engine.jobs.classifytiles import run
from coverloom.engine.model_file import read_model
from coverloom.engine.reports.viewer import script_json
from coverloom.tests.data.make_safe import make_safe

from .conftest import reflectances, write_raster

EVIL = "</script><script>alert(1)</script>"
LAYERS = ("class", "maxprob", "entropy", "gap")


@pytest.fixture
def model(save, models):
    path, _ = save(models.unet(depth=1, seed=3))
    return path


@pytest.fixture
def tiles(tmp_path):
    """Two rasters, a SAFE folder, the zip of another, and a folder of bands."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    for seed, name in enumerate(("a", "b")):
        write_raster(folder / f"{name}.tif", reflectances(70, 90, seed=seed))
    make_safe(folder, size=96, seed=5, name="S2A_MSIL2A_one.SAFE")
    root, _ = make_safe(tmp_path / "other", size=96, seed=6, name="S2A_MSIL2A_two.SAFE")
    shutil.make_archive(str(folder / "S2A_MSIL2A_two"), "zip", root.parent)
    bands = folder / "patch_26_57"
    bands.mkdir()
    for band, pixels in zip(("B02", "B03", "B04"), reflectances(60, 60, seed=9)):
        write_raster(bands / f"S2_{band}.tif", pixels[None], names=None)
    return folder


def classify(folder, model, output, **fields):
    request = ClassifyTiles(input=str(folder), model=model, output=str(output), **fields)
    request.validate()
    events = []
    return run(request, events.append), events


def table(outputs):
    with Path(outputs["REPORT"]).open(newline="", encoding="utf-8") as file:
        return {row["tile_name"]: row for row in csv.DictReader(file)}


def page_data(outputs):
    text = Path(outputs["VIEWER"]).read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


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

    def test_no_scheduler(self, tmp_path, tiles, model, monkeypatch):
        monkeypatch.setattr("coverloom.engine.core.units._WAIT_S", 1)
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


def test_a_cluster_makes_the_same_maps(tmp_path, tiles, model):
    """The user's own scheduler, whose workers know nothing of Coverloom."""
    distributed = pytest.importorskip("distributed")
    for name in ("S2A_MSIL2A_one.SAFE", "patch_26_57"):
        shutil.rmtree(tiles / name)
    (tiles / "c.tif").write_bytes(b"no raster")
    classify(tiles, model, tmp_path / "here")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=40
    ) as cluster:
        address = cluster.scheduler_address
        outputs, _ = classify(tiles, model, tmp_path / "there", scheduler=address)
    assert (outputs["MAPPED"], outputs["FAILED"]) == (3, 1)
    assert "cannot be opened" in table(outputs)["c"]["error"]
    for path in (tmp_path / "here").rglob("*_class.tif"):
        twin = tmp_path / "there" / path.relative_to(tmp_path / "here")
        with rasterio.open(path) as one, rasterio.open(twin) as other:
            np.testing.assert_array_equal(one.read(), other.read())


def test_the_collection_is_valid_offline(tmp_path, tiles, model):
    classify(tiles, model, tmp_path / "out", layers=("second_class",))
    collection = pystac.Collection.from_file(str(tmp_path / "out" / "collection.json"))
    items = list(collection.get_items())
    assert {item.id for item in items} == {
        f"{n}_class" for n in ("S2A_MSIL2A_one", "S2A_MSIL2A_two", "a", "b", "patch_26_57")
    }
    for item in items:
        assert "extra/second_class" in item.assets
        assert item.get_collection().id == "coverloom-maps"
        for asset in item.assets.values():
            assert Path(asset.get_absolute_href()).exists()
        # Extensions' schemas lie on the web; the core's come with pystac.
        item.stac_extensions.clear()
        item.validate()
    collection.validate()
    box = collection.extent.spatial.bboxes[0]
    assert box[0] <= min(item.bbox[0] for item in items) and box[1] < box[3]


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


class TestViewer:
    def test_areas_are_those_of_the_map(self, tmp_path, tiles, model):
        outputs, _ = classify(tiles, model, tmp_path / "out")
        shown = {tile["row"]["tile_name"]: tile for tile in page_data(outputs)["tiles"]}
        with rasterio.open(tmp_path / "out/a/a_class.tif") as dataset:
            ids, counts = np.unique(dataset.read(1), return_counts=True)
        expected = {str(i): c * 100 / 1e6 for i, c in zip(ids, counts) if i != 255}
        assert shown["a"]["areas"] == pytest.approx(expected)

    def test_every_layer_has_a_picture(self, tmp_path, tiles, model):
        """Further layers, too: classes in their colours, other numbers from dark to light."""
        outputs, _ = classify(
            tiles, model, tmp_path / "out", layers=("second_class",),
            expressions="Class = B04 - 1000\nsure = p[0] > 2",
        )  # fmt: skip
        shown = {tile["row"]["tile_name"]: tile for tile in page_data(outputs)["tiles"]}
        assert list(shown["a"]["layers"]) == [
            "Class", "Maximum probability", "Entropy", "Gap", "second_class", "Class (Class.tif)",
            "sure",
        ]  # fmt: skip
        colours = np.array([c.colour for c in read_model(model).card.classes.classes])
        folder = tmp_path / "out/a/layers"
        second = picture(shown["a"]["layers"]["second_class"])
        with rasterio.open(folder / "second_class.tif") as dataset:
            np.testing.assert_array_equal(second, colours[dataset.read(1)])
        drawn = picture(shown["a"]["layers"]["Class (Class.tif)"]).astype(int)
        with rasterio.open(folder / "Class.tif") as dataset:
            values = dataset.read(1)
        # Viridis grows in green from end to end.
        order = np.argsort(values.ravel())
        assert (np.diff(drawn[..., 1].ravel()[order]) >= -1).all()
        assert drawn[values == values.max()][0].tolist() == [253, 231, 37]
        assert len(np.unique(picture(shown["a"]["layers"]["sure"]).reshape(-1, 3), axis=0)) == 1

    def test_nothing_comes_from_elsewhere(self, tmp_path, tiles, model):
        outputs, _ = classify(tiles, model, tmp_path / "out")
        text = Path(outputs["VIEWER"]).read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!data:)", text)
        assert "http:" not in text and "https:" not in text
        assert "default-src 'none'" in text

    @pytest.mark.parametrize("text", [EVIL, "<!--<script>", "a & b", "\u2028", "]]>"])
    def test_text_cannot_end_its_script(self, text):
        written = script_json({"name": text})
        assert not set("<>&\u2028\u2029") & set(written)
        assert json.loads(written) == {"name": text}


@pytest.fixture
def hostile(tmp_path, save, models):
    """A model with classes of hostile names, and tiles of hostile names, one of them broken."""
    path, card = save(models.unet(depth=1, seed=3))
    items = [LandCoverClass(i, f"{EVIL} {i}", c.colour) for i, c in enumerate(card.classes.classes)]
    evil = replace(card, classes=ClassScheme(tuple(items)))
    from coverloom.engine.model_file import save_model

    save_model(models.unet(depth=1, seed=3), evil, path)
    folder = tmp_path / "tiles"
    folder.mkdir()
    names = ["<img src=x onerror=alert(1)>", "tile & \"quotes\" 'two'"]
    for seed, name in enumerate(names):
        values = reflectances(200, 240, seed=seed)
        values[:, :40, :60] = 0
        write_raster(folder / f"{name}.tif", values)
    (folder / "broken.tif").write_bytes(b"<b>no raster</b>")
    return folder, path, names


def picture(url):
    """(h, w, 3) pixels of a picture's address."""
    content = base64.b64decode(url.partition(",")[2])
    with rasterio.MemoryFile(content) as file, file.open() as dataset:
        return np.moveaxis(dataset.read(), 0, -1)


@pytest.fixture(scope="session")
def chromium():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                 None)  # fmt: skip
    if not found:
        pytest.skip("No Chromium on this machine (Debian: apt install chromium).")
    return found


@pytest.fixture
def browse(tmp_path, chromium):
    """Open a page in a browser without a window; gives what a further option makes it say."""
    common = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
              f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000",
              "--window-size=1200,900"]  # fmt: skip

    def browse(page, option="--dump-dom"):
        done = subprocess.run([*common, option, page.as_uri()], capture_output=True, text=True,
                              timeout=120, check=True)  # fmt: skip
        return re.sub(r"<script.*?</script>", "", done.stdout, flags=re.DOTALL)

    return browse


def test_in_a_browser(tmp_path, hostile, browse):
    """The page as a browser builds it: text stays text, and a picture of it is kept."""
    folder, model, _ = hostile
    outputs, _ = classify(folder, model, tmp_path / "out")
    page = Path(outputs["VIEWER"])
    body = browse(page).partition("<body>")[2]
    assert "<img src=x" not in body and "<script>alert" not in body and "<b>no" not in body
    escaped = "&lt;img src=x onerror=alert(1)&gt;"
    assert escaped in body and "&lt;/script&gt;&lt;script&gt;alert(1)" in body
    assert "3 tiles, 2 mapped, 1 failed" in body
    assert body.count('class="failed"') == 1
    assert body.count("data:image/png;base64,") == 2
    shot = Path(os.environ.get("COVERLOOM_SCREENSHOTS", tmp_path)) / "viewer.png"
    browse(page, f"--screenshot={shot}")
    with rasterio.open(shot) as dataset:
        pixels = dataset.read()
    assert pixels.shape[1:] == (900, 1200)
    assert len(np.unique(pixels[:3].reshape(3, -1), axis=1).T) > 50


USER = r"""<script>
const said = [], say = (...what) => said.push(what.join("|"));
const rows = () => [...document.querySelectorAll("#tiles tbody tr")];
const names = () => rows().map((row) => row.cells[0].textContent).join();
const press = (title) => [...document.querySelectorAll("#tiles th button")]
  .find((button) => button.textContent.startsWith(title)).click();
const set = (id, value) => { byId(id).value = value; byId(id).dispatchEvent(new Event("input")); };
say("order", names());
press("Tile"); say("order", names());
press("State"); say("order", rows().map((row) => row.cells[1].textContent).join());
set("slider", 20); say("slider", byId("over").style.clipPath, byId("bar").style.left);
set("left", "Entropy"); set("right", "own");
const layers = data.tiles[current].layers;
say("layers", byId("over").src === layers["Entropy"], byId("under").src === layers["own"]);
rows().find((row) => row.cells[0].textContent === "c").click();
say("failing", byId("error").hidden, byId("error").textContent.slice(0, 8),
  byId("shown").style.display);
rows().find((row) => row.cells[0].textContent === "b").click();
say("again", byId("error").hidden, byId("name").textContent, byId("left").value);
byId("title").textContent = said.join("\n");
</script>
"""


def test_with_a_users_hands(tmp_path, tiles, model, browse):
    """Sorting, the slider, other layers, and a failing tile, as clicks bring them about."""
    for name in ("S2A_MSIL2A_one.SAFE", "patch_26_57"):
        shutil.rmtree(tiles / name)
    (tiles / "S2A_MSIL2A_two.zip").unlink()
    (tiles / "c.tif").write_bytes(b"no raster")
    outputs, _ = classify(tiles, model, tmp_path / "out", expressions="own = p[0]")
    page = tmp_path / "used.html"
    text = Path(outputs["VIEWER"]).read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"{USER}</body>"), encoding="utf-8")
    said = re.search(r'<h1 id="title">(.*?)</h1>', browse(page), re.DOTALL)[1].split("\n")
    assert said == [
        "order|a,b,c", "order|c,b,a", "order|failed,mapped,mapped",
        "slider|inset(0px 80% 0px 0px)|calc(20% - 1px)", "layers|true|true",
        "failing|false|Failed: |none", "again|true|b|Entropy",
    ]  # fmt: skip
