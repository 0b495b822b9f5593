# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Deepness plugin where QGIS keeps plugins, and a Python that can run it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from measure import ROOT

HERE = Path(__file__).resolve().parent
RUNNER = HERE / "deepness_run.py"
# A QGIS without a window, with a profile of its own.
_SETTINGS = {
    "QT_QPA_PLATFORM": "offscreen",
    "QGIS_CUSTOM_CONFIG_PATH": str(ROOT / "build" / "bench-profile"),
}
_PROFILES = (
    "~/.local/share/QGIS/QGIS{}/profiles",
    "~/AppData/Roaming/QGIS/QGIS{}/profiles",
    "~/Library/Application Support/QGIS/QGIS{}/profiles",
)


def installed_deepness(given: Path | None = None) -> Path | None:
    """The plugin's folder: the one given, one on QGIS_PLUGINPATH, or one of a profile's."""
    places = [given] if given else []
    for folder in os.environ.get("QGIS_PLUGINPATH", "").split(os.pathsep):
        places += [Path(folder) / "deepness"] if folder else []
    for pattern in _PROFILES:
        for version in (3, 4):
            profiles = Path(pattern.format(version)).expanduser()
            places += sorted(profiles.glob("*/python/plugins/deepness"))
    return next((p for p in places if (p / "processing" / "map_processor").is_dir()), None)


def why_not(plugin: Path | None, python: str) -> str:
    """Why Deepness cannot be measured here; empty if it can."""
    if plugin is None:
        return "Deepness is not installed in any QGIS profile, nor given with --deepness."
    try:
        tried = subprocess.run(
            [python, str(RUNNER), str(plugin)],
            env={**os.environ, **_SETTINGS}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{python}, which should run Deepness, does not start: {error}."
    if tried.returncode:
        return f"{python} cannot import what Deepness needs: {tried.stderr.strip()[-200:]}"
    return ""


def command(plugin: Path, python: str, model: str, raster: str) -> list[str]:
    """Maps ``raster`` with Deepness, by its defaults."""
    settings = [f"{name}={value}" for name, value in _SETTINGS.items()]
    return ["env", *settings, python, str(RUNNER), str(plugin), model, raster]
