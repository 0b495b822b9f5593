# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs: against a plain double loop, and against the official 549,488."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from coverloom.engine.patches.names import split_names
from coverloom.engine.patches.pairing import (
    EQUALLY_NEAR,
    NO_PARTNER,
    PAIRED,
    TAKEN,
    TOO_FAR,
    Sightings,
    pair_nearest,
    place_codes,
)
from hypothesis import given
from hypothesis import strategies as st

DAY = 86400


def sightings(items):
    """(place, second) pairs as arrays."""
    place = np.array([p for p, _ in items], np.int64)
    second = np.array([s for _, s in items], np.int64)
    return Sightings(place, second // DAY * np.timedelta64(1, "D") + np.datetime64(0, "D"), second)


def by_loops(s2, s1, max_days):
    """What the docstring says, one patch at a time."""
    near = []
    for place, second in s2:
        there = [(abs(t - second), j) for j, (p, t) in enumerate(s1) if p == place and p >= 0]
        best = min(there)[0] if there else None
        chosen = [j for gap, j in there if gap == best]
        if not chosen:
            near.append((NO_PARTNER, -1, 0))
        elif abs(s1[chosen[0]][1] // DAY - second // DAY) > max_days:
            near.append((TOO_FAR, -1, 0))
        elif len(chosen) > 1:
            near.append((EQUALLY_NEAR, -1, 0))
        else:
            near.append((PAIRED, chosen[0], best))
    result = []
    for why, j, gap in near:
        rivals = [g for w, k, g in near if w == PAIRED and k == j]
        if why != PAIRED:
            result.append((-1, why))
        elif gap > min(rivals):
            result.append((-1, TAKEN))
        elif rivals.count(gap) > 1:
            result.append((-1, EQUALLY_NEAR))
        else:
            result.append((j, PAIRED))
    return result


# Whole days, so that a tie is likely and two equally near ones are equally many days away.
items = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(1, 12).map(lambda day: day * DAY)), max_size=12
)


@given(items, items, st.integers(0, 6))
def test_pairs_are_those_of_a_double_loop(s2, s1, max_days):
    partner, why = pair_nearest(sightings(s2), sightings(s1), max_days)
    assert list(zip(partner.tolist(), why.tolist())) == by_loops(s2, s1, max_days)


@given(items, items)
def test_no_sentinel_1_patch_is_given_away_twice(s2, s1):
    partner, _ = pair_nearest(sightings(s2), sightings(s1), 6)
    given_away = partner[partner >= 0].tolist()
    assert len(given_away) == len(set(given_away))


def _official_sightings(official):
    """S2 and S1 of the official pairs, row i with row i."""
    count = official.num_rows
    s2 = split_names(official.column("patch_id").combine_chunks(), "s2v2")
    s1 = split_names(official.column("s1_name").combine_chunks(), "s1")
    tiles = pa.chunked_array([s2["tile"], s1["tile"]]).combine_chunks().dictionary_encode()
    numbers = tiles.indices.to_numpy()
    place2 = place_codes(numbers[:count], s2["h"], s2["v"])
    place1 = place_codes(numbers[count:], s1["h"], s1["v"])
    return (
        Sightings(place2, s2["day"], s2["second"]),
        Sightings(place1, s1["day"], s1["second"]),
    )


def test_names_alone_find_all_official_pairs(official):
    s2, s1 = _official_sightings(official)
    shuffled = np.random.default_rng(1).permutation(len(s1.place))
    mixed = Sightings(s1.place[shuffled], s1.day[shuffled], s1.second[shuffled])
    partner, why = pair_nearest(s2, mixed, 6)
    assert (why == PAIRED).sum() == 549_488
    assert (shuffled[partner] == np.arange(549_488)).all()


def test_pairing_by_tile_row_col_is_wrong_for_38_percent(official):
    """The fault of an earlier converter, which dropped the date: what it would have made."""
    ids, partners = (official.column(name).to_pylist() for name in ("patch_id", "s1_name"))
    true = dict(zip(ids, partners))
    by_key_s2 = {"_".join(n.split("_")[-3:]).lstrip("T"): n for n in sorted(ids)}
    by_key_s1 = {"_".join(n.split("_")[-3:]): n for n in sorted(partners)}
    joined = [(n, by_key_s1[key]) for key, n in by_key_s2.items() if key in by_key_s1]
    assert len(joined) == 199_361
    assert round(100 * sum(true[s2] == s1 for s2, s1 in joined) / len(joined), 1) == 62.0


def test_pairing_ignores_zero_padding():
    """The same fault's other half: '07_05' of Sentinel-2 is '7_5' of Sentinel-1."""
    s2 = split_names(pa.array(["S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_07_05"]), "s2v2")
    s1 = split_names(pa.array(["S1B_IW_GRDH_1SDV_20170612T165809_33UUP_7_5"]), "s1")
    zero = np.zeros(1, np.int64)
    both = [Sightings(place_codes(zero, n["h"], n["v"]), n["day"], n["second"]) for n in (s2, s1)]
    assert pair_nearest(*both, 6)[0].tolist() == [0]
