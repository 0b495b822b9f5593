# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws a class map, its legend and its entropy side by side, on QGIS's own map canvas.

``scripts/canvas_picture CLASS.tif ENTROPY.tif OUT.png`` runs it with QGIS's Python; it needs no
screen. The classes' names and colours are those beside the raster, and the entropy has the style
that the plugin gives it, so the picture shows what a user sees.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsLayerTreeModel,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.gui import QgsLayerTreeView, QgsMapCanvas
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QGridLayout, QHeaderView, QLabel, QWidget

STYLES = Path(__file__).resolve().parents[1] / "resources" / "styles"
WIDTH, HEIGHT, LEGEND_WIDTH = 1750, 700, 470
_PATIENCE_MS = 60_000


def main() -> int:
    """Read the command line, draw, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("classes", type=Path, help="class raster, with its .aux.xml beside it")
    parser.add_argument("entropy", type=Path, help="entropy raster, 0 to 1")
    parser.add_argument("picture", type=Path, help="the .png to write")
    options = parser.parse_args()
    application = QgsApplication([], True)
    application.initQgis()
    QgsSettings().setValue("/Map/logCanvasRefreshEvent", False)
    entropy = layer(options.entropy, "Entropy", "entropy")
    picture = Picture(layer(options.classes, "Class"), entropy)
    saved = picture.save(options.picture)
    print(f"{options.picture}" if saved else f"{options.picture} cannot be written.")
    sys.stdout.flush()
    os._exit(0 if saved else 1)  # widgets and layers alive at the end may crash QGIS


def layer(path: Path, title: str, style: str = "") -> QgsRasterLayer:
    """Load a raster as the plugin shows it."""
    raster = QgsRasterLayer(str(path), title)
    if not raster.isValid():
        sys.exit(f"{path} is no raster that QGIS can read. Give the paths of two maps.")
    if style:
        raster.loadNamedStyle(str(STYLES / f"{style}.qml"))
    QgsProject.instance().addMapLayer(raster)  # above those added before
    return raster


class Picture:
    """The window: two canvases under their titles, and the legend.

    Args:
        classes: Left map.
        entropy: Right map.
    """

    def __init__(self, classes: QgsRasterLayer, entropy: QgsRasterLayer) -> None:
        self._window = QWidget()
        self._window.setStyleSheet("background: white; color: #222; font-size: 14px;")
        grid = QGridLayout(self._window)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self._canvases = [canvas(classes), canvas(entropy)]
        self._legend = legend()
        grid.addWidget(heading("Land cover: most probable class"), 0, 0)
        grid.addWidget(heading("Legend"), 0, 1)
        grid.addWidget(heading("Entropy: 0 sure, 1 a guess"), 0, 2)
        grid.addWidget(self._canvases[0], 1, 0)
        grid.addWidget(self._legend, 1, 1)
        grid.addWidget(self._canvases[1], 1, 2)
        self._window.resize(WIDTH, HEIGHT)

    def save(self, path: Path) -> bool:
        """Draw everything to its end and write it as PNG."""
        self._window.show()
        for each in self._canvases:
            each.zoomToFullExtent()
            drawn(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        return self._window.grab().save(str(path), "PNG")


def canvas(shown: QgsMapLayer) -> QgsMapCanvas:
    """A map canvas with one layer."""
    made = QgsMapCanvas()
    made.setCanvasColor(QColor("#f4f4f2"))
    made.setDestinationCrs(shown.crs())
    made.setLayers([shown])
    made.setExtent(shown.extent())
    return made


def legend() -> QgsLayerTreeView:
    """The layer tree of the project, opened, as in QGIS's layers panel."""
    view = QgsLayerTreeView()
    model = QgsLayerTreeModel(QgsProject.instance().layerTreeRoot(), view)
    model.setFlag(QgsLayerTreeModel.Flag.ShowLegend)
    model.setAutoCollapseLegendNodes(-1)
    view.setModel(model)
    view.expandAll()
    view.setFixedWidth(LEGEND_WIDTH)
    # The longest class names end in "…"; QGIS's own way is a column of their width, to be scrolled.
    view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return view


def heading(text: str) -> QLabel:
    """A title above a map."""
    label = QLabel(text)
    label.setStyleSheet("font-size: 19px; font-weight: bold;")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def drawn(shown: QgsMapCanvas) -> None:
    """Wait until a canvas has drawn its layers, which it does in a thread."""
    loop = QEventLoop()
    shown.mapCanvasRefreshed.connect(loop.quit)
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    shown.refreshAllLayers()
    loop.exec()


if __name__ == "__main__":
    main()
