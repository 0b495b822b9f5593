# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from what pip and uv print how far an installation is."""

from __future__ import annotations

import re
import time

from ..contract.events import Emit, Progress

_UV_START = re.compile(r"^\s*Downloading (\S+) \(([\d.]+) ?([KMG])iB\)")
_UV_END = re.compile(r"^\s*Downloaded (\S+)")
_PIP = re.compile(r"^\s*Downloading (\S+) \(([\d.]+) ?([kMG])B\)")
_DONE = re.compile(r"^(Prepared|Installing collected|Successfully installed)")
_MB = {"K": 1e-3, "k": 1e-3, "M": 1.0, "G": 1e3}
_START, _STOP = 0.02, 0.8


class InstallProgress:
    """Call it with each line; it emits progress events by megabytes.

    Args:
        emit: Takes the events.
        download_mb: What the tier downloads in all, MB.
    """

    def __init__(self, emit: Emit, download_mb: float) -> None:
        self._emit, self._total = emit, max(1.0, download_mb)
        self._pending: dict[str, float] = {}
        self._done_mb, self._began = 0.0, time.monotonic()
        emit(Progress(_START, None, "Installing packages"))

    def __call__(self, line: str) -> None:
        """Count what ``line`` tells."""
        ended, pip = _UV_END.match(line), _PIP.match(line)
        started = _UV_START.match(line)
        if started:
            self._pending[started[1]] = float(started[2]) * _MB[started[3]]
        elif ended:
            self._count(self._pending.pop(ended[1], 0.0), ended[1])
        elif pip:
            # pip says so when it begins; the one before is done by then.
            self._count(self._pending.pop("pip", 0.0), pip[1])
            self._pending["pip"] = float(pip[2]) * _MB[pip[3]]
        elif _DONE.match(line):
            self._emit(Progress(_STOP, None, line.strip()[:80]))

    def _count(self, megabytes: float, name: str) -> None:
        self._done_mb += megabytes
        share = min(1.0, self._done_mb / self._total)
        passed = time.monotonic() - self._began
        eta_s = round(passed * (1 - share) / share, 1) if share > 0.02 else None
        self._emit(Progress(_START + share * (_STOP - _START), eta_s, f"Downloading {name}"))
