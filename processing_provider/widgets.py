# SPDX-License-Identifier: GPL-3.0-or-later
"""Names the widgets of the plugin's own that dialogs show for some parameters."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingParameterDefinition

_PACKAGE = __name__.rpartition(".processing_provider.")[0]


def shown_by(
    definition: QgsProcessingParameterDefinition, name: str, **settings: Any
) -> QgsProcessingParameterDefinition:
    """Have dialogs show it by a widget of the plugin's.

    Args:
        definition: The parameter.
        name: The wrapper's place in ``plugin``. It is a name, for nothing of the desktop is to be
            imported unless a dialog is made.
        settings: What the wrapper gets.
    """
    wrapper = {"class": f"{_PACKAGE}.plugin.{name}", **settings}
    definition.setMetadata({"widget_wrapper": wrapper})
    return definition


def any_path(
    definition: QgsProcessingParameterDefinition, filters: str, addresses: bool = False
) -> QgsProcessingParameterDefinition:
    """Have dialogs offer a button for files and one for folders.

    Args:
        definition: A parameter for a file or a folder.
        filters: What files to show.
        addresses: Whether to say that an address will do.
    """
    chooser = "path_chooser.PathWrapper"
    return shown_by(definition, chooser, filters=filters, addresses=addresses)
