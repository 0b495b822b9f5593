# SPDX-License-Identifier: GPL-3.0-or-later
"""The real worker with one job replaced by what COVERLOOM_PROBE names; run as an entry script.

``createsampledata`` is the job replaced: it takes a folder and works on none.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(request, emit):
    out = Path(request.output)
    out.mkdir(parents=True, exist_ok=True)
    facts = {"environ": dict(os.environ), "path": sys.path, "executable": sys.executable}
    (out / "facts.json").write_text(json.dumps(facts))
    return {"OUTPUT": request.output}


def family(request, emit):
    """Work with a child of its own, and with a file half written, until ended."""
    from coverloom.engine.core.files import Staging

    with Staging() as staging:
        staging.path(Path(request.output) / "map.tif").write_bytes(b"half")
        child = subprocess.Popen([sys.executable, "-I", "-c", "import time; time.sleep(600)"])
        _tell(child.pid)
        _forever(emit)


def compiled(request, emit):
    """Sit in C code that never looks at signals."""
    _tell(0)
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 2**30)


def crash(request, emit):
    from coverloom.engine.core.faults import fault

    for n in range(100):
        print(f"log line {n}", file=sys.stderr, flush=True)
    fault("probe")
    return {}


def vanish(request, emit):
    print("about to leave", file=sys.stderr, flush=True)
    os._exit(7)


def refuse(request, emit):
    from coverloom.engine.contract.errors import MissingBand

    raise MissingBand("The model asks for B08, which the scene lacks.", "Give BAND_MAP.")


def noisy(request, emit):
    """More on every stream than a pipe holds, with many small and some very long lines."""
    from coverloom.engine.contract.events import Message, Progress

    for n in range(400):
        sys.stderr.write("x" * 1000 + "\n")
        print("a library prints to stdout")
        emit(Message("ü" * (20_000 if n % 100 == 0 else 20)))
        emit(Progress((n + 1) / 400, 400.0 - n, "Counting"))
    return {"OUTPUT": request.output}


def _tell(child: int) -> None:
    facts = {"worker": os.getpid(), "child": child}
    path = Path(os.environ["COVERLOOM_PROBE_PIDS"])
    path.with_suffix(".part").write_text(json.dumps(facts))
    path.with_suffix(".part").replace(path)


def _forever(emit) -> None:
    from coverloom.engine.contract.events import Progress

    while True:
        emit(Progress(0.5, 60.0, "Probing"))
        time.sleep(0.2)


def _register() -> None:
    spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry.register_package()


if __name__ == "__main__":
    _register()
    job = types.ModuleType("coverloom.engine.jobs.createsampledata")
    job.run = globals()[os.environ["COVERLOOM_PROBE"]]
    sys.modules[job.__name__] = job
    from coverloom.engine.worker import main

    signal.alarm(120)  # whatever a test does, nothing stays
    sys.exit(main(sys.argv[1:]))
