# SPDX-License-Identifier: GPL-3.0-or-later
"""A German QGIS: names are German; ids, keys, choices and results are what they always are."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest
from coverloom.processing_provider.algorithms import ALGORITHMS
from coverloom.processing_provider.provider import CoverloomProvider
from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingContext, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "i18n"
SPEC = importlib.util.spec_from_file_location("translations", ROOT / "scripts/translations.py")
writer = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(writer)
LANGUAGES = sorted(FOLDER.glob("coverloom_*.ts"))


def choose(locale):
    QgsSettings().setValue("locale/overrideFlag", bool(locale))
    QgsSettings().setValue("locale/userLocale", locale or "en_US")


@pytest.fixture
def speak(qgis_app):
    """Has a plugin made under a locale install its translation, as when QGIS starts."""
    from coverloom import classFactory

    installed = []

    def speak(locale):
        choose(locale)
        plugin = classFactory(None)
        installed.append(plugin)
        return plugin

    yield speak
    choose("")
    for plugin in installed:
        plugin.unload()


def facts(algorithm):
    """What saved models, scripts and results hold of it."""
    parameters = [
        (item.name(), item.type(), getattr(item, "options", list)(), item.defaultValue())
        for item in algorithm.parameterDefinitions()
    ]
    outputs = [(item.name(), item.type()) for item in algorithm.outputDefinitions()]
    return algorithm.name(), algorithm.groupId(), parameters, outputs


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_text_of_the_code_is_translated_whole(path):
    known = writer.read(path)
    for text in [*writer.in_code(), *writer.in_progress(), *writer.short_ones()]:
        assert known.get(text), f"{text!r} lacks a translation: run scripts/translations.py"
    for text, translation in known.items():
        # What is filled in, and what a file dialog looks for.
        for kept in (r"\{[^}]*\}", r"\*\.?\w*"):
            same = sorted(re.findall(kept, text)), sorted(re.findall(kept, translation or text))
            assert same[0] == same[1] or text in writer.in_help(), text
        assert not translation or ("…" in text) == ("…" in translation)


def test_what_the_worker_says_it_is_doing_is_collected():
    """By place, as in mapping, and by name, as in exports."""
    assert {"Mapping", "Writing patches"} <= set(writer.in_progress())


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_what_qgis_loads_says_what_translators_wrote(qgis_app, path):
    translator = QTranslator()
    assert translator.load(str(path.with_suffix(".qm")))
    QCoreApplication.installTranslator(translator)
    said = {text: QCoreApplication.translate(writer.CONTEXT, text) for text in writer.read(path)}
    QCoreApplication.removeTranslator(translator)
    for text, translation in writer.read(path).items():
        assert said[text] == (translation or text), f"{path.stem}.qm: run scripts/translations.py"


def test_nothing_that_is_saved_changes_with_the_language(qgis_app, speak):
    english = CoverloomProvider()
    english.refreshAlgorithms()
    before = {name: facts(english.algorithm(name)) for name in ALGORITHMS}
    names = {name: english.algorithm(name).displayName() for name in ALGORITHMS}
    speak("de_AT")  # there is none for the country: that of the language is taken
    german = CoverloomProvider()
    german.refreshAlgorithms()
    for name in ALGORITHMS:
        algorithm = german.algorithm(name)
        assert facts(algorithm) == before[name]
        assert algorithm.displayName() != names[name] or names[name] == "TensorBoard"


def test_the_toolbox_is_german(qgis_app, qgis_processing, speak):
    from qgis.gui import QgsProcessingToolboxModel

    speak("de").initProcessing()
    model = QgsProcessingToolboxModel(None, QgsApplication.processingRegistry())
    shown = {
        model.index(row, 0, group).data()
        for group in groups(model)
        for row in range(model.rowCount(group))
    }
    assert {group.data() for group in groups(model)} == {
        "Laufzeitumgebung", "Datensätze", "Modelle", "Karten",
    }  # fmt: skip
    assert {"Raster klassifizieren", "Modell trainieren", "Diagnose"} <= shown
    assert len(shown) == len(ALGORITHMS)


@pytest.mark.parametrize("words", ["Extract windows around", "Fenster um", "extractgedi"])
def test_the_search_finds_an_algorithm_by_either_name(qgis_app, qgis_processing, speak, words):
    from qgis.gui import QgsProcessingToolboxProxyModel

    speak("de").initProcessing()
    model = QgsProcessingToolboxProxyModel(None, QgsApplication.processingRegistry())
    model.setFilterString(words)
    shown = [
        model.index(row, 0, group).data()
        for group in groups(model)
        for row in range(model.rowCount(group))
    ]
    assert shown == ["Fenster um GEDI-Footprints ausschneiden"]


def groups(model):
    (node,) = [
        model.index(row, 0)
        for row in range(model.rowCount())
        if model.index(row, 0).data() == "Coverloom"
    ]
    return [model.index(row, 0, node) for row in range(model.rowCount(node))]


def test_a_german_run_gives_the_same_map_under_the_same_keys(
    provider, speak, inputs, tmp_path, ears
):
    values = {"INPUT": [str(inputs / "scene.tif")], "MODEL": str(inputs / "model.onnx")}
    made = {}
    for locale in ("", "de"):
        speak(locale)
        algorithm = provider.algorithm("classifyraster").create()
        paths = {key: str(tmp_path / f"{key}{locale}.tif") for key in ("CLASS", "ENTROPY")}
        results, accepted = algorithm.run({**values, **paths}, QgsProcessingContext(), ears)
        assert accepted, ears.errors
        made[locale] = (
            {key: bool(value) for key, value in results.items()},
            [gdal.Open(path).ReadAsArray().tobytes() for path in paths.values()],
        )
    assert algorithm.displayName() == "Raster klassifizieren"
    assert {"Mapping", "Kartierung"} <= {text.split(",")[0] for text in ears.said}
    assert made[""] == made["de"]


@pytest.mark.parametrize(("locale", "shown"), [("de", "Karten"), ("fr", "Maps"), ("", "Maps")])
def test_other_languages_stay_english(provider, speak, locale, shown):
    speak(locale)
    assert provider.algorithm("derivelayers").group() == shown


def test_help_is_german_where_it_is_translated(provider, speak):
    from coverloom.processing_provider.pages import index, page

    speak("de")
    made = CoverloomProvider()
    made.refreshAlgorithms()
    german = made.algorithm("classifyraster")
    for text in (german.shortHelpString(), page(german)):
        assert "Seitenlänge eines Blocks in px" in text and "Side of a chunk" not in text
    assert german.parameterDefinition("CHUNK_SIZE").help().startswith("Seitenlänge")
    assert "Kartiert mit einem Modell die Landbedeckung" in index(made)


def test_unloading_takes_the_translation_away(qgis_app, speak):
    plugin = speak("de")
    assert QCoreApplication.translate("Coverloom", "Maps") == "Karten"
    plugin.unload()
    assert QCoreApplication.translate("Coverloom", "Maps") == "Maps"


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_the_zip_has_what_qgis_loads_and_not_its_source(path):
    """The zip is what ``git archive`` takes, but for what has this attribute."""
    names = [str(path.with_suffix(".qm").relative_to(ROOT)), str(path.relative_to(ROOT))]
    asked = ["git", "-C", str(ROOT), "check-attr", "export-ignore", "--", *names]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    states = [line.rpartition(": ")[2] for line in told.splitlines()]
    assert states == ["unspecified", "set"]
