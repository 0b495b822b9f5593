# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own layers, resuming and fast precision, from QGIS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingContext


def values(path):
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def test_own_layers_then_derived_ones(run, made_tiles, tmp_path):
    own = tmp_path / "own.py"
    own.write_text(
        "from coverloom.engine.layers.own import layer\n\n\n"
        "@layer('double')\ndef double(p):\n    return p[0] * 2\n"
    )
    product = made_tiles / "tiles" / "S2A_MSIL2A_test.SAFE"
    results = run(
        "classifysentinel2", INPUT=str(product), MODEL=str(made_tiles / "model.onnx"), DEVICE="cpu",
        CLASS=str(tmp_path / "class.tif"), PROBS=str(tmp_path / "probs.tif"), RESUME=True,
        LAYERS="second_class, margin_of_doubt", EXPRESSIONS="first = p[0]\nsure = max(p) > 0.5",
        LAYERS_FILE=str(own), EXTRA=str(tmp_path / "extra"),
    )  # fmt: skip
    folder = Path(results["EXTRA"])
    names = {path.stem for path in folder.glob("*.tif")}
    assert names == {"second_class", "margin_of_doubt", "first", "sure", "double"}
    p = values(results["PROBS"])
    p[p == -1] = np.nan
    np.testing.assert_allclose(values(folder / "first.tif"), p[0])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    derived = run(
        "derivelayers", PROBS=results["PROBS"], LAYERS="gap", LAYERS_FILE=str(own),
        EXPRESSIONS="rest = 1 - p[0]", OUTPUT=str(tmp_path / "derived"),
    )  # fmt: skip
    folder = Path(derived["OUTPUT"])
    assert {path.stem for path in folder.glob("*.tif")} == {"gap", "double", "rest"}
    np.testing.assert_allclose(values(folder / "rest.tif"), 1 - p[0], atol=1e-6)
    np.testing.assert_allclose(values(folder / "double.tif"), 2 * p[0], atol=1e-6)


def test_fast_and_averaged(run, made_tiles, tmp_path):
    product = made_tiles / "tiles" / "S2A_MSIL2A_test.SAFE"
    given = {"INPUT": str(product), "MODEL": str(made_tiles / "model.onnx"), "DEVICE": "cpu"}
    exact = run("classifysentinel2", CLASS=str(tmp_path / "exact.tif"), **given)
    other = run(
        "classifysentinel2",
        CLASS=str(tmp_path / "fast.tif"),
        PRECISION="fast",
        AUGMENT=True,
        **given,
    )
    ids, others = values(exact["CLASS"]), values(other["CLASS"])
    np.testing.assert_array_equal(ids == 255, others == 255)


@pytest.mark.parametrize(("fields", "message"), [
    ({"EXPRESSIONS": "a = p[0]"}, "EXTRA is not"),
    ({"EXTRA": "folder"}, "no layer is asked for"),
])  # fmt: skip
def test_layers_and_their_folder_go_together(provider, made_tiles, tmp_path, fields, message):
    algorithm = provider.algorithm("classifysentinel2").create()
    given = {"INPUT": str(made_tiles / "tiles"), "MODEL": str(made_tiles / "model.onnx"),
             "CLASS": str(tmp_path / "class.tif"), **fields}  # fmt: skip
    accepted, said = algorithm.checkParameterValues(given, QgsProcessingContext())
    assert not accepted
    assert message in said
