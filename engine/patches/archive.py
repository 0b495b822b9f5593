# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of a BigEarthNet archive, found from its root."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Tuple

from ..contract.errors import MissingInput, NotAnArchive
from ..core.storage import Found, Storage, is_remote
from .names import Sentinel2Name, try_parse

_LISTERS = 16


@dataclass(frozen=True)
class Roots:
    """Where the parts of an archive lie; empty text for a part that is not there.

    Args:
        s2: Folder of Sentinel-2: of scene folders in version 2, of patch folders in version 1.
        s1: Folder of Sentinel-1, likewise.
        maps: Folder of reference maps, of version 2.
        version: 1 or 2.
    """

    s2: str
    s1: str
    maps: str
    version: int

    def to_dict(self) -> Dict[str, str]:
        """The folders, as the index's card states them."""
        return {name: str(value) for name, value in asdict(self).items() if name != "version"}


def locate(root: str, s1_root: str, maps_root: str, storage: Storage) -> Roots:
    """Find the parts of an archive.

    Args:
        root: The folder that holds ``BigEarthNet-S2`` and the others, or that of Sentinel-2.
        s1_root: Folder of Sentinel-1 if it lies elsewhere; empty if not.
        maps_root: Folder of reference maps if it lies elsewhere; empty if not.
        storage: What to list through.

    Raises:
        MissingInput: A folder is not there.
        NotAnArchive: ``root`` holds nothing that is called as BigEarthNet calls it.
    """
    root, s1_root, maps_root = map(absolute, (root, s1_root, maps_root))
    children = [item for item in storage.list(root) if item.folder]
    s2 = _part(children, "BigEarthNet-S2") or _part(children, "BigEarthNet-v1.0")
    s1 = s1_root or _part(children, "BigEarthNet-S1")
    maps = maps_root or _part(children, "Reference_Maps")
    if not s2 and any(_is_s2(item.name) for item in children):
        s2 = root
    if not (s2 or s1 or maps):
        raise NotAnArchive(
            f"{root} holds neither BigEarthNet-S2, BigEarthNet-S1 or Reference_Maps nor scenes.",
            "Give the folder in which the archive was unpacked.",
        )
    for folder in filter(None, (s1_root, maps_root)):
        storage.list(folder)  # raises where there is none
    return Roots(s2, s1, maps, _version(s2, storage))


def absolute(path: str) -> str:
    """A local path made absolute, without a separator at its end; a URL without its last slash."""
    if not path or is_remote(path):
        return path.rstrip("/")
    return str(Path(path).expanduser().absolute())


def check_there(roots: Iterable[str]) -> None:
    """See that the local folders of an index's archive are there.

    Where a disk is not connected, every patch would be told to be a bad one.

    Raises:
        MissingInput: One is not.
    """
    for root in roots:
        if root and not is_remote(root) and not Path(root).is_dir():
            raise MissingInput(
                f"The index names the archive's folder {root}, which is not there.",
                "Connect the disk that holds it and run it again, or index the archive where it "
                "lies now.",
            )


def patch_folders(root: str, storage: Storage) -> Tuple[List[str], List[str]]:
    """Names and paths of all patch folders under a part's folder, at most three levels down.

    In an object store this is one listing a scene, side by side, not a request a patch.
    """
    found: List[Found] = []
    level = [root] if root else []
    with ThreadPoolExecutor(_LISTERS) as pool:
        for _ in range(3):
            deeper: List[str] = []
            for items in pool.map(storage.list, level):
                for item in items:
                    if not item.folder:
                        continue
                    if try_parse(item.name) is None:
                        deeper.append(item.path)
                    else:
                        found.append(item)
            level = deeper
    return [item.name for item in found], [item.path.rstrip("/") for item in found]


def metadata_files(given: str, storage: Storage) -> Tuple[List[str], List[str]]:
    """The files that METADATA names: files separated by commas, or folders of them.

    Returns:
        Parquet tables, and lists of patches with snow or cloud (CSV, of version 1).

    Raises:
        MissingInput: There are none.
    """
    paths: List[str] = []
    for part in filter(None, (piece.strip() for piece in given.split(","))):
        path = absolute(part)
        if path.lower().endswith((".parquet", ".csv")):
            paths.append(path)
            continue
        files = [item for item in storage.list(path) if not item.folder]
        paths += [item.path for item in files if _is_metadata(item.name.lower())]
    if not paths:
        raise MissingInput(
            f"METADATA {given!r} names no parquet file, nor a list of patches with snow or cloud.",
            "Give metadata.parquet, or the folder that holds it.",
        )
    lists = [path for path in paths if path.lower().endswith(".csv")]
    return [path for path in paths if path not in lists], lists


def _is_metadata(name: str) -> bool:
    return name.endswith(".parquet") or (name.startswith("patches_with_") and name.endswith(".csv"))


def _part(children: List[Found], prefix: str) -> str:
    paths = sorted(item.path.rstrip("/") for item in children if item.name.startswith(prefix))
    return paths[0] if paths else ""


def _is_s2(name: str) -> bool:
    return isinstance(try_parse(name), Sentinel2Name) or _is_scene(name)


def _is_scene(name: str) -> bool:
    return isinstance(try_parse(f"{name}_0_0"), Sentinel2Name)


def _version(s2: str, storage: Storage) -> int:
    if not s2:
        return 2
    for item in storage.list(s2):
        parsed = try_parse(item.name) if item.folder else None
        if isinstance(parsed, Sentinel2Name):
            return parsed.version
        if item.folder and _is_scene(item.name):
            return 2
    raise NotAnArchive(
        f"{s2} holds no Sentinel-2 scene or patch.",
        "Give the folder in which the archive was unpacked.",
    )
