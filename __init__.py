# SPDX-License-Identifier: GPL-3.0-or-later
"""Coverloom: land cover, and how sure the map is of it, from satellite archives in QGIS."""

from __future__ import annotations


def classFactory(iface: object) -> object:
    """Make the plugin; QGIS calls this, with ``iface=None`` under ``qgis_process``."""
    from .plugin.plugin import CoverloomPlugin

    return CoverloomPlugin(iface)
