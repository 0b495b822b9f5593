# SPDX-License-Identifier: GPL-3.0-or-later
"""Take a subset of footprints, even over the days of the year."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import numpy as np

from ..contract.errors import EmptySelection, OutputIsInput
from ..contract.events import Emit
from ..contract.jobs.subsetgedi import SubsetGedi
from ..gedi.tables import read_table, write_table
from .gedi_tables import draw, subset


def run(request: SubsetGedi, emit: Emit) -> Dict[str, Any]:
    """Write the subset; returns its path and how many footprints it has.

    Raises:
        OutputIsInput: The table would be written over itself.
        EmptySelection: It has no footprints.
    """
    if Path(request.input).absolute() == Path(request.output).absolute():
        raise OutputIsInput(f"{request.output} is the input too.", "Give another OUTPUT.")
    table = read_table(request.input)
    if not len(table):
        raise EmptySelection(f"{request.input} has no footprints.", "Give a table with some.")
    chosen = subset(table, request.size, np.random.default_rng(request.seed), emit)
    write_table(request.output, chosen)
    split = split_of(request.input)
    draw(request.plots, f"{split}_distribution", split, table)
    draw(request.plots, f"{split}_distribution_subset", f"{split}, subset", chosen, table)
    return {"OUTPUT": request.output, "SELECTED": len(chosen), "PLOTS": request.plots or None}


def split_of(path: str) -> str:
    """``test`` if a file's name has that word, else ``train``."""
    words = Path(path).stem.lower().replace("-", "_").split("_")
    return "test" if "test" in words else "train"
