# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: ``python -I engine/__main__.py job.json [--watch-stdin]``.

Reads one request, writes one event a line on stdout, logs on stderr. Exit status 0 for a result,
1 for a failure, 130 for a cancelled job. With ``--watch-stdin`` the worker ends when its stdin
does: the launcher holds the other end, so the worker never outlives it. With ``--clean`` it first
drops what the launcher had set in the environment for itself.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def register_package() -> None:
    """Make this checkout importable as ``coverloom``, whatever its folder is called."""
    # ONNX Runtime would keep an identifier in the user's home, and report to its makers.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    if "coverloom" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        "coverloom", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{ROOT} is no Coverloom folder.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverloom"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    # The worker multiplies many small matrices: threads for each would cost more than they give.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A crash in compiled code says where it was, in the log.
    faulthandler.enable()
    register_package()
    from coverloom.engine.lifeline import leave
    from coverloom.engine.worker import main

    leave(main(sys.argv[1:]))
