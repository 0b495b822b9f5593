# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin is switched off while something runs that no dialog of ours shows."""

from __future__ import annotations

import pytest
from coverloom.processing_provider import running
from qgis.core import (
    QgsApplication,
    QgsFeedback,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
)


def alone(folder):
    """The algorithm itself, as a script would have it."""
    made = QgsApplication.processingRegistry().createAlgorithmById("coverloom:createsampledata")
    return made, {"OUTPUT": str(folder)}


def modelled(folder):
    """A model with the algorithm in it: what it runs under is a feedback of QGIS itself."""
    step = QgsProcessingModelChildAlgorithm("coverloom:createsampledata")
    step.setChildId("step")
    values = {each.name(): each.defaultValue() for each in step.algorithm().parameterDefinitions()}
    for key, value in {**values, "OUTPUT": str(folder)}.items():
        if value is not None:
            source = QgsProcessingModelChildParameterSource.fromStaticValue(value)
            step.addParameterSources(key, [source])
    model = QgsProcessingModelAlgorithm("inner", "tests")
    model.addChildAlgorithm(step)
    return model, {}


@pytest.mark.parametrize("kind", [alone, modelled])
def test_a_run_in_the_background_is_cancelled(
    provider, probe, tmp_path, ears, family, alive, wait_for, kind
):
    pids, ended, context = probe("family"), [], QgsProcessingContext()
    algorithm, values = kind(tmp_path / "out")
    task = QgsProcessingAlgRunnerTask(algorithm, values, context, ears)
    task.executed.connect(lambda *outcome: ended.append(outcome))
    QgsApplication.taskManager().addTask(task)
    wait_for(pids.exists, between=QgsApplication.processEvents)
    processes = family(pids)
    assert running.any_running()
    running.cancel_all()
    wait_for(lambda: ended, 10, QgsApplication.processEvents)
    assert ended[0][0] is False and not running.any_running()
    wait_for(lambda: not any(map(alive, processes)), 10)
    assert [path.name for path in (tmp_path / "out").rglob("*")] == []


def test_only_what_still_runs_is_cancelled(qgis_app):
    one, other, over = QgsFeedback(), QgsFeedback(), QgsFeedback()
    with pytest.raises(ValueError, match="over"), running.counted(over):
        raise ValueError("over")
    with running.counted(one), running.counted(other):
        running.cancel_all()
    assert (one.isCanceled(), other.isCanceled(), over.isCanceled()) == (True, True, False)
    assert not running.any_running()
