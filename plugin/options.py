# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in Settings, Options: which Python runs the worker."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..engine.contract.errors import RuntimeMissing
from ..processing_provider.interpreter import SETTING, worker_python
from ..processing_provider.provider import ICON
from ..processing_provider.translation import tr
from .dialogs import open_algorithm

_MARGIN_PX = 9


class CoverloomOptionsPage(QgsOptionsPageWidget):
    """The interpreter, and a button that builds one."""

    def __init__(self, parent: Optional[QWidget]) -> None:
        super().__init__(parent)
        self._python = QgsFileWidget(self)
        self._python.setFilePath(str(QgsSettings().value(SETTING) or ""))
        self._python.lineEdit().setPlaceholderText(tr("Empty: the environment built here"))
        self._state = QLabel(self)
        self._state.setWordWrap(True)
        button = QPushButton(tr("Set up the runtime…"), self)
        button.setObjectName("coverloom_setup_button")
        button.clicked.connect(self._set_up)
        form = QFormLayout()
        form.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, 0)  # QGIS takes the page's away
        form.addRow(tr("Python interpreter"), self._python)
        form.addRow("", self._state)
        form.addRow("", button)
        page = QVBoxLayout(self)
        page.addLayout(form)
        page.addStretch()
        self._show_state()

    def apply(self) -> None:
        """Keep what was entered; QGIS calls this on OK."""
        QgsSettings().setValue(SETTING, self._python.filePath().strip())

    def _set_up(self) -> None:
        open_algorithm("setupruntime")

    def _show_state(self) -> None:
        try:
            self._state.setText(tr("Now in use: {}").format(worker_python()))
        except RuntimeMissing as error:
            self._state.setText(str(error))


class CoverloomOptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self) -> None:
        super().__init__("Coverloom", QIcon(str(ICON)))

    def icon(self) -> QIcon:
        """Its picture in the list."""
        return QIcon(str(ICON))

    def createWidget(self, parent: Optional[QWidget] = None) -> QgsOptionsPageWidget:
        """A new page."""
        return CoverloomOptionsPage(parent)
