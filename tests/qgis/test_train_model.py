# SPDX-License-Identifier: GPL-3.0-or-later
"""Training from QGIS, as a background task that leaves the canvas free."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest
from qgis import processing
from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext
from qgis.PyQt.QtCore import QCoreApplication, QTimer

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "WIDTH": 0.1, "ARCHITECTURE": "unet_baseline", "EPOCHS": 2, "LEARNING_RATE": 0.01, "SEED": 7,
    "BATCH_SIZE": 4,
}  # fmt: skip
STALL_S = 0.1


@pytest.fixture(scope="module")
def dataset(python, tmp_path_factory):
    done = subprocess.run([str(python), "-c", "import keras"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{python} has no Keras; build the runtime with a train tier.")
    folder = tmp_path_factory.mktemp("blocks") / "dataset"
    maker = ROOT / "tests" / "data" / "make_blocks.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    return folder


class Pulse:
    """Ticks in the main thread, and how long it was kept from ticking.

    Time in which the thread could have run, but other processes had the processors, is not
    counted: the kernel says how long that was.
    """

    def __init__(self):
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self.stalls, self._last = [], None

    def __enter__(self):
        self._timer.start(5)
        return self

    def __exit__(self, *error):
        self._timer.stop()

    def _tick(self):
        now = (time.monotonic(), self._waited())
        if self._last:
            self.stalls.append(now[0] - self._last[0] - (now[1] - self._last[1]))
        self._last = now

    @staticmethod
    def _waited():
        path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


def test_a_background_training_leaves_the_canvas_free(provider, python, dataset, tmp_path, ears):
    run = tmp_path / "run"
    parameters = {**QUICK, "DATASET": str(dataset), "RUN": str(run), "REPORT": "TEMPORARY_OUTPUT"}
    algorithm = QgsApplication.processingRegistry().algorithmById("coverloom:trainmodel").create()
    context = QgsProcessingContext()
    ended = []
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, ears)
    task.executed.connect(lambda good, results: ended.append((good, results)))
    with Pulse() as pulse:
        QgsApplication.taskManager().addTask(task)
        end = time.monotonic() + 200
        while not ended and time.monotonic() < end:
            QCoreApplication.processEvents()
            time.sleep(0.001)
    assert ended and ended[0][0], ears.errors
    results = ended[0][1]
    assert 0 <= results["BEST_METRIC"] <= 1
    assert results["MODEL"] == str(run / "best.onnx") and Path(results["MODEL"]).is_file()
    assert Path(results["REPORT"]).is_file() and results["KERAS"].endswith(".keras")
    assert any("images/s" in text for text in ears.said)
    assert len(pulse.stalls) > 100
    assert max(pulse.stalls) < STALL_S


def test_a_bad_request_is_told_before_the_worker_starts(provider, dataset, tmp_path):
    algorithm = QgsApplication.processingRegistry().algorithmById("coverloom:trainmodel").create()
    context = QgsProcessingContext()
    wrong = {"DATASET": str(dataset), "RUN": str(tmp_path / "run"), "BANDS": "B02,B02"}
    accepted, message = algorithm.checkParameterValues(wrong, context)
    assert not accepted and "Name each band once" in message
    wrong = {"DATASET": str(dataset), "RUN": str(tmp_path / "run"), "EPOCHS": 0}
    assert not algorithm.checkParameterValues(wrong, context)[0]


def test_what_the_worker_refuses_is_told(provider, python, dataset, tmp_path, ears):
    parameters = {"DATASET": str(dataset), "RUN": str(tmp_path / "run"), "BANDS": "B02,B99"}
    with pytest.raises(Exception, match="The dataset has no band 'B99'"):
        processing.run("coverloom:trainmodel", parameters, feedback=ears)
    assert not (tmp_path / "run" / "best.onnx").exists()
