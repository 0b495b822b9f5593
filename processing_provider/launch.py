# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a program and waits for its end, so that Cancel and Ctrl-C reach it from any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Callable, List, Optional

from qgis import utils
from qgis.core import QgsBlockingProcess, QgsFeedback
from qgis.PyQt.QtCore import QByteArray, QCoreApplication, QProcess, QThread
from qgis.PyQt.QtWidgets import QApplication

_LOOK_S = 0.05
_PROGRESS_WINDOW = "QgsProcessingAlgorithmProgressDialog"
Hear = Callable[[QByteArray], None]


@dataclass(frozen=True)
class End:
    """How a program ended.

    Args:
        code: Its exit code, or the signal that ended it.
        crashed: Whether it was ended rather than having ended.
        started: Whether it could be started at all.
    """

    code: int
    crashed: bool
    started: bool


def launch(
    program: str, arguments: List[str], hear_out: Hear, hear_error: Hear, feedback: QgsFeedback
) -> End:
    """Run a program to its end, or until the user cancels.

    Args:
        program: Path of the program.
        arguments: What to give it.
        hear_out: Gets chunks of its stdout, in another thread than the main one.
        hear_error: The same for its stderr.
        feedback: Where Cancel comes from.
    """
    run = _Run(program, arguments, hear_out, hear_error, feedback)
    if QThread.currentThread() == QCoreApplication.instance().thread():
        return run.beside_main_thread()
    return run()


class _Run:
    def __init__(
        self,
        program: str,
        arguments: List[str],
        hear_out: Hear,
        hear_error: Hear,
        feedback: QgsFeedback,
    ) -> None:
        self._program, self._arguments, self._feedback = program, arguments, feedback
        # Referenced until the end: QGIS keeps no reference of its own to its handlers.
        self._hear_out, self._hear_error = hear_out, hear_error
        self._end: Optional[End] = None

    def __call__(self) -> End:
        process = QgsBlockingProcess(self._program, self._arguments)
        process.setStdOutHandler(self._hear_out)
        process.setStdErrHandler(self._hear_error)
        code = process.run(self._feedback)
        crashed = process.exitStatus() == QProcess.ExitStatus.CrashExit
        started = process.processError() != QProcess.ProcessError.FailedToStart
        self._end = End(code, crashed, started)
        return self._end

    def beside_main_thread(self) -> End:
        """Run in a thread: the main one would wait in C++, deaf to signals, for all of the job."""
        thread = threading.Thread(target=self, name="coverloom launch")
        thread.start()
        while thread.is_alive():
            try:
                thread.join(_LOOK_S)
                if utils.iface is None or _is_behind_progress():
                    # qgis_process learns of SIGINT, and shows progress, through its events. In a
                    # desktop they would let the user start things in the middle of a script.
                    QCoreApplication.processEvents()
            except KeyboardInterrupt:
                self._feedback.cancel()
        if self._end is None:
            raise RuntimeError(f"The launch of {self._program} ended without an end.")
        return self._end


def _is_behind_progress() -> bool:
    """Whether the user can do nothing but cancel.

    QGIS 3.22 runs every model in the main thread, behind a window of its own with that button.
    """
    window = QApplication.activeModalWidget()
    return bool(window) and window.metaObject().className() == _PROGRESS_WINDOW
