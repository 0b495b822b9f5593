# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a dataset of footprints, whose patches do not say their split by themselves."""

from __future__ import annotations

import re

from coverloom.engine.contract.jobs.describedataset import DescribeDataset
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs import describedataset

from .conftest import load


def test_each_sample_says_its_split(tmp_path):
    footprints = load("make_footprints").make(tmp_path / "footprints")
    page = tmp_path / "page.html"
    describedataset.run(DescribeDataset(str(footprints), str(page)), lambda event: None)
    text = page.read_text(encoding="utf-8")
    shown = dict(re.findall(r"<figcaption>(\d+) \((\w*)\)", text))
    with open_dataset(footprints) as data:
        split_of = {data[i].patch_id: name for name in data.card.splits for i in data.split(name)}
    assert len(shown) == 12
    assert shown == {name: split_of[name] for name in shown}
    assert "AGBD in Mg/ha" in text
