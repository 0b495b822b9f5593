# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin class: the provider everywhere; menu, toolbar and options page on the desktop."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Callable, List, Optional

from qgis.core import QgsApplication
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QCoreApplication, QTranslator, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction, QFileDialog, QToolBar

from ..engine.contract.errors import CoverloomError
from ..processing_provider.help import SCHEME
from ..processing_provider.interpreter import worker_python
from ..processing_provider.provider import ICON, CoverloomProvider
from ..processing_provider.translation import tr

TRANSLATIONS = Path(__file__).resolve().parents[1] / "resources" / "i18n"
MENU = "Coverloom"


class CoverloomPlugin:
    """What QGIS loads.

    Args:
        iface: The desktop; None under ``qgis_process``, so it is not touched before ``initGui``.
    """

    def __init__(self, iface: Optional[QgisInterface]) -> None:
        self._iface = iface
        self._provider: Optional[CoverloomProvider] = None
        self._actions: List[QAction] = []
        self._toolbar: Optional[QToolBar] = None
        self._options = None
        self._board = None
        self._help = None
        self._translator = _translator()

    def initProcessing(self) -> None:
        """Register the algorithms; all that ``qgis_process`` calls."""
        self._provider = CoverloomProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:
        """Register the algorithms and add the desktop's entries."""
        from .help_window import HelpWindow
        from .options import CoverloomOptionsFactory

        self.initProcessing()
        self._toolbar = self._iface.addToolBar(MENU)
        self._toolbar.setObjectName("CoverloomToolbar")
        self._add(tr("Classify a raster…"), "classifyraster", toolbar=True)
        # Its dialog runs the worker as a background task: the canvas stays free.
        self._add(tr("Train a model…"), "trainmodel")
        self._add(tr("Set up the runtime…"), "setupruntime")
        self._add(tr("Doctor…"), "doctor")
        self._add_board()
        self._help = HelpWindow(self._iface.mainWindow())
        self._entry(tr("Help"), "help", self._open_help)
        self._options = CoverloomOptionsFactory()
        self._iface.registerOptionsWidgetFactory(self._options)

    def unload(self) -> None:
        """Take everything away again."""
        if self._iface:
            from .dialogs import close_all

            close_all()
        if self._board:
            self._board.stop()
            self._board.deleteLater()
            self._board = None
        if self._help:
            self._help.release()
            self._help = None
        for action in self._actions:
            self._iface.removePluginRasterMenu(MENU, action)
            action.deleteLater()
        self._actions = []
        if self._toolbar:
            self._iface.mainWindow().removeToolBar(self._toolbar)
            self._toolbar.deleteLater()
            self._toolbar = None
        if self._options:
            self._iface.unregisterOptionsWidgetFactory(self._options)
            self._options = None
        if self._provider:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    def _add(self, text: str, algorithm: str, toolbar: bool = False) -> None:
        action = self._entry(text, algorithm, partial(_open, algorithm))
        if toolbar:
            self._toolbar.addAction(action)

    def _entry(self, text: str, name: str, respond: Callable[..., None]) -> QAction:
        """A line of the menu."""
        action = QAction(QIcon(str(ICON)), text, self._iface.mainWindow())
        action.setObjectName(f"coverloom_{name}")
        action.triggered.connect(respond)
        self._iface.addPluginToRasterMenu(MENU, action)
        self._actions.append(action)
        return action

    def _open_help(self, checked: bool = False) -> None:
        self._help.open_page(QUrl(f"{SCHEME}:"))

    def _add_board(self) -> None:
        """TensorBoard, started by the entry and ended by it."""
        from .tensorboard import TensorBoardServer

        window = self._iface.mainWindow()
        self._board = TensorBoardServer(self._show_board, self._say_board, window)
        QCoreApplication.instance().aboutToQuit.connect(self._board.stop)
        self._board_action = self._entry(tr("TensorBoard…"), "tensorboard", self._toggle_board)

    def _toggle_board(self, checked: bool = False) -> None:
        if self._board.running:
            self._board.stop()
            self._board_action.setText(tr("TensorBoard…"))
            return
        folder = QFileDialog.getExistingDirectory(self._iface.mainWindow(), tr("Run folder"))
        if not folder:
            return
        try:
            self._board.start(worker_python(), folder)
        except CoverloomError as error:
            self._say_board(str(error))
            return
        self._board_action.setText(tr("Stop TensorBoard"))

    def _show_board(self, address: str) -> None:
        self._iface.messageBar().pushMessage(MENU, tr("TensorBoard is at {}").format(address))
        QDesktopServices.openUrl(QUrl(address))

    def _say_board(self, sentence: str) -> None:
        self._board_action.setText(tr("TensorBoard…"))
        self._iface.messageBar().pushWarning(MENU, sentence)


def _open(algorithm: str, checked: bool = False) -> None:
    from .dialogs import open_algorithm

    open_algorithm(algorithm)


def _translator() -> Optional[QTranslator]:
    """Install the translation for the user's language, if there is one.

    That of the country comes first: ``de_AT``, then ``de``.
    """
    locale = QgsApplication.locale()
    for name in (locale, re.split("[_-]", locale)[0]):
        translator = QTranslator()
        path = TRANSLATIONS / f"coverloom_{name}.qm"
        if path.is_file() and translator.load(str(path)):
            QCoreApplication.installTranslator(translator)
            return translator
    return None
