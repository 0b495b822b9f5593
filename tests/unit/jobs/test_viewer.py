# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of many tiles: what it shows, that text stays text, and how it is used in a browser."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.core.classes import ClassScheme, LandCoverClass
from coverloom.engine.model_file import read_model, save_model
from coverloom.engine.reports.viewer import script_json

from .conftest import reflectances, write_raster
from .many_tiles import classify, model, page_data, tiles

__all__ = ["model", "tiles"]
EVIL = "</script><script>alert(1)</script>"


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
        low, high = shown["a"]["scales"]["Class (Class.tif)"]
        np.testing.assert_allclose((low, high), np.percentile(values, (2, 98)), rtol=1e-6)
        assert shown["a"]["scales"]["Entropy"] == [0, 1] and "Class" not in shown["a"]["scales"]
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
              f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000"]  # fmt: skip

    def browse(page, option="--dump-dom", size="1200,900"):
        command = [*common, f"--window-size={size}", option, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
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
const lines = () => [...document.querySelectorAll("#tiles tbody tr")];
const names = () => lines().map((row) => row.cells[0].textContent).join();
const press = (title) => [...document.querySelectorAll("#tiles th button")]
  .find((button) => button.textContent.startsWith(title)).click();
const set = (id, value) => { byId(id).value = value; byId(id).dispatchEvent(new Event("input")); };
say("order", names());
press("Tile"); say("order", names());
press("State"); say("order", lines().map((row) => row.cells[1].textContent).join());
set("slider", 20); say("slider", byId("over").style.clipPath, byId("bar").style.left);
set("left", "Entropy"); set("right", "own");
const layers = data.tiles[current].layers;
say("scales", byId("scales").textContent);
say("layers", byId("over").src === layers["Entropy"], byId("under").src === layers["own"]);
lines().find((row) => row.cells[0].textContent === "c").click();
say("failing", byId("error").hidden, byId("error").textContent.slice(0, 8),
  byId("shown").style.display);
lines().find((row) => row.cells[0].textContent === "b").click();
say("again", byId("error").hidden, byId("name").textContent, byId("left").value);
byId("title").textContent = said.join("\n");
</script>
"""


def test_with_a_users_hands(tmp_path, tiles, model, browse):
    """Sorting, the slider, other layers, and a failing tile, as clicks bring them about."""
    said = use(tmp_path, tiles, model, browse, USER)
    assert said == [
        "order|a,b,c", "order|c,b,a", "order|failed,mapped,mapped",
        "slider|inset(0px 80% 0px 0px)|calc(20% - 1px)", "scales|01Entropy01own",
        "layers|true|true",
        "failing|false|Failed: |none", "again|true|b|Entropy",
    ]  # fmt: skip


KEYS = r"""<script>
const said = [], say = (...what) => said.push(what.join("|"));
const lines = () => [...document.querySelectorAll("#tiles tbody tr")];
const at = () => (document.activeElement.cells || [document.activeElement])[0].textContent;
const key = (name) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key: name, bubbles: true }));
const sorter = document.querySelectorAll("#tiles th button")[1];
sorter.focus(); sorter.click(); say("sorted", at());
lines()[0].focus(); key("ArrowUp"); say("up", at()); key("ArrowDown"); say("down", at());
document.body.style.paddingBottom = "3000px"; scrollTo(0, 2000);
key("Enter"); say("chosen", at(), byId("name").textContent,
  Math.round(byId("name").getBoundingClientRect().top) >= 0);
key("ArrowDown"); key(" "); say("space", at(), byId("name").textContent);
const next = byId("next");
next.focus(); next.click(); say("next", at().slice(0, 4), byId("name").textContent);
byId("previous").click(); say("previous", byId("name").textContent);
say("current", lines().filter((row) => row.className === "current").map(
  (row) => row.cells[0].textContent));
document.body.style.zoom = 1.4;  // a browser's window has at least 500 px; a phone has not
say("fits", document.documentElement.scrollWidth <= innerWidth, innerWidth <= 500);
byId("title").textContent = said.join("\n");
</script>
"""


def test_by_the_keyboard_in_a_narrow_window(tmp_path, tiles, model, browse):
    """What was pressed keeps the focus, the tile comes into view, and nothing is cut off."""
    said = use(tmp_path, tiles, model, browse, KEYS, "500,700")
    assert said == [
        "sorted|State ▲", "up|c", "down|a", "chosen|a|a|true", "space|b|b", "next|Next|c",
        "previous|b", "current|b", "fits|true|true",
    ]  # fmt: skip


def use(folder, tiles, model, browse, script, size="1200,900"):
    """What a script says that is added to the page of two good tiles and a broken one."""
    for name in ("S2A_MSIL2A_one.SAFE", "patch_26_57"):
        shutil.rmtree(tiles / name)
    (tiles / "S2A_MSIL2A_two.zip").unlink()
    (tiles / "c.tif").write_bytes(b"no raster")
    outputs, _ = classify(tiles, model, folder / "out", expressions="own = p[0]")
    page = folder / "used.html"
    text = Path(outputs["VIEWER"]).read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"{script}</body>"), encoding="utf-8")
    shown = browse(page, size=size)
    return re.search(r'<h1 id="title">(.*?)</h1>', shown, re.DOTALL)[1].split("\n")
