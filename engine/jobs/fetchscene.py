# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch the least cloudy scene of an area and a time as one local raster."""

from __future__ import annotations

import datetime as dt
from typing import Any, Dict

from rasterio.errors import CRSError
from rasterio.warp import transform_bounds

from ..catalogues.catalogue import Query, open_catalogue
from ..catalogues.signing import sign
from ..catalogues.stac_item import S2_BANDS, SCL
from ..contract.errors import EmptySelection, InvalidRequest
from ..contract.events import Emit, Message
from ..contract.jobs.fetchscene import FetchScene
from ..core.catalogue_item import Box
from ..core.files import Staging
from ..core.progress import ProgressMeter
from ..core.writable import check_writable
from ..gedi.mosaic import choose_day, grid_of_area, write_stack


def run(request: FetchScene, emit: Emit) -> Dict[str, Any]:
    """Write the raster; returns its path and which scenes it was made from.

    Raises:
        EmptySelection: The catalogue has no such scene.
        InvalidRequest: A scene lacks a band that was asked for.
    """
    check_writable(request.output)
    box = _lonlat(request)
    start, end = dt.date.fromisoformat(request.start), dt.date.fromisoformat(request.end)
    catalogue = open_catalogue(request.catalog, request.signing)
    query = Query(request.collection, box, start, end, request.max_cloud)
    items = catalogue.search(query)
    chosen, share = choose_day(items, box)
    if not chosen:
        raise EmptySelection(
            f"{request.catalog} has no scene of {request.collection} there from {request.start} "
            f"to {request.end} with less than {request.max_cloud:g} % cloud.",
            "Give other dates, more MAX_CLOUD, or another EXTENT.",
        )
    names = request.bands or tuple(n for n in (*S2_BANDS, SCL) if n in chosen[0].assets)
    missing = [name for name in names if any(name not in item.assets for item in chosen)]
    if missing or not names:
        raise InvalidRequest(
            f"Scene {chosen[0].id} has no {', '.join(missing) or 'bands'}.",
            f"It has {', '.join(chosen[0].assets)}.",
        )
    cloud = "" if chosen[0].cloud is None else f", {chosen[0].cloud:g} % cloud"
    emit(Message(f"{', '.join(item.id for item in chosen)}{cloud}."))
    if share < 1:
        emit(Message(f"It covers {share:.0%} of the extent; no other day has more.", "warning"))
    with Staging() as staging:
        grid = grid_of_area(chosen, box, request.resolution, sign)
        meter = ProgressMeter(emit, len(names), text="Reading bands")
        write_stack(staging.path(request.output), grid, names, chosen, sign, meter.advance)
        staging.publish()
    return {
        "OUTPUT": request.output,
        "SCENES": ",".join(item.id for item in chosen),
        "DATE": chosen[0].time[:10],
        "CLOUD": chosen[0].cloud,
    }


def _lonlat(request: FetchScene) -> Box:
    if not request.extent_crs:
        return request.extent
    try:
        box: Box = transform_bounds(request.extent_crs, "OGC:CRS84", *request.extent)
    except (CRSError, ValueError) as error:
        raise InvalidRequest(
            f"The extent's CRS {request.extent_crs!r} cannot be used: {error}.",
            "Give one such as EPSG:4326.",
        ) from error
    return box
