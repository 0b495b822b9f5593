# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorBoard beside the user's work: started from the menu, ended from it or with QGIS."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Callable, Optional

from qgis.PyQt.QtCore import QObject, QProcess

from ..engine.contract.errors import WorkerCrashed
from ..engine.contract.events import Failure, Message, decode
from ..engine.contract.jobs.tensorboard import TensorBoard
from ..processing_provider.translation import tr
from ..processing_provider.worker import LineBuffer, worker_arguments

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")
_PATIENCE_MS = 3000


class TensorBoardServer(QObject):
    """One TensorBoard in the worker, which ends by itself when QGIS is gone.

    Args:
        tell: Called with the address once it can be opened.
        fail: Called with a sentence when it ends without having been stopped.
        parent: What it ends with.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        fail: Callable[[str], None],
        parent: Optional[QObject] = None,
    ) -> None:
        super().__init__(parent)
        self._tell, self._fail = tell, fail
        self._process: Optional[QProcess] = None
        self._folder: Optional[TemporaryDirectory] = None
        self._stopping = False
        self._said = ""

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None

    def start(self, python: Path, run_folder: str) -> None:
        """Serve a run's logs, instead of those served so far.

        Raises:
            CoverloomError: The request is none.
        """
        self.stop()
        job = TensorBoard(run_folder)
        job.validate()
        self._folder = TemporaryDirectory(prefix="coverloom-")
        path = Path(self._folder.name) / "job.json"
        path.write_text(job.to_json(), encoding="utf-8")
        self._stopping, self._said = False, ""
        self._lines = LineBuffer(self._hear)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._disregard)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._not_started)
        self._process.start(str(python), worker_arguments(python, path))

    def stop(self) -> None:
        """End it and wait until it is gone."""
        process, self._process = self._process, None
        self._stopping = True
        if process is not None:
            process.closeWriteChannel()  # the worker ends when its stdin does
            if not process.waitForFinished(_PATIENCE_MS):
                process.kill()
                process.waitForFinished(_PATIENCE_MS)
            process.deleteLater()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _read(self) -> None:
        if self._process is not None:
            self._lines.feed(bytes(self._process.readAllStandardOutput()))

    def _disregard(self) -> None:
        if self._process is not None:
            self._process.readAllStandardError()  # a full pipe would stop the worker

    def _hear(self, line: str) -> None:
        try:
            event = decode(line)
        except ValueError:
            return
        if isinstance(event, Failure):
            self._said = f"{event.what} {event.remedy}".strip()
        elif isinstance(event, Message):
            address = _ADDRESS.search(event.text)
            if address:
                self._tell(address[0])

    def _ended(self) -> None:
        if self._stopping:
            return
        self._read()
        self.stop()
        self._fail(self._said or str(WorkerCrashed(tr("TensorBoard ended without saying why."))))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._stopping:
            self.stop()
            self._fail(tr("The worker's Python could not be started. Run 'Set up the runtime'."))
