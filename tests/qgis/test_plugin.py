# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin class: what it adds to QGIS, and that it takes all of it away again."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QMainWindow, QPushButton


class Desktop:
    """The part of the desktop's interface that the plugin uses, with real widgets."""

    def __init__(self):
        self.window, self.menu, self.factories = QMainWindow(), [], []

    def mainWindow(self):  # noqa: N802
        return self.window

    def addToolBar(self, name):  # noqa: N802
        return self.window.addToolBar(name)

    def addPluginToRasterMenu(self, menu, action):  # noqa: N802
        self.menu.append(action)

    def removePluginRasterMenu(self, menu, action):  # noqa: N802
        self.menu.remove(action)

    def registerOptionsWidgetFactory(self, factory):  # noqa: N802
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):  # noqa: N802
        self.factories.remove(factory)


@pytest.fixture
def registry(qgis_app):
    return QgsApplication.processingRegistry()


def make(iface):
    from coverloom import classFactory

    return classFactory(iface)


def test_without_a_desktop_it_registers_the_algorithms_and_nothing_else(registry):
    plugin = make(None)
    plugin.initProcessing()
    assert registry.algorithmById("coverloom:classifyraster")
    plugin.unload()
    assert registry.providerById("coverloom") is None


def test_on_the_desktop_it_leaves_nothing_behind(registry):
    desktop = Desktop()
    plugin = make(desktop)
    for _ in range(2):
        plugin.initGui()
        assert registry.providerById("coverloom")
        assert [action.objectName() for action in desktop.menu] == [
            "coverloom_classifyraster", "coverloom_trainmodel", "coverloom_setupruntime",
            "coverloom_doctor",
            "coverloom_tensorboard", "coverloom_help",
        ]  # fmt: skip
        assert not any(action.icon().isNull() for action in desktop.menu)
        assert len(desktop.factories) == 1
        plugin.unload()
        assert registry.providerById("coverloom") is None
        assert desktop.menu == [] and desktop.factories == []


def test_the_options_page_keeps_the_interpreter_and_offers_the_set_up(registry, tmp_path):
    from coverloom.plugin.options import CoverloomOptionsFactory
    from coverloom.processing_provider.interpreter import SETTING
    from qgis.gui import QgsFileWidget

    python = str(tmp_path / "python")
    page = CoverloomOptionsFactory().createWidget(None)
    try:
        page.findChild(QgsFileWidget).setFilePath(python)
        assert not QgsSettings().value(SETTING)
        page.apply()
        assert QgsSettings().value(SETTING) == python
        assert page.findChild(QPushButton, "coverloom_setup_button")
    finally:
        QgsSettings().remove(SETTING)
