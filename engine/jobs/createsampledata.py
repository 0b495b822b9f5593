# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate sample data: a scene to map, and an archive to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import numpy as np

from ..contract.events import Emit, Message
from ..contract.jobs.createsampledata import CreateSampleData
from ..core.files import StagedFolder
from ..core.progress import ProgressMeter
from ..patches.nomenclature import nomenclature
from ..sample.archive import write_metadata, write_place
from ..sample.gedi_granule import write_gedi_sample
from ..sample.places import choose_places
from ..sample.scene import write_scene

# Places in the archive (9 patches each), and the scene's side in px.
_SIZES = {"small": (36, 1500), "medium": (288, 3000)}
_SCENE_UNITS = {"small": 17, "medium": 70}  # a scene costs about so many places

_README = """\
GENERATED SAMPLE DATA, made by Coverloom's createsampledata (size {size}, seed {seed}).

Nothing in here was measured. Landscapes, spectra, backscatter, clouds and labels are computed
from random numbers; only the layout, the names' form, the tiles and the countries are real.
Acquisitions are dated 2020, when BigEarthNet has none. Use it to try and to test, never to say
anything about a place. You may do with it what you like (CC0-1.0).

scene/sentinel2.tif     12 bands at 10 m, DN (reflectance times 10,000), nodata 0
scene/sentinel1.tif     VV, VH at 10 m, dB
scene/truth_clc.tif     CORINE Land Cover codes, the truth under clouds too
scene/truth_ben19.tif   the same as 19 BigEarthNet classes in alphabetical order, 255 = no class
scene/clear_mask.tif    1 where neither cloud, shadow nor nodata
bigearthnet_v2/         {patches} patches in the layout of the BigEarthNet v2 archive
gedi/granules/          two GEDI L4A granules, of 2020 and 2021
gedi/catalogue/         scenes, DEM and WorldCover around them, as a STAC catalogue
"""


def run(request: CreateSampleData, emit: Emit) -> Dict[str, Any]:
    """Write the sample folder and return its path."""
    count, side = _SIZES[request.size]
    scene_units = _SCENE_UNITS[request.size]
    classes = nomenclature("ben19")
    choosing, drawing, archive, gedi = np.random.default_rng(request.seed).spawn(4)
    with StagedFolder(request.output) as folder:
        meter = ProgressMeter(emit, count + scene_units, text="Generating landscapes")
        write_scene(drawing, folder.path / "scene", side, classes.classes_of)
        meter.advance(scene_units)
        root = folder.path / "bigearthnet_v2"
        rows: List[Dict[str, Any]] = []
        places = choose_places(choosing, count)
        for place, rng in zip(places, archive.spawn(len(places))):
            rows += write_place(rng, root, place, classes.labels_of)
            meter.advance()
        write_metadata(root, rows)
        write_gedi_sample(gedi, folder.path / "gedi", request.size)
        _write_readme(folder.path, request, len(rows))
        folder.publish()
    emit(Message(f"Generated {len(rows)} patches and a scene of {side} x {side} px."))
    return {"OUTPUT": request.output}


def _write_readme(folder: Path, request: CreateSampleData, patches: int) -> None:
    text = _README.format(size=request.size, seed=request.seed, patches=patches)
    (folder / "README.txt").write_text(text, encoding="utf-8")
