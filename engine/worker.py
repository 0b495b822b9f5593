# SPDX-License-Identifier: GPL-3.0-or-later
"""One job from its file to its last event."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import List, TextIO

from .contract.errors import (
    Cancelled,
    CoverloomError,
    InvalidRequest,
    MissingPackage,
    NotEnoughDisk,
)
from .contract.events import Event, Failure, Result, encode
from .contract.jobs import read_job
from .lifeline import Lifeline
from .surroundings import leave_behind

LOG = logging.getLogger("coverloom")
DONE, FAILED, CANCELLED = 0, 1, 130


def main(arguments: List[str]) -> int:
    """Run the job named on the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="coverloom worker", description=__doc__)
    parser.add_argument("job", type=Path, help="path of a job.json")
    parser.add_argument(
        "--watch-stdin", action="store_true", help="end when stdin ends (for launchers)"
    )
    parser.add_argument(
        "--clean", action="store_true", help="drop the environment of the program that launched it"
    )
    parser.add_argument(
        "--without", action="append", default=[], help="with --clean: folder to take off PATH"
    )
    parser.add_argument(
        "--interpreter", default="", help="with --clean: the Python that the launcher started"
    )
    options = parser.parse_args(arguments)
    if options.clean:
        leave_behind(options.without, options.interpreter)
    emit = EventWriter(_claim_stdout())
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    with Lifeline(options.watch_stdin):
        return run_job(options.job, emit)


class EventWriter:
    """Write events to the launcher, one line each; safe from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write ``event`` at once."""
        with self._lock:
            self._stream.write(encode(event) + "\n")
            self._stream.flush()


def run_job(path: Path, emit: EventWriter) -> int:
    """Run the job in ``path``; its last event is its result or its one failure."""
    try:
        outputs = _compose(path, emit)
    except Cancelled as error:
        emit(Failure(error.kind, error.what, error.remedy))
        return CANCELLED
    except CoverloomError as error:
        LOG.info("Failed.", exc_info=True)
        emit(Failure(error.kind, error.what, error.remedy))
        return FAILED
    except Exception as error:  # the border: whatever it is, the user gets one failure
        LOG.exception("Unexpected.")
        emit(_unexpected(error))
        return FAILED
    emit(Result(outputs))
    return DONE


def _compose(path: Path, emit: EventWriter) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(
            f"The job file {path} cannot be read: {error}.", "Give its path."
        ) from error
    job = read_job(text)
    module = import_module(f"{__package__}.jobs.{job.name}")
    outputs: dict[str, object] = module.run(job, emit)
    return outputs


def _unexpected(error: Exception) -> Failure:
    if isinstance(error, ModuleNotFoundError):
        missing = MissingPackage(
            f"The worker's Python {sys.executable} has no package {error.name!r}.",
            "Run the algorithm 'Set up the runtime', with a train tier if you train.",
        )
        return Failure(missing.kind, missing.what, missing.remedy)
    if _disk_full(error):
        full = NotEnoughDisk(
            f"A disk is full: {error}.", "Make room where the outputs go, then run it again."
        )
        return Failure(full.kind, full.what, full.remedy)
    if isinstance(error, MemoryError):
        return Failure("MemoryError", "The worker ran out of memory.", "Use smaller chunks.")
    return Failure(
        type(error).__name__, f"Unexpected error: {error}", "Please report it with the log above."
    )


def _disk_full(error: Exception) -> bool:
    """Libraries say it in their own ways: a number, or words of GDAL, HDF5 or SQLite."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return True
    said = ("No space left", "disk is full", "Disk quota exceeded")
    return any(text in str(error) for text in said)


def _claim_stdout() -> TextIO:
    """Keep stdout for events and send what libraries print there to the log."""
    sys.stdout.flush()
    private = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return private
