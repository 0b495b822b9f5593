# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the algorithms as pages, made from the algorithms themselves.

They are in the user's language, and they cannot be older than the plugin. ``scripts`` has the same
in Markdown for readers of the repository.
"""

from __future__ import annotations

from html import escape
from typing import Dict, List

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingProvider,
)

from .help import SCHEME, help_of
from .translation import tr


def index(provider: QgsProcessingProvider) -> str:
    """The list of all algorithms, by group, as HTML with links to their pages."""
    groups: Dict[str, List[QgsProcessingAlgorithm]] = {}
    for algorithm in provider.algorithms():
        groups.setdefault(algorithm.group(), []).append(algorithm)
    parts = [f"<h1>{tr('Algorithms of Coverloom')}</h1>"]
    for group in sorted(groups):
        parts.append(f"<h2>{_text(group)}</h2><ul>")
        for each in sorted(groups[group], key=lambda one: one.displayName()):
            link = f'<a href="{SCHEME}:{each.name()}">{_text(each.displayName())}</a>'
            parts.append(f"<li>{link}<br/>{_text(each.shortDescription())}</li>")
        parts.append("</ul>")
    return "\n".join(parts)


def page(algorithm: QgsProcessingAlgorithm) -> str:
    """One algorithm's page as HTML: what it does, takes and gives, with keys and defaults."""
    texts = help_of(algorithm.name())
    definitions = {item.name(): item for item in algorithm.parameterDefinitions()}
    outputs = {item.name(): item for item in algorithm.outputDefinitions()}
    parts = [
        f'<p><a href="{SCHEME}:">{tr("All algorithms")}</a></p>',
        f"<h1>{_text(algorithm.displayName())}</h1>",
        f"<p><code>{algorithm.id()}</code></p>",
        f"<p>{_text(tr(texts.description))}</p>",
        f"<h2>{tr('Input parameters')}</h2>",
    ]
    for key, text in texts.parameters.items():
        if key in definitions:
            each = definitions[key]
            parts += _entry(key, each.description(), takes(each, "<code>{}</code>"), text)
    parts.append(f"<h2>{tr('Outputs')}</h2>")
    for key, text in texts.outputs.items():
        each = definitions.get(key) or outputs[key]
        parts += _entry(key, each.description(), kind_of(each.type()), text)
    return "\n".join(parts)


def takes(definition: QgsProcessingParameterDefinition, mark: str) -> str:
    """The kind of value, the choices and the default.

    Args:
        definition: A parameter.
        mark: How a value is written, with ``{}`` for the value.
    """
    kind = _input_kind(definition)
    if isinstance(definition, QgsProcessingParameterEnum):
        kind = ", ".join(mark.format(option) for option in definition.options())
    optional = definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional
    if definition.defaultValue() not in (None, ""):
        return f"{kind}; {tr('default')} {mark.format(definition.defaultValue())}"
    return f"{kind}; {tr('optional')}" if optional else kind


def _input_kind(definition: QgsProcessingParameterDefinition) -> str:
    if isinstance(definition, QgsProcessingParameterMultipleLayers):
        files = definition.layerType() == QgsProcessing.SourceType.TypeFile
        return tr("files or folders") if files else kind_of(definition.type())
    if isinstance(definition, QgsProcessingParameterFile) and not definition.metadata():
        folder = definition.behavior() == QgsProcessingParameterFile.Behavior.Folder
        return tr("folder") if folder else tr("file")
    return kind_of(definition.type())


def kind_of(name: str) -> str:
    """What users call QGIS's type of a parameter or output."""
    return _kinds().get(name, name)


def _kinds() -> Dict[str, str]:
    file, folder, raster, vector = tr("file"), tr("folder"), tr("raster"), tr("vector")
    number, switch, text = tr("number"), tr("yes or no"), tr("text")
    return {
        "multilayer": tr("rasters"), "file": tr("file or folder"), "string": text,
        "extent": tr("extent"), "layer": tr("layer"), "enum": tr("choice"), "number": number,
        "boolean": switch, "rasterDestination": raster, "fileDestination": file,
        "folderDestination": folder, "vectorDestination": vector, "field": tr("attribute"),
        "outputString": text, "outputNumber": number, "outputBoolean": switch,
        "outputFile": file, "outputFolder": folder, "outputHtml": file, "outputRaster": raster,
        "outputVector": vector, "sink": vector, "vector": tr("vector layer"),
        "raster": tr("raster layer"), "source": tr("vector layer"),
    }  # fmt: skip


def _entry(key: str, name: str, kind: str, text: str) -> List[str]:
    return [f"<h3>{_text(name)}</h3>", f"<p><code>{key}</code>: {kind}<br/>{_text(tr(text))}</p>"]


def _text(text: str) -> str:
    return escape(text, quote=False)
