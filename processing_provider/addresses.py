# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters at an address, which the worker opens: QGIS 3.22 takes no such name for a raster.

Newer versions would open it themselves, but know nothing of AWS_ENDPOINT_URL.
"""

from __future__ import annotations

import re
from typing import Any, List, Optional

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterMultipleLayers,
)

# As users write them, or by GDAL's names, also of a file in an archive that is elsewhere.
_ADDRESS = re.compile(r"(?:s3|https?)://|/vsi(?:(?:zip|tar|gzip)/+\{?/?vsi)?(?:s3|curl)/")


def is_address(value: Any) -> bool:
    """Whether a parameter's value names a raster that is not on this machine."""
    return isinstance(value, str) and _ADDRESS.match(value) is not None


def several(value: Any) -> List[Any]:
    """The values of a parameter that takes one or more."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


class RastersOrAddresses(QgsProcessingParameterMultipleLayers):
    """Raster layers, or addresses of rasters, or some of each."""

    def checkValueIsAcceptable(
        self, value: Any, context: Optional[QgsProcessingContext] = None
    ) -> bool:
        """Addresses are for the worker to open; the rest must be layers."""
        layers = [item for item in several(value) if not is_address(item)]
        if len(layers) == len(several(value)):
            return bool(super().checkValueIsAcceptable(value, context))
        return not layers or bool(super().checkValueIsAcceptable(layers, context))
