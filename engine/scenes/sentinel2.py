# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a Sentinel-2 product as the scene that a model asks for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import List, Optional, Sequence, Tuple

import numpy as np
from rasterio import Affine

from ..contract.errors import MissingBand, WrongLevel
from ..contract.events import Emit, Message
from ..core.card import ModelCard
from ..core.grid import Grid
from ..core.window import Window
from .alignment import aligned_reader
from .binding import BandLabel, bind, normalised
from .channels import Channels
from .codestream import check_complete
from .conversion import (
    Conversion,
    ConvertedScene,
    decibel_conversion,
    reflectance_conversion,
    wants_top_of_atmosphere,
)
from .ground import pixel_metres, resolution_warning
from .kept import cached_bytes, follow, kept_bytes
from .product import NATIVE_M, SCENE_CLASSES, BandFile, Product
from .radar import POLARISATIONS, holds_decibels, open_radar, warn_if_partial
from .rasters import RasterScene, channel_groups
from .scene import Array
from .source import Source, open_source

_GRIDS_M = (10, 20, 60)


@dataclass(frozen=True)
class Options:
    """What the user may say besides the product.

    Args:
        band_map: ``"B02=B2"``: model band to product band; empty to bind by name.
        s1: Raster or folder with VV and VH; empty for none.
        s1_unit: ``auto``, ``db`` or ``linear``: what its numbers are.
        scl_mask: Classes of the scene classification that are left out of the map.
        add_offset: Instead of what the product says is to be added to its numbers; None to believe
            the product.
    """

    band_map: str = ""
    s1: str = ""
    s1_unit: str = "auto"
    scl_mask: Tuple[int, ...] = ()
    add_offset: Optional[float] = None


class _BandSource(Source):
    """A band file: 0 is no measurement, which JPEG 2000 has no place to say."""

    def nodata(self, index: int) -> Optional[float]:
        return 0.0


def open_product(product: Product, card: ModelCard, options: Options, emit: Emit) -> ConvertedScene:
    """Open the bands that a model asks for; see ``open_scene``.

    The grid is the model's where its resolution is 20 or 60 m, else that of the finest band.

    Raises:
        WrongLevel: The product is L1C and the model was trained on L2A, or the reverse.
        MissingBand: The product, and S1, lack a band of the model, or the scene classes.
        UnreadableRaster: A file is damaged or cut short.
        EmptyIntersection: S1 lies elsewhere.
    """
    _check_level(product, card)
    if options.add_offset is not None:
        offsets = dict.fromkeys(NATIVE_M, options.add_offset)
        product = replace(product, meaning=replace(product.meaning, offsets=offsets))
    with ExitStack() as opened:
        optical = _open_bands(product, card, options, opened)
        radar = open_radar(options.s1, len(optical) + 1) if options.s1 else []
        for source in radar:
            opened.callback(source.dataset.close)
        sources = [*optical, *radar]
        labels = [label for source in sources for label in source.labels if label.description]
        chosen, _ = bind(card.band_names, labels, options.band_map)
        used = [s for s in sources if any(label in chosen for label in s.labels)]
        grid = _grid([s for s in used if s in optical] or used, card.resolution)
        readers = []
        for source in used:
            for channels in channel_groups(source, chosen, card):
                resampling = card.resampling
                readers.append(aligned_reader(channels, grid, resampling, emit))
                opened.callback(readers[-1].close)
        for source in radar:  # now, for one that lies elsewhere has been refused
            warn_if_partial(source, grid, emit)
        scene = RasterScene(grid, card.band_names, readers, used)
        converted = _convert(scene, product, card, options, chosen, radar, emit, opened)
        _tell(product, grid, card, options.add_offset is not None, emit)
        opened.pop_all()
        return converted


class ProductReader(ABC):
    """A reader of Sentinel-2 products, which finds out what is in one."""

    @abstractmethod
    def product(self, path: str) -> Product:
        """What is in the product at ``path``."""

    def open(
        self, paths: Sequence[str], card: ModelCard, band_map: str, emit: Emit
    ) -> ConvertedScene:
        """Open the bands; see ``open_scene``."""
        return open_product(self.product(paths[0]), card, Options(band_map), emit)


def _check_level(product: Product, card: ModelCard) -> None:
    wanted = "L1C" if wants_top_of_atmosphere(card.bands) else "L2A"
    if product.meaning.level != wanted:
        raise WrongLevel(
            f"{product.path} is {product.meaning.level}, but model {card.name!r} takes {wanted}.",
            f"Give the {wanted} product"
            + (", or convert this one with sen2cor." if wanted == "L2A" else ".")
            + " A model made for L1C says so in the units of its bands, such as TOA reflectance.",
        )


def _open_bands(
    product: Product, card: ModelCard, options: Options, opened: ExitStack
) -> List[Source]:
    """The files of the bands that the model can have from the product."""
    metres = int(card.resolution) if card.resolution in _GRIDS_M else _GRIDS_M[0]
    mapped = {n.strip(): v.strip() for n, _, v in
              (item.partition("=") for item in options.band_map.split(","))}  # fmt: skip
    sources: List[Source] = []
    taken = set()
    for name in card.band_names:
        wanted = mapped.get(name, name)
        if options.s1 and normalised(wanted) in POLARISATIONS:
            continue
        file = product.choose(wanted, metres)
        if file.path not in taken:
            taken.add(file.path)
            sources.append(_open_band(file, len(sources) + 1))
            opened.callback(sources[-1].dataset.close)
    return sources


def _open_band(file: BandFile, number: int) -> Source:
    check_complete(file.path)
    source = open_source(file.path, number)
    labels = tuple(BandLabel(number, file.path, file.band) for _ in source.labels[:1])
    return _BandSource(source.path, source.dataset, source.grid, labels)


def _grid(sources: Sequence[Source], resolution: Optional[float]) -> Grid:
    """The finest grid, made coarser where the model wants 20 or 60 m."""
    finest = min((source.grid for source in sources), key=lambda g: round(g.resolution[0], 6))
    if resolution not in _GRIDS_M:
        return finest
    step = round(resolution / pixel_metres(finest)[0]) if resolution else 1
    if step <= 1:
        return finest
    width, height = -(-finest.width // step), -(-finest.height // step)
    return Grid(width, height, finest.transform @ Affine.scale(step), finest.crs)


def _convert(
    scene: RasterScene, product: Product, card: ModelCard, options: Options,
    chosen: Sequence[BandLabel], radar: Sequence[Source], emit: Emit, opened: ExitStack,
) -> ConvertedScene:  # fmt: skip
    decibels = {
        source.path: holds_decibels(
            source, [label for label in source.labels if label in chosen], options.s1_unit, emit
        )
        for source in radar
        if source.path in scene.sources
    }
    conversions: List[Conversion] = [
        decibel_conversion(band, decibels[label.source])
        if label.source in decibels
        else reflectance_conversion(band, label.description, product.meaning)
        for band, label in zip(card.bands, chosen)
    ]
    said = [product.meaning.file] if product.meaning.file else []
    if not options.scl_mask:
        return ConvertedScene(scene, conversions, more=said)
    mask = SceneClassMask(product, scene.grid, options.scl_mask, emit)
    opened.callback(mask.close)
    return ConvertedScene(scene, conversions, [mask], said)


def _tell(product: Product, grid: Grid, card: ModelCard, believed: bool, emit: Emit) -> None:
    meaning = product.meaning
    offsets = sorted({meaning.offset(name) for name in card.band_names if
                      normalised(name) in NATIVE_M})  # fmt: skip
    said = ", ".join(f"{offset:g}" for offset in offsets) or "none"
    emit(Message(
        f"Sentinel-2 {meaning.level}, baseline {meaning.baseline or 'not stated'}; added to the "
        f"stored numbers: {said}; quantification {meaning.quantification:g}."
    ))  # fmt: skip
    if offsets and not meaning.baseline and not believed:
        emit(Message(
            f"{product.path} does not say its processing baseline; its numbers are taken to be "
            "without the offset of baseline 04.00. Say otherwise with ADD_OFFSET.",
            "warning",
        ))  # fmt: skip
    warning = resolution_warning(grid, card.resolution)
    if warning:
        emit(Message(warning, "warning"))


class SceneClassMask:
    """Where the scene classification (SCL) of a product is none of the masked classes.

    Args:
        product: The product.
        grid: Grid of the windows to come.
        classes: Class numbers to leave out.
        emit: Told of a reprojection.

    Raises:
        MissingBand: The product has no scene classification.
    """

    def __init__(self, product: Product, grid: Grid, classes: Sequence[int], emit: Emit) -> None:
        try:
            file = product.choose(SCENE_CLASSES, round(grid.resolution[0]))
        except MissingBand as error:
            raise MissingBand(
                f"SCL_MASK is {','.join(map(str, classes))}, but {product.path} has no scene "
                "classification (SCL).",
                "Leave SCL_MASK empty, or add the SCL file.",
            ) from error
        source = _open_band(file, 1)
        try:
            channels = Channels(source, (0,), (1,), None, False)
            self._reader = aligned_reader(channels, grid, "nearest", emit)
        except BaseException:
            source.dataset.close()
            raise
        self.path, self._dataset = source.path, source.dataset
        self._classes = np.array(sorted(classes), source.dtype(1))
        self.block, self.cached_bytes = self._reader.block, cached_bytes([self._reader])

    def __call__(self, window: Window) -> Array:
        """``(h, w)`` bool of a window."""
        out = np.zeros((1, window.height, window.width), self._classes.dtype)
        measured = self._reader.read(window, out)
        kept = ~np.isin(out[0], self._classes)
        return kept if measured is None else kept & measured

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """See ``Scene.kept_bytes``."""
        return kept_bytes([self._reader], windows)

    def follow(self, windows: Sequence[Window]) -> None:
        """See ``Scene.follow``."""
        follow([self._reader], windows)

    def close(self) -> None:
        """Close the file; more than once does no harm."""
        self._reader.close()
        self._dataset.close()
