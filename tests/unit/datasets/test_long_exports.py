# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export keeps in memory of the shards it has written."""

from __future__ import annotations

import json

import numpy as np
from coverloom.engine.contract.errors import UnusablePatch
from coverloom.engine.core.dataset_card import DatasetBand, DatasetCard
from coverloom.engine.datasets.folder import LOG, DatasetFolder, summary
from coverloom.engine.datasets.making import Hands, complete_card, write_shards
from coverloom.engine.datasets.patch import NOWHERE, DatasetPatch, Layout
from coverloom.engine.datasets.shards import Made, ShardTask, plan_shards
from coverloom.engine.datasets.statistics import Moments

CARD = DatasetCard(
    name="many",
    format="tfrecord",
    bands=(DatasetBand("B02", "s2_data"),),
    patch=(4, 4),
    dtype="uint16",
)


def make(number, room=NOWHERE):
    if number % 10 == 9:
        raise UnusablePatch(f"Patch {number} is no good.", "Leave it out.")
    array = np.full((4, 4, 1), number, np.uint16)
    return Made(
        DatasetPatch(f"patch {number}", {"s2_data": array}), Moments.of(array.reshape(1, 4, 4))
    )


def written(folder, count):
    """The records and the log of an export of ``count`` patches in one shard."""
    opened = DatasetFolder(str(folder), {}, resume=True)
    layout = Layout.of_card(CARD)

    def task_of(plan):
        items = tuple((f"patch {row}", row) for row in plan.rows)
        return ShardTask(plan, opened.path, "tfrecord", layout, items, make)

    plans = plan_shards(["train"] * count, count, None)
    records = write_shards(opened, plans, task_of, Hands(), lambda event: None)
    return records, (folder / LOG).read_text().splitlines()


def test_no_more_is_kept_of_a_shard_with_many_patches(tmp_path):
    """A line a patch took 0.5 KB of memory each, to the end of the job."""
    few, _ = written(tmp_path / "few", 100)
    many, log = written(tmp_path / "many", 1000)
    assert len(json.dumps(many)) < 1.1 * len(json.dumps(few))
    assert [json.loads(line)["id"] for line in log] == [f"patch {i}" for i in range(1000)]


def test_what_failed_is_counted_and_the_first_are_named(tmp_path):
    records, log = written(tmp_path / "set", 100)
    assert summary(records) == {"written": 90, "failed": 10}
    assert complete_card(CARD, records, {}).failed == 10
    assert [name for name, _ in records[0]["faults"]] == [f"patch {i}9" for i in ("", 1, 2, 3, 4)]
    assert sum(not json.loads(line)["ok"] for line in log) == 10
    again, log = written(tmp_path / "set", 100)  # is written anew: what failed may be mended
    assert summary(again) == {"written": 90, "failed": 10} and len(log) == 100
