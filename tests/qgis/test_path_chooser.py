# SPDX-License-Identifier: GPL-3.0-or-later
"""A product may be a folder, a zip or an address, and QGIS's dialogs take each."""

from __future__ import annotations

import pytest
from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.gui.ParametersPanel import ParametersPanel
from processing.gui.wrappers import WidgetWrapperFactory
from qgis.core import QgsProcessingContext
from qgis.PyQt.QtWidgets import QDialog, QFileDialog, QLineEdit, QToolButton


@pytest.fixture
def dialog(provider, monkeypatch):
    """The one that the Toolbox opens; QGIS takes no stand-in for its desktop here, but none."""
    for module in (AlgorithmDialog, ParametersPanel):
        monkeypatch.setattr(f"{module.__module__}.iface", None)
    dialog = AlgorithmDialog(provider.algorithm("classifysentinel2").create())
    wrappers = dialog.mainWidget().wrappers
    for key, value in (("INPUT", "/data/first.SAFE"), ("MODEL", "/data/model.onnx")):
        wrappers[key].setParameterValue(value, QgsProcessingContext())
    yield dialog
    dialog.close()


def chooser(dialog, key):
    wrapper = dialog.mainWidget().wrappers[key]
    return wrapper, wrapper.widget


def press(widget, text):
    (button,) = [each for each in widget.findChildren(QToolButton) if each.text() == text]
    button.click()


@pytest.mark.parametrize("key", ["INPUT", "S1"])
def test_both_buttons_fill_the_line_that_the_run_reads(dialog, monkeypatch, tmp_path, key):
    product, archive = str(tmp_path / "S2A.SAFE"), str(tmp_path / "S2A.zip")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: product)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (archive, ""))
    wrapper, widget = chooser(dialog, key)
    told = []
    wrapper.widgetValueHasChanged.connect(lambda _: told.append(wrapper.parameterValue()))
    press(widget, "Folder…")
    press(widget, "File…")
    assert told == [product, archive]
    assert dialog.createProcessingParameters()[key] == archive


def test_an_address_can_be_typed_and_a_value_set_before(dialog):
    wrapper, widget = chooser(dialog, "INPUT")
    wrapper.setParameterValue("/data/one.SAFE", QgsProcessingContext())
    assert wrapper.parameterValue() == "/data/one.SAFE"
    widget.findChild(QLineEdit).setText(" s3://bucket/S2A.SAFE ")
    assert dialog.createProcessingParameters()["INPUT"] == "s3://bucket/S2A.SAFE"


def test_nothing_chosen_leaves_the_value(dialog, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    wrapper, widget = chooser(dialog, "INPUT")
    wrapper.setParameterValue("/data/one.SAFE", QgsProcessingContext())
    press(widget, "File…")
    assert wrapper.parameterValue() == "/data/one.SAFE"


def test_a_model_has_qgis_own_widget(provider):
    from qgis.core import QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm
    from qgis.gui import QgsProcessingModelerParameterWidget

    model = QgsProcessingModelAlgorithm()
    child = model.addChildAlgorithm(QgsProcessingModelChildAlgorithm("coverloom:classifysentinel2"))
    places = {"model": model, "childId": child, "context": QgsProcessingContext()}
    definition = provider.algorithm("classifysentinel2").parameterDefinition("INPUT")
    dialog = type("ModelerParametersDialog", (QDialog,), places)()
    wrapper = WidgetWrapperFactory.create_wrapper(definition, dialog)
    assert isinstance(wrapper, QgsProcessingModelerParameterWidget)
