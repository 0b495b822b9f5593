# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tiles lie in a folder, whatever form each has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Dict, Iterable, List, Sequence, Tuple

from ..contract.errors import EmptySelection, MissingInput
from ..contract.events import Emit
from ..core.address import is_address
from ..core.card import ModelCard
from ..core.storage import Found, Storage, name_of
from .product import ENDINGS, band_file
from .products import is_product, open_sentinel2
from .scene import Scene, open_scene
from .sentinel2 import Options

_ARCHIVE, _PRODUCT = ".zip", ".safe"


@dataclass(frozen=True)
class Tile:
    """A scene among many.

    Args:
        name: Unique among them; names its folder and files.
        path: Where it is.
    """

    name: str
    path: str


def find_tiles(folder: str, left_out: Sequence[str] = ()) -> List[Tile]:
    """The tiles of a folder, by name; a product, or a folder of bands, is a tile itself.

    What poses as a product and is none is found as well, so that its failure is told.

    Args:
        folder: Where to look; not deeper. A folder, or the address of one.
        left_out: Paths that are no tiles, such as the output's folder.

    Raises:
        MissingInput: There is no such folder.
        UnreachableStorage: Its address cannot be listed.
        EmptySelection: It holds no tile.
    """
    if is_address(folder):
        return _named(_tiles_at(folder.rstrip("/")), folder)
    root = Path(folder)
    if not root.exists():
        raise MissingInput(f"There is no folder {folder}.", "Give a folder of tiles.")
    if root.is_file() or _is_itself(root):
        return [Tile(_stem(str(root)), str(root))]
    skipped = {Path(path).resolve() for path in left_out}
    found = [p for p in sorted(root.iterdir()) if p.resolve() not in skipped and _is_tile(p)]
    return _named([str(path) for path in found], folder)


def _named(paths: Iterable[str], folder: str) -> List[Tile]:
    """The tiles at some paths, each with a name of its own."""
    found = list(paths)
    if not found:
        raise EmptySelection(
            f"{folder} holds no tiles.",
            "Put SAFE folders, their zips, folders of bands, or rasters into it.",
        )
    names: Dict[str, int] = {}
    tiles = []
    for path in found:
        name = _stem(path)
        names[name] = names.get(name, 0) + 1
        tiles.append(Tile(name if names[name] == 1 else f"{name}_{names[name]}", path))
    return tiles


def _tiles_at(address: str) -> List[str]:
    """Addresses of the tiles in a folder of a store; of itself, if it is one."""
    storage = Storage()
    if _poses_as_product(address) or PurePosixPath(address).suffix.lower() in ENDINGS:
        return [address]
    items = storage.list(address)
    if _holds_bands(items) and not any(_poses_as_product(item.path) for item in items):
        return [address]
    return [item.path.rstrip("/") for item in items if _is_tile_at(storage, item)]


def _is_tile_at(storage: Storage, item: Found) -> bool:
    if item.name.startswith("."):
        return False
    if item.folder and not _poses_as_product(item.path):
        inside = storage.list(item.path)
        return _holds_bands(inside) or any(_poses_as_product(found.path) for found in inside)
    return PurePosixPath(item.name).suffix.lower() in (*ENDINGS, _ARCHIVE, _PRODUCT)


def _holds_bands(items: Sequence[Found]) -> bool:
    return any(band_file(item.path) for item in items if not item.folder)


def open_tile(path: str, card: ModelCard, options: Options, emit: Emit) -> Scene:
    """Open a tile as the scene that a card asks for; see ``open_scene``."""
    if _poses_as_product(path) or is_product(path):
        return open_sentinel2(path, card, options, emit)
    return open_scene([path], card, options.band_map, emit)


def size_of(path: str) -> Tuple[int, int]:
    """(bytes, files) of a tile or of a folder of results."""
    if is_address(path):
        storage = Storage()
        about = storage.about(path)
        objects = list(storage.files(path)) if about.folder else [about]
        return sum(item.size for item in objects), len(objects)
    place = Path(path)
    files = [place] if place.is_file() else [f for f in place.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files), len(files)


def _is_itself(folder: Path) -> bool:
    inside = [path for path in folder.iterdir() if _poses_as_product(path.name)]
    return not inside and is_product(str(folder))


def _is_tile(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    if path.is_dir():
        return _poses_as_product(path.name) or is_product(str(path))
    return path.suffix.lower() in (*ENDINGS, _ARCHIVE)


def _poses_as_product(path: str) -> bool:
    return PurePosixPath(name_of(path)).suffix.lower() in (_ARCHIVE, _PRODUCT)


def _stem(path: str) -> str:
    name = name_of(path) if is_address(path) else Path(path).absolute().name
    for ending in (_ARCHIVE, _PRODUCT, *ENDINGS):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name
