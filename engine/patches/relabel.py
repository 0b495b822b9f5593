# SPDX-License-Identifier: GPL-3.0-or-later
"""Version 1 labels, from 43 classes to 19, without losing the original."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ..contract.errors import UnwritablePath
from ..core.files import Staging
from .nomenclature import labels19
from .version1 import SUFFIX, parse_json

SIDECAR_SUFFIX = "_labels_metadata_19.json"
ORIGINAL_SUFFIX = ".orig"
ORIGINAL_KEY = "original_labels"


def relabelled(content: Dict[str, Any]) -> Dict[str, Any]:
    """A patch's JSON with 19-class ``labels``; the 43-class names move to ``original_labels``.

    Raises:
        UnknownClass: A label is in no nomenclature.
    """
    labels43: List[str] = content.get(ORIGINAL_KEY, content["labels"])
    return {**content, "labels": labels19(labels43), ORIGINAL_KEY: labels43}


def write_sidecar(record: Path, target: Path) -> Tuple[bool, int]:
    """Write the relabelled JSON under the sidecar's name into the folder ``target``.

    Returns:
        Whether anything was written (not if the same is there already), and how many labels
        the patch has now.

    Raises:
        UnreadableTable, UnknownClass, UnwritablePath: That patch cannot be done.
    """
    content = relabelled(parse_json(record.read_bytes(), str(record)))
    sidecar = target / (record.name[: -len(SUFFIX)] + SIDECAR_SUFFIX)
    return _replace(sidecar, content), len(content["labels"])


def rewrite(record: Path) -> Tuple[bool, int]:
    """Rewrite a patch's JSON, its original kept beside it under ``.orig``; as ``write_sidecar``."""
    content = relabelled(parse_json(record.read_bytes(), str(record)))
    original = record.with_name(record.name + ORIGINAL_SUFFIX)
    if not original.exists():
        with Staging() as staging:
            try:
                shutil.copyfile(record, staging.path(original))
            except OSError as error:
                raise UnwritablePath(
                    f"{original} cannot be written: {error}.", "Free the disk, or its rights."
                ) from error
            staging.publish()
    return _replace(record, content), len(content["labels"])


def _replace(path: Path, content: Dict[str, Any]) -> bool:
    text = json.dumps(content, ensure_ascii=False)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    with Staging() as staging:
        try:
            staging.path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnwritablePath(
                f"{path} cannot be written: {error}.", "Free the disk, or its rights."
            ) from error
        staging.publish()
    return True
