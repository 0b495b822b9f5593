# SPDX-License-Identifier: GPL-3.0-or-later
"""Version 1 labels, from 43 classes to 19, without losing the original."""

from __future__ import annotations

import errno
import json
from typing import Any, Dict, List, Tuple

from ..contract.errors import MissingInput, NotEnoughDisk, UnknownClass, UnwritablePath
from ..core.files import Staging
from ..core.storage import Storage, join, name_of
from .nomenclature import labels19
from .version1 import SUFFIX, parse_json

SIDECAR_SUFFIX = "_labels_metadata_19.json"
ORIGINAL_SUFFIX = ".orig"
ORIGINAL_KEY = "original_labels"


def relabelled(data: bytes, record: str) -> Dict[str, Any]:
    """A patch's JSON with 19-class ``labels``; the 43-class names move to ``original_labels``.

    Args:
        data: The JSON as it is.
        record: What to call it in an error.

    Raises:
        UnreadableTable: It is no such JSON.
        UnknownClass: A label is in no nomenclature.
    """
    content = parse_json(data, record)
    labels43: List[str] = content.get(ORIGINAL_KEY, content["labels"])
    try:
        return {**content, "labels": labels19(labels43), ORIGINAL_KEY: labels43}
    except UnknownClass as error:  # the nomenclature does not know whose label it was asked for
        raise UnknownClass(f"{record}: {error.what}", error.remedy) from error


def write_sidecar(record: str, target: str, storage: Storage) -> Tuple[bool, int]:
    """Write the relabelled JSON under the sidecar's name into the folder ``target``.

    Args:
        record: Path or URL of a patch's JSON.
        target: Folder, local or remote.
        storage: What to read through.

    Returns:
        Whether anything was written (not if the same is there already), and how many labels
        the patch has now.

    Raises:
        MissingInput: There is no such JSON.
        UnreadableTable, UnknownClass, UnwritablePath: That patch cannot be done.
        NotEnoughDisk: No further patch can.
    """
    content = relabelled(storage.read_bytes(record), record)
    sidecar = join(target, name_of(record)[: -len(SUFFIX)] + SIDECAR_SUFFIX)
    return _replace(sidecar, content, storage), len(content["labels"])


def rewrite(record: str, storage: Storage) -> Tuple[bool, int]:
    """Rewrite a patch's JSON, its original kept beside it under ``.orig``; as ``write_sidecar``."""
    before = storage.read_bytes(record)
    content = relabelled(before, record)
    original = record + ORIGINAL_SUFFIX
    if not storage.exists(original):
        _write(original, before)
    return _replace(record, content, storage), len(content["labels"])


def _replace(path: str, content: Dict[str, Any], storage: Storage) -> bool:
    data = json.dumps(content, ensure_ascii=False).encode()
    try:
        if storage.read_bytes(path) == data:
            return False
    except MissingInput:
        pass  # a sidecar that is still to be made
    _write(path, data)
    return True


def _write(path: str, data: bytes) -> None:
    with Staging() as staging:
        try:
            staging.path(path).write_bytes(data)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise NotEnoughDisk(
                    f"The disk of {path} is full.",
                    "Make room and run it again; what is done stays.",
                ) from error
            raise UnwritablePath(
                f"{path} cannot be written: {error}.", "Free the disk, or its rights."
            ) from error
        staging.publish()
