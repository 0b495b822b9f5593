# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one request in the worker and turns what it says into progress, messages and a result."""

from __future__ import annotations

import signal
from collections import deque
from pathlib import Path
from typing import Any, Callable, Deque, Dict, FrozenSet, List, Optional

from qgis.core import QgsProcessingException, QgsProcessingFeedback
from qgis.PyQt.QtCore import QByteArray

from ..engine.contract.errors import Cancelled, RuntimeMissing, WorkerCrashed
from ..engine.contract.events import Failure, Message, Progress, Result, decode
from ..engine.contract.jobs.base import Job
from .interpreter import host_folders
from .launch import launch
from .progress import ProgressReport
from .translation import tr

ENTRY = Path(__file__).resolve().parents[1] / "engine" / "__main__.py"
LOG_LINES = 60


def run_job(
    job: Job,
    python: Path,
    folder: Path,
    feedback: QgsProcessingFeedback,
    unchosen: FrozenSet[str] = frozenset(),
) -> Dict[str, Any]:
    """Run a request to its end.

    Args:
        job: What to do.
        python: The interpreter to do it with.
        folder: A temporary folder, for the job's file.
        feedback: Where progress and messages go, and where Cancel comes from.
        unchosen: Keys of outputs that nobody asked for: what is said about them is not passed on.

    Returns:
        The worker's outputs: API output key to path or number.

    Raises:
        QgsProcessingException: It failed, crashed or was cancelled: what is wrong and what to do.
    """
    path = folder / "job.json"
    path.write_text(job.to_json(), encoding="utf-8")
    arguments = worker_arguments(python, path)
    conversation = Conversation(feedback, unchosen)
    end = launch(str(python), arguments, conversation.hear_events, conversation.hear_log, feedback)
    if feedback.isCanceled():
        raise QgsProcessingException(str(Cancelled()))
    if not end.started:
        raise QgsProcessingException(str(_unstartable(python)))
    return conversation.result(end.code, end.crashed)


def worker_arguments(python: Path, job: Path) -> List[str]:
    """What the interpreter gets to run a job.

    Args:
        python: The interpreter.
        job: The job's file.
    """
    arguments = ["-I", str(ENTRY), str(job), "--watch-stdin", "--clean"]
    for host in host_folders():
        arguments += ["--without", host]
    return [*arguments, "--interpreter", str(python)]


class Conversation:
    """What the worker has said so far. Output comes in chunks that end anywhere.

    Args:
        feedback: Where to pass on what the user should see.
        unchosen: Keys of outputs that nobody asked for.
    """

    def __init__(
        self, feedback: QgsProcessingFeedback, unchosen: FrozenSet[str] = frozenset()
    ) -> None:
        self._feedback, self._unchosen = feedback, unchosen
        self._progress = ProgressReport(feedback)
        self._events, self._log = LineBuffer(self._hear_event), LineBuffer(self._hear_log_line)
        self._tail: Deque[str] = deque(maxlen=LOG_LINES)
        self._result: Optional[Result] = None
        self._failure: Optional[Failure] = None

    def hear_events(self, chunk: QByteArray) -> None:
        """Take a chunk of stdout."""
        self._events.feed(bytes(chunk))

    def hear_log(self, chunk: QByteArray) -> None:
        """Take a chunk of stderr."""
        self._log.feed(bytes(chunk))

    def result(self, code: int, crashed: bool) -> Dict[str, Any]:
        """The outputs, once the process has ended.

        Args:
            code: Its exit code, or the signal that ended it.
            crashed: Whether it was ended rather than having ended.

        Raises:
            QgsProcessingException: There is no result.
        """
        self._events.close()
        self._log.close()
        if self._failure:
            raise QgsProcessingException(f"{self._failure.what} {self._failure.remedy}".strip())
        if self._result is None or crashed or code != 0:
            for line in self._tail:
                self._feedback.pushConsoleInfo(line)
            raise QgsProcessingException(str(_crash(code, crashed)))
        return self._result.outputs

    def _hear_event(self, line: str) -> None:
        try:
            event = decode(line)
        except ValueError:
            self._hear_log_line(line)  # never raise here: Qt is the caller
            return
        if isinstance(event, Progress):
            self._progress.show(event)
        elif isinstance(event, Message):
            self._pass_on(event)
        elif isinstance(event, Result):
            self._result = event
        else:
            self._failure = event

    def _hear_log_line(self, line: str) -> None:
        self._tail.append(line)

    def _pass_on(self, message: Message) -> None:
        if message.about in self._unchosen:
            return
        if message.level == "warning":
            self._feedback.pushWarning(message.text)
        elif message.level == "debug":
            self._feedback.pushDebugInfo(message.text)
        else:
            self._feedback.pushInfo(message.text)


class LineBuffer:
    """Puts chunks of bytes together to lines.

    Args:
        take: Gets each line, without its end.
    """

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take, self._rest = take, b""

    def feed(self, chunk: bytes) -> None:
        """Add a chunk and pass on the lines that it completes."""
        lines: List[bytes] = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line.decode("utf-8", "replace").rstrip("\r"))

    def close(self) -> None:
        """Pass on what came after the last line's end."""
        rest, self._rest = self._rest, b""
        if rest:
            self._take(rest.decode("utf-8", "replace"))


def _unstartable(python: Path) -> RuntimeMissing:
    return RuntimeMissing(
        tr("{} could not be started.").format(python),
        tr("Run 'Set up the runtime' again, or name another Python."),
    )


def _crash(code: int, crashed: bool) -> WorkerCrashed:
    """How the worker ended, in the words of the system it ran on."""
    remedy = tr(
        "Its last log lines are above; if memory ran short, lower MAX_MEMORY_MB or CHUNK_SIZE."
    )
    if crashed and code >= 0:
        known = {number.value: number.name for number in signal.Signals}
        name = f"{code} ({known[code]})" if code in known else code
        what = tr("The worker was ended by signal {} without saying why.").format(name)
    else:
        number = code if 0 <= code < 256 else hex(code & 0xFFFFFFFF)
        what = tr("The worker ended with code {} without saying why.").format(number)
    return WorkerCrashed(what, remedy)
