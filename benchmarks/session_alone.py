# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit: the network on the same windows as a mapping run, and nothing else.

``session_alone.py MODEL SIDE REPORT [exact|fast]`` reads core and halo from the run's report and
prints the processor time of inference alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import conftest  # noqa: F401  (registers this checkout as coverloom)


def main(model: str, side: int, report: str, precision: str = "exact") -> None:
    """Time the windows of one run, warm."""
    from coverloom.engine.core.window import Window
    from coverloom.engine.inference.open_network import open_cropped, open_network
    from coverloom.engine.inference.plan import ChunkPlan
    from coverloom.engine.model_file import read_model

    chunks = json.loads(Path(report).read_text())["chunks"]
    card = read_model(model).card
    cropped = open_cropped(Path(model), card) if precision == "exact" else None
    network = cropped or open_network(Path(model), card, "cpu", 0, precision, print)
    whole = Window(0, 0, side, side)
    core, halo = chunks["core_px"], chunks["halo_px"]
    fixed = (min(side, core + 2 * halo),) * 2 if network.one_shape else None
    plan = ChunkPlan(side, side, whole, core, halo, card.stride, fixed)
    rng = np.random.default_rng(0)
    windows = {c.shape: rng.random((1, len(card.bands), *c.shape), np.float32) for c in plan}
    for chunk in plan:
        network.scores(windows[chunk.shape], [chunk])
        if chunk.core.row > 0:
            break
    began = time.process_time()
    for chunk in plan:
        network.scores(windows[chunk.shape], [chunk])
    print(json.dumps({"session_cpu_s": time.process_time() - began}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
