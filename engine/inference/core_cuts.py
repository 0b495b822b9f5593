# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a network may be cut down to a window's core, and how much each cut keeps.

The halo around a core is there for what looks far: the layers that shrink the picture. Behind the
last of them each layer needs the core and a margin of the few pixels that the layers behind it
still look at. So what they would compute of the halo is cut off before them, at the places where
the most is gained: beside the ways that skip to them, and before a picture is enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Hashable, List, Mapping, Optional, Set, Tuple

import onnx

from .spatial_steps import TO_ONE, Span, Step, local

# So many times the pixels that are needed make a cut worth its copy; fewer before a picture is
# enlarged, which is small, and all that comes of it large.
_WORTH, _WORTH_BEFORE_ENLARGING = 1.1, 1.02
# Pixels: ONNX Runtime computes a few in another order, and so to another last bit, than many.
_LEAST = 32
_OUTPUT = -1
_WHOLE, _CORE = "whole", "core"
Edge = Tuple[int, int]  # place of a node, and of one of its inputs; (_OUTPUT, 0) is the output


@dataclass(frozen=True)
class _Node:
    place: int
    inputs: Mapping[int, str]
    steps: Mapping[int, Tuple[Step, Step]]
    output: str


@dataclass(frozen=True)
class _Cut:
    """Which inputs of a node are cut, and to what: that of another input, or what is needed."""

    places: Tuple[int, ...]
    like: Optional[int]
    region: Hashable


@dataclass
class _Walk:
    """Along one axis: what is there, what each input of a node needs, and what has been cut."""

    sizes: Dict[str, int]
    needs: Dict[Edge, Span]
    core: Span
    covers: Dict[str, Tuple[Span, Hashable]]
    spans: Dict[Edge, Span]

    def cover(self, name: str) -> Tuple[Span, Hashable]:
        return self.covers.get(name, ((0, self.sizes[name]), _WHOLE))


class CoreCuts:
    """The cuts of one graph, decided for windows of an ordinary size.

    Args:
        graph: One picture in, one of its size out.
        core, halo: Of those windows, px.
    """

    def __init__(self, graph: onnx.GraphProto, core: int, halo: int) -> None:
        self._nodes = _behind_the_last_that_shrinks(graph)
        self._output = graph.output[0].name
        self._cuts: Dict[int, _Cut] = {}
        if any(node.output == self._output for node in self._nodes):
            self._decide((halo, halo + core), core + 2 * halo)

    @property
    def edges(self) -> List[Edge]:
        """What is cut, in the order of ``spans``; empty where nothing is gained."""
        return [(place, i) for place, cut in self._cuts.items() for i in cut.places]

    def spans(self, axis: int, core: Span, size: int) -> List[Span]:
        """What each cut keeps of what reaches it, px of that.

        Args:
            axis: 0 for rows, 1 for columns.
            core: In the window, px.
            size: Of the window, px.
        """
        walk = self._walked(axis, core, size)
        for node in self._nodes:
            self._enter(walk, node, self._cuts.get(node.place), axis)
        if _OUTPUT in self._cuts:
            (first, _), _ = walk.cover(self._output)
            walk.spans[_OUTPUT, 0] = core[0] - first, core[1] - first
        return [walk.spans[edge] for edge in self.edges]

    def _decide(self, core: Span, size: int) -> None:
        walk = self._walked(0, core, size)
        for node in self._nodes:
            cut = _chosen(walk, node)
            if cut is not None:
                self._cuts[node.place] = cut
            self._enter(walk, node, cut, 0)
        if self._cuts and walk.cover(self._output)[1] != _CORE:
            self._cuts[_OUTPUT] = _Cut((0,), None, _CORE)

    def _walked(self, axis: int, core: Span, size: int) -> _Walk:
        """From the output back: sizes, and what is needed of them."""
        walk = _Walk({self._output: size}, {}, core, {}, {})
        needs = {self._output: core}
        for node in reversed(self._nodes):
            for place, name in node.inputs.items():
                step = node.steps[place][axis]
                length = walk.sizes[name] = step.taken(walk.sizes[node.output])
                first, end = step.seen(needs[node.output])
                need = max(0, first), min(length, end)
                walk.needs[node.place, place] = need
                needs[name] = _around(needs.get(name, need), need)
        return walk

    def _enter(self, walk: _Walk, node: _Node, cut: Optional[_Cut], axis: int) -> None:
        """Cut a node's inputs, and note what its output covers, with a name that equals share."""
        place = next(iter(node.inputs))
        span, region = walk.cover(node.inputs[place])
        if cut is not None:
            kept = _kept(walk, node)
            span = kept if cut.like is None else walk.cover(node.inputs[cut.like])[0]
            region = cut.region
            for place in cut.places:
                (first, _), _ = walk.cover(node.inputs[place])
                walk.spans[node.place, place] = span[0] - first, span[1] - first
        step = node.steps[place][axis]
        if region == _WHOLE:
            span = (0, walk.sizes[node.output])
        elif not step.keeps_size:
            span, region = step.given(span), (region, step.factor, step.extra)
        walk.covers[node.output] = span, region


def _chosen(walk: _Walk, node: _Node) -> Optional[_Cut]:
    """The cut before a node, if there is something to gain, or its inputs differ in size."""
    there = {place: walk.cover(name) for place, name in node.inputs.items()}
    if _needed(walk, node) == walk.core and all(
        step.pointwise for place in there for step in node.steps[place]
    ):
        others = tuple(place for place, (_, region) in there.items() if region != _CORE)
        return _Cut(others, None, _CORE) if others else None
    smallest = min(there, key=lambda place: _length(there[place][0]))
    span, region = there[smallest]
    others = tuple(place for place, (_, other) in there.items() if other != region)
    enlarges = any(step.factor > 1 for place in there for step in node.steps[place])
    worth = _WORTH_BEFORE_ENLARGING if enlarges else _WORTH
    much = (_length(span) / _length(_kept(walk, node))) ** 2 > worth
    if much or any(there[place][1] != _WHOLE for place in others):
        return _Cut(tuple(there), None, ("cut", node.place))
    return _Cut(others, smallest, region) if others else None


def _needed(walk: _Walk, node: _Node) -> Span:
    spans = [walk.needs[node.place, place] for place in node.inputs]
    return min(first for first, _ in spans), max(end for _, end in spans)


def _kept(walk: _Walk, node: _Node) -> Span:
    """What is needed, or more of it where that is little."""
    needed = _needed(walk, node)
    if needed == walk.core:
        return needed
    # Inputs of one node have one size; what is there of them lies around what is needed.
    spans = [walk.cover(name)[0] for name in node.inputs.values()]
    first, end = max(f for f, _ in spans), min(e for _, e in spans)
    length = min(end - first, max(_LEAST, _length(needed)))
    start = min(needed[0], end - length)
    return start, start + length


def _length(span: Span) -> int:
    return span[1] - span[0]


def _around(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


def _behind_the_last_that_shrinks(graph: onnx.GraphProto) -> List[_Node]:
    """The nodes from which no way to the output leads through one that shrinks or looks anywhere.

    In their order in the graph.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    pictures, single = _kinds(graph, constants)
    whole: Set[str] = set()  # values that must be
    used = {graph.output[0].name}
    kept = []
    for place in range(len(graph.node) - 1, -1, -1):
        node = graph.node[place]
        form = local(node, constants)
        steps = {} if form is None else {
            i: s for i, s in form.inputs.items() if node.input[i] not in single
        }  # fmt: skip
        inputs = {i: node.input[i] for i in steps}
        alone = len(inputs) == 1 or pictures.issuperset(inputs.values())
        fits = _cuttable(steps) and alone and not whole & set(node.output)
        if not fits or not used & set(node.output):
            whole.update(node.input)
            continue
        used.update(inputs.values())
        kept.append(_Node(place, inputs, steps, node.output[0]))
    return kept[::-1]


def _cuttable(steps: Mapping[int, Tuple[Step, Step]]) -> bool:
    every = [step for both in steps.values() for step in both]
    sizes = len(steps) == 1 or all(step.keeps_size for step in every)
    return bool(every) and sizes and all(step.stride == 1 for step in every)


def _kinds(
    graph: onnx.GraphProto, constants: Mapping[str, onnx.TensorProto]
) -> Tuple[Set[str], Set[str]]:
    """Values that surely are pictures, and those of one pixel: means of whole pictures."""
    pictures, single = {value.name for value in graph.input}, set[str]()
    for node in graph.node:
        form = local(node, constants)
        named = set() if form is None else {node.input[place] for place in form.inputs}
        if node.op_type in TO_ONE or (named and named <= single):
            single.update(node.output)
        elif named and named <= pictures | single:
            pictures.update(node.output)
    return pictures, single
