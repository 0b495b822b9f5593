# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens an algorithm's dialog, as the Toolbox does."""

from __future__ import annotations

import time

from qgis import processing
from qgis.gui import QgsProcessingAlgorithmDialogBase
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop
from qgis.PyQt.QtWidgets import QApplication, QWidget

# A dialog without a Python reference disappears while it is open.
_OPEN = []
_PATIENCE_S, _STEP_MS = 10.0, 50  # a cancelled worker has ended within a second


def open_algorithm(name: str) -> None:
    """Show the dialog of ``coverloom:<name>`` and come back at once."""
    dialog = processing.createAlgorithmDialog(f"coverloom:{name}", {})
    if dialog is None:
        return
    _OPEN.append(dialog)
    dialog.destroyed.connect(_forget_closed)
    dialog.show()


def close_all() -> None:
    """Close the dialogs of our algorithms, and cancel what runs in them, before the provider goes.

    QGIS ends when *Run* is pressed, or a run comes to its end, in one whose provider is gone.
    """
    ours = [dialog for dialog in QApplication.topLevelWidgets() if _is_ours(dialog)]
    for dialog in ours:
        if dialog.cancelButton().isEnabled():
            dialog.cancelButton().click()
    end = time.monotonic() + _PATIENCE_S
    events = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
    while time.monotonic() < end and any(_is_busy(dialog) for dialog in ours):
        QApplication.processEvents(events, _STEP_MS)
    for dialog in ours:
        if not sip.isdeleted(dialog):
            dialog.close()


def _is_busy(dialog: QgsProcessingAlgorithmDialogBase) -> bool:
    return not sip.isdeleted(dialog) and not dialog.runButton().isEnabled()


def _is_ours(widget: QWidget) -> bool:
    algorithm = isinstance(widget, QgsProcessingAlgorithmDialogBase) and widget.algorithm()
    return bool(algorithm) and algorithm.id().startswith("coverloom:")


def _forget_closed() -> None:
    _OPEN[:] = [dialog for dialog in _OPEN if not sip.isdeleted(dialog)]
