# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a chunk may be, and how much GDAL may cache, within a memory limit."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Mapping, Optional, Protocol, Sequence, Tuple

import onnx
import psutil

from ..core.card import ModelCard
from ..core.window import Window
from .geotiff import block_for
from .plan import ChunkPlan, round_up
from .structure import structure_of

DEFAULT_LIMIT_MB = 800
# Sides of a core, px: multiples of the output's blocks while they are large.
CORES = (1024, 768, 640, 512, 384, 256, 128, 64)
CACHE_MB = 76
_LEAST_CACHE_MB = 32
_PASSING_MB = 16  # where nothing has to stay in the cache: what is read, and written, right now
_DECODING_MB = 100  # of JPEG 2000 tiles, which comes and goes in pieces and leaves gaps
_MOST_BANDS = 6  # vertical bands of chunks that are tried
_MAPS_BYTES = 13  # a pixel of the four maps, whose blocks share the cache until written
_SLACK = 1.75  # ONNX Runtime's arena grows in powers of two and holds gaps
_SCORES = 5  # copies of a window's scores: two of ours, the arena's own, and its gaps
_CORE_SCORES = 2  # of a core's, which go straight into ours: one written, one being made
_RESERVE_MB = 30  # what libraries load on first use; the compiled passes are there by then


@dataclass(frozen=True)
class Footprint:
    """Bytes that one pixel of a window takes at the worst moment.

    Args:
        activations: Tensors alive at once inside the network, its input and output left out.
        bands: Input channels.
        classes: Output channels.
        stored: Bytes of one stored number.
        cropped: If the network gives the scores of cores alone: what those tensors take in all, by
            core and halo, px; None if that is not known.
        more: Of a core's pixel, for what is made of all its probabilities.
    """

    activations: float
    bands: int
    classes: int
    stored: int
    cropped: Optional[Callable[[int, int], Optional[float]]] = None
    more: float = 0.0

    @property
    def bytes_per_px(self) -> float:
        """Network, one window being read and one waiting, the scores, the maps."""
        return self.activations * _SLACK + self._read_bytes + self._given_bytes

    @property
    def _read_bytes(self) -> float:
        return self.bands * (self.stored + 2 * 4)

    @property
    def _given_bytes(self) -> float:
        return (_CORE_SCORES if self.cropped else _SCORES) * self.classes * 4 + 4 * 4

    def window_mb(self, core: int, halo: int, batch: int = 1) -> float:
        """MB for windows of a core of ``core`` px and ``halo`` px around it, ``batch`` at once."""
        side = core + 2 * halo
        if self.cropped is None:
            seen = self.bytes_per_px * side**2
        else:
            inside = (self.cropped(core, halo) or self.activations * side**2) * _SLACK
            seen = inside + self._read_bytes * side**2 + self._given_bytes * core**2
        return (seen + self.more * core**2) * batch / 1e6


def activation_bytes(model: onnx.ModelProto, card: ModelCard) -> float:
    """Bytes a pixel of the tensors alive at once inside a model that runs node by node.

    Every value lives from the node that makes it to the last that reads it; the largest sum over
    the nodes counts. Sizes come from ONNX's own shape inference on a small window.
    """
    height, width = card.patch if not card.dynamic_space and card.patch else _probe(card)
    space = (height, width)
    bands = len(card.bands)
    shape = (1, bands, *space) if card.layout == "NCHW" else (1, *space, bands)
    sized = structure_of(model)
    for dimension, size in zip(sized.graph.input[0].type.tensor_type.shape.dim, shape):
        dimension.dim_value = size
    inferred = onnx.shape_inference.infer_shapes(sized, data_prop=True)
    sizes = _tensor_bytes(inferred.graph)
    return most_alive(inferred.graph, sizes) / (height * width)


def _probe(card: ModelCard) -> Tuple[int, int]:
    side = round_up(256, card.stride)
    return side, side


def _tensor_bytes(graph: onnx.GraphProto) -> Dict[str, int]:
    sizes = {}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        count = 4  # bytes of a float32
        for dimension in value.type.tensor_type.shape.dim:
            count *= max(1, dimension.dim_value)
        sizes[value.name] = count
    return sizes


def most_alive(graph: onnx.GraphProto, sizes: Mapping[str, int]) -> float:
    """The largest sum of the values alive at once; the output is left out."""
    weights = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    last_use = {name: i for i, node in enumerate(graph.node) for name in node.input}
    outputs = {value.name for value in graph.output}  # counted by themselves, as scores
    alive: Dict[str, int] = {}
    peak = 0.0
    for i, node in enumerate(graph.node):
        made = [name for name in node.output if name not in outputs]
        alive.update({name: sizes.get(name, 0) for name in made})
        peak = max(peak, sum(alive.values()) + _passing(node, sizes, weights))
        alive = {name: size for name, size in alive.items() if last_use.get(name, -1) > i}
    return peak


def _passing(
    node: onnx.NodeProto, sizes: Mapping[str, int], weights: Mapping[str, Sequence[int]]
) -> float:
    """Bytes that ONNX Runtime needs while a node runs, besides what goes in and comes out.

    A transposed convolution multiplies first, and lays the products over one another afterwards.
    """
    if node.op_type != "ConvTranspose" or len(weights.get(node.input[1], ())) != 4:
        return 0
    taken, *given = weights[node.input[1]]
    return sizes.get(node.input[0], 0) * math.prod(given) / taken


def choose_core(
    footprint: Footprint,
    halo: int,
    stride: int,
    limit_mb: int,
    cache_mb: Callable[[int], float],
    batch: int = 1,
) -> int:
    """Side of the largest core whose run stays within ``limit_mb``; the smallest if none does.

    Args:
        footprint: What one pixel of a window takes.
        halo: Around a core, px.
        stride: Cores are a multiple of it, px.
        limit_mb: For the whole process, MB. One too low for any chunk is no error: it is a matter
            of how slow, not of whether.
        cache_mb: What reading will take for a core, MB.
        batch: Windows in one inference.
    """
    give_back_memory()
    free_mb = limit_mb - psutil.Process().memory_info().rss / 1e6 - _RESERVE_MB
    for core in (round_up(core, stride) for core in CORES):
        if footprint.window_mb(core, halo, batch) + cache_mb(core) <= free_mb:
            return core
    return round_up(CORES[-1], stride)


class Reading(Protocol):
    """What reading a scene takes; the scene itself says so."""

    @property
    def block(self) -> Tuple[int, int]:
        """(rows, columns) of the largest blocks that GDAL's cache shall hold, px."""

    @property
    def cached_bytes(self) -> int:
        """Bytes a pixel of them."""

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """Memory that the scene itself needs to read these windows in their order."""


@dataclass(frozen=True)
class Walk:
    """The order of chunks, and what it takes.

    Args:
        side_by_side: Chunks in a row before the next row begins.
        cache_mb: GDAL's cache, MB.
        kept_mb: What the scene keeps by itself, MB.
    """

    side_by_side: int
    cache_mb: int
    kept_mb: float

    @property
    def memory_mb(self) -> float:
        """Of both, and of decoding what is kept, MB."""
        return self.cache_mb + self.kept_mb + (_DECODING_MB if self.kept_mb else 0)


def choose_walk(plan: ChunkPlan, reading: Reading) -> Walk:
    """The walk that decodes each block once, or seldom more, in the least memory.

    Two rows of chunks share the blocks under their halos. If the cache holds all blocks that one
    row of chunks touches, each is decoded once; else nearly every block is decoded again. What the
    scene keeps by itself is decoded once on any walk: a narrower one needs less for the rows, and
    more for the halos of the next band.
    """
    columns = -(-plan.area.right // plan.core) - plan.area.col // plan.core
    widest = min(max(1, columns), _side_by_side(plan, reading))
    if not reading.kept_bytes([plan.whole]):
        return Walk(widest, _cache_mb(plan, reading, widest), 0.0)
    walks = []
    for side in sorted({min(widest, -(-columns // bands)) for bands in range(1, _MOST_BANDS + 1)}):
        windows = [chunk.read for chunk in replace(plan, band_width=side)]
        walks.append(Walk(side, _cache_mb(plan, reading, side), reading.kept_bytes(windows) / 1e6))
    return min(walks, key=lambda walk: (walk.memory_mb, -walk.side_by_side))


def _side_by_side(plan: ChunkPlan, reading: Reading) -> int:
    """How many chunks may stand side by side for ``CACHE_MB``."""
    if reading.block[1] >= plan.width:  # strips: a narrower walk would decode every strip again
        return -(-plan.width // plan.core)
    columns = CACHE_MB * 1e6 / max(1, _cached_bytes_a_column(plan, reading))
    return max(1, int(min(plan.width, columns) // plan.core))


def _cache_mb(plan: ChunkPlan, reading: Reading, side_by_side: int) -> int:
    columns = min(plan.width, side_by_side * plan.core + 2 * plan.halo + reading.block[1])
    least = _LEAST_CACHE_MB if reading.cached_bytes else _PASSING_MB
    return max(least, int(_cached_bytes_a_column(plan, reading) * columns / 1e6) + 1)


def _cached_bytes_a_column(plan: ChunkPlan, reading: Reading) -> int:
    """Of the blocks that a row of chunks reads, and of those that it writes in part."""
    rows = round_up(plan.core + 2 * plan.halo, reading.block[0]) + reading.block[0]
    whole_blocks = all(side % block_for(side) == 0 for side in (plan.core, plan.core // 2))
    return rows * reading.cached_bytes + (0 if whole_blocks else plan.core * _MAPS_BYTES)


def give_back_memory() -> None:
    """Return to the system what this process has freed; only Linux's C library has to be asked.

    Loading a model takes its weights several times over, and the library keeps half of that.
    """
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return


def forget_peak_memory() -> None:
    """Let ``peak_memory_mb`` count from now on; only Linux can (proc(5), clear_refs)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def peak_memory_mb() -> float:
    """The most memory that this process has held so far, in MB.

    On Linux from ``VmHWM``: getrusage's figure starts at what the launcher held when it forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        kibibytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if kibibytes:
            return int(kibibytes[0]) * 1024 / 1e6
    info = psutil.Process().memory_info()
    return float(getattr(info, "peak_wset", info.rss)) / 1e6
