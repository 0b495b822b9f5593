# SPDX-License-Identifier: GPL-3.0-or-later
"""The widget of a choice: it shows words and gives the string that models and scripts hold.

QGIS finds ``ChoiceWrapper`` by its name in the parameter's metadata, only where there is a dialog.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from qgis.PyQt.QtWidgets import QComboBox, QWidget

from .dialog_wrapper import DialogWrapper


class ChoiceWrapper(DialogWrapper):
    """Between QGIS's dialogs and the box."""

    def createWidget(self, labels: Optional[Dict[str, str]] = None) -> QWidget:
        """The box; the string stands behind the words, as in the help, unless it is the word.

        Args:
            labels: String to what is shown for it.
        """
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
