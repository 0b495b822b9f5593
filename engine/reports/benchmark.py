# SPDX-License-Identifier: GPL-3.0-or-later
"""``benchmark_report.csv``: what each tile took."""

from __future__ import annotations

import csv
import io
from typing import Any, Dict, Iterable, Mapping

COLUMNS = (
    "tile_name", "processing_time_seconds", "input_size_mb", "output_size_mb", "file_count",
    "cpu_percent_start", "cpu_percent_end", "memory_mb_start", "memory_mb_end",
    "mpx_per_s", "patches_per_s", "read_seconds", "prepare_seconds", "infer_seconds",
    "write_seconds", "cpu_seconds", "chunks_mapped", "chunks_skipped", "provider",
    "peak_memory_mb", "gpu_memory_mb", "kept", "error",
)  # fmt: skip


def row_of_report(report: Mapping[str, Any], seconds: float) -> Dict[str, Any]:
    """The columns that a map's report fills.

    Args:
        report: As the map's ``REPORT`` holds it.
        seconds: How long the tile took.
    """
    stages, chunks = report["seconds"], report["chunks"]
    patches = report.get("patches") or chunks["mapped"]
    return {
        "mpx_per_s": report["valid_mpx"] / seconds,
        "patches_per_s": patches / seconds,
        **{f"{name}_seconds": stages.get(name) for name in ("read", "prepare", "infer", "write")},
        "chunks_mapped": chunks["mapped"],
        "chunks_skipped": sum(chunks["skipped"].values()),
        "provider": report["device"],
        "peak_memory_mb": report["peak_memory_mb"],
    }


def benchmark_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """The table as CSV (RFC 4180); numbers with six significant digits, unknown ones empty."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(row.get(name)) for name in COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
