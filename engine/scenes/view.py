# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual rasters that show the warper just the bands, nodata and mask that it shall see.

Without them a warp of two bands of a stack would warp the whole stack, with the nodata of its
first band. Format: https://gdal.org/drivers/raster/vrt.html
"""

from __future__ import annotations

from html import escape
from typing import Optional

from rasterio._path import _parse_path, _vsi_path

from .channels import Channels

_TYPES = {
    "uint8": "Byte",
    "int8": "Int8",
    "uint16": "UInt16",
    "int16": "Int16",
    "uint32": "UInt32",
    "int32": "Int32",
    "uint64": "UInt64",
    "int64": "Int64",
    "float32": "Float32",
    "float64": "Float64",
}


def pixel_view(channels: Channels) -> str:
    """A virtual raster of the bands of ``channels`` alone, in their order."""
    kind = _TYPES[channels.dtype.name]
    bands = "".join(
        _band(channels, kind, str(index), place, channels.nodata)
        for place, index in enumerate(channels.indexes, start=1)
    )
    if channels.masked:
        bands += f"<MaskBand>{_band(channels, 'Byte', f'mask,{channels.indexes[0]}')}</MaskBand>"
    return _document(channels, bands)


def mask_view(channels: Channels) -> str:
    """A virtual raster of one band: 255 where the file says it measured, else 0.

    Where no mask counts, a band without one gives 255 everywhere, read from nothing: its warp is 0
    where the file ends.
    """
    source, index = channels.source, channels.indexes[0]
    if not channels.masked:
        unmasked = (i for i in range(1, len(source.labels) + 1) if not source.masked(i))
        index = next(unmasked, index)
    return _document(channels, _band(channels, "Byte", f"mask,{index}"))


def _document(channels: Channels, bands: str) -> str:
    grid = channels.source.grid
    place = ",".join(f"{number:.17g}" for number in grid.transform.to_gdal())
    return (
        f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}">'
        f"<SRS>{escape(grid.crs)}</SRS><GeoTransform>{place}</GeoTransform>{bands}</VRTDataset>"
    )


def _band(
    channels: Channels, kind: str, band: str, place: int = 1, nodata: Optional[float] = None
) -> str:
    name = escape(_vsi_path(_parse_path(channels.source.path)))
    empty = "" if nodata is None else f"<NoDataValue>{nodata:.17g}</NoDataValue>"
    return (
        f'<VRTRasterBand dataType="{kind}" band="{place}">{empty}<SimpleSource>'
        f'<SourceFilename relativeToVRT="0" shared="0">{name}</SourceFilename>'
        f"<SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand>"
    )
