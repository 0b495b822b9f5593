# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of classes from the side file that GDAL writes, or numbers where it cannot be relied on."""

from __future__ import annotations

import pytest
from coverloom.engine.datasets.category_names import class_names

NAMES = ["none", "wood", " water ", "", "wood", "town"]


def beside(tmp_path, text):
    (tmp_path / "labels.tif.aux.xml").write_text(text, encoding="utf-8")
    return str(tmp_path / "labels.tif")


def listed(names):
    """As GDAL's driver manual has it: one name a value, from 0."""
    items = "".join(f"<Category>{name}</Category>" for name in names)
    band = f'<PAMRasterBand band="1"><CategoryNames>{items}</CategoryNames></PAMRasterBand>'
    return f"<PAMDataset>{band}</PAMDataset>"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0, 1, 5], ["none", "wood", "town"]),
        ([5, 0], ["town", "none"]),
        ([2, 5], ["water", "town"]),
        ([1, 6], ["1", "6"]),  # beyond the list
        ([-1, 1], ["-1", "1"]),  # which is not its last name
        ([1, 3], ["1", "3"]),  # one without a name
        ([1, 4], ["1", "4"]),  # one name twice
        ([], []),
    ],
)
def test_names_are_taken_for_all_values_or_for_none(tmp_path, values, names):
    assert class_names(beside(tmp_path, listed(NAMES)), values) == names


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>' + listed(["&c;", "two"])


@pytest.mark.parametrize(
    "text", ["<PAMDataset>", "<PAMDataset/>", "", BOMB, "<PAMDataset><CategoryNames/></PAMDataset>"]
)
def test_a_side_file_without_a_list_gives_numbers(tmp_path, text):
    assert class_names(beside(tmp_path, text), [0, 1]) == ["0", "1"]


def test_so_does_none(tmp_path):
    assert class_names(str(tmp_path / "labels.tif"), [3, 7]) == ["3", "7"]
