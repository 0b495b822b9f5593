# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the indexing job, and what is known of the six real version 1 patches."""

from __future__ import annotations

from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet
from coverloom.engine.jobs import indexbigearthnet
from coverloom.engine.patches.index import read_index

V1_LABELS = {
    "S2A_MSIL2A_20170613T101031_87_48": [
        "Arable land",
        "Land principally occupied by agriculture, with significant areas of natural vegetation",
    ],
    "S2A_MSIL2A_20170617T113321_36_85": ["Arable land", "Pastures"],
    "S2A_MSIL2A_20170617T113321_4_55": ["Pastures"],
    "S2A_MSIL2A_20171221T112501_56_35": [
        "Broad-leaved forest",
        "Complex cultivation patterns",
        "Land principally occupied by agriculture, with significant areas of natural vegetation",
        "Transitional woodland, shrub",
    ],
    "S2B_MSIL2A_20170924T93020_69_24": [
        "Coniferous forest",
        "Inland waters",
        "Inland wetlands",
        "Mixed forest",
        "Transitional woodland, shrub",
    ],
    "S2B_MSIL2A_20180204T94161_57_38": ["Arable land", "Coniferous forest", "Mixed forest"],
}


def index_of(root, tmp_path, emit=lambda event: None, **options):
    """Index ``root``; returns the outputs and the index."""
    request = IndexBigEarthNet(str(root), str(tmp_path / "index.parquet"), **options)
    request.validate()
    outputs = indexbigearthnet.run(request, emit)
    return outputs, read_index(outputs["OUTPUT"])
