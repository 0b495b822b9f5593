# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve TensorBoard until the job is ended, by Cancel or with the program that started it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any, Dict

from ..contract.errors import DeviceUnavailable, MissingInput, MissingPackage
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.tensorboard import TensorBoard

HOST = "127.0.0.1"
_LOGS = "events.out.tfevents.*"


def run(request: TensorBoard, emit: Emit) -> Dict[str, Any]:
    """Start the server, say its address, and wait to be ended.

    Raises:
        MissingInput: The folder holds no logs.
        MissingPackage: TensorBoard is not installed.
        DeviceUnavailable: The port is taken.
        Cancelled: The job was ended.
    """
    folder = Path(request.run)
    if next(folder.rglob(_LOGS), None) is None:
        raise MissingInput(
            f"{folder} holds no TensorBoard logs.", "Give the folder of a training, or of several."
        )
    emit(Progress(0.0, None, "Starting TensorBoard"))
    # TensorBoard's own switch to do without TensorFlow, whose import would take most of the time.
    sys.modules["tensorboard.compat.notf"] = ModuleType("tensorboard.compat.notf")
    try:
        from tensorboard import program
    except ImportError as error:
        raise MissingPackage(
            "TensorBoard is not installed in the worker's environment.",
            "Run 'Set up the runtime' with the tier train-cpu or train-gpu.",
        ) from error
    board = program.TensorBoard()
    # Its own fast reader is a second process, which would outlive a killed one.
    options = ["--logdir", str(folder), "--host", HOST, "--port", str(request.port)]
    board.configure(argv=["tensorboard", *options, "--load_fast", "false"])
    try:
        address = board.launch()
    except program.TensorBoardServerException as error:
        raise DeviceUnavailable(
            f"TensorBoard cannot use port {request.port}: {' '.join(str(error).split())[:200]}.",
            "Set PORT to 0 for any that is free.",
        ) from error
    emit(Message(f"TensorBoard is at {address} until this job ends."))
    threading.Event().wait()
    return {"URL": address}
