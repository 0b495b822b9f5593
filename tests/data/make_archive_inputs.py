# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the archives that the tests inside QGIS index: run by the worker's Python.

``python -I make_archive_inputs.py FOLDER`` makes ``v2`` (two patches with metadata) and ``v1``
(one pair).
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
S2 = "S2A_MSIL2A_20170613T101031"
S1 = "S1B_IW_GRDH_1SDV_20170612T165809_33UUP"


def main(folder: Path) -> None:
    from coverloom.tests.data import make_archive

    places = ((7, 5), (20, 60))
    scene = f"{S2}_N9999_R022_T33UUP"
    make_archive.v2_archive(
        folder / "v2", [(f"{scene}_{h:02d}_{v:02d}", f"{S1}_{h}_{v}") for h, v in places]
    )
    make_archive.v1_patch(folder / "v1", f"{S2}_7_5", "33UUP", labels=["Water bodies"])
    make_archive.v1_patch(folder / "v1", f"{S1}_7_5", "33UUP", f"{S2}_7_5", labels=["Water bodies"])


if __name__ == "__main__":
    runpy.run_path(str(HERE.parents[1] / "engine" / "__main__.py"))["register_package"]()
    main(Path(sys.argv[1]))
