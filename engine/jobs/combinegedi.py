# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine GEDI granules into tables of footprints."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from ..contract.events import Emit
from ..contract.jobs.combinegedi import CombineGedi
from ..core.writable import check_writable
from ..gedi.tables import write_table
from .gedi_tables import combine, conditions_of, draw, of_years


def run(request: CombineGedi, emit: Emit) -> Dict[str, Any]:
    """Write the tables; returns their paths and how many footprints they have."""
    check_writable(request.train, request.test)
    conditions = conditions_of(request)
    combined = combine(request.input, conditions, emit, request.workers, request.scheduler)
    train_rng, test_rng = np.random.default_rng(request.seed).spawn(2)
    train = of_years(combined, request.train_years, train_rng, True, emit)
    tables = {"train": (request.train, train)}
    if request.test and request.test_years:
        test = of_years(combined, request.test_years, test_rng, False, emit)
        tables["test"] = (request.test, test)
    for split, (path, table) in tables.items():
        write_table(path, table)
        years = request.train_years if split == "train" else request.test_years
        before = combined.everything.select(np.isin(combined.everything.years, years))
        if len(table):
            draw(request.plots, f"{split}_distribution_combined", f"{split}, kept", table, before)
    kept = {split: len(table) for split, (_, table) in tables.items()}
    return {
        "TRAIN": request.train,
        "TEST": request.test or None,
        "KEPT_TRAIN": kept["train"],
        "KEPT_TEST": kept.get("test", 0),
        "PLOTS": request.plots or None,
    }
