# SPDX-License-Identifier: GPL-3.0-or-later
"""The dataset in the words of Croissant 1.0 (mlcommons.org/croissant/1.0), for other tools.

It lists the shards of each split, and the classes, splits and bands as small tables. What the
arrays mean, Croissant cannot say: that is in ``dataset.json``.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Sequence

from ..core.dataset_card import DatasetCard

_CONTEXT: Dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_ENCODINGS = {
    "tfrecord": ("*.tfrecord", "application/x-tfrecord"),
    "hdf5": ("*.h5", "application/x-hdf5"),
    "npz": ("*/*.npz", "application/zip"),
}
# Where the data come from; chips of a user's own rasters have no page.
_HOMES = {"BigEarthNet": "https://bigearth.net"}


def croissant_text(card: DatasetCard) -> str:
    """The JSON-LD of a dataset.

    Args:
        card: Its card.
    """
    content: Dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": card.name,
        "description": _description(card),
        "url": _HOMES.get(card.provenance.get("source", ""), ""),
        "license": card.provenance.get("licence", "unknown"),
        "citeAs": card.provenance.get("citation", ""),
        "version": "1.0.0",
        "datePublished": card.provenance.get("date", ""),
        "distribution": [_file_set(card, split) for split in card.splits],
        "recordSet": _tables(card),
    }
    kept = {key: value for key, value in content.items() if value != ""}
    return json.dumps(kept, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _description(card: DatasetCard) -> str:
    counts = ", ".join(f"{count} {split}" for split, count in card.splits.items())
    height, width = card.patch
    return (
        f"{sum(card.splits.values())} patches of {height} x {width} px ({counts}) with the bands "
        f"{', '.join(band.name for band in card.bands)}, stored as {card.dtype}."
    )


def _file_set(card: DatasetCard, split: str) -> Dict[str, Any]:
    pattern, encoding = _ENCODINGS.get(card.format, ("*", "application/octet-stream"))
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-shards",
        "name": f"{split}-shards",
        "encodingFormat": encoding,
        "includes": f"{split}-{pattern}",
    }


def _tables(card: DatasetCard) -> List[Dict[str, Any]]:
    splits = [{"splits/name": n, "splits/count": c} for n, c in card.splits.items()]
    bands = [
        {f"bands/{key}": value for key, value in (("name", b.name), ("array", b.array))}
        | {"bands/unit": b.unit, "bands/mean": b.mean, "bands/std": b.std}
        for b in card.bands
    ]
    text, number, whole = "sc:Text", "sc:Float", "sc:Integer"
    tables = [
        _table("splits", [("name", text), ("count", whole)], splits),
        _table(
            "bands",
            [("name", text), ("array", text), ("unit", text), ("mean", number), ("std", number)],
            bands,
        ),
    ]
    if card.classes:
        rows = [
            {f"classes/{key}": item[key] for key in ("id", "name", "colour")}
            for item in card.classes.to_list()
        ]
        tables.append(_table("classes", [("id", whole), ("name", text), ("colour", text)], rows))
    return tables


def _table(name: str, fields: Sequence[Any], rows: List[Dict[str, Any]]) -> Dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": {"@id": f"{name}/{fields[0][0]}"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/{field}", "name": field, "dataType": kind}
            for field, kind in fields
        ],
        "data": rows,
    }
