# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogues of scenes and tiles: a STAC API, a static STAC catalogue, or plain folders."""

from __future__ import annotations

from ..contract.registry import Entry, Registry

CATALOGUES = Registry(
    __name__,
    {
        "api": Entry("STAC API", "api:ApiCatalogue"),
        "static": Entry("Static STAC catalogue", "static:StaticCatalogue"),
        "folder": Entry("Folder of SAFE products and tiles", "folder:FolderCatalogue"),
    },
)
