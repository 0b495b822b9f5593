# SPDX-License-Identifier: GPL-3.0-or-later
"""Dialogs show words for choices, and give the strings that models and scripts hold."""

from __future__ import annotations

import pytest
from coverloom.processing_provider.algorithms import ALGORITHMS
from coverloom.processing_provider.choices import labels_of
from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.gui.ParametersPanel import ParametersPanel
from processing.gui.wrappers import WidgetWrapperFactory
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingParameterEnum,
)
from qgis.gui import QgsProcessingModelerParameterWidget
from qgis.PyQt.QtWidgets import QComboBox, QDialog


@pytest.fixture
def open_dialog(provider, monkeypatch):
    """The one that the Toolbox opens; QGIS takes no stand-in for its desktop here, but none."""
    for module in (AlgorithmDialog, ParametersPanel):
        monkeypatch.setattr(f"{module.__module__}.iface", None)
    opened = []

    def open_dialog(name):
        opened.append(AlgorithmDialog(provider.algorithm(name).create()))
        return opened[-1]

    yield open_dialog
    for dialog in opened:
        dialog.close()


def choices(algorithm):
    return [
        item
        for item in algorithm.parameterDefinitions()
        if isinstance(item, QgsProcessingParameterEnum) and not item.allowMultiple()
    ]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_choice_gives_its_own_string_and_the_default_first(open_dialog, provider, name):
    wrappers = open_dialog(name).mainWidget().wrappers
    for item in choices(provider.algorithm(name)):
        wrapper = wrappers[item.name()]
        box = wrapper.widget
        assert isinstance(box, QComboBox) and box.count() == len(item.options())
        if item.defaultValue() is not None:
            assert wrapper.parameterValue() == item.defaultValue()
        for place, text in enumerate(item.options()):
            box.setCurrentIndex(place)
            assert wrapper.parameterValue() == text
            assert text in box.currentText().casefold()
            wrapper.setParameterValue(item.options()[0], QgsProcessingContext())
            wrapper.setParameterValue(text, QgsProcessingContext())  # as from the history
            assert box.currentIndex() == place


def test_words_stand_before_the_string_and_only_for_strings_that_there_are(open_dialog, provider):
    known = {}
    for name in ALGORITHMS:
        for item in choices(provider.algorithm(name)):
            known.setdefault(item.name(), set()).update(item.options())
    assert all(set(labels_of(key)) <= strings for key, strings in known.items())
    assert [key for key in known if not labels_of(key)] == []
    box = open_dialog("classifyraster").mainWidget().wrappers["DEVICE"].widget
    assert [box.itemText(place) for place in range(3)] == [
        "Automatic (auto)", "Processor (cpu)", "NVIDIA GPU (cuda)",
    ]  # fmt: skip
    box = open_dialog("convertdataset").mainWidget().wrappers["FORMAT"].widget
    assert [box.itemText(place) for place in range(3)] == ["TFRecord", "HDF5", "NumPy (npz)"]


def test_a_string_that_is_no_choice_changes_nothing(open_dialog):
    wrapper = open_dialog("classifyraster").mainWidget().wrappers["PRECISION"]
    wrapper.setParameterValue("fast", QgsProcessingContext())
    wrapper.setParameterValue("sloppy", QgsProcessingContext())
    assert wrapper.parameterValue() == "fast"


def test_a_model_has_qgis_own_box(provider):
    model = QgsProcessingModelAlgorithm()
    child = model.addChildAlgorithm(QgsProcessingModelChildAlgorithm("coverloom:classifyraster"))
    places = {"model": model, "childId": child, "context": QgsProcessingContext()}
    dialog = type("ModelerParametersDialog", (QDialog,), places)()
    definition = provider.algorithm("classifyraster").parameterDefinition("DEVICE")
    wrapper = WidgetWrapperFactory.create_wrapper(definition, dialog)
    assert isinstance(wrapper, QgsProcessingModelerParameterWidget)
