# SPDX-License-Identifier: GPL-3.0-or-later
"""Help on the desktop: the pages of the algorithms, in a window of the plugin's own.

A browser would not do: the one that many systems come with may not read where plugins lie.
"""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from ..processing_provider.help import SCHEME
from ..processing_provider.pages import index, page
from ..processing_provider.provider import ICON
from ..processing_provider.translation import tr

_SIZE_PX = (760, 720)
_MARGIN_PX = 10
_STYLE = "code { color: #555; } h1 { font-size: x-large; } h2 { font-size: large; }"


class HelpWindow(QDialog):
    """Shows a page when somebody opens an address such as ``coverloom:classifyraster``.

    Args:
        parent: The desktop's window.
    """

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverloom_help")
        self.setWindowTitle(tr("Help on Coverloom"))
        self.setWindowIcon(QIcon(str(ICON)))
        self.resize(*_SIZE_PX)
        self._browser = QTextBrowser(self)
        self._browser.setOpenLinks(False)
        self._browser.document().setDefaultStyleSheet(_STYLE)
        self._browser.document().setDocumentMargin(_MARGIN_PX)
        self._browser.anchorClicked.connect(self.open_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._browser)
        QDesktopServices.setUrlHandler(SCHEME, self.open_page)

    def release(self) -> None:
        """Let such addresses go where the system sends them, and disappear."""
        QDesktopServices.unsetUrlHandler(SCHEME)
        self.close()
        self.deleteLater()

    @pyqtSlot(QUrl)
    def open_page(self, address: QUrl) -> None:
        """Show the page of an algorithm; the list of all for any other name."""
        registry = QgsApplication.processingRegistry()
        algorithm = registry.algorithmById(f"{SCHEME}:{address.path()}")
        provider = registry.providerById(SCHEME)
        if algorithm is None and provider is None:
            return
        self._browser.setHtml(page(algorithm) if algorithm else index(provider))
        self.show()
        self.raise_()
        self.activateWindow()
