# SPDX-License-Identifier: GPL-3.0-or-later
"""How far beyond a core a network looks."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

import onnx

from ..core.card import ModelCard
from .plan import round_up
from .spatial_steps import Local, Span, local

_FAR = 1 << 24  # px from any edge
# Side of the windows of a model whose scores depend on the whole of them, px, where none is said.
_WHOLE_WINDOW = 512
_STARTS = 16  # cores that are tried: where they begin, a network may look a little farther


def halo_of(card: ModelCard, graph: onnx.GraphProto) -> int:
    """The halo that leaves no seams, a multiple of the stride, px.

    Where no halo does that, an eighth of the window: most of what a pixel depends on is near it.
    """
    if card.receptive_field is None:
        return round_up(whole_window(card) // 8, card.stride)
    needed = round_up(-(-card.receptive_field // 2), card.stride)
    looked = halo_needed(graph, card.stride) if card.layout == "NCHW" else None
    return needed if looked is None else min(needed, round_up(looked, card.stride))


def whole_window(card: ModelCard) -> int:
    """Side of the windows of a model that depends on the whole of them, px.

    Always the same, for the map depends on it: neither the memory nor the raster may choose. As
    large as what the model was trained on, if the card says so, but not much smaller than usual.
    """
    return round_up(max(_WHOLE_WINDOW, *(card.patch or (0,))), card.stride)


def halo_needed(graph: onnx.GraphProto, stride: int) -> Optional[int]:
    """What the scores of a core depend on around it, px; None if no limit is known.

    Less than half the receptive field, which holds for every pixel: cores begin and end where the
    pixels of the shrunken pictures do.

    Args:
        graph: One picture in, one of its size out.
        stride: Cores begin and end at multiples of it, px.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    forms = [local(node, constants) for node in graph.node]
    reach = 0
    for axis in (0, 1):
        for start in range(_FAR, _FAR + stride * _STARTS, stride):
            core = start, start + stride * _STARTS
            seen = _seen(graph, forms, axis, core)
            if seen is None:
                return None
            reach = max(reach, core[0] - seen[0], seen[1] - core[1])
    return reach


def _seen(
    graph: onnx.GraphProto, forms: Sequence[Optional[Local]], axis: int, core: Span
) -> Optional[Span]:
    """The input that a span of the output depends on; ``forms`` are what its nodes do."""
    needs: Dict[str, Span] = {graph.output[0].name: core}
    for node, form in zip(reversed(graph.node), reversed(forms)):
        wanted = [needs[name] for name in node.output if name in needs]
        if not wanted:
            continue
        if form is None:
            return None
        for place, steps in form.inputs.items():
            first, end = steps[axis].seen(wanted[0])
            known = needs.get(node.input[place], (first, end))
            needs[node.input[place]] = min(first, known[0]), max(end, known[1])
    return needs.get(graph.input[0].name)
