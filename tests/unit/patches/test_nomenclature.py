# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes: against the official code list, and the old cast to 8 bits."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import UnknownClass
from coverloom.engine.patches.nomenclature import (
    BEN19_V1_ORDER,
    IGNORE,
    NOMENCLATURES,
    labels19,
    nomenclature,
)

# 19-hot[i] = any(43-hot[conversion[i]]), as the version 1 tools have it.
CONVERSION = [
    [0, 1], [2], [11, 12, 13], [14, 15, 16, 18], [17], [19], [20], [21], [22], [23], [24],
    [25, 31], [26, 27], [28], [29], [33, 34], [35, 36], [38, 39], [40, 41, 42],
]  # fmt: skip


def test_every_code_of_the_official_list(real_data):
    listed = json.loads((real_data / "bigearthnet_v2" / "clc_metadata.json").read_text())
    ben19, clc = nomenclature("ben19"), nomenclature("clc")
    for item in listed["clc_data"]:
        index = ben19.lut[int(item["code"])]
        name = "UNLABELED" if index == IGNORE else ben19.scheme.names[index]
        assert name == item["name_19"]
        if item["code"] != "999":
            found = clc.scheme.classes[clc.lut[int(item["code"])]]
            assert (found.name, list(found.colour)) == (item["name_clc"], item["color"][:3])


def test_the_two_orders_hold_the_same_classes():
    alpha, orig = nomenclature("ben19"), nomenclature("ben19_v1")
    assert alpha.scheme.names == sorted(orig.scheme.names)
    assert list(BEN19_V1_ORDER) == orig.scheme.names
    place = [7, 2, 14, 8, 16, 5, 9, 1, 17, 15, 6, 18, 10, 12, 11, 4, 3, 13, 0]
    assert [orig.scheme.names[i] for i in place] == alpha.scheme.names


def test_43_to_19_is_the_published_conversion():
    ben43, orig = nomenclature("ben43"), nomenclature("ben19_v1")
    assert len(ben43.scheme) == 43
    for i, name in enumerate(ben43.scheme.names):
        expected = [j for j, group in enumerate(CONVERSION) if i in group]
        assert orig.indices([name]) == expected


def test_the_43_classes_are_corines_without_glaciers():
    ben43, clc = nomenclature("ben43"), nomenclature("clc")
    codes = np.flatnonzero(clc.lut < len(clc.scheme))
    assert len(codes) == 44
    for code in codes:
        index = ben43.lut[code]
        name = None if index == IGNORE else ben43.scheme.names[index]
        assert name == (None if code == 335 else clc.scheme.names[clc.lut[code]])


@pytest.mark.parametrize("name", NOMENCLATURES)
def test_nodata_and_unlabelled_are_ignored(name):
    found = nomenclature(name).classes_of(np.array([[0, 999]], np.uint16))
    assert found.tolist() == [[IGNORE, IGNORE]]


def test_uint8_cast_of_clc_codes():
    """The old pipeline cast codes to 8 bits: 999 became pastures, 512 nodata, 311 nothing."""
    codes = np.array([[999, 512, 311, 312]], np.uint16)
    assert codes.astype(np.uint8).tolist() == [[231, 0, 55, 56]]
    ben19 = nomenclature("ben19")
    found = [None if i == IGNORE else ben19.scheme.names[i] for i in ben19.classes_of(codes)[0]]
    assert found == [None, "Inland waters", "Broad-leaved forest", "Coniferous forest"]


def test_labels_of_the_real_map(real_data):
    path = next((real_data / "bigearthnet_v2").rglob("*_26_57_reference_map.tif"))
    with rasterio.open(path) as source:
        codes = source.read(1)
    assert nomenclature("ben19").labels_of(codes) == [
        "Arable land", "Broad-leaved forest", "Mixed forest", "Pastures",
    ]  # fmt: skip
    classes = nomenclature("ben19").classes_of(codes)
    assert np.bincount(classes.ravel())[[1, 3, 12, 15]].tolist() == [7075, 4131, 2040, 1154]


def test_a_code_that_is_none():
    with pytest.raises(UnknownClass, match="holds 300, which is no CORINE code"):
        nomenclature("ben19").classes_of(np.array([[311, 300]], np.uint16))


def test_labels_by_name():
    ben19 = nomenclature("ben19")
    assert ben19.multi_hot(["Pastures", "Water bodies"]).nonzero()[0].tolist() == [8, 15]
    assert labels19(["Bare rock", "Airports"]) == []
    with pytest.raises(UnknownClass, match="'Pasture' is no class"):
        labels19(["Pasture"])
    with pytest.raises(UnknownClass, match="no nomenclature 'ben20'"):
        nomenclature("ben20")
