# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a training job in a process whose processor poses as several devices.

``several_devices.py JOB.json DEVICES``: under TensorFlow by logical devices; JAX is told in
XLA_FLAGS. With COVERLOOM_PROCESS=I/N it is one of N processes of JAX's own multi-host start.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(job: Path, devices: int) -> None:
    runpy.run_path(str(ROOT / "engine" / "__main__.py"))["register_package"]()
    from coverloom.engine.contract.jobs import read_job
    from coverloom.engine.jobs import trainmodel

    if os.environ.get("KERAS_BACKEND") != "jax":
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        shares = [tf.config.LogicalDeviceConfiguration() for _ in range(devices)]
        tf.config.set_logical_device_configuration(cpu, shares)
    elif "COVERLOOM_PROCESS" in os.environ:
        import jax

        number, count = map(int, os.environ["COVERLOOM_PROCESS"].split("/"))
        address = os.environ["COVERLOOM_COORDINATOR"]
        jax.distributed.initialize(address, num_processes=count, process_id=number)

    def emit(event: object) -> None:
        print(getattr(event, "text", event), flush=True)

    print(json.dumps(trainmodel.run(read_job(job.read_text(encoding="utf-8")), emit)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
