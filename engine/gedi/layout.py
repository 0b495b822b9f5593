# SPDX-License-Identifier: GPL-3.0-or-later
"""The HDF5 file of footprints: which datasets, of which type and shape, in which units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Tuple

import numpy as np
import numpy.typing as npt

from .footprints import FILL
from .window import SIDE_PX

GROUP = "data"
S2_BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
_SIDE = (SIDE_PX, SIDE_PX)
TEXT = "text"


@dataclass(frozen=True)
class Column:
    """One dataset.

    Args:
        dtype: NumPy name, little-endian, or ``text`` for UTF-8.
        shape: Of one footprint.
        attributes: Band names, unit, nodata, as HDF5 attributes.
    """

    dtype: str
    shape: Tuple[int, ...]
    attributes: Dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """What is stored of one footprint.

    Args:
        values: Column name to array or text(s), in the shape of ``columns``.
    """

    values: Dict[str, npt.NDArray[Any]]


def columns(slope_unit: str) -> Dict[str, Column]:
    """The datasets of the group ``data``, in order.

    Args:
        slope_unit: ``degrees`` or ``percent``.
    """
    text = Column(TEXT, (1,), {})
    dem = {"bands": ["altitude", "slope"], "units": ["m", slope_unit], "nodata": np.float32(np.nan)}
    s2 = {
        "bands": ["SCL", *S2_BANDS],
        "unit": "DN, reflectance times 10000, baseline offset applied; SCL: class",
        "nodata": np.uint16(0),
    }
    cover = {"bands": ["worldcover"], "unit": "class", "nodata": np.uint8(0)}
    biomass = {"unit": "Mg/ha", "nodata": np.float32(FILL)}
    affine = {"order": "a, b, c, d, e, f, 0, 0, 1: column, row of the window to CRS units"}
    degrees = {"order": "latitude, longitude", "unit": "degrees"}
    seconds = {"unit": "s", "since": "2018-01-01T00:00:00Z"}
    return {
        "Sentinel-2 L2A": Column("<u2", (1 + len(S2_BANDS), *_SIDE), s2),
        "WorldCover": Column("u1", (1, *_SIDE), cover),
        "CopDEM": Column("<f4", (2, *_SIDE), dem),
        "AGBD Raster": Column("<f4", (1, *_SIDE), {"bands": ["AGBD"], **biomass}),
        "Transforms": Column("<f8", (9,), affine),
        "CRS": text,
        "Sentinel-2 Product Name": text,
        "WorldCover Tile Name": text,
        "CopDEM Tile Name": text,
        "GEDI Product Name": text,
        "GEDI Acquisition Time": text,
        "S2 SCL Stats": Column(TEXT, (12, 2), {"order": "class, share of the window"}),
        "AGBD Values": Column("<f4", (1,), biomass),
        "AGBD Standard Error": Column("<f4", (1,), biomass),
        "GEDI Shot Number": Column("<u8", (1,), {}),
        "GEDI Delta Time": Column("<f8", (1,), seconds),
        "GEDI Lat Lon": Column("<f8", (2,), degrees),
    }
