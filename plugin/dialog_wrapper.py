# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin's own widgets of parameters have in common: where they stand, and where not."""

from __future__ import annotations

from typing import Any

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.gui import QgsGui
from qgis.PyQt.QtWidgets import QWidget


class DialogWrapper(WidgetWrapper):
    """Between QGIS's dialogs and a widget; in the modeler QGIS's own, for values of other steps.

    Args:
        definition: The parameter.
        dialog: Who asks.
        row: Its row in a batch.
        col: Its column there.
        settings: What the parameter's metadata hold for the widget: ``createWidget`` gets them.
    """

    def __new__(
        cls,
        definition: QgsProcessingParameterDefinition,
        dialog: QWidget,
        row: int = 0,
        col: int = 0,
        **settings: Any,
    ) -> Any:
        """This, or what takes its place."""
        if type(dialog).__name__ != "ModelerParametersDialog":
            return super().__new__(cls)
        wrapper = QgsGui.processingGuiRegistry().createModelerParameterWidget(
            dialog.model, dialog.childId, definition, dialog.context
        )
        wrapper.setDialog(dialog)
        return wrapper
