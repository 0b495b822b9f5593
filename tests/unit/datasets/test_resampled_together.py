# SPDX-License-Identifier: GPL-3.0-or-later
"""All bands of a patch resampled at once equal the bands resampled one by one."""

from __future__ import annotations

import numpy as np
from coverloom.engine.patches.resample import METHODS, resample, resample_all
from hypothesis import given
from hypothesis import strategies as st


@given(
    st.lists(st.sampled_from([20, 60, 120]), min_size=1, max_size=6),
    st.sampled_from(METHODS),
    st.sampled_from([0.0, 0.01]),
    st.integers(0, 2**32 - 1),
)
def test_together_is_one_by_one(sizes, method, gaps, seed):
    rng = np.random.default_rng(seed)
    bands = [rng.integers(1, 9000, (n, n)).astype(np.uint16) for n in sizes]
    for band in bands:
        band[rng.random(band.shape) < gaps] = 0
    out = np.full((len(bands), 120, 120), np.nan, np.float32)
    resample_all(bands, out, method, 0)
    for together, band in zip(out, bands):
        alone = resample(band, 120, method, 0)
        # Rounding may fall to either side where the sum is a half.
        assert np.abs(together - alone).max() <= 1
        assert (together != alone).mean() < 0.001
        assert np.array_equal(together, np.rint(together))
