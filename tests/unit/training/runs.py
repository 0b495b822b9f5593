# SPDX-License-Identifier: GPL-3.0-or-later
"""Very small trainings in this process."""

from __future__ import annotations

from coverloom.engine.contract.jobs.trainmodel import TrainModel
from coverloom.engine.jobs import trainmodel

QUICK = {"width": 0.3, "epochs": 3, "batch_size": 2, "learning_rate": 0.01, "seed": 7}


def request_of(dataset, run, **fields):
    request = TrainModel(str(dataset), str(run), **{**QUICK, **fields})
    request.validate()
    return request


def train(dataset, run, **fields):
    """(outputs, events)."""
    events = []
    return trainmodel.run(request_of(dataset, run, **fields), events.append), events
