# SPDX-License-Identifier: GPL-3.0-or-later
"""A model file's card as a page and as JSON."""

from __future__ import annotations

import html.parser
import json

import pytest
from coverloom.engine.contract.errors import MissingCard, OutputIsInput
from coverloom.engine.contract.jobs.describemodel import DescribeModel
from coverloom.engine.core.card import ModelCard
from coverloom.engine.jobs import describemodel
from coverloom.engine.model_file import save_model
from coverloom.tests.data.make_models import card_for, pixel_net


class Page(html.parser.HTMLParser):
    """The texts and tags of a page, as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data.strip())


@pytest.fixture
def model(tmp_path):
    card = card_for(
        classes=("Water", "<script>alert(1)</script>", "Fields & meadows", "Town"),
        receptive_field=3,
        provenance={"metrics": {"accuracy": 0.91}, "licence": "CC-BY 4.0"},
    )
    save_model(pixel_net(), card, tmp_path / "m.onnx")
    return tmp_path / "m.onnx", card


def test_page_and_card(model, tmp_path):
    path, card = model
    request = DescribeModel(str(path), str(tmp_path / "r.html"), str(tmp_path / "c.json"))
    outputs = describemodel.run(request, lambda event: None)
    assert outputs == {"REPORT": request.report, "CARD": request.card}
    text = (tmp_path / "c.json").read_text(encoding="utf-8")
    assert ModelCard.from_json(text) == card
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    for shown in (*card.band_names, *card.classes.names, "3 px", "0.91", "metrics: accuracy", "17"):
        assert shown in page.texts
    assert any("any x 3 x any x any" in shown for shown in page.texts)


def test_only_what_is_asked_for(model, tmp_path):
    path, _ = model
    outputs = describemodel.run(
        DescribeModel(str(path), card=str(tmp_path / "c.json")), lambda event: None
    )
    assert list(outputs) == ["CARD"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.json", "m.onnx"]
    assert json.loads((tmp_path / "c.json").read_text())["schema"] == 1


def test_a_model_without_a_card(tmp_path):
    (tmp_path / "m.onnx").write_bytes(pixel_net().SerializeToString())
    request = DescribeModel(str(tmp_path / "m.onnx"), str(tmp_path / "r.html"))
    with pytest.raises(MissingCard):
        describemodel.run(request, lambda event: None)
    assert [p.name for p in tmp_path.iterdir()] == ["m.onnx"]


def test_the_model_is_not_written_over(model):
    path, _ = model
    with pytest.raises(OutputIsInput):
        describemodel.run(DescribeModel(str(path), card=str(path)), lambda event: None)
