# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to go from GEDI granules to a biomass dataset in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import limited
from .combinegedi import GediFilter, check_given, check_years
from .extractgedi import Extraction
from .fusehdf5 import MISMATCHES


@dataclass(frozen=True)
class BuildGediDataset(GediFilter, Extraction):
    """Combine, subset, extract and fuse, starting from whatever is there already.

    Args:
        output: Folder of the dataset; new, empty, or an unfinished run to go on with.
        input: Granules or folders of them; not needed where tables are given.
        train_combined, test_combined: Tables to start from instead of granules.
        train_subset, test_subset: Tables to start from instead of choosing.
        train_years, test_years: Years of acquisition.
        train_size, test_size: Most footprints of each split; 0 for all.
        validation_share: Share of the training footprints, by places of about a kilometre, that
            become the split ``validation``, which training watches; 0 for none.
        plots: Whether to draw where and when footprints lie.
        on_mismatch: What to do with a batch that does not fit.
        seed: Seed of order and choice.
    """

    name: ClassVar[str] = "buildgedidataset"
    output: str = ""
    input: Tuple[str, ...] = ()
    train_combined: str = ""
    test_combined: str = ""
    train_subset: str = ""
    test_subset: str = ""
    train_years: Tuple[int, ...] = (2020,)
    test_years: Tuple[int, ...] = (2021,)
    train_size: int = limited(0, minimum=0)
    test_size: int = limited(0, minimum=0)
    validation_share: float = limited(0.1, minimum=0.0, maximum=0.5)
    plots: bool = True
    on_mismatch: str = limited("stop", choices=MISMATCHES)
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields, and that there is something to start from."""
        super().validate()
        check_given(self, "catalog", "output")
        check_years(self.train_years, self.test_years)
        tables = (self.train_combined, self.test_combined, self.train_subset, self.test_subset)
        if not self.input and not any(tables):
            raise InvalidRequest(
                "There are neither granules nor tables to start from.",
                "Give INPUT, TRAIN_COMBINED or TRAIN_SUBSET.",
            )
