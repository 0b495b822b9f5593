# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cropped graph holds at its worst moment."""

from __future__ import annotations

from typing import Dict, Optional

from .cropped_graph import CUT, CroppedGraph
from .memory import most_alive
from .spatial_steps import local
from .tensor_layout import channels_of

_FLOAT = 4  # bytes


def activation_bytes(cropped: CroppedGraph, bands: int, core: int, halo: int) -> Optional[float]:
    """Of the tensors alive at once, input and output left out; None where a size is not known.

    Args:
        cropped: What ``crop_to_core`` gave.
        bands: Channels of the input.
        core: Its side, px.
        halo: Read around it, px.
    """
    graph = cropped.proto.graph
    lengths = _lengths(cropped, core, halo)
    channels = channels_of(graph, bands, {n: made.channels for n, made in cropped.made.items()})
    made = {name for node in graph.node for name in node.output}
    if not made <= lengths.keys() & channels.keys():
        return None
    return most_alive(graph, {n: channels[n] * lengths[n] ** 2 * _FLOAT for n in made})


def _lengths(cropped: CroppedGraph, core: int, halo: int) -> Dict[str, int]:
    """Side of each value that it is known of, px; 0 where its memory is another's."""
    graph = cropped.proto.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    spans = cropped.cuts.spans(0, (halo, halo + core), core + 2 * halo)
    kept = {f"{CUT}{i}": end - start for i, (start, end) in enumerate(spans)}
    known = {graph.input[0].name: core + 2 * halo}
    for node in graph.node:
        name, form = node.output[0], local(node, constants)
        if name in cropped.made:
            made = cropped.made[name]
            known[name] = round(known[made.source] * made.times**0.5)
            continue
        if node.op_type in ("Reshape", "Slice"):
            known[name] = kept.get(name, 0)
        for place, (step, _) in form.inputs.items() if form else ():
            if node.input[place] in known:
                known[name] = step.made(known[node.input[place]])
    return known
