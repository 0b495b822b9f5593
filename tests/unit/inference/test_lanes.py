# SPDX-License-Identifier: GPL-3.0-or-later
"""Two batches with a network at once: the same numbers, in the same order, errors and all.

The device is the CPU here, the path is the one that serves a GPU.
"""

from __future__ import annotations

import gc
import threading
import weakref
from functools import partial
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import DeviceUnavailable
from coverloom.engine.core.window import Window
from coverloom.engine.inference import pinned
from coverloom.engine.inference.fused_network import FusedNetwork, StoredWindows
from coverloom.engine.inference.pinned import HostBuffer
from coverloom.engine.inference.pipeline import ChunkPipeline
from coverloom.engine.inference.plan import ChunkPlan
from coverloom.engine.inference.prepare import Normaliser

from ..jobs.conftest import load

CPU = "CPUExecutionProvider"
HEIGHT, WIDTH, CORE, HALO = 150, 210, 32, 8


@pytest.fixture(scope="module")
def models():
    return load("make_models")


class Raster:
    """A scene in memory, with a chunk of nodata in it."""

    def __init__(self):
        self.pixels = np.random.default_rng(5).integers(1, 3000, (3, HEIGHT, WIDTH), np.uint16)
        self.pixels[:, 32:64, 64:96] = 0

    def read(self, window):
        rows, columns = window.slices
        return self.pixels[:, rows, columns], None


class OneLane:
    """The same network for those who do not know of lanes."""

    gives = "maps"

    def __init__(self, network):
        self.device, self.one_shape = network.device, False
        self.scores = network.scores


def mapped(network, models, batch=3):
    """The maps of the whole raster, and the cores in the order in which they were written."""
    maps, order = np.zeros((4, HEIGHT, WIDTH), np.float32), []

    def write(scored):
        order.append(scored.chunk.core)
        rows, columns = scored.core.slices
        place = scored.chunk.core.slices
        maps[:, place[0], place[1]] = scored.scores[:, rows, columns]

    normaliser = Normaliser.of(models.card_for().bands, (0.0,) * 3, np.dtype("uint16"))
    plan = ChunkPlan(WIDTH, HEIGHT, Window(0, 0, WIDTH, HEIGHT), CORE, HALO, 4)
    tally = ChunkPipeline(
        Raster(), StoredWindows(normaliser), network, write, batch_size=batch
    ).run(plan)  # fmt: skip
    assert tally.done + sum(tally.skipped.values()) == len(plan)
    return maps, order, [chunk.core for chunk in plan]


def fused(models, **more):
    return FusedNetwork(models.unet(), models.card_for(), np.dtype("uint16"), [CPU], **more)


@pytest.mark.parametrize("batch", [1, 3])
def test_two_lanes_give_what_one_gives(models, batch):
    one, expected, plan = mapped(OneLane(fused(models)), models, batch)
    two, order, _ = mapped(fused(models), models, batch)
    np.testing.assert_array_equal(two, one)
    assert order == expected and set(order) < set(plan)
    assert order == [core for core in plan if core in set(order)]


def lanes_of(network):
    """The two lanes of a network that nobody uses now."""
    lanes = [network._free.get(), network._free.get()]
    for lane in lanes:
        network._free.put(lane)
    return lanes


class Slow:
    """A network whose first batch ends only after its second: both must be there at once."""

    lanes, one_shape, gives, device = 2, False, "maps", "test"

    def __init__(self, network):
        self._network, self._calls = network, 0
        self._second = threading.Event()
        self._lock = threading.Lock()

    def scores(self, windows, chunks=()):
        with self._lock:
            self._calls += 1
            number = self._calls
        if number == 1 and not self._second.wait(20):
            raise AssertionError("the second batch waited for the first")
        maps = self._network.scores(windows, chunks)
        if number == 2:
            self._second.set()
        return maps


def test_a_later_batch_that_ends_first_is_written_later(models):
    expected, order, _ = mapped(OneLane(fused(models)), models)
    maps, same, _ = mapped(Slow(fused(models)), models)
    np.testing.assert_array_equal(maps, expected)
    assert same == order


def test_what_one_lane_raises_ends_the_run(models):
    network = fused(models)
    run, calls = network._run, []

    def third(lane, windows):
        calls.append(len(windows))
        if len(calls) == 3:
            raise RuntimeError("the device was lost")
        return run(lane, windows)

    network._run = third
    with pytest.raises(DeviceUnavailable, match="device was lost"):
        mapped(network, models)
    assert len(calls) <= 5


class TestOutOfMemory:
    def limited(self, network, windows_at_once):
        """Let a device hold so many windows, of all lanes together."""
        lock, held, peak = threading.Lock(), [0], []

        def within(run, windows, count):
            with lock:
                if held[0] + count > windows_at_once:
                    raise RuntimeError("CUDA failure 2: out of memory")
                held[0] += count
                peak.append(held[0])
            try:
                return run(windows, count)
            finally:
                with lock:
                    held[0] -= count

        for lane in lanes_of(network):
            lane.run = partial(within, lane.run)
        return peak

    @pytest.mark.parametrize("room", [1, 2, 4])
    def test_both_lanes_go_on_with_less(self, models, room):
        expected, order, _ = mapped(OneLane(fused(models)), models, 4)
        network = fused(models)
        peak = self.limited(network, room)
        maps, same, _ = mapped(network, models, 4)
        np.testing.assert_allclose(maps, expected, atol=1e-6)
        assert same == order and max(peak) <= room

    def test_one_window_beside_another_lanes(self, models):
        """Room for one window only: the lanes take turns, and nothing is lost."""
        network = fused(models)
        self.limited(network, 1)
        window = np.ones((1, 4, 32, 32), np.uint16)
        expected = fused(models).scores(window)
        barrier, got = threading.Barrier(2), {}

        def ask(name):
            barrier.wait()
            got[name] = [network.scores(window) for _ in range(20)]

        threads = [threading.Thread(target=ask, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        for maps in (*got["a"], *got["b"]):
            np.testing.assert_array_equal(maps, expected)


def test_a_device_of_one_shape_gets_full_batches(models):
    network, shapes = fused(models, one_shape=True), []
    for lane in lanes_of(network):
        inner = lane._session
        lane._session = SimpleNamespace(
            io_binding=inner.io_binding,
            run_with_iobinding=lambda b, run=inner.run_with_iobinding: (
                run(b), shapes.append(b.get_outputs()[0].shape()[0]),
            ),
        )  # fmt: skip
    windows = np.random.default_rng(0).integers(1, 3000, (3, 4, 32, 32), np.uint16)
    whole = network.scores(windows)
    np.testing.assert_allclose(network.scores(windows[1:2]), whole[1:2], atol=1e-6)
    assert shapes == [3, 3]


class TestHostBuffer:
    def test_the_same_memory_for_less(self):
        buffer = HostBuffer(CPU, 0)
        large = buffer.array((2, 8, 8), np.dtype("float32"))
        small = buffer.array((3, 5), np.dtype("uint16"))
        assert np.shares_memory(large, small) and small.shape == (3, 5)
        assert not np.shares_memory(large, buffer.array((3, 8, 8), np.dtype("float32")))
        assert buffer.locked is False

    def test_memory_that_onnxruntime_lists_is_taken_and_kept(self, monkeypatch):
        """ONNX Runtime's own allocation, of memory that it lists here only because we say so."""
        info = onnxruntime.OrtMemoryInfo(
            "Cpu", onnxruntime.OrtAllocatorType.ORT_DEVICE_ALLOCATOR, 0,
            onnxruntime.OrtMemType.DEFAULT,
        )  # fmt: skip
        onnxruntime.create_and_register_allocator(info, None)
        device = SimpleNamespace(ep_name="TestProvider", memory_info=lambda kind: info)
        monkeypatch.setattr(onnxruntime, "get_ep_devices", lambda: [device])
        buffer = HostBuffer("TestProvider", 0)
        array = buffer.array((4, 4), np.dtype("float32"))
        array[:] = np.arange(16).reshape(4, 4)
        assert buffer.locked
        owner = weakref.ref(array.base.base.obj.owner)
        del buffer
        gc.collect()
        np.testing.assert_array_equal(array.ravel(), np.arange(16))
        assert owner() is not None
        del array
        gc.collect()
        assert owner() is None

    def test_without_a_driver_it_is_ordinary_memory(self, monkeypatch):
        monkeypatch.setattr(pinned, "_LIBRARY", "libno-such-driver.so.1")
        buffer = HostBuffer("CUDAExecutionProvider", 0)
        buffer.array((4, 4), np.dtype("uint8"))[:] = 7
        assert buffer.locked is False
