# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_window has a real QGIS do: classify in the Toolbox's dialog, take pictures, tell facts.

QGIS runs this by ``--code``; the paths come by COVERLOOM_WINDOW, a JSON object.
"""

import json
import os
import traceback
from pathlib import Path

from qgis import processing
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QToolBar
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
    values = {"INPUT": [TASK["scene"]], "MODEL": TASK["model"]}
    idle = processing.createAlgorithmDialog("coverloom:doctor", {})
    running = processing.createAlgorithmDialog("coverloom:classifyraster", values)
    FACTS["dialogs_kept"] = [idle, running]
    running.algorithmFinished.connect(ended)
    for dialog in FACTS["dialogs_kept"]:
        dialog.show()
    running.runButton().click()
    QTimer.singleShot(500, switch_off_and_on)


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
    FACTS.pop("dialog", None)
    FACTS.pop("dialogs_kept", None)
    Path(TASK["facts"]).write_text(json.dumps(FACTS))
    os._exit(code)  # QGIS would ask about the unsaved project


QTimer.singleShot(3000, begin)
