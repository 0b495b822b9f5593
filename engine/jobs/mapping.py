# SPDX-License-Identifier: GPL-3.0-or-later
"""Map an open scene with a loaded model: what the mapping jobs share."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional

import rasterio

from .. import __version__
from ..contract.errors import CardMismatch, EmptyIntersection
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.map_settings import MAPS, MapRequest, MapSettings
from ..core.card import ModelCard
from ..core.files import Staging, write_json
from ..core.grid import Grid
from ..core.progress import ProgressMeter
from ..core.window import Window
from ..inference.area import open_mask, window_of_extent
from ..inference.disk import check_not_inputs, check_space
from ..inference.legend import class_map, write_preview, write_side_file
from ..inference.maps import MapSet
from ..inference.memory import peak_memory_mb
from ..inference.network import OnnxNetwork
from ..inference.pipeline import ChunkPipeline, Tally
from ..inference.prepare import Normaliser
from ..inference.settings import ChunkSettings, Wishes, choose_settings
from ..layers.most_likely import class_storage
from ..layers.products import Products
from ..model_file import ModelFile, measured_card, read_model
from ..reports.map_run import RunClock
from ..reports.stac_item import map_item
from ..scenes.scene import Scene

OpenScene = Callable[[ModelCard], Scene]
OUTPUT_KEYS = {"class_map": "CLASS"}
_MAPPED = 0.94  # share of the run that is mapping; the rest is overviews


@dataclass
class LoadedModel:
    """A model that has been read and checked; its network is made once and stays warm.

    Args:
        file: The model file.
        card: Its card, the receptive field measured.
    """

    file: ModelFile
    card: ModelCard
    _network: Optional[OnnxNetwork] = None

    def network(self, request: MapSettings) -> OnnxNetwork:
        """The network on the device asked for; later requests must ask for the same."""
        if self._network is None:
            self._network = OnnxNetwork(
                self.file.path, self.card, request.device, request.gpu_index
            )
        return self._network


def load_model(path: str, emit: Emit) -> LoadedModel:
    """Read a model that maps pixels.

    Raises:
        CoverloomError: It is damaged, has no usable card, or classifies something else.
    """
    file = read_model(path)
    return LoadedModel(file, _usable_card(file, emit))


@dataclass(frozen=True)
class _Task:
    """What is mapped, with what, and how."""

    request: MapRequest
    model: LoadedModel
    scene: Scene
    area: Window
    settings: ChunkSettings
    products: Products

    @property
    def grid(self) -> Grid:
        """Grid of the maps."""
        return self.scene.grid.crop(self.area)


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
    finals = {name: Path(path) for name, path in request.outputs().items()}
    finals["stac"] = Path(request.class_map).with_suffix(".stac.json")
    check_not_inputs(finals.values(), request.inputs())
    with ExitStack() as stack:
        loaded = model or load_model(request.model, emit)
        task = _prepare(request, loaded, open_scene, stack, emit)
        formats = task.products.formats
        pixels = task.area.width * task.area.height
        check_space({finals[_field(n)]: pixels * f.bytes_per_px for n, f in formats.items()})
        staging = stack.enter_context(Staging())
        paths = {name: staging.path(path) for name, path in finals.items()}
        report = _map(task, paths, clock, emit)
        _describe(task, paths, finals, report)
        staging.publish()
    return {OUTPUT_KEYS.get(n, n.upper()): p for n, p in request.outputs().items()}


def _prepare(
    request: MapRequest, model: LoadedModel, open_scene: OpenScene, stack: ExitStack, emit: Emit
) -> _Task:
    card, file = model.card, model.file
    scene = stack.enter_context(open_scene(card))
    area = window_of_extent(scene.grid, request.extent, request.extent_crs)
    settings = choose_settings(
        file.path, card, (scene.grid.height, scene.grid.width), area, scene.block, scene.dtype,
        Wishes(request.chunk_size, request.overlap, request.batch_size, request.max_memory_mb),
        emit,
    )  # fmt: skip
    stack.enter_context(rasterio.Env(GDAL_CACHEMAX=settings.cache_mb * 1_000_000))
    names = [_layer(name) for name in request.outputs() if name in MAPS]
    tags = {"SOFTWARE": f"Coverloom {__version__}", "MODEL": card.name}
    tags["MODEL_SHA256"] = file.sha256
    tags["SETTINGS"] = request.to_json()
    products = Products(names, card, request.layer_type, tags)
    return _Task(request, model, scene, area, settings, products)


def _usable_card(model: ModelFile, emit: Emit) -> ModelCard:
    if model.card.task != "pixel":
        raise CardMismatch(
            f"{model.path} classifies whole patches (task {model.card.task!r}), not pixels.",
            "Use a model whose card has the task 'pixel'.",
        )
    if model.card.receptive_field is not None:
        return model.card
    emit(Message("Measuring how far the model looks, which its card does not say."))
    return measured_card(model.path, model.card)


def _map(task: _Task, paths: Mapping[str, Path], clock: RunClock, emit: Emit) -> Dict[str, Any]:
    """Write every raster under its temporary path and return the report."""
    request, plan, scene = task.request, task.settings.plan, task.scene
    network = task.model.network(request)
    emit(
        Message(f"{len(plan)} chunks of {plan.core} px, {plan.halo} px halo, on {network.device}.")
    )
    formats = task.products.formats
    rasters = {name: paths[_field(name)] for name in formats}
    normaliser = Normaliser.of(task.model.card.bands, scene.nodata, scene.dtype)
    meter = ProgressMeter(emit, len(plan), 0.02, _MAPPED, "Mapping")
    with ExitStack() as stack:
        mask = open_mask(request.mask, scene.grid)
        if mask is not None:
            stack.enter_context(closing(mask))
        maps = MapSet(
            rasters, formats, task.grid, task.area, plan.core,
            lambda scored: task.products(scored.scores, scored.core, scored.valid),
        )  # fmt: skip
        stack.enter_context(maps)
        tally = ChunkPipeline(
            scene, normaliser, network, maps, mask, task.settings.batch_size,
            clock.counting(meter.advance),
        ).run(plan)  # fmt: skip
        _check_tally(task, tally)
        clock.mark("mapped")
        finishing = ProgressMeter(emit, len(rasters), _MAPPED, 1.0, "Building overviews")
        maps.finish(finishing.advance)
        clock.mark("finished")
    report = _report(task, tally, clock, network.device)
    emit(Message(
        f"{report['valid_mpx']:.2f} Mpx at {report['mpx_per_s']:.2f} Mpx/s; "
        f"{tally.done} chunks mapped, {sum(tally.skipped.values())} skipped; "
        f"peak memory {report['peak_memory_mb']:.0f} MB."
    ))  # fmt: skip
    return report


def _check_tally(task: _Task, tally: Tally) -> None:
    if task.products.broken_px:
        raise CardMismatch(
            f"{task.model.file.path} gave no number (NaN) for {task.products.broken_px} pixels.",
            "Check the model, and that the scaling of its card fits the raster.",
        )
    if tally.done == 0 and set(tally.skipped) == {"mask"}:
        raise EmptyIntersection(
            f"MASK {task.request.mask} and the mapped area have no pixel in common.",
            "Give a mask that covers part of the raster, or none.",
        )


def _report(task: _Task, tally: Tally, clock: RunClock, device: str) -> Dict[str, Any]:
    settings, mapped = task.settings, clock.seconds["finished"]
    valid_mpx = tally.valid_px / 1e6
    return {
        "schema": 1,
        "software": f"Coverloom {__version__}",
        "request": asdict(task.request),
        "sources": list(task.scene.sources),
        "model_sha256": task.model.file.sha256,
        "device": device,
        "chunks": {
            "planned": len(settings.plan), "mapped": tally.done, "skipped": dict(tally.skipped),
            "core_px": settings.plan.core, "halo_px": settings.plan.halo,
            "batch": settings.batch_size,
        },
        "valid_mpx": valid_mpx,
        "window_mpx": tally.window_px / 1e6,
        "mpx_per_s": valid_mpx / mapped,
        "seconds": {**tally.seconds, **clock.seconds},
        "seconds_to_first_chunk": clock.first_chunk,
        "cpu_seconds": clock.cpu_seconds(),
        "cache_mb": settings.cache_mb,
        "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def _describe(
    task: _Task, paths: Mapping[str, Path], finals: Mapping[str, Path], report: Dict[str, Any]
) -> None:
    """Write what goes beside the rasters: legend, picture, report, STAC item."""
    classes = task.model.card.classes
    write_side_file(paths["class_map"], classes)
    if "classmap" in paths:
        write_json(paths["classmap"], class_map(classes, class_storage(len(classes))[1]))
    if "preview" in paths:
        write_preview(paths["class_map"], classes, paths["preview"])
    if "report" in paths:
        write_json(paths["report"], report)
    assets = {name: path for name, path in finals.items() if name != "stac"}
    facts = {f"coverloom:{key}": report[key] for key in ("model_sha256", "device", "chunks")}
    made = datetime.now(timezone.utc)
    write_json(paths["stac"], map_item(finals["class_map"].stem, task.grid, assets, made, facts))


def _field(layer: str) -> str:
    """The request's field for a layer: ``class`` is a word of Python's."""
    return "class_map" if layer == "class" else layer


def _layer(field: str) -> str:
    return "class" if field == "class_map" else field
