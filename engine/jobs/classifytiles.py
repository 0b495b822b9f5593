# SPDX-License-Identifier: GPL-3.0-or-later
"""Map a folder of tiles: a folder for each, a table of what each took, and a page to look at."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

from ..contract.errors import InvalidRequest, NothingMapped, UnwritablePath
from ..contract.events import Emit, Event, Message, Progress
from ..contract.jobs.classifytiles import ClassifyTiles
from ..contract.jobs.map_settings import FOLDER
from ..core.address import whole
from ..core.files import Staging, on_disk, write_json
from ..core.units import Outcome, run_units, worker_count
from ..inference.device import usable_cores, wanted_providers
from ..layers.extra import LayerWishes, extra_layers
from ..model_file import ModelFile, read_model
from ..reports.benchmark import benchmark_csv
from ..reports.stac_collection import collect_items
from ..reports.thumbnails import class_picture, layer_picture, number_picture
from ..reports.viewer import viewer_page
from ..scenes.tiles import find_tiles
from .one_tile import TileTask, map_tile, tile_task

_TITLES = {"class_map": "Class", "maxprob": "Maximum probability", "entropy": "Entropy",
           "gap": "Gap"}  # fmt: skip
_MAPPED = 0.97
Results = Dict[str, Dict[str, Any]]


def run(request: ClassifyTiles, emit: Emit) -> Dict[str, Any]:
    """Map the tiles in ``request`` and return the API's output keys.

    Raises:
        NothingMapped: Every tile failed; the table and the page are there.
        CoverloomError: The model, the folders or the scheduler cannot be used. What is wrong with
            a tile is said in the table and on the page instead.
    """
    emit(Progress(0.0, None, "Looking for tiles"))
    model = read_model(request.model)
    _need_classes(model)
    _check_layers(request, model)
    if not request.scheduler:
        wanted_providers(request.device, request.gpu_index)  # else each tile would fail for it
    folder = _output(request.output)
    tasks = _tasks(request, model, folder)
    emit(Message(f"{len(tasks)} tiles."))
    results: Results = {}
    for outcome in _mapped(request, tasks, folder, emit):
        results[outcome.key] = outcome.value or {
            "row": {"tile_name": outcome.key, "error": outcome.lost}, "areas": {},
        }  # fmt: skip
        text = f"{len(results)}/{len(tasks)}: {outcome.key}"
        emit(Progress(_MAPPED * len(results) / len(tasks), None, text))
    emit(Progress(_MAPPED, None, "Writing the table and the page"))
    paths = _write(tasks, results, model, folder)
    failed = {task.name: results[task.name]["row"].get("error") for task in tasks}
    failed = {name: error for name, error in failed.items() if error}
    if len(failed) == len(tasks):
        raise _nothing_mapped(request, failed, paths)
    if failed:
        emit(Message(f"{len(failed)} of {len(tasks)} tiles failed: {', '.join([*failed][:10])}.",
                     "warning"))  # fmt: skip
    return {"OUTPUT": str(folder), **paths, "MAPPED": len(tasks) - len(failed),
            "FAILED": len(failed)}  # fmt: skip


def _nothing_mapped(
    request: ClassifyTiles, errors: Dict[str, str], paths: Dict[str, str]
) -> NothingMapped:
    """What tells it from a success: a model's next step would find no maps."""
    name, first = next(iter(errors.items()))
    tiles = "the tile" if len(errors) == 1 else f"any of the {len(errors)} tiles"
    reason = first if len({*errors.values()}) == 1 else f"{name}: {first}"
    return NothingMapped(
        f"Could not map {tiles} in {request.input}. {reason}",
        f"What was wrong with each is in {paths['REPORT']} and {paths['VIEWER']}.",
    )


def _need_classes(model: ModelFile) -> None:
    target = model.card.target
    if target is not None:
        raise InvalidRequest(
            f"{model.card.name} gives a number, {target.name} in {target.unit}; the table and the "
            "viewer of many tiles are of classes.",
            "Map tile by tile with 'Classify a Sentinel-2 scene' or 'Classify a raster'.",
        )


def _check_layers(request: ClassifyTiles, model: ModelFile) -> None:
    """Raise what is wrong with the user's own layers now, not once a tile."""
    wishes = LayerWishes(
        request.layers, request.expressions, request.layers_file, request.layer_type
    )
    card = model.card
    of_steps = card.task == "patch" and request.patch_resolution == "stride"
    extra_layers(wishes, card.classes, [] if of_steps else card.band_names, {})


def _output(path: str) -> Path:
    folder = on_disk(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritablePath(
            f"{folder} cannot be made: {error.strerror or error}.", "Choose another folder."
        ) from error
    return folder


def _tasks(request: ClassifyTiles, model: ModelFile, folder: Path) -> List[TileTask]:
    tiles = find_tiles(request.input, [str(folder)])
    count = worker_count(request.workers, len(tiles))
    cores = 0 if count == 1 or request.scheduler else max(1, usable_cores() // count)
    shared = request.shared()
    shared.update({name: whole(shared[name]) for name in ("s1", "mask", "layers_file")})
    return [
        tile_task(
            tile.name, whole(tile.path), folder / tile.name, shared,
            whole(request.model), request.probs, model.sha256, cores,
        )
        for tile in tiles
    ]  # fmt: skip


def _mapped(
    request: ClassifyTiles, tasks: Sequence[TileTask], folder: Path, emit: Emit
) -> Iterator[Outcome[Dict[str, Any]]]:
    """Outcomes, in any order."""
    units = [(task.name, task) for task in tasks]
    function: Callable[[TileTask], Dict[str, Any]] = map_tile
    if not request.scheduler and worker_count(request.workers, len(tasks)) == 1:
        # In this process each tile's own events can be heard.
        places = {task.name: place for place, task in enumerate(tasks)}

        def here(task: TileTask) -> Dict[str, Any]:
            return map_tile(task, partial(_heard, emit, task.name, places[task.name], len(tasks)))

        function = here
    with Staging() as staging:
        # A worker on another machine may have an empty folder of the same name.
        outputs = [str(staging.path(folder / "tiles"))]
        yield from run_units(
            function, units, request.workers, request.scheduler, emit=emit,
            paths=_read(request, tasks), outputs=outputs,
        )  # fmt: skip


def _read(request: ClassifyTiles, tasks: Sequence[TileTask]) -> List[str]:
    """What is read for every tile, and the first tile."""
    return [request.model, request.s1, request.mask, request.layers_file, *tasks[0].request.input]


def _heard(emit: Emit, name: str, place: int, count: int, event: Event) -> None:
    """Pass on a tile's event, its progress as a share of all tiles."""
    if isinstance(event, Progress):
        text = f"{name}: {event.text}" if event.text else ""
        emit(Progress(_MAPPED * (place + event.fraction) / count, None, text))
    elif isinstance(event, Message):
        emit(Message(f"{name}: {event.text}", event.level))
    else:
        emit(event)


def _write(
    tasks: Sequence[TileTask], results: Results, model: ModelFile, folder: Path
) -> Dict[str, str]:
    """Write the table, the page and the collection, all or none."""
    rows = [results[task.name]["row"] for task in tasks]
    tiles = [_shown(task, results[task.name], model) for task in tasks]
    page = viewer_page(f"Maps made with {model.card.name}", model.card.classes, tiles)
    with Staging() as staging:
        report, viewer = folder / "benchmark_report.csv", folder / "viewer.html"
        staging.path(report).write_text(benchmark_csv(rows), encoding="utf-8", newline="")
        staging.path(viewer).write_text(page, encoding="utf-8")
        items = _items(tasks, results)
        if items:
            collection, linked = collect_items("coverloom-maps", model.card.name, folder, items)
            write_json(staging.path(folder / "collection.json"), collection)
            for path, item in linked.items():
                write_json(staging.path(path), item)
        staging.publish()
    return {"REPORT": str(report), "VIEWER": str(viewer)}


def _items(tasks: Sequence[TileTask], results: Results) -> Dict[Path, Dict[str, Any]]:
    items = {}
    for task in tasks:
        path = _item_path(task)
        if not results[task.name]["row"].get("error") and path.exists():
            items[path] = json.loads(path.read_text(encoding="utf-8"))
    return items


def _item_path(task: TileTask) -> Path:
    return Path(task.request.class_map).with_suffix(".stac.json")


def _shown(task: TileTask, result: Dict[str, Any], model: ModelFile) -> Dict[str, Any]:
    """A tile as the page shows it."""
    if result["row"].get("error"):
        return {**result, "layers": {}, "scales": {}}
    request, classes = task.request, model.card.classes
    pictures = {_TITLES["class_map"]: class_picture(Path(request.class_map), classes)}
    for field, title in list(_TITLES.items())[1:]:
        pictures[title] = number_picture(Path(getattr(request, field)))
    for name, path in _further(task):
        title = name if name not in pictures else f"{name} ({path.name})"
        pictures[title] = layer_picture(path, classes)
    layers = {title: picture.url for title, picture in pictures.items()}
    scales = {title: picture.limits for title, picture in pictures.items() if picture.limits}
    return {**result, "layers": layers, "scales": scales}


def _further(task: TileTask) -> List[Tuple[str, Path]]:
    """Name and file of the tile's layers that are no parameter of their own, from its item."""
    path = _item_path(task)
    if not task.request.extra or not path.exists():
        return []
    assets = json.loads(path.read_text(encoding="utf-8"))["assets"]
    hrefs = {key: item["href"] for key, item in assets.items() if key.startswith(f"{FOLDER}/")}
    return [(key.partition("/")[2], path.parent / href) for key, href in hrefs.items()]
