# SPDX-License-Identifier: GPL-3.0-or-later
"""RESUME as a dialog's user meets it: most outputs left as they are, a mask drawn in QGIS."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingContext,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)


@pytest.fixture
def values(inputs, project):
    """What the dialog gives when RESUME is ticked, a mask is chosen, and nothing else is done."""
    scene = QgsRasterLayer(str(inputs / "scene.tif"), "scene")
    mask = QgsVectorLayer(f"Polygon?crs={scene.crs().authid()}", "drawn", "memory")
    feature, box = QgsFeature(), scene.extent()
    half = QgsRectangle(box.xMinimum(), box.yMinimum(), box.center().x(), box.yMaximum())
    feature.setGeometry(QgsGeometry.fromRect(half))
    mask.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayers([scene, mask])
    maps = ("CLASS", "MAXPROB", "ENTROPY", "GAP", "VALUE")
    return {
        "INPUT": [scene.id()], "MODEL": str(inputs / "model.onnx"), "MASK": mask.id(),
        "RESUME": True, "CHUNK_SIZE": 64, "DEVICE": "cpu",
        **dict.fromkeys(maps, QgsProcessing.TEMPORARY_OUTPUT),
    }  # fmt: skip


def attempt(provider, values, ears):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return provider.algorithm("classifyraster").create().run(values, context, ears)[1]


def test_a_killed_run_goes_on(provider, python, values, ears, tmp_path, monkeypatch):
    """The other maps' temporary names and the copy of the mask are new ones in each run."""
    values["CLASS"] = str(tmp_path / "class.tif")
    monkeypatch.setenv("COVERLOOM_FAULT", "after:record:1")
    assert not attempt(provider, values, ears)
    assert (tmp_path / ".class.tif.resume").is_file() and ears.errors
    monkeypatch.delenv("COVERLOOM_FAULT")
    assert attempt(provider, values, ears), ears.errors
    assert any(text.startswith("Going on with the unfinished run") for text in ears.said)
    assert not any("temporary" in text for text in ears.said)
    assert (tmp_path / "class.tif").is_file() and not (tmp_path / ".class.tif.resume").exists()


def test_temporary_classes_are_warned_of(provider, python, values, ears):
    assert attempt(provider, values, ears), ears.errors
    assert any("Give CLASS a path" in text for text in ears.said)
