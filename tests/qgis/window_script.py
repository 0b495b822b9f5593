# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_window has a real QGIS do: classify in the Toolbox's dialog, take pictures, tell facts.

QGIS runs this by ``--code``; the paths come by COVERLOOM_WINDOW, a JSON object.
"""

import json
import os
import traceback
from pathlib import Path

from processing.modeler.ModelerUtils import ModelerUtils
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QPushButton, QTextEdit, QToolBar
from qgis.utils import iface, plugins, reloadPlugin

TASK = json.loads(os.environ["COVERLOOM_WINDOW"])
FACTS = {}


def begin():
    guarded(open_dialog)


def open_dialog():
    window = iface.mainWindow()
    window.resize(1500, 950)
    scene = QgsRasterLayer(TASK["scene"], "scene")
    QgsProject.instance().addMapLayer(scene)
    FACTS["plugin"] = "coverloom" in plugins
    FACTS["toolbar"] = window.findChild(QToolBar, "CoverloomToolbar") is not None
    FACTS["provider"] = QgsApplication.processingRegistry().providerById("coverloom") is not None
    FACTS["dialogs"] = open_every_dialog()
    values = {"INPUT": [scene.id()], "MODEL": TASK["model"]}
    dialog = processing.createAlgorithmDialog("coverloom:classifyraster", values)
    dialog.algorithmFinished.connect(finished)
    dialog.show()
    FACTS["dialog"] = dialog
    QTimer.singleShot(1500, start)


def open_every_dialog():
    """Each with its lists filled from a project that holds one raster and nothing else."""
    names = []
    for algorithm in QgsApplication.processingRegistry().providerById("coverloom").algorithms():
        dialog = processing.createAlgorithmDialog(algorithm.id(), {})
        dialog.show()
        QApplication.processEvents()
        names.append(algorithm.name())
        dialog.close()
    return names


def start():
    guarded(press_run)


def press_run():
    FACTS["dialog"].grab().save(str(Path(TASK["pictures"]) / "dialog.png"))
    FACTS["dialog"].runButton().click()


def finished(successful, results):
    FACTS["successful"] = successful
    QTimer.singleShot(3000, look)


def look():
    guarded(look_and_leave)


def look_and_leave():
    dialog = FACTS.pop("dialog")
    dialog.grab().save(str(Path(TASK["pictures"]) / "log.png"))
    dialog.close()
    iface.mapCanvas().zoomToFullExtent()
    iface.mapCanvas().waitWhileRendering()
    root = QgsProject.instance().layerTreeRoot()
    FACTS["groups"] = {
        group.name(): [node.layer().name() for node in group.findLayers()]
        for group in root.findGroups()
    }
    layers = QgsProject.instance().mapLayersByName("Class")
    FACTS["classes"] = [entry.label for layer in layers for entry in layer.renderer().classes()]
    iface.mainWindow().grab().save(str(Path(TASK["pictures"]) / "window.png"))
    dialog = processing.createAlgorithmDialog(saved_model(), {})
    FACTS["model_dialog"] = dialog
    dialog.algorithmFinished.connect(model_ended)
    dialog.show()
    QTimer.singleShot(100, cancel_model)
    dialog.runButton().click()  # QGIS 3.22 comes back at the model's end


def saved_model():
    """Id of a model with one step, our longest, as the user's folder of models has it."""
    step = QgsProcessingModelChildAlgorithm("coverloom:classifyraster")
    step.setChildId("map")
    inputs = [e for e in step.algorithm().parameterDefinitions() if not e.isDestination()]
    values = {each.name(): each.defaultValue() for each in inputs}
    values |= {"INPUT": [TASK["scene"]], "MODEL": TASK["model"]}
    for key, value in values.items():
        if value is not None:
            source = QgsProcessingModelChildParameterSource.fromStaticValue(value)
            step.addParameterSources(key, [source])
    output = QgsProcessingModelOutput("classes", "classes")
    output.setChildId("map")
    output.setChildOutputName("CLASS")
    step.setModelOutputs({"classes": output})
    model = QgsProcessingModelAlgorithm("mapping", "tests")
    model.addChildAlgorithm(step)
    model.toFile(str(Path(ModelerUtils.modelsFolders()[0]) / "mapping.model3"))
    QgsApplication.processingRegistry().providerById("model").refreshAlgorithms()
    return "model:mapping"


def cancel_model():
    """Press *Cancel* once the worker has spoken; in QGIS 3.22 it is in a window of its own."""
    if "model_cancelled" in FACTS:
        return
    QTimer.singleShot(100, cancel_model)
    dialog = FACTS["model_dialog"]
    if "Opening the model" in dialog.findChild(QTextEdit, "txtLog").toPlainText():
        shown = QApplication.activeModalWidget()
        for button in shown.findChildren(QPushButton) if shown else [dialog.cancelButton()]:
            button.click()


def model_ended(successful, results):
    log = FACTS["model_dialog"].findChild(QTextEdit, "txtLog").toPlainText()
    FACTS["model_cancelled"] = not successful and "The job was cancelled." in log
    QTimer.singleShot(500, open_some)


def open_some():
    guarded(open_and_run)


def open_and_run():
    """A dialog that runs, two that do not, one of them of a model, and a task of a script."""
    values = {"INPUT": [TASK["scene"]], "MODEL": TASK["model"]}
    idle = processing.createAlgorithmDialog("coverloom:doctor", {})
    running = processing.createAlgorithmDialog("coverloom:classifyraster", values)
    FACTS["dialogs_kept"] = [idle, running]
    running.algorithmFinished.connect(ended)
    for dialog in FACTS["dialogs_kept"]:
        dialog.show()
    running.runButton().click()
    FACTS["context"] = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("coverloom:classifyraster")
    values["CLASS"] = TASK["class"]
    task = QgsProcessingAlgRunnerTask(algorithm, values, FACTS["context"])
    task.executed.connect(task_ended)
    QgsApplication.taskManager().addTask(task)
    QTimer.singleShot(500, switch_off_and_on)


def task_ended(successful, results):
    FACTS["task_cancelled"] = not successful


def ended(successful, results):
    FACTS["cancelled"] = not successful


def switch_off_and_on():
    guarded(reload_and_leave)


def reload_and_leave():
    """As an update of the plugin does it, whatever is open or running."""
    reloadPlugin("coverloom")
    windows = [each.windowTitle() for each in QApplication.topLevelWidgets() if each.isVisible()]
    FACTS["left_open"] = [title for title in windows if "QGIS" not in title]
    FACTS["reloaded"] = QgsApplication.processingRegistry().providerById("coverloom") is not None
    QTimer.singleShot(2000, leave_well)


def leave_well():
    leave(0)


def guarded(step):
    try:
        step()
    except Exception:
        FACTS["error"] = traceback.format_exc()
        leave(1)


def leave(code):
    for kept in ("dialog", "model_dialog", "dialogs_kept", "context"):
        FACTS.pop(kept, None)
    Path(TASK["facts"]).write_text(json.dumps(FACTS))
    os._exit(code)  # QGIS would ask about the unsaved project


QTimer.singleShot(3000, begin)
