# SPDX-License-Identifier: GPL-3.0-or-later
"""The widget of a parameter that takes a file, a folder or an address: QGIS's own offers one.

QGIS finds ``PathWrapper`` by its name in the parameter's metadata, only where there is a dialog.
"""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget

from ..processing_provider.translation import tr
from .dialog_wrapper import DialogWrapper

_LAST = "Processing/LastInputPath"  # where QGIS's own widgets begin


class PathChooser(QWidget):
    """A line for a path or an address, and a button each for files and folders.

    Args:
        filters: What files to show, as in ``"Zip (*.zip)"``.
        addresses: Whether to say that an address will do.
        parent: The dialog.
    """

    changed = pyqtSignal()

    def __init__(
        self, filters: str, addresses: bool = False, parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self._filters = filters
        self.line = QLineEdit(self)
        if addresses:
            self.line.setPlaceholderText(tr("Path, or an address such as s3://bucket/name"))
        self.line.textChanged.connect(self.changed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        layout.addWidget(self._button(tr("File…"), self._choose_file))
        layout.addWidget(self._button(tr("Folder…"), self._choose_folder))

    def _button(self, text: str, respond: Any) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.clicked.connect(respond)
        return button

    def _choose_file(self, checked: bool = False) -> None:
        start = str(QgsSettings().value(_LAST) or "")
        self._take(QFileDialog.getOpenFileName(self, tr("Choose a file"), start, self._filters)[0])

    def _choose_folder(self, checked: bool = False) -> None:
        start = str(QgsSettings().value(_LAST) or "")
        self._take(QFileDialog.getExistingDirectory(self, tr("Choose a folder"), start))

    def _take(self, path: str) -> None:
        if path:
            QgsSettings().setValue(_LAST, path.rpartition("/")[0])
            self.line.setText(path)


class PathWrapper(DialogWrapper):
    """Between QGIS's dialogs and the widget."""

    def createWidget(self, filters: str = "", addresses: bool = False) -> QWidget:
        """The widget; its settings are those of ``PathChooser``."""
        widget = PathChooser(filters, addresses)
        widget.changed.connect(self._tell)
        return widget

    def setValue(self, value: Any) -> None:
        """Show a value."""
        self.widget.line.setText(str(value or ""))

    def value(self) -> str:
        """What stands there."""
        return self.widget.line.text().strip()

    def _tell(self) -> None:
        self.widgetValueHasChanged.emit(self)
