# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAC collection of the maps of many tiles."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple

import pystac

_FILE = "collection.json"


def collect_items(
    name: str, title: str, folder: Path, items: Mapping[Path, Dict[str, Any]]
) -> Tuple[Dict[str, Any], Dict[Path, Dict[str, Any]]]:
    """A collection around items, and the items with their links to it.

    Args:
        name: Id of the collection.
        title: Whose maps these are.
        folder: Where the collection's ``collection.json`` goes.
        items: Path to the JSON form of every item; at least one.

    Returns:
        The collection's JSON form, and path to item again. All links are relative.
    """
    taken = [pystac.Item.from_dict(item, preserve_dict=True) for item in items.values()]
    collection = pystac.Collection(
        id=name,
        description=f"Land cover maps, made with {title}.",
        extent=pystac.Extent.from_items(taken),
        license="other",
    )
    described: Dict[str, Any] = collection.to_dict(include_self_link=False)
    described["links"] = [_link("root", f"./{_FILE}", "application/json")]
    linked = {}
    for path, item in items.items():
        here = f"./{Path(os.path.relpath(path, folder)).as_posix()}"
        described["links"].append(_link("item", here, "application/geo+json"))
        up = Path(os.path.relpath(folder / _FILE, path.parent)).as_posix()
        upwards = [_link(rel, up, "application/json") for rel in ("root", "collection", "parent")]
        linked[path] = {**item, "collection": name, "links": upwards}
    return described, linked


def _link(rel: str, href: str, media: str) -> Dict[str, str]:
    return {"rel": rel, "href": href, "type": media}
