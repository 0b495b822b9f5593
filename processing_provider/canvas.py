# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the maps of one run into one group of the layer tree, with their styles.

Classes need no style: the worker writes their palette and names beside the raster.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Optional

from osgeo import gdal
from qgis.core import (
    QgsLayerTree,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsRectangle,
)

STYLES = Path(__file__).resolve().parents[1] / "resources" / "styles"
_ORDER = "coverloom/order"
_NUMBER = "value"  # the style of numbers whose range nobody knows beforehand
_CUT, _SAMPLED_PX = 0.02, 250_000
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
            if self._style == _NUMBER:
                _say_what(layer)
                _stretch(layer)
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
    shown = [(path, style) for path, style in zip(paths, styles) if path in loading]
    for order, (path, style) in enumerate(shown):
        details = context.layerToLoadOnCompletionDetails(path)
        grouped = all(hasattr(details, name) for name in _NEW_IN_QGIS)
        if grouped:
            details.groupName = group
            details.layerSortKey = -order
        placer = MapPlacer(path, style, order, "" if grouped else group)
        _WAITING[path] = placer
        details.setPostProcessor(placer)


def leave_out(context: QgsProcessingContext, paths: List[str]) -> None:
    """Have layers not loaded that were asked for but cannot be made of what the model gives."""
    loading = context.layersToLoadOnCompletion()
    if any(path in loading for path in paths):
        kept = {path: details for path, details in loading.items() if path not in paths}
        context.setLayersToLoadOnCompletion(kept)


def _unused(name: str, project: Optional[QgsProject]) -> str:
    """The name, numbered if an earlier run has left a group of that name."""
    root = project.layerTreeRoot() if project else None
    number, candidate = 2, name
    while root and root.findGroup(candidate):
        number, candidate = number + 1, f"{name} ({number})"
    return candidate


def _say_what(layer: QgsMapLayer) -> None:
    """Name a layer of numbers after what they are; the worker writes that into the band."""
    raster = gdal.Open(layer.source())
    band = raster.GetRasterBand(1) if raster else None
    if band is not None and band.GetDescription():
        unit = band.GetUnitType()
        layer.setName(f"{band.GetDescription()} ({unit})" if unit else band.GetDescription())
        settings = layer.renderer().shader().rasterShaderFunction().legendSettings()
        settings.setSuffix(f" {unit}" if unit else "")


def _stretch(layer: QgsMapLayer) -> None:
    """Spread the style's colours over the middle 96 % of the map's numbers."""
    low, high = layer.dataProvider().cumulativeCut(1, _CUT, 1 - _CUT, QgsRectangle(), _SAMPLED_PX)
    if not high > low:
        return
    shader = layer.renderer().shader().rasterShaderFunction()
    items = shader.colorRampItemList()
    for place, item in enumerate(items):
        item.value = low + (high - low) * place / (len(items) - 1)
        item.label = f"{item.value:.4g}"
    shader.setColorRampItemList(items)
    shader.setMinimumValue(low)
    shader.setMaximumValue(high)
    layer.renderer().setClassificationMin(low)
    layer.renderer().setClassificationMax(high)


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
