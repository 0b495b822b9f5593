# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes: named bands on one grid, whatever they are stored in."""

from __future__ import annotations

from ..contract.registry import Entry, Registry

# Asked in this order; the first reader that accepts the paths opens the scene.
SCENES = Registry(
    __name__,
    {
        "remote": Entry("Sentinel-2 product at an address", "remote:RemoteReader"),
        "safe": Entry("Sentinel-2 product (SAFE)", "safe:SafeReader"),
        "safe_zip": Entry("Sentinel-2 product (zip)", "safe_zip:SafeZipReader"),
        "band_folder": Entry("Folder of Sentinel-2 bands", "band_folder:BandFolderReader"),
        "rasters": Entry("Raster files", "rasters:RasterReader"),
    },
)
