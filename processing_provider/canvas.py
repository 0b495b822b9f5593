# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the maps of one run into one group of the layer tree, with their styles.

Classes need no style: the worker writes their palette and names beside the raster.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Optional

from qgis.core import (
    QgsLayerTree,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
)

STYLES = Path(__file__).resolve().parents[1] / "resources" / "styles"
_ORDER = "coverloom/order"
_NEW_IN_QGIS = ("groupName", "layerSortKey")  # on LayerDetails from about 3.32 on

# QGIS calls a post-processor only while Python still refers to it.
_WAITING: Dict[str, MapPlacer] = {}


class MapPlacer(QgsProcessingLayerPostProcessorInterface):
    """Styles one map when QGIS has loaded it, and moves it to its group where QGIS does not.

    Args:
        path: The map's path, under which this waits.
        style: Name of a style in ``resources/styles``; empty for none.
        order: Its place in the group, 0 uppermost.
        group: The group's name; empty where QGIS itself puts it there.
    """

    def __init__(self, path: str, style: str, order: int, group: str) -> None:
        super().__init__()
        self._path, self._style, self._order, self._group = path, style, order, group

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> None:
        """Called by QGIS, in the main thread, when the layer is in the project."""
        if self._style:
            layer.loadNamedStyle(str(STYLES / f"{self._style}.qml"))
            layer.triggerRepaint()
        layer.setCustomProperty(_ORDER, self._order)
        project = context.project()
        if project and self._group:
            _move(layer, project, self._group)
        _fold(layer, project, self._order > 0)
        _WAITING.pop(self._path, None)


def place(context: QgsProcessingContext, paths: List[str], styles: List[str], group: str) -> None:
    """Have the maps that are going to be loaded styled and grouped; call in the main thread.

    Args:
        context: The run's context.
        paths: Maps, the uppermost first.
        styles: A style for each; empty for none.
        group: What to call the group.
    """
    loading = context.layersToLoadOnCompletion()
    group = _unused(group, context.project())
    for order, (path, style) in enumerate(zip(paths, styles)):
        if path not in loading:
            continue
        details = context.layerToLoadOnCompletionDetails(path)
        grouped = all(hasattr(details, name) for name in _NEW_IN_QGIS)
        if grouped:
            details.groupName = group
            details.layerSortKey = -order
        placer = MapPlacer(path, style, order, "" if grouped else group)
        _WAITING[path] = placer
        details.setPostProcessor(placer)


def _unused(name: str, project: Optional[QgsProject]) -> str:
    """The name, numbered if an earlier run has left a group of that name."""
    root = project.layerTreeRoot() if project else None
    number, candidate = 2, name
    while root and root.findGroup(candidate):
        number, candidate = number + 1, f"{name} ({number})"
    return candidate


def _move(layer: QgsMapLayer, project: QgsProject, name: str) -> None:
    root = project.layerTreeRoot()
    node = root.findLayer(layer.id())
    if node is None:
        return
    group = root.findGroup(name) or root.insertGroup(0, name)
    mine = layer.customProperty(_ORDER)
    # The node may stand in the group already: QGIS adds new layers beside the current one.
    after = [i + 1 for i, child in enumerate(group.children()) if _order(child) < mine]
    # Insert first: a layer without a node is taken out of the project.
    group.insertChildNode(max(after, default=0), node.clone())
    node.parent().removeChildNode(node)


def _order(node: QgsLayerTreeNode) -> int:
    layer = node.layer() if QgsLayerTree.isLayer(node) else None
    return int(layer.customProperty(_ORDER, 0)) if layer else 0


def _fold(layer: QgsMapLayer, project: Optional[QgsProject], folded: bool) -> None:
    """Show the classes and their legend alone; the others lie below, folded and hidden."""
    node = project.layerTreeRoot().findLayer(layer.id()) if project else None
    if node:
        # The panel follows changes only, and the node's first state came before its legend.
        node.setExpanded(folded)
        node.setExpanded(not folded)
        node.setItemVisibilityChecked(not folded)
