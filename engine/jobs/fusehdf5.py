# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuse HDF5 files of footprints into one."""

from __future__ import annotations

from typing import Any, Dict

from ..contract.events import Emit, Message
from ..contract.jobs.fusehdf5 import FuseHdf5
from .gedi_dataset import find_files, fuse, write_card
from .subsetgedi import split_of


def run(request: FuseHdf5, emit: Emit) -> Dict[str, Any]:
    """Write the file and its card; returns its path and how many footprints it has."""
    paths = find_files(request.input, request.output)
    count = fuse(paths, request.output, request.on_mismatch, emit)
    card = write_card(request.output, request.split or split_of(request.output), emit)
    emit(Message(f"{count} footprints of {len(paths)} files."))
    return {"OUTPUT": request.output, "FOOTPRINTS": count, "CARD": card}
