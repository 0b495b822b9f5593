# SPDX-License-Identifier: GPL-3.0-or-later
"""Index rows without official metadata: what is there, and which of it belongs together."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import CoverloomError, NotAnArchive, StoreOutage
from ..core.storage import Storage
from ..core.threads import mapped
from .archive import Roots
from .countries import countries
from .footprints import places, polygons
from .index import FIELDS
from .nomenclature import labels19, nomenclature
from .pairing import (
    EQUALLY_NEAR,
    NO_PARTNER,
    PAIRED,
    TAKEN,
    TOO_FAR,
    Sightings,
    pair_nearest,
    place_codes,
)
from .part import READERS, Part, Tick, find_part, take
from .pixels import read_band
from .row import MAP, PatchRow
from .splits import official_split


def discover(
    roots: Roots, max_days: int, storage: Storage, tick: Tick
) -> Tuple[pa.Table, np.ndarray]:
    """Find, pair and describe every patch of an archive.

    Args:
        roots: Where its parts lie.
        max_days: Most days between Sentinel-1 and Sentinel-2.
        storage: What to list and read through.
        tick: Called with a number of patches whenever so many have been read.

    Returns:
        Index rows, and the (west, south, east, north) of their footprints in degrees.
        A Sentinel-1 patch or a map without a Sentinel-2 patch has a row of its own.

    Raises:
        NotAnArchive: There is no patch at all.
    """
    old = roots.version == 1
    s2 = find_part(roots.s2, "s2v1" if old else "s2v2", storage, tick, records=old)
    s1 = find_part(roots.s1, "s1", storage, tick, records=old)
    maps = find_part(roots.maps, "s2v2", storage, tick)
    if not (len(s2) or len(s1) or len(maps)):
        raise NotAnArchive(
            f"There is no patch under {roots.s2 or roots.s1 or roots.maps}.",
            "Give the folder in which the archive was unpacked.",
        )
    partner, why = _pair(s2, s1, max_days)
    with_s2 = _describe(s2, s1, maps, partner, why, max_days, roots)
    lone_s1 = np.setdiff1d(np.arange(len(s1)), partner[partner >= 0])
    lone = [_lone_s1(s1, lone_s1, roots), _lone_maps(s2, maps)]
    table = _read_labels(pa.concat_tables([with_s2, *lone]), storage, tick)
    return _with_footprints(table)


def _pair(s2: Part, s1: Part, max_days: int) -> Tuple[np.ndarray, np.ndarray]:
    """Partner in ``s1`` of each in ``s2``, or -1, and why; version 1's JSON goes before names."""
    both = pa.chunked_array([s2.tile, s1.tile], pa.string()).combine_chunks().dictionary_encode()
    numbers = both.indices.fill_null(-1).to_numpy()
    sightings = []
    for part, tile in ((s2, numbers[: len(s2)]), (s1, numbers[len(s2) :])):
        place = np.where(tile < 0, -1, place_codes(tile, part.h, part.v))
        sightings.append(Sightings(place, part.day, part.second))
    stated = [record.s2_name if record else "" for record in s1.records]
    if not any(stated):
        return pair_nearest(sightings[0], sightings[1], max_days)
    partner, why = _pair_as_stated(s2, stated)
    free2 = np.flatnonzero(why == NO_PARTNER)
    free1 = np.flatnonzero([not name for name in stated])
    rest, rest_why = pair_nearest(_some(sightings[0], free2), _some(sightings[1], free1), max_days)
    why[free2] = rest_why
    found = rest >= 0
    partner[free2[found]] = free1[rest[found]]
    return partner, why


def _pair_as_stated(s2: Part, stated: List[str]) -> Tuple[np.ndarray, np.ndarray]:
    where = {name: i for i, name in enumerate(s2.names.to_pylist())}
    partner, why = np.full(len(s2), -1), np.full(len(s2), NO_PARTNER)
    for j, name in enumerate(stated):
        i = where.get(name)
        if i is None:
            continue
        taken = why[i] != NO_PARTNER
        why[i] = EQUALLY_NEAR if taken else PAIRED
        partner[i] = -1 if taken else j
    return partner, why


def _some(sightings: Sightings, rows: np.ndarray) -> Sightings:
    return Sightings(sightings.place[rows], sightings.day[rows], sightings.second[rows])


def _describe(
    s2: Part,
    s1: Part,
    maps: Part,
    partner: np.ndarray,
    why: np.ndarray,
    max_days: int,
    roots: Roots,
) -> pa.Table:
    reasons = {
        PAIRED: ("paired", ""),
        NO_PARTNER: ("unpaired", "there is no Sentinel-1 patch at its place"),
        TOO_FAR: ("unpaired", f"the nearest Sentinel-1 patch is more than {max_days} days apart"),
        EQUALLY_NEAR: ("ambiguous", "several Sentinel-1 or Sentinel-2 patches fit equally well"),
        TAKEN: ("unpaired", "its Sentinel-1 patch is nearer in time to another patch"),
    }
    with_s1 = pa.array(np.where(partner >= 0, partner, -1), mask=partner < 0)
    days = np.zeros(len(s2), np.int32)
    there = partner >= 0
    days[there] = np.abs((s2.day[there] - s1.day[partner[there]]).astype(np.int64))
    map_at = pc.index_in(s2.names, maps.names) if len(maps) else pa.nulls(len(s2), pa.int32())
    own = s2.names if roots.version == 1 else pa.array([""] * len(s2))
    return _table(
        s2,
        roots.version,
        s2.names,
        s2v1_name=own,
        s2_path=s2.folders,
        s1_name=s1.names.take(with_s1).fill_null(""),
        s1_path=s1.folders.take(with_s1).fill_null(""),
        map_path=maps.folders.take(map_at).fill_null(""),
        date_s2=pa.array(s2.day),
        date_s1=pa.array(s1.day).take(with_s1),
        days_apart=pa.array(days, mask=~there),
        status=pa.array([reasons[code][0] for code in why.tolist()], pa.string()),
        reason=pa.array([reasons[code][1] for code in why.tolist()], pa.string()),
    )


def _lone_s1(s1: Part, rows: np.ndarray, roots: Roots) -> pa.Table:
    some = take(s1, rows)
    return _table(
        some,
        roots.version,
        some.names,
        s1_name=some.names,
        s1_path=some.folders,
        date_s1=pa.array(some.day),
        status=pa.array(["unpaired"] * len(some), pa.string()),
        reason=pa.array(["no Sentinel-2 patch goes with it"] * len(some), pa.string()),
    )


def _lone_maps(s2: Part, maps: Part) -> pa.Table:
    taken = pc.is_in(maps.names, s2.names).to_numpy(zero_copy_only=False)
    some = take(maps, np.flatnonzero(~taken))
    return _table(
        some,
        2,
        some.names,
        map_path=some.folders,
        status=pa.array(["unpaired"] * len(some), pa.string()),
        reason=pa.array(["there is only its reference map"] * len(some), pa.string()),
    )


def _table(part: Part, version: int, ids: pa.Array, **given: pa.Array) -> pa.Table:
    """An index table of a part's patches: what follows from the place, and what is given."""
    epsg, ulx, uly = places(part.tile, part.h, part.v)
    labels43: List[Tuple[str, ...]] = [()] * len(part)
    for i, record in enumerate(part.records):
        if record is not None:
            labels43[i] = record.labels43
            if record.epsg and record.ulx is not None and record.uly is not None:
                epsg[i], ulx[i], uly[i] = record.epsg, record.ulx, record.uly
    unknown = epsg == 0
    columns: Dict[str, Any] = {
        "patch_id": ids,
        "version": pa.array(np.full(len(part), version, np.int8)),
        "tile": part.tile.fill_null(""),
        "h": pa.array(part.h),
        "v": pa.array(part.v),
        "split": pa.array(official_split(part.h, part.v), pa.string()),
        "country": pa.array(countries(part.tile, part.h, part.v), pa.string()),
        "epsg": pa.array(epsg, mask=unknown),
        "ulx": pa.array(ulx, mask=unknown),
        "uly": pa.array(uly, mask=unknown),
        "labels43": pa.array([list(item) for item in labels43], pa.list_(pa.string())),
        **given,
    }
    if part.faults:
        reason = columns["reason"].to_pylist()
        for i, what in part.faults.items():
            reason[i] = "; ".join(filter(None, (reason[i], what)))
        columns["reason"] = pa.array(reason, pa.string())
    return pa.table({f.name: columns.get(f.name, _empty(f, len(part))) for f in FIELDS}).cast(
        FIELDS
    )


def _empty(column: pa.Field, count: int) -> pa.Array:
    if pa.types.is_string(column.type):
        return pa.array([""] * count, pa.string())
    if pa.types.is_list(column.type):
        return pa.array([[]] * count, column.type)
    return pa.nulls(count, column.type)


def _read_labels(table: pa.Table, storage: Storage, tick: Tick) -> pa.Table:
    """Fill in 19-class labels: from version 1's labels, or from the reference maps."""
    asked = table.select(["patch_id", "map_path", "labels43", "epsg", "ulx", "uly"])
    wanted = (row for batch in asked.to_batches(max_chunksize=4096) for row in batch.to_pylist())

    def read(fields: Dict[str, Any]) -> Tuple[List[str], str]:
        try:
            if fields["labels43"]:
                return labels19(fields["labels43"]), ""
            if fields["map_path"]:
                codes = read_band(PatchRow(**fields), MAP, storage).pixels
                return nomenclature("ben19").labels_of(codes), ""
        except StoreOutage:
            raise
        except CoverloomError as error:
            return [], error.what
        return [], ""

    labels, reasons = [], table.column("reason").to_pylist()
    for i, (names, fault) in enumerate(mapped(read, wanted, READERS)):
        labels.append(names)
        reasons[i] = "; ".join(filter(None, (reasons[i], fault)))
        tick(1)
    for name, values in (("labels", labels), ("reason", reasons)):
        at = FIELDS.get_field_index(name)
        table = table.set_column(at, FIELDS.field(name), pa.array(values, FIELDS.field(name).type))
    return table


def _with_footprints(table: pa.Table) -> Tuple[pa.Table, np.ndarray]:
    epsg = table.column("epsg").fill_null(0).to_numpy()
    geometry, bounds = polygons(
        epsg, table.column("ulx").to_numpy(), table.column("uly").to_numpy()
    )
    at = FIELDS.get_field_index("geometry")
    return table.set_column(at, FIELDS.field("geometry"), geometry), bounds
