# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that computes of a window's halo only what its core depends on.

``core_cuts`` says where. The cuts are put into the graph that ONNX Runtime has optimised, not
before: there the channels lie in blocks, which it would have to lay out otherwise around each cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..core.card import ModelCard
from ..core.window import Window
from .core_cuts import CoreCuts
from .fused_graph import opset_of
from .halo import halo_of
from .structure import structure_of
from .subpixel import Made, in_phases
from .tensor_layout import block_size, channels_of, in_blocks, optimised
from .transposed import with_transposed

_OLDEST_OPSET = 13  # from here on Softmax is along one axis
MOST_BYTES = 1_500_000_000  # of a model: it is handed over in memory, 2 GB at most
_ORDINARY_CORE = 512  # px
_AXES = "coverloom_axes"
CUT = "coverloom_core_"  # and a number: what a cut leaves


@dataclass(frozen=True)
class CroppedGraph:
    """A graph with two inputs more for each cut, which say where it begins and ends.

    Args:
        proto: As ONNX Runtime has optimised it for this processor, and as it must be run there;
            or as it was.
        cuts: Where it has been cut.
        widths: Numbers of one pixel that lie side by side, for each cut.
        made: The tensors that ``in_phases`` has put into it.
    """

    proto: onnx.ModelProto
    cuts: CoreCuts
    widths: List[int]
    made: Mapping[str, Made] = field(default_factory=dict)

    def without_weights(self) -> CroppedGraph:
        """The same with their shapes alone, for when a session has them: most of the memory."""
        return replace(self, proto=structure_of(self.proto))

    def fixed(self, core: Window, height: int, width: int) -> onnx.ModelProto:
        """The graph for one place of the core in windows of one size: with constants for inputs."""
        proto = onnx.ModelProto()
        proto.CopyFrom(self.proto)
        del proto.graph.input[1:]
        for name, numbers in self.places(core, height, width).items():
            proto.graph.initializer.append(numpy_helper.from_array(numbers, name))
        return proto

    def places(self, core: Window, height: int, width: int) -> Dict[str, NDArray[np.int64]]:
        """Those inputs, (2,) int64 each, for a core in windows of a size, all px."""
        rows = self.cuts.spans(0, (core.row, core.bottom), height)
        columns = self.cuts.spans(1, (core.col, core.right), width)
        given = {}
        for i, (high, wide, block) in enumerate(zip(rows, columns, self.widths)):
            for name, row, column in zip(_names(i), high, wide):
                given[name] = np.array([row, column * block], np.int64)
        return given


def crop_to_core(
    proto: onnx.ModelProto, card: ModelCard, file: str = "", as_it_is: bool = False
) -> Optional[CroppedGraph]:
    """The model cropped; None where that would not help or is not safe.

    So it is with a model of another form than one window in, one score a pixel out.

    Args:
        proto: The model; changed if it is taken as it is. Of one in a file its structure will do.
        card: Its card.
        file: Where it lies, which spares a copy of it; nothing if it does not.
        as_it_is: For another engine than ONNX Runtime, which optimises it in its own way.

    Raises:
        Exception: Of ONNX Runtime's, which cannot load it.
    """
    graph = proto.graph
    fits = card.task == "pixel" and card.dynamic_space and card.layout == "NCHW"
    if not fits or opset_of(proto) < _OLDEST_OPSET or not _one_in_one_out(graph, card.channels):
        return None
    if _branches(graph):
        return None
    halo = halo_of(card, graph)
    if not halo:
        return None
    ready = proto if as_it_is else optimised(file or proto.SerializeToString())
    if ready.ByteSize() > MOST_BYTES:
        return None
    cuts = CoreCuts(ready.graph, _ORDINARY_CORE, halo)
    cropped = _with_cuts(ready, cuts, len(card.bands)) if cuts.edges else None
    if cropped is None:
        return None
    if as_it_is:
        with_transposed(cropped.proto.graph, len(card.bands))
        return cropped
    channels = channels_of(cropped.proto.graph, len(card.bands))
    return replace(cropped, made=in_phases(cropped.proto.graph, channels))


def _one_in_one_out(graph: onnx.GraphProto, channels: int) -> bool:
    """Whether one tensor goes in and one comes out, float32, with a score a pixel each class."""
    values = [*graph.input, *graph.output]
    if len(graph.input) != 1 or len(graph.output) != 1:
        return False
    sizes = graph.output[0].type.tensor_type.shape.dim
    kinds = {value.type.tensor_type.elem_type for value in values}
    known = len(sizes) == 4 and sizes[1].dim_value == channels
    return known and kinds == {TensorProto.FLOAT}


def _branches(graph: onnx.GraphProto) -> bool:
    """Whether a node has graphs of its own, which may use any tensor unseen."""
    kinds = (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
    return any(attribute.type in kinds for node in graph.node for attribute in node.attribute)


def _with_cuts(proto: onnx.ModelProto, cuts: CoreCuts, bands: int) -> Optional[CroppedGraph]:
    """``proto`` with a ``Slice`` at each cut; None where the layout of a tensor is not known."""
    graph = proto.graph
    channels, blocked = channels_of(graph, bands), in_blocks(graph)
    sources = [_source(graph, place, at) for place, at in cuts.edges]
    if any(name in blocked and name not in channels for name in sources):
        return None
    new: Dict[int, List[onnx.NodeProto]] = {}
    for i, ((place, at), source) in enumerate(zip(cuts.edges, sources)):
        made = f"{CUT}{i}" if place >= 0 else graph.output[0].name
        in_blocks_of = channels[source] if source in blocked else 0
        new[place] = new.get(place, []) + _slice(graph, i, source, made, in_blocks_of)
        if place >= 0:
            graph.node[place].input[at] = made
        else:
            _rename(graph, made, source)
    nodes = [n for i, node in enumerate(graph.node) for n in (*new.get(i, ()), node)]
    del graph.node[:], graph.value_info[:]  # of sizes that hold no more
    graph.node.extend([*nodes, *new.get(-1, ())])
    graph.initializer.append(numpy_helper.from_array(np.array([2, 3], np.int64), _AXES))
    for dimension, name in zip(graph.output[0].type.tensor_type.shape.dim[2:], ("rows", "columns")):
        dimension.dim_param = f"coverloom_{name}"
    return CroppedGraph(proto, cuts, [block_size() if s in blocked else 1 for s in sources])


def _source(graph: onnx.GraphProto, place: int, at: int) -> str:
    """What is cut: an input of a node, or the output under another name."""
    return graph.node[place].input[at] if place >= 0 else "coverloom_whole"


def _slice(
    graph: onnx.GraphProto, index: int, source: str, made: str, channels: int
) -> List[onnx.NodeProto]:
    """The nodes of one cut, and its inputs; ``channels`` is 0 unless they lie in blocks."""
    names = _names(index)
    for name in names:
        graph.input.append(helper.make_tensor_value_info(name, TensorProto.INT64, [2]))
    if not channels:
        return [helper.make_node("Slice", [source, *names, _AXES], [made])]
    nodes = []
    inner = [f"coverloom_whole_{index}", f"coverloom_cut_{index}"]
    # In memory it is (N, C / b, H, W, b), and said to be (N, C, H, W). 0 leaves a length as it is,
    # and -1 is what is left: no number is moved.
    for name, count in ((inner[0], channels // block_size()), (made, channels)):
        shape = numpy_helper.from_array(np.array([0, count, 0, -1], np.int64), f"{name}_shape")
        graph.initializer.append(shape)
    nodes.append(helper.make_node("Reshape", [source, f"{inner[0]}_shape"], [inner[0]]))
    nodes.append(helper.make_node("Slice", [inner[0], *names, _AXES], [inner[1]]))
    nodes.append(helper.make_node("Reshape", [inner[1], f"{made}_shape"], [made]))
    return nodes


def _names(index: int) -> List[str]:
    """The inputs that say where a cut begins and ends: (2,) int64, rows and columns."""
    return [f"coverloom_starts_{index}", f"coverloom_ends_{index}"]


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
