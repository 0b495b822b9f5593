# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor's page."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .page import render

Rows = List[Tuple[str, str]]


def doctor_page(facts: Dict[str, Any]) -> str:
    """The doctor's report as HTML.

    Args:
        facts: The report's JSON form, as ``engine/jobs/doctor.py`` makes it.
    """
    sections: List[Tuple[str, Rows]] = [
        ("QGIS", _rows(facts["host"])),
        ("Worker", _rows(facts["worker"])),
        ("Processor", _rows(facts["processor"])),
        ("Memory", _rows(facts["memory"])),
        ("Disks", [(name, _disk(disk)) for name, disk in facts["disks"].items()]),
        ("GPUs", [(gpu["name"], _gpu(gpu)) for gpu in facts["gpus"]]),
        ("TensorFlow", _rows(facts["tensorflow"].get("devices", {}))),
        ("PRECISION fast", _rows(facts["fast"])),
        ("Packages", _rows(facts["packages"])),
    ]
    return render("doctor.html", facts=facts, sections=sections, title="Coverloom: the runtime")


def _rows(values: Dict[str, Any]) -> Rows:
    return [(name.replace("_", " "), _spell(value)) for name, value in values.items()]


def _spell(value: Any) -> str:
    spelled = {True: "yes", False: "no", None: "unknown"}
    is_word = value is None or isinstance(value, bool)
    return spelled[value] if is_word else f"{value:,}" if isinstance(value, int) else str(value)


def _disk(disk: Dict[str, Any]) -> str:
    return f"{disk['free_gb']} GB free of {disk['total_gb']} GB: {disk['folder']}"


def _gpu(gpu: Dict[str, Any]) -> str:
    size = f", {gpu['memory_mb']:,} MB" if gpu["memory_mb"] else ""
    return f"driver {gpu['driver']}{size}"
