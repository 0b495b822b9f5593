# SPDX-License-Identifier: GPL-3.0-or-later
"""The dataset's page: its map's grid fits its dots, its bars fill their field."""

from __future__ import annotations

import re

import pytest
from coverloom.engine.core.classes import ClassScheme, LandCoverClass
from coverloom.engine.core.dataset_card import DatasetBand, DatasetCard, DatasetTarget
from coverloom.engine.reports.dataset_page import Sample, dataset_page


def page(points=(), histogram=None):
    classes = ClassScheme(
        (LandCoverClass(0, "water", (0, 0, 255)), LandCoverClass(1, "land", (0, 255, 0))), "own"
    )
    card = DatasetCard(
        name="small",
        format="npz",
        bands=(DatasetBand("VV", "s1_data"),),
        patch=(8, 8),
        dtype="uint16",
        labels="pixels",
        classes=classes,
        splits={"train": 2, "test": 1},
        histogram=histogram or {},
    )
    return dataset_page(card, {}, {}, points, [], [], {})


@pytest.mark.parametrize(
    ("points", "meridian", "parallel"),
    [
        ([(0, 40, "train"), (30, 60, "test"), (10, 50, "train")], "10°", "50°"),
        (
            [(13.01, 47.98, "train"), (13.05, 48.03, "test"), (13.03, 48.0, "train")],
            "13.03°",
            "48°",
        ),
        ([(-0.4, -70, "train"), (0.4, -69.6, "test"), (0, -69.8, "train")], "0°", "-69.8°"),
    ],
)
def test_a_line_of_the_grid_goes_through_the_dot_at_that_degree(points, meridian, parallel):
    text = page(points)
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', text)
    x, y = dots[2]
    assert re.search(rf'<line x1="{x}" x2="{x}"[^>]*/><text[^>]*>{meridian}</text>', text)
    assert re.search(rf'y1="{y}" y2="{y}"/><text[^>]*>{parallel}</text>', text)
    assert 2 <= text.count("<line") <= 14


def test_one_patch_makes_a_map_too():
    assert page([(13.0, 48.0, "train")]).count("<circle") == 1


def test_the_longest_bar_fills_the_field():
    text = page(histogram={"train": [30, 10, 0], "test": [5, 15, 0]})
    widths = sorted(float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', text))
    assert widths == pytest.approx([200 / 3, 200 / 3, 200, 200], abs=0.1)
    assert "full width is 75 %" in text


def test_a_distribution_says_its_unit_its_ends_and_which_line_is_which_split():
    band = DatasetBand("B08", "s2_data", unit="DN")
    card = DatasetCard(name="one", format="npz", bands=(band,), patch=(8, 8), splits={"train": 1})
    text = dataset_page(
        card, {"B08": {"train": [1, 3]}}, {"B08": [0.0, 5170.0, 10340.0]}, [], [], [], {}
    )
    plot = re.search(r'aria-label="Distribution of B08".*?</figure>', text, re.DOTALL).group()
    assert re.findall(r"<text[^>]*>([^<]*)</text>", plot) == ["0", "10340"]  # not 1.034e+04
    assert "<figcaption>B08, DN</figcaption>" in plot
    before = text[: text.index("Distribution of B08")]
    assert before.rindex('<p class="key">') > before.index("<h2>Bands</h2>")


def test_a_number_to_learn_is_told_and_a_sample_says_its_split():
    card = DatasetCard(
        name="biomass",
        format="gedi",
        bands=(DatasetBand("B08", "Sentinel-2 L2A"),),
        patch=(8, 8),
        splits={"train": 1},
        target=DatasetTarget("AGBD", "Mg/ha", -9999.0, 103.25, 27.5, 61.0, 180.0),
    )
    text = dataset_page(card, {}, {}, [], [Sample("17102", "train", "", "", ())], [], {})
    assert "AGBD in Mg/ha: mean 103.25, deviation 27.5" in text
    assert "from 61 to 180" in text
    assert "17102 (train)" in text
