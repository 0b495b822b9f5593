# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of exports share: where the worker begins, and what an export has written."""

from __future__ import annotations

import json
from pathlib import Path

ENTRY = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"
S2_ORDER = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]
FORMATS = ["tfrecord", "hdf5", "npz"]


def log_of(folder):
    return [json.loads(line) for line in Path(folder, "log.jsonl").read_text().splitlines()]


def contents(folder):
    """Every file of the shards: relative name to bytes."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {n: b for n, b in found.items() if Path(n).parts[0].startswith(("train", "val", "test"))}
