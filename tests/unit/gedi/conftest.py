# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated world around the footprints of a real granule."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from coverloom.engine.contract.jobs import JOBS
from coverloom.tests.data.make_gedi_world import make_world


def run(name, **fields):
    """The outputs of a job, and its messages."""
    events = []
    job = JOBS.load(name).from_fields(fields)
    job.validate()
    outputs = import_module(f"coverloom.engine.jobs.{name}").run(job, events.append)
    return outputs, [event.text for event in events if event.event == "message"]


@pytest.fixture(scope="session")
def run_job():
    return run


@pytest.fixture(scope="session")
def world(real_data, tmp_path_factory):
    """The catalogue's root, a table of all real footprints on land, and their extracted batches."""
    folder = tmp_path_factory.mktemp("world")
    catalogue = make_world(folder / "catalogue")
    table = str(folder / "footprints.parquet")
    run("combinegedi", input=[str(real_data / "gedi_l4a")], train=table,
        max_relative_error=1e6, flags=[])  # fmt: skip
    outputs, texts = run(
        "extractgedi", footprints=table, catalog=str(catalogue), output=str(folder / "batches"),
        workers=1, batch_size=120,
    )  # fmt: skip
    return SimpleNamespace(
        folder=folder, catalogue=str(catalogue), table=table, outputs=outputs, texts=texts,
        batches=folder / "batches",
    )  # fmt: skip
