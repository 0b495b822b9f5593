# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens an algorithm's dialog, as the Toolbox does; ends what is open and what runs."""

from __future__ import annotations

import time
from typing import Optional

from qgis import processing
from qgis.core import QgsProcessingAlgorithm, QgsProcessingModelAlgorithm
from qgis.gui import QgsProcessingAlgorithmDialogBase
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop
from qgis.PyQt.QtWidgets import QApplication, QWidget

from ..processing_provider import running
from ..processing_provider.base import CoverloomAlgorithm

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
    """Cancel all runs and close the dialogs of our algorithms, before the provider goes.

    QGIS ends when *Run* is pressed, or a run comes to its end, in one whose provider is gone; so
    for models with a step of ours.
    """
    ours = [dialog for dialog in QApplication.topLevelWidgets() if _is_ours(dialog)]
    for dialog in ours:
        if dialog.cancelButton().isEnabled():
            dialog.cancelButton().click()
    running.cancel_all()  # scripts and tasks have no dialog of ours
    end = time.monotonic() + _PATIENCE_S
    events = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
    while time.monotonic() < end and (running.any_running() or any(map(_is_busy, ours))):
        QApplication.processEvents(events, _STEP_MS)
    for dialog in ours:
        if not sip.isdeleted(dialog):
            dialog.close()


def _is_busy(dialog: QgsProcessingAlgorithmDialogBase) -> bool:
    return not sip.isdeleted(dialog) and not dialog.runButton().isEnabled()


def _is_ours(widget: QWidget) -> bool:
    return isinstance(widget, QgsProcessingAlgorithmDialogBase) and _uses_ours(widget.algorithm())


def _uses_ours(algorithm: Optional[QgsProcessingAlgorithm]) -> bool:
    # Not by its id, which asks its provider: that of another plugin may be gone.
    if not isinstance(algorithm, QgsProcessingModelAlgorithm):
        return isinstance(algorithm, CoverloomAlgorithm)
    return any(_uses_ours(step.algorithm()) for step in algorithm.childAlgorithms().values())


def _forget_closed() -> None:
    _OPEN[:] = [dialog for dialog in _OPEN if not sip.isdeleted(dialog)]
