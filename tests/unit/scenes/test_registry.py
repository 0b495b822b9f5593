# SPDX-License-Identifier: GPL-3.0-or-later
"""Every registered scene reader is asked, in order; the first that accepts opens."""

from __future__ import annotations

import inspect

import pytest
from coverloom.engine.contract.errors import MissingInput, UnreadableRaster
from coverloom.engine.contract.registry import Entry, Registry
from coverloom.engine.scenes import SCENES, scene
from coverloom.tests.data.make_models import card_for


@pytest.mark.parametrize("name", list(SCENES))
def test_a_reader_is_one(name):
    reader = SCENES.load(name)()
    assert SCENES[name].title
    assert list(inspect.signature(reader.accepts).parameters) == ["paths"]
    assert list(inspect.signature(reader.open).parameters) == ["paths", "card", "band_map", "emit"]


def test_files_that_gdal_reads_come_last():
    assert list(SCENES)[-1] == "rasters", "it accepts anything, so nobody after it is asked"


def test_no_input():
    with pytest.raises(MissingInput, match="No raster was given"):
        scene.open_scene([], card_for(), "", lambda event: None)


def test_nobody_accepts(monkeypatch):
    monkeypatch.setattr(scene, "SCENES", Registry("coverloom", {}))
    with pytest.raises(UnreadableRaster, match="No scene reader takes a, b"):
        scene.open_scene(["a", "b"], card_for(), "", lambda event: None)


def test_the_first_that_accepts_opens(monkeypatch):
    entries = {name: Entry(name, f"test_registry:{name}") for name in ("Deaf", "Eager")}
    registry = Registry("coverloom", entries)
    monkeypatch.setattr(Registry, "load", lambda self, name: {"Deaf": Deaf, "Eager": Eager}[name])
    monkeypatch.setattr(scene, "SCENES", registry)
    assert scene.open_scene(["a"], card_for(), "x=1", print) == ("a", "x=1")


class Deaf:
    def accepts(self, paths):
        return False


class Eager:
    def accepts(self, paths):
        return True

    def open(self, paths, card, band_map, emit):
        return paths[0], band_map
