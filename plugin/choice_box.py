# SPDX-License-Identifier: GPL-3.0-or-later
"""The widget of a choice: it shows words and gives the string that models and scripts hold.

QGIS finds ``ChoiceWrapper`` by its name in the parameter's metadata, only where there is a dialog.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.PyQt.QtWidgets import QComboBox, QWidget

from .path_chooser import modeler_widget


class ChoiceWrapper(WidgetWrapper):
    """Between QGIS's dialogs and the box; in the modeler QGIS's own, for values of other steps.

    Args:
        definition: The parameter.
        dialog: Who asks.
        row: Its row in a batch.
        col: Its column there.
        labels: String to what is shown for it.
    """

    def __new__(
        cls,
        definition: QgsProcessingParameterDefinition,
        dialog: QWidget,
        row: int = 0,
        col: int = 0,
        labels: Optional[Dict[str, str]] = None,
    ) -> Any:
        """This, or what takes its place."""
        return modeler_widget(definition, dialog) or super().__new__(cls)

    def createWidget(self, labels: Optional[Dict[str, str]] = None) -> QWidget:
        """The box; the string stands behind the words, as in the help, unless it is the word."""
        box = QComboBox()
        for text in self.parameterDefinition().options():
            label = (labels or {}).get(text, text)
            box.addItem(label if label.casefold() == text else f"{label} ({text})", text)
        box.currentIndexChanged.connect(self._tell)
        return box

    def setValue(self, value: Any) -> None:
        """Show a value; one that is none of the choices changes nothing."""
        place = self.widget.findData(value)
        if place >= 0:
            self.widget.setCurrentIndex(place)

    def value(self) -> str:
        """The string."""
        return self.widget.currentData()

    def _tell(self, place: int) -> None:
        self.widgetValueHasChanged.emit(self)
