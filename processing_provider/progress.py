# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress in the user's words: how far, what, and how long still."""

from __future__ import annotations

import time
from typing import Optional

from qgis.core import QgsProcessingFeedback

from ..engine.contract.events import Progress
from .translation import tr

_TEXT_EVERY_S = 5.0


class ProgressReport:
    """Passes progress on, but not a new text ten times a second: QGIS logs each.

    Args:
        feedback: Where it goes.
    """

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback
        self._text = ""
        self._said = 0.0

    def show(self, progress: Progress) -> None:
        """Move the bar; say what is being done when it changes, and every few seconds how long."""
        self._feedback.setProgress(100.0 * progress.fraction)
        changed = bool(progress.text) and progress.text != self._text
        self._text = progress.text or self._text
        now = time.monotonic()
        if changed or (progress.eta_s is not None and now - self._said > _TEXT_EVERY_S):
            self._said = now
            # What the worker puts together itself, such as names of files, has no translation.
            parts = (self._text and tr(self._text), remaining(progress.eta_s))
            self._feedback.setProgressText(", ".join(part for part in parts if part))


def remaining(eta_s: Optional[float]) -> str:
    """``about 2 min left``; empty while nothing can be said."""
    if eta_s is None:
        return ""
    if eta_s < 90:
        return tr("about {} s left").format(max(1, round(eta_s)))
    if eta_s < 5400:
        return tr("about {} min left").format(round(eta_s / 60))
    return tr("about {:.1f} h left").format(eta_s / 3600)
