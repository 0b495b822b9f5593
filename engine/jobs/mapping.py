# SPDX-License-Identifier: GPL-3.0-or-later
"""Map an open scene with a loaded model: what the mapping jobs share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

import rasterio
from numpy.typing import NDArray

from .. import __version__
from ..contract.errors import CardMismatch, EmptyIntersection
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.map_settings import FOLDER, MAPS, MapRequest
from ..core.card import ModelCard
from ..core.files import Staging
from ..core.progress import ProgressMeter
from ..inference.area import open_mask, window_of_extent
from ..inference.disk import check_not_inputs, check_space
from ..inference.fused_network import StoredWindows
from ..inference.journal import Journal
from ..inference.maps import MapSet
from ..inference.open_network import wants_one_shape
from ..inference.pipeline import ChunkPipeline
from ..inference.prepare import Normaliser
from ..inference.scored import Scored, Tally, in_cells
from ..inference.settings import Wishes, choose_settings
from ..layers.activation import activation_of
from ..layers.extra import ExtraLayer, LayerWishes, extra_layers
from ..layers.products import Products
from ..layers.value_map import ValueMap
from ..reports.map_run import RunClock
from ..scenes.scene import Scene
from .compiling import compile_passes
from .map_outputs import fitting, left_out
from .map_report import describe, run_report
from .map_task import MapTask, field_of, layer_of
from .resuming import forget, resumption
from .serving import LoadedModel, load_model, serve

__all__ = ["LoadedModel", "load_model", "map_scene"]
OpenScene = Callable[[ModelCard], Scene]
OUTPUT_KEYS = {"class_map": "CLASS"}
_MAPPED = 0.94  # share of the run that is mapping; the rest is overviews


def map_scene(
    request: MapRequest,
    open_scene: OpenScene,
    emit: Emit,
    model: Optional[LoadedModel] = None,
    clock: Optional[RunClock] = None,
) -> Dict[str, Any]:
    """Write the maps in ``request`` and return the API's output keys.

    Args:
        request: What to map, with what, and where to.
        open_scene: Opens its input as the scene that a card asks for.
        emit: Where events go.
        model: Loaded already, for several scenes in one process; None to load the request's.
        clock: Counts from the start of the process; one from the start of this scene for several.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    clock = clock or RunClock()
    emit(Progress(0.0, None, "Opening the model and the scene"))
    asked = request
    check_not_inputs(_finals(asked).values(), asked.inputs())
    with ExitStack() as stack:
        loaded = model or load_model(request.model, emit)
        request = fitting(asked, loaded.card, emit)
        finals = _finals(request)
        task = _prepare(request, loaded, open_scene, stack, emit)
        finals.update({n: _extra_path(request, n) for n in task.products.formats if "/" in n})
        _check_outputs(task, finals)
        journal = _open_journal(task, stack, emit)
        staging = stack.enter_context(Staging(lasting=journal is not None))
        paths = {name: staging.path(path) for name, path in finals.items()}
        report = _map(task, paths, journal, clock, emit)
        describe(task, paths, finals, report)
        staging.publish()
        forget(request, journal)
    written = {**request.outputs(), **left_out(asked, request)}
    return {OUTPUT_KEYS.get(n, n.upper()): p for n, p in written.items()}


def _finals(request: MapRequest) -> Dict[str, Path]:
    """Output field to its file, and the STAC item beside them."""
    finals = {name: Path(path) for name, path in request.outputs().items() if name != FOLDER}
    return {**finals, "stac": Path(request.main).with_suffix(".stac.json")}


def _prepare(
    request: MapRequest, model: LoadedModel, open_scene: OpenScene, stack: ExitStack, emit: Emit
) -> MapTask:
    card, sha256 = model.card, model.file.sha256
    scene = stack.enter_context(open_scene(card))
    area = window_of_extent(scene.grid, request.extent, request.extent_crs)
    resumed = resumption(request, sha256, scene.sources)
    with ThreadPoolExecutor(1) as meanwhile:
        activation = activation_of(card.output, card.activation)
        compiled = meanwhile.submit(compile_passes, scene.dtype, len(card.classes), activation)
        cropped_bytes = model.cropped_bytes(request, emit)
        compiled.result()
    wishes = Wishes(
        request.chunk_size, request.overlap, request.batch_size, request.max_memory_mb,
        wants_one_shape(request.device, request.precision), request.patch_resolution == "stride",
        request.augment, cropped_bytes,
        all_probabilities=bool(request.probs or request.has_extra),
    )  # fmt: skip
    settings = choose_settings(
        model.file.path, card, (scene.grid.height, scene.grid.width), area, scene,
        scene.dtype, wishes if resumed is None else resumed.wishes(wishes, card.task), emit,
    )  # fmt: skip
    stack.enter_context(rasterio.Env(GDAL_CACHEMAX=settings.cache_mb * 1_000_000))
    tags = _tags(request, card, sha256, settings.seamless)
    extra = _extra_layers(request, card, settings.cell, tags)
    network, settings = serve(model, request, settings, scene.dtype, emit)
    names = [layer_of(name) for name in request.outputs() if name in MAPS]
    products: Union[Products, ValueMap]
    if card.target is not None:
        products = ValueMap(card.target, tags)
    else:
        products = Products(names, card, request.layer_type, tags, extra, network.gives)
    map_area = in_cells(settings.plan.area, settings.cell)
    return MapTask(request, model, scene, map_area, settings, products, network, resumed)


def _tags(request: MapRequest, card: ModelCard, sha256: str, seamless: bool) -> Dict[str, str]:
    software = f"Coverloom {__version__}"
    named = {"SOFTWARE": software, "MODEL": card.name, "MODEL_SHA256": sha256}
    seams = {} if seamless else {"SEAMS": "may show where chunks meet: see the run's messages"}
    return {**named, **seams, "SETTINGS": request.to_json()}


def _extra_layers(
    request: MapRequest, card: ModelCard, cell: int, tags: Mapping[str, str]
) -> List[ExtraLayer]:
    wishes = LayerWishes(
        request.layers, request.expressions, request.layers_file, request.layer_type
    )
    # A map's pixel of many of the scene's has no one value of a band.
    return extra_layers(wishes, card.classes, card.band_names if cell == 1 else [], tags)


def _extra_path(request: MapRequest, name: str) -> Path:
    return Path(request.extra) / f"{name.partition('/')[2]}.tif"


def _check_outputs(task: MapTask, finals: Mapping[str, Path]) -> None:
    check_not_inputs(finals.values(), task.request.inputs())
    pixels, formats = task.area.width * task.area.height, task.products.formats
    sizes = {finals[field_of(n)]: float(pixels * f.bytes_per_px) for n, f in formats.items()}
    if task.resumption is not None:
        sizes[task.resumption.path] = sum(sizes.values())
    check_space(sizes)


def _open_journal(task: MapTask, stack: ExitStack, emit: Emit) -> Optional[Journal]:
    if task.resumption is None:
        return None
    if task.resumption.before is not None:
        emit(Message(f"Going on with the unfinished run in {task.resumption.path}."))
    device, formats = task.network.device, task.products.formats
    return stack.enter_context(task.resumption.open(task.settings, device, formats))


def _map(
    task: MapTask,
    paths: Mapping[str, Path],
    journal: Optional[Journal],
    clock: RunClock,
    emit: Emit,
) -> Dict[str, Any]:
    """Write every raster under its temporary path and return the report."""
    request, plan, scene, network = task.request, task.settings.plan, task.scene, task.network
    chunks = f"{len(plan)} chunks" if len(plan) > 1 else "1 chunk"
    emit(Message(f"{chunks} of {plan.core} px, {plan.halo} px halo, on {network.device}."))
    formats, cell = task.products.formats, task.settings.cell
    rasters = {name: paths[field_of(name)] for name in formats}
    normaliser = Normaliser.of(task.model.card.bands, scene.nodata, scene.dtype)
    prepare = StoredWindows(normaliser) if network.gives == "maps" else normaliser
    meter = ProgressMeter(emit, len(plan), 0.02, _MAPPED, "Mapping")
    with ExitStack() as stack:
        mask = open_mask(request.mask, scene.grid)
        if mask is not None:
            stack.enter_context(closing(mask))
        maps = MapSet(
            rasters, formats, task.grid, task.area, plan.core // cell,
            lambda scored: _values(task, scored), journal,
        )  # fmt: skip
        stack.enter_context(maps)
        done = maps.replay()
        meter.advance(len(done))
        todo = [chunk for chunk in plan if in_cells(chunk.core, cell) not in done]
        scene.follow([chunk.read for chunk in todo])
        tally = ChunkPipeline(
            scene, prepare, network, maps, mask, task.settings.windows,
            clock.counting(meter.advance), bool(task.products.bands), cell,
        ).run(todo)  # fmt: skip
        scene.follow(())  # gives back what it kept
        tally.resumed, tally.valid_px = len(done), tally.valid_px + sum(done.values())
        _check_tally(task, tally)
        clock.mark("mapped")
        finishing = ProgressMeter(emit, len(rasters), _MAPPED, 1.0, "Building overviews")
        maps.finish(finishing.advance)
        clock.mark("finished")
    report = run_report(task, tally, clock, network.device)
    emit(Message(
        f"{_short(report['valid_mpx'])} Mpx at {_short(report['mpx_per_s'])} Mpx/s; "
        f"chunks: {tally.done} mapped, {sum(tally.skipped.values())} skipped; "
        f"peak memory {report['peak_memory_mb']:.0f} MB."
    ))  # fmt: skip
    return report


def _short(number: float) -> str:
    """Two decimals, or of a small number two digits that count."""
    return f"{number:.2f}" if number >= 1 else f"{number:.2g}"


def _values(task: MapTask, scored: Scored) -> Mapping[str, NDArray[Any]]:
    values = task.products(scored.scores, scored.core, scored.valid, scored.pixels)
    if task.resumption is not None:
        _check_numbers(task)  # now, for a chunk that is broken must not be noted as finished
    return values


def _check_numbers(task: MapTask) -> None:
    if task.products.broken_px:
        raise CardMismatch(
            f"{task.model.file.path} gave no number (NaN) for {task.products.broken_px} pixels.",
            "Check the model, and that the scaling of its card fits the raster.",
        )


def _check_tally(task: MapTask, tally: Tally) -> None:
    _check_numbers(task)
    if tally.done + tally.resumed == 0 and set(tally.skipped) == {"mask"}:
        raise EmptyIntersection(
            f"MASK {task.request.mask} and the mapped area have no pixel in common.",
            "Give a mask that covers part of the raster, or none.",
        )
