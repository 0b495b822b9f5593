# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles side by side as one virtual raster, so that windows cross their borders."""

from __future__ import annotations

from html import escape
from typing import Any, List, Sequence, Tuple

import rasterio

# Copernicus DEM files name no nodata value; this is no altitude.
DEM_GAP = -32767.0
_TYPES = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}


def mosaic_of(addresses: Sequence[str]) -> str:
    """A virtual raster of tiles side by side, in the finest resolution among them."""
    tiles: List[Tuple[str, Any, int, int, str]] = []
    for address in addresses:
        with rasterio.open(address) as source:
            place = source.transform
            tiles.append((source.name, place, source.width, source.height, source.dtypes[0]))
            crs, nodata = source.crs.to_wkt(), source.nodata
    width = min(place.a for _, place, _, _, _ in tiles)
    height = min(-place.e for _, place, _, _, _ in tiles)
    west, north = min(p.c for _, p, _, _, _ in tiles), max(p.f for _, p, _, _, _ in tiles)
    east = max(p.c + p.a * w for _, p, w, _, _ in tiles)
    south = min(p.f + p.e * h for _, p, _, h, _ in tiles)
    size = f'rasterXSize="{round((east - west) / width)}"'
    size += f' rasterYSize="{round((north - south) / height)}"'
    parts = [f"<VRTDataset {size}><SRS>{escape(crs)}</SRS>"]
    parts.append(f"<GeoTransform>{west!r},{width!r},0,{north!r},0,{-height!r}</GeoTransform>")
    parts.append(f'<VRTRasterBand dataType="{_TYPES.get(tiles[0][4], "Float32")}" band="1">')
    gap = nodata if nodata is not None else (0 if tiles[0][4] == "uint8" else DEM_GAP)
    parts.append(f"<NoDataValue>{gap}</NoDataValue>")
    for name, place, columns, rows, _ in tiles:
        left, upper = (place.c - west) / width, (north - place.f) / height
        right, lower = columns * place.a / width, -rows * place.e / height
        parts.append(
            f'<ComplexSource resampling="bilinear"><SourceFilename relativeToVRT="0">'
            f"{escape(name)}</SourceFilename><SourceBand>1</SourceBand>"
            f'<SrcRect xOff="0" yOff="0" xSize="{columns}" ySize="{rows}"/>'
            f'<DstRect xOff="{left!r}" yOff="{upper!r}" xSize="{right!r}" ySize="{lower!r}"/>'
            "</ComplexSource>"
        )
    parts.append("</VRTRasterBand></VRTDataset>")
    text = "".join(parts)
    return text.replace(' resampling="bilinear"', "") if tiles[0][4] == "uint8" else text
