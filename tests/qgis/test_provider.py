# SPDX-License-Identifier: GPL-3.0-or-later
"""What every algorithm must have, whoever adds it: the contract of the registry."""

from __future__ import annotations

import importlib.util
import json
import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from coverloom.engine.contract.jobs import JOBS
from coverloom.processing_provider.algorithms import ALGORITHMS
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterField,
    QgsProcessingParameterMapLayer,
)

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ("name", "description", "version", "author", "email", "about", "tracker", "repository")
GROUPS = {"runtime": "Runtime", "datasets": "Datasets", "models": "Models", "maps": "Maps"}


@pytest.fixture(params=list(ALGORITHMS))
def algorithm(request, provider):
    return provider.algorithm(request.param)


def keys(definitions):
    return {item.name() for item in definitions}


def taken_and_given(algorithm):
    """Keys of the parameters that are no outputs, and of the outputs."""
    given = keys(algorithm.outputDefinitions()) | {
        item.name() for item in algorithm.parameterDefinitions() if item.isDestination()
    }
    return keys(algorithm.parameterDefinitions()) - given, given


def test_the_provider_lists_exactly_the_registry(provider):
    assert provider.id() == "coverloom"
    assert {item.name() for item in provider.algorithms()} == set(ALGORITHMS)
    assert not provider.icon().isNull()
    assert Path(provider.svgIconPath()).is_file()


def test_it_has_a_request_a_group_and_its_registered_title(algorithm):
    assert algorithm.name() in JOBS
    assert GROUPS[algorithm.groupId()] == algorithm.group()
    assert algorithm.displayName() == ALGORITHMS[algorithm.name()].title


def test_it_shows_whose_it_is(algorithm, provider):
    for one in (algorithm, algorithm.create()):
        assert not one.icon().isNull()
        assert one.svgIconPath() == provider.svgIconPath()


def test_its_help_names_each_parameter_and_output_once_and_no_others(algorithm):
    path = ROOT / "resources" / "help" / f"{algorithm.name()}.json"
    texts = json.loads(path.read_text(encoding="utf-8"))
    taken, given = taken_and_given(algorithm)
    assert set(texts["parameters"]) == taken
    assert set(texts["outputs"]) == given
    sentences = [texts["description"], *texts["parameters"].values(), *texts["outputs"].values()]
    assert all(text.endswith(".") for text in sentences)
    assert texts["title"] == algorithm.displayName()
    assert texts["short"] == algorithm.shortDescription()
    assert all(item.help() for item in algorithm.parameterDefinitions())
    assert "\n" not in algorithm.shortDescription() and algorithm.shortDescription().endswith(".")


def test_its_help_link_names_a_page_of_the_documentation(algorithm, monkeypatch):
    monkeypatch.setattr("qgis.utils.iface", None)
    assert (ROOT / "docs" / "algorithms" / f"{algorithm.name()}.md").is_file()
    assert algorithm.helpUrl().startswith("https://")
    assert algorithm.helpUrl().endswith(f"/docs/algorithms/{algorithm.name()}.md")


def test_the_documentation_says_what_the_help_says(provider):
    path = ROOT / "scripts" / "algorithm_pages.py"
    spec = importlib.util.spec_from_file_location("algorithm_pages", path)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    folder = ROOT / "docs" / "algorithms"
    for name, text in writer.pages().items():
        written = (folder / name).read_text(encoding="utf-8") if (folder / name).is_file() else ""
        assert written == text, f"{name} is old: run scripts/algorithm_pages.py"


def test_each_parameter_fills_fields_of_the_request(algorithm):
    request = JOBS.load(algorithm.name())
    fields = set(request.__dataclass_fields__)
    filled = set(algorithm.extra_fields())
    for parameter in algorithm.create()._parameters.values():
        filled |= set(parameter.fields)
    for destination in algorithm.create()._destinations.values():
        filled.add(destination.field)
    assert filled <= fields
    required = {
        n for n, f in request.__dataclass_fields__.items() if f.default is f.default_factory
    }
    assert required <= filled
    optional = QgsProcessingParameterDefinition.Flag.FlagOptional
    for parameter in algorithm._parameters.values():
        # What the worker cannot do without must not be shown as "[optional]".
        assert not (parameter.definition.flags() & optional and required & set(parameter.fields))


def test_keys_and_choices_are_safe_to_save_in_models(algorithm):
    for item in algorithm.parameterDefinitions():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", item.name())
        if isinstance(item, QgsProcessingParameterEnum):
            assert item.usesStaticStrings()
            assert all(re.fullmatch(r"[a-z0-9_-]+", text) for text in item.options())
            default = item.defaultValue() or []
            assert set([default] if isinstance(default, str) else default) <= set(item.options())


def test_no_list_of_fields_hangs_on_a_layer_that_may_be_a_raster(algorithm):
    """QGIS ends without a word when it fills such a list: up to 3.44 at least."""
    for item in algorithm.parameterDefinitions():
        if isinstance(item, QgsProcessingParameterField):
            parent = algorithm.parameterDefinition(item.parentLayerParameterName())
            assert not isinstance(parent, QgsProcessingParameterMapLayer)


def test_it_runs_in_a_thread_can_be_cancelled_and_used_in_models(algorithm):
    flags = algorithm.flags()
    assert not flags & QgsProcessingAlgorithm.Flag.FlagNoThreading
    assert not flags & QgsProcessingAlgorithm.Flag.FlagHideFromModeler
    assert flags & QgsProcessingAlgorithm.Flag.FlagCanCancel


def test_tuning_is_advanced(provider):
    hidden = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    definition = provider.algorithm("classifyraster").parameterDefinition
    for key in ("CHUNK_SIZE", "OVERLAP", "BATCH_SIZE", "GPU_INDEX", "LAYER_TYPE"):
        assert definition(key).flags() & hidden
    for key in ("INPUT", "MODEL", "EXTENT", "MASK", "DEVICE"):
        assert not definition(key).flags() & hidden


API = {
    "setupruntime": "TIER WHEELHOUSE RECREATE PYTHON REPORT",
    "doctor": "MODEL REPORT JSON PROVIDER THROUGHPUT OK",
    "createsampledata": "SIZE SEED OUTPUT",
    "importmodel": "INPUT CARD BANDS CLASSES NOMENCLATURE VERSION MODEL",
    "describemodel": "MODEL REPORT CARD",
    "classifyraster": "INPUT MODEL BAND_MAP EXTENT MASK DEVICE GPU_INDEX CHUNK_SIZE OVERLAP "
    "BATCH_SIZE MAX_MEMORY_MB LAYER_TYPE CLASS MAXPROB ENTROPY GAP PROBS CLASSMAP PREVIEW REPORT",
}


@pytest.mark.parametrize("name", API)
def test_the_public_names_stay(provider, name):
    algorithm = provider.algorithm(name)
    taken, given = taken_and_given(algorithm)
    assert set(API[name].split()) <= taken | given
    # Whatever is added has a default, or old models and scripts would stop working.
    for key in (taken | given) - set(API[name].split()):
        definition = algorithm.parameterDefinition(key)
        assert (
            definition is None
            or definition.flags() & (QgsProcessingParameterDefinition.Flag.FlagOptional)
            or definition.defaultValue() is not None
        )


def test_metadata_has_what_the_plugin_site_asks_for():
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    general = parser["general"]
    for key in REQUIRED:
        assert general[key]
    assert general["hasProcessingProvider"] == "yes"
    assert general["qgisMinimumVersion"] == "3.22"
    assert general["qgisMaximumVersion"] == "4.99"
    assert (ROOT / general["icon"]).is_file()
    assert "plugin" not in general["name"].lower()
    assert not re.search(r"<[a-z/]", general["about"] + general["description"])


def test_listing_imports_none_of_the_heavy_packages(provider):
    import sys

    assert QgsApplication.processingRegistry().algorithmById("coverloom:classifyraster")
    heavy = {"rasterio", "onnx", "onnxruntime", "tensorflow", "numba", "pyarrow", "h5py", "dask"}
    assert not heavy & set(sys.modules)


def test_pages_have_names_of_their_own(provider):
    """The results viewer lists pages of all algorithms by nothing but the output's name."""
    pages = [
        output.description()
        for algorithm in provider.algorithms()
        for output in algorithm.outputDefinitions()
        if output.type() == "outputHtml"
    ]
    assert len(pages) > 4 and len(set(pages)) == len(pages)
