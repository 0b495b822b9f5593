# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunks packed by our own filters are read by the HDF5 library's."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from coverloom.engine.datasets.lzf import ChunkPacker
from hypothesis import given
from hypothesis import strategies as st


def through_hdf5(arrays):
    """Write arrays as packed chunks into a file in memory and let plain h5py read them."""
    first = arrays[0]
    packer = ChunkPacker(first.nbytes)
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        data = file.create_dataset(
            "data", (len(arrays), *first.shape), first.dtype, chunks=(1, *first.shape),
            compression="lzf", shuffle=True, fletcher32=True,
        )  # fmt: skip
        masks = []
        for i, array in enumerate(arrays):
            packed, mask = packer.pack(array)
            data.id.write_direct_chunk((i,) + (0,) * first.ndim, packed, mask)
            masks.append(mask)
        return data[:], masks, [data.id.get_chunk_info(i).size for i in range(len(arrays))]


@given(
    st.integers(1, 5000),
    st.sampled_from(["u1", "u2", "f4", "f8"]),
    st.sampled_from([1, 2, 5, 40, 256]),
    st.integers(1, 400),
    st.integers(0, 2**32 - 1),
)
def test_the_library_reads_what_we_pack(size, dtype, values, run, seed):
    rng = np.random.default_rng(seed)
    width = np.dtype(dtype).itemsize
    arrays = []
    for _ in range(2):
        steps = rng.integers(0, values, -(-size * width // run)).astype(np.uint8)
        noisy = np.repeat(steps, run)[: size * width]
        noisy[rng.random(noisy.size) < 0.01] = 7
        arrays.append(noisy.view(dtype))
    found, _, _ = through_hdf5(arrays)
    assert found.tobytes() == b"".join(array.tobytes() for array in arrays)


@pytest.mark.parametrize(("first", "cycle"), [(0, 8191), (0, 8192), (0, 8193), (3, 264), (1, 265)])
def test_matches_at_the_form_s_limits(first, cycle):
    rng = np.random.default_rng(first)
    block = rng.integers(0, 256, cycle).astype(np.uint8)
    array = np.concatenate([np.zeros(first, np.uint8), block, block, np.full(700, 9, np.uint8)])
    found, _, _ = through_hdf5([array])
    assert np.array_equal(found[0], array)


def test_noise_is_stored_unpacked_and_flat_ground_small():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 2**16, (120, 120, 2)).astype(np.uint16)
    flat = np.full((120, 120, 2), 1234, np.uint16)
    found, masks, sizes = through_hdf5([noise, flat])
    assert np.array_equal(found, [noise, flat])
    assert masks == [2, 0]
    assert sizes[0] == noise.nbytes + 4
    assert sizes[1] < noise.nbytes / 50


def test_a_changed_byte_is_noticed():
    array = np.arange(3000, dtype=np.uint16)
    packed, mask = ChunkPacker(array.nbytes).pack(array)
    altered = bytearray(packed)
    altered[len(altered) // 2] ^= 1
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        data = file.create_dataset(
            "data", array.shape, array.dtype, chunks=array.shape, compression="lzf", shuffle=True,
            fletcher32=True,
        )  # fmt: skip
        data.id.write_direct_chunk((0,), bytes(altered), mask)
        with pytest.raises(OSError):
            data[:]
