# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compiled ahead of a map is what the map runs: memory is counted after it."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from .conftest import reflectances, write_raster

SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
import conftest  # registers this checkout as coverloom
import numpy as np
from coverloom.engine.inference import prepare
from coverloom.engine.jobs import compiling
from coverloom.engine.layers import one_pass
from coverloom.engine.worker import main

known = (prepare._find_valid, prepare._normalise, one_pass._walk_rows)
ahead = []
original = compiling.compile_passes
def noted(*given):
    original(*given)
    ahead.append([list(f.signatures) for f in known])
import coverloom.engine.jobs.mapping as mapping
mapping.compile_passes = noted
assert not any(f.signatures for f in known)
status = main([{job!r}])
assert ahead and ahead[0] == [list(f.signatures) for f in known], (ahead, known)
assert all(ahead[0])
sys.exit(status)
"""


def test_a_map_compiles_nothing_more(tmp_path, save, models, pytestconfig):
    model, _ = save(models.unet(depth=2))
    raster = write_raster(tmp_path / "in.tif", reflectances(70, 90).astype(np.uint16))
    maps = {
        name: str(tmp_path / f"{name}.tif") for name in ("class_map", "maxprob", "entropy", "gap")
    }
    request = {"input": [str(raster)], "model": str(model), "device": "cpu", **maps}
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    script = SCRIPT.format(tests=str(pytestconfig.rootpath / "tests"), job=str(job))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
