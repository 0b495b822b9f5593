# SPDX-License-Identifier: GPL-3.0-or-later
"""Help on the desktop: an algorithm's address opens its page, which says all there is to say."""

from __future__ import annotations

import pytest
from coverloom.plugin.help_window import HelpWindow
from coverloom.processing_provider.algorithms import ALGORITHMS
from qgis.core import QgsProcessingParameterEnum
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QTextBrowser


@pytest.fixture
def window(provider):
    window = HelpWindow()
    yield window
    window.release()


@pytest.fixture
def desktop(monkeypatch):
    """As QGIS with a window has it."""
    monkeypatch.setattr("qgis.utils.iface", object())


def shown(window):
    return window.findChild(QTextBrowser).toPlainText()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_dialogs_help_opens_a_page_with_every_key_choice_and_default(
    window, provider, desktop, name
):
    algorithm = provider.algorithm(name)
    assert QDesktopServices.openUrl(QUrl(algorithm.helpUrl()))  # as the dialog does
    assert window.isVisible()
    text = shown(window)
    assert algorithm.displayName() in text and algorithm.id() in text
    for item in algorithm.parameterDefinitions():
        assert f"{item.name()}: " in text and item.description() in text
        assert " ".join(item.help().split()) in " ".join(text.split())
        if isinstance(item, QgsProcessingParameterEnum):
            assert all(option in text for option in item.options())
    assert all(f"{item.name()}: " in text for item in algorithm.outputDefinitions())


def test_the_list_of_all_leads_to_each(window, provider):
    window.open_page(QUrl("coverloom:"))
    browser = window.findChild(QTextBrowser)
    found = browser.toHtml()
    assert all(f'href="coverloom:{name}"' in found for name in ALGORITHMS)
    browser.anchorClicked.emit(QUrl("coverloom:derivelayers"))
    assert "coverloom:derivelayers" in shown(window)
    browser.anchorClicked.emit(QUrl("coverloom:"))
    assert "coverloom:derivelayers" not in shown(window)


def test_what_stands_in_angle_brackets_is_shown(window, provider):
    window.open_page(QUrl("coverloom:classifyraster"))
    assert "<layer>.tif" in shown(window) and "< <= > >=" in shown(window)
