# SPDX-License-Identifier: GPL-3.0-or-later
"""The map of a model that gives a number: one layer, in the number's own unit."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.dataset_card import DatasetTarget
from ..core.map_format import MapFormat
from ..core.window import Window

VALUE = "value"


class ValueMap:
    """Takes a regression's values as they are; stands where ``Products`` stands for classes.

    Args:
        target: What the model gives.
        tags: Put into the file.
    """

    bands: Tuple[str, ...] = ()
    """Names of the scene's bands that must be handed in: none."""

    def __init__(self, target: DatasetTarget, tags: Mapping[str, str]) -> None:
        self._nodata = np.float32(target.nodata)
        formula = f"{target.name} in {target.unit}, as the model gives it"
        form = MapFormat(
            (target.name,), "float32", target.nodata, target.unit, tags={**tags, "FORMULA": formula}
        )
        self.formats = {VALUE: form}
        self.broken_px = 0
        """Valid pixels so far for which the model gave no finite number."""

    def __call__(
        self,
        scores: NDArray[np.float32],
        core: Window,
        valid: NDArray[np.uint8],
        pixels: Optional[NDArray[Any]] = None,
    ) -> Dict[str, NDArray[Any]]:
        """The map of a window's core.

        Args:
            scores: (1, H, W) float32 of the whole window, in the target's unit.
            core: The (h, w) part that is wanted.
            valid: (h, w) uint8, 0 where the map gets nodata.
            pixels: Not needed.
        """
        values = scores[0][core.slices]
        known = valid != 0
        self.broken_px += int(np.count_nonzero(known & ~np.isfinite(values)))
        return {VALUE: np.where(known, values, self._nodata)}
