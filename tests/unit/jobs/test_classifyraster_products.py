"""What a run leaves: rasters, legend, picture, report, catalogue entry; extent and mask."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.core.band import Band
from coverloom.engine.jobs.classifyraster import run
from rasterio.features import rasterize

from .conftest import reflectances, write_raster

NAMES = ("Water", "Forest & bush", "<Fields>", "Town")


@pytest.fixture
def model(save, models):
    return save(models.unet(seed=5), classes=NAMES)[0]


@pytest.fixture
def products(tmp_path, model):
    """One run with everything asked for: ``(folder, request)``."""
    values = reflectances(300, 700)
    values[:, :40] = 0
    folder = tmp_path / "out"
    request = {
        "input": [write_raster(tmp_path / "in.tif", values)],
        "model": model,
        **{name: str(folder / f"{name}.tif") for name in ("maxprob", "entropy", "gap", "probs")},
        "class_map": str(folder / "class.tif"),
        "classmap": str(folder / "classmap.json"),
        "preview": str(folder / "preview.png"),
        "report": str(folder / "report.json"),
    }
    job = read_job(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    run(job, lambda event: None)
    return folder, request


class TestRasters:
    def test_tiled_compressed_with_overviews(self, products):
        for path in products[0].glob("*.tif"):
            with rasterio.open(path) as dataset:
                assert dataset.profile["tiled"] and dataset.compression.value in ("ZSTD", "DEFLATE")
                assert dataset.overviews(1) == [2, 4], path.name
                assert (dataset.width, dataset.height) == (700, 300)

    def test_overviews_are_every_second_pixel(self, products):
        for path in products[0].glob("*.tif"):
            with rasterio.open(path) as dataset:
                full = dataset.read()
            for level, step in ((0, 2), (1, 4)):
                with rasterio.open(path, overview_level=level) as dataset:
                    np.testing.assert_array_equal(dataset.read(), full[:, ::step, ::step])

    def test_types_nodata_and_descriptions(self, products):
        with rasterio.open(products[0] / "class.tif") as dataset:
            assert (dataset.dtypes[0], dataset.nodata, dataset.descriptions) == (
                "uint8",
                255,
                ("Class",),
            )
        for name in ("maxprob", "entropy", "gap"):
            with rasterio.open(products[0] / f"{name}.tif") as dataset:
                assert (dataset.dtypes[0], dataset.nodata) == ("float32", -1)
                assert dataset.descriptions[0]
        with rasterio.open(products[0] / "probs.tif") as dataset:
            assert dataset.descriptions == NAMES

    def test_tags_say_what_made_them(self, products, model):
        with rasterio.open(products[0] / "entropy.tif") as dataset:
            tags = dataset.tags()
        assert tags["MODEL_SHA256"] == hashlib.sha256(Path(model).read_bytes()).hexdigest()
        assert "ln K" in tags["FORMULA"]
        assert json.loads(tags["SETTINGS"])["request"]["model"] == model

    def test_probabilities_agree_with_the_maps(self, products):
        read = {}
        for name in ("class", "maxprob", "probs"):
            with rasterio.open(products[0] / f"{name}.tif") as dataset:
                read[name] = dataset.read()
        valid = read["class"][0] != 255
        p = read["probs"][:, valid]
        np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)
        np.testing.assert_array_equal(p.argmax(axis=0), read["class"][0][valid])
        np.testing.assert_allclose(p.max(axis=0), read["maxprob"][0][valid], atol=1e-6)
        assert (read["probs"][:, ~valid] == -1).all()

    def test_inputs_are_left_alone(self, products):
        folder = Path(products[1]["input"][0]).parent
        assert sorted(p.name for p in folder.iterdir()) == ["in.tif", "model.onnx", "out"]


class TestLegend:
    def test_categories_and_palette_are_the_model_s(self, products, models):
        with rasterio.open(products[0] / "class.tif") as dataset:
            assert dataset.tags(1, ns="rio_overview") is not None
            palette = dataset.colormap(1)
        classes = models.card_for(classes=NAMES).classes.classes
        for item in classes:
            assert palette[item.id][:3] == item.colour
        side = (products[0] / "class.tif.aux.xml").read_text()
        assert side.count("<Category>") == side.count("<Entry") == len(NAMES)
        assert "Forest &amp; bush" in side and "&lt;Fields&gt;" in side

    def test_classmap(self, products):
        content = json.loads((products[0] / "classmap.json").read_text())
        assert content["No_Dominant_Class"] == 255
        assert [content[name]["index"] for name in NAMES] == [0, 1, 2, 3]
        assert all(len(content[name]["color_rgb"]) == 3 for name in NAMES)

    def test_preview_is_transparent_where_there_is_nothing(self, products, models):
        with rasterio.open(products[0] / "preview.png") as dataset:
            picture = dataset.read()
        with rasterio.open(products[0] / "class.tif") as dataset:
            ids = dataset.read(1)
        np.testing.assert_array_equal(picture[3] == 0, ids == 255)
        for item in models.card_for(classes=NAMES).classes.classes:
            painted = picture[:3, ids == item.id].T
            np.testing.assert_array_equal(painted, np.broadcast_to(item.colour, painted.shape))


def test_report_says_what_was_done(products):
    report = json.loads((products[0] / "report.json").read_text())
    assert report["device"] == "CPUExecutionProvider"
    chunks = report["chunks"]
    assert chunks["mapped"] + sum(chunks["skipped"].values()) == chunks["planned"]
    assert report["valid_mpx"] == pytest.approx(260 * 700 / 1e6)
    assert report["peak_memory_mb"] > 50 and report["seconds_to_first_chunk"] > 0
    assert set(report["seconds"]) >= {"read", "prepare", "infer", "write"}


def test_stac_item_is_valid_and_finds_the_maps(products):
    item = pystac.Item.from_file(str(products[0] / "class.stac.json"))
    assert item.bbox[0] < 12.3 < item.bbox[2] and item.properties["proj:code"] == "EPSG:32633"
    for asset in item.get_assets().values():
        assert Path(asset.get_absolute_href()).exists(), asset.href
    with rasterio.open(products[0] / "class.tif") as dataset:
        assert item.properties["proj:transform"] == list(dataset.transform)[:6]


def test_byte_layers_are_within_half_a_step(tmp_path, model, classify):
    raster = write_raster(tmp_path / "in.tif", reflectances(100, 90))
    exact, _, _ = classify(raster, model, "exact")
    stored, _, outputs = classify(raster, model, "byte", layer_type="byte")
    for name in ("maxprob", "entropy", "gap"):
        with rasterio.open(outputs[name.upper()]) as dataset:
            assert (dataset.dtypes[0], dataset.nodata) == ("uint8", 255)
            values = stored[name] * dataset.scales[0]
        np.testing.assert_allclose(values, exact[name], atol=0.5 / 254 + 1e-6)


def test_256_classes_need_a_wider_type(tmp_path, save, models, classify):
    names = [f"Class {i}" for i in range(256)]
    weights = np.random.default_rng(1).standard_normal((256, 3))
    path, _ = save(models.linear_net(weights), classes=names)
    values = reflectances(40, 50)
    maps, _, outputs = classify(write_raster(tmp_path / "in.tif", values), path)
    normal = (values.astype(np.float32) - 1000) / 500
    expected = np.einsum("kc,chw->khw", weights.astype(np.float32), normal).argmax(axis=0)
    assert (maps["class"] == expected).mean() > 0.999  # float32 ties aside
    with rasterio.open(outputs["CLASS"]) as dataset:
        assert (dataset.dtypes[0], dataset.nodata) == ("uint16", 65535)


POLYGON = {"type": "Polygon", "coordinates": [[
    [300105, 5399705], [300805, 5399905], [300655, 5399105], [300105, 5399705],
]]}  # fmt: skip


class TestMask:
    def geojson(self, path, geometry, crs="EPSG:32633"):
        features = [{"type": "Feature", "properties": {}, "geometry": geometry}]
        member = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **member}))
        return str(path)

    def test_polygons_cut_the_map_and_skip_chunks(self, tmp_path, model, classify):
        raster = write_raster(tmp_path / "in.tif", reflectances(128, 128))
        whole, _, _ = classify(raster, model, "whole", chunk_size=32)
        report = str(tmp_path / "report.json")
        mask = self.geojson(tmp_path / "mask.geojson", POLYGON)
        part, _, _ = classify(raster, model, "part", chunk_size=32, mask=mask, report=report)
        transform = rasterio.Affine(10, 0, 300000, 0, -10, 5400000)
        inside = rasterize([POLYGON], (128, 128), transform=transform).astype(bool)
        np.testing.assert_array_equal(part["class"], np.where(inside, whole["class"], 255))
        chunks = json.loads(Path(report).read_text())["chunks"]
        blocks = inside.reshape(4, 32, 4, 32).any(axis=(1, 3))
        assert chunks["skipped"] == {"mask": int((~blocks).sum())}

    def test_a_raster_with_an_opacity_band_cuts_by_it(self, tmp_path, model, classify):
        raster = write_raster(tmp_path / "in.tif", reflectances(128, 128))
        whole, _, _ = classify(raster, model, "whole")
        opaque = np.zeros((128, 128), np.uint8)
        opaque[20:70, 30:128] = 255
        mask = tmp_path / "mask.tif"
        with rasterio.open(raster) as scene:
            grid = {"crs": scene.crs, "transform": scene.transform, "width": 128, "height": 128}
        form = {"driver": "GTiff", "count": 4, "dtype": "uint8", "photometric": "RGB"}
        with rasterio.open(mask, "w", alpha="YES", **form, **grid) as dataset:
            dataset.write(np.stack([np.full_like(opaque, 9)] * 3 + [opaque]))
        part, _, _ = classify(raster, model, "part", mask=str(mask))
        np.testing.assert_array_equal(part["class"], np.where(opaque > 0, whole["class"], 255))

    def test_polygons_in_another_crs(self, tmp_path, model, classify):
        raster = write_raster(tmp_path / "in.tif", reflectances(128, 128))
        mask = self.geojson(tmp_path / "a.geojson", POLYGON)
        turned = rasterio.warp.transform_geom("EPSG:32633", "EPSG:4326", POLYGON)
        other = self.geojson(tmp_path / "b.geojson", turned, crs="")
        a, _, _ = classify(raster, model, "a", mask=mask)
        b, _, _ = classify(raster, model, "b", mask=other)
        assert ((a["class"] == 255) != (b["class"] == 255)).mean() < 0.001

    def test_raster_mask_on_another_grid(self, tmp_path, model, classify):
        raster = write_raster(tmp_path / "in.tif", reflectances(96, 96))
        wanted = np.zeros((1, 24, 24), np.uint8)
        wanted[0, 6:12, 3:9] = 1
        mask = write_raster(tmp_path / "mask.tif", wanted, names=None, nodata=None,
                            transform=rasterio.Affine(40, 0, 300000, 0, -40, 5400000))  # fmt: skip
        maps, _, _ = classify(raster, model, mask=mask)
        expected = wanted[0].repeat(4, axis=0).repeat(4, axis=1).astype(bool)
        np.testing.assert_array_equal(maps["class"] != 255, expected)


def test_extent_in_another_crs(tmp_path, model, classify):
    raster = write_raster(tmp_path / "in.tif", reflectances(128, 128))
    wanted = (300200.0, 5399300.0, 300700.0, 5399800.0)
    degrees = rasterio.warp.transform_bounds("EPSG:32633", "EPSG:4326", *wanted)
    maps, _, outputs = classify(raster, model, extent=degrees, extent_crs="EPSG:4326")
    with rasterio.open(outputs["CLASS"]) as dataset:
        left, bottom, right, top = dataset.bounds
    # The box around a turned box is larger, never smaller.
    assert left <= 300200 and bottom <= 5399300 and right >= 300700 and top >= 5399800
    assert maps["class"].size < 128 * 128


def test_real_sentinel2_bands(real_data, tmp_path, save, models, classify):
    """The 60 m bands of a real product, three JP2 files, as one scene."""
    folder = next(real_data.glob("sentinel2_safe_60m/*.SAFE"))
    paths = [str(next(folder.rglob(f"*_{band}_60m.jp2"))) for band in ("B02", "B03", "B04")]
    # These files state no nodata, as ESA's do not; the model's card does.
    bands = [Band(name, mean=1500.0, std=900.0, nodata=0.0) for name in ("B02", "B03", "B04")]
    path, _ = save(models.unet(), resolution=60.0, bands=bands)
    maps, _, outputs = classify(paths, path)
    with rasterio.open(paths[0]) as first, rasterio.open(outputs["CLASS"]) as dataset:
        assert (dataset.transform, dataset.crs) == (first.transform, first.crs)
    empty = np.zeros(maps["class"].shape, bool)
    for stored in paths:
        with rasterio.open(stored) as dataset:
            empty |= dataset.read(1) == 0
    assert 0.2 < empty.mean() < 0.8
    np.testing.assert_array_equal(maps["class"] == 255, empty)
