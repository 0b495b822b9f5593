# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of a mapping run: cut, altered, or opened twice."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.errors import OtherSettings, UnwritablePath
from coverloom.engine.core.map_format import MapFormat
from coverloom.engine.core.window import Window
from coverloom.engine.inference.journal import Journal, check_same, read_start

FORMATS = {
    "a": MapFormat(("a",), "uint8", 255),
    "b": MapFormat(("x", "y"), "float32", -1.0),
}
START = {"facts": {"X": 1}, "settings": {"core": 8}}


def chunk(seed):
    rng = np.random.default_rng(seed)
    values = {"a": rng.integers(0, 9, (3, 5)).astype("uint8")}
    return Window(seed, 2, 5, 3), {**values, "b": rng.random((2, 3, 5)).astype("float32")}


def filled(path, count=4):
    with Journal(path, START, FORMATS) as journal:
        assert list(journal.finished()) == []
        for seed in range(count):
            window, values = chunk(seed)
            journal.append(window, values, 10 + seed)
    return path.read_bytes()


def read(path):
    with Journal(path, START, FORMATS) as journal:
        found = list(journal.finished())
    for seed, (window, values, valid_px) in enumerate(found):
        expected_window, expected = chunk(seed)
        assert (window, valid_px) == (expected_window, 10 + seed)
        np.testing.assert_array_equal(np.squeeze(values["a"]), expected["a"])
        np.testing.assert_array_equal(values["b"], expected["b"])
    return len(found)


def test_cut_anywhere(tmp_path):
    """Cut within any record it gives the whole ones, and can be written on."""
    path = tmp_path / "j"
    whole = filled(path)
    line = whole.index(b"\n") + 1
    record = (len(whole) - line) // 4
    for length in range(line, len(whole) + 1, 7):
        path.write_bytes(whole[:length])
        count = read(path)
        assert count == (length - line) // record
        with Journal(path, START, FORMATS) as journal:
            list(journal.finished())
            window, values = chunk(count)
            journal.append(window, values, 10 + count)
        assert read(path) == count + 1


def test_any_altered_byte_is_noticed(tmp_path):
    path = tmp_path / "j"
    whole = filled(path)
    line = whole.index(b"\n") + 1
    record = (len(whole) - line) // 4
    for place in range(line, len(whole), 11):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x10
        path.write_bytes(bytes(spoiled))
        assert read(path) == (place - line) // record


def test_what_another_run_began_is_told_by_its_first_three_differences(tmp_path):
    before = {"core": 512, "halo": 32, "mask": "", "bands": [1, 2], "stride": 8}
    check_same(tmp_path / "j", before, dict(before))
    now = {"core": 256, "mask": "a.tif", "bands": [2, 1], "stride": 8, "device": "cpu"}
    with pytest.raises(OtherSettings) as told:
        check_same(tmp_path / "j", before, now)
    assert "core was 512 and is 256; halo was 32 and is not set; mask was '' and is 'a.tif', " in (
        told.value.what
    )
    assert "and 2 more differ." in told.value.what
    three = {**before, "core": 256, "halo": 0, "mask": "x" * 200}
    with pytest.raises(OtherSettings) as told:
        check_same(tmp_path / "j", before, three)
    assert "more" not in told.value.what
    assert f"mask was '' and is '{'x' * 76}…." in told.value.what


@pytest.mark.parametrize(
    "line",
    [
        '{"schema": 2, "facts": {}, "settings": {}}',
        '{"schema": 1, "facts": {}}',
        '{"facts": {}, "settings": {}}',
        "[1]",
        "",
    ],
)
def test_a_first_line_of_another_form_is_no_journal(tmp_path, line):
    path = tmp_path / "j"
    path.write_text(line + "\n")
    assert read_start(path) is None


def test_a_journal_says_what_it_was_begun_with(tmp_path):
    path = tmp_path / "not" / "there" / "yet" / "j"
    filled(path, count=1)
    assert read_start(path) == {"schema": 1, **START}
    path.write_text('{"schema": 1, "facts": {}, "settings": {}}\n')
    assert read_start(path) == {"schema": 1, "facts": {}, "settings": {}}


def test_a_first_line_of_many_bytes(tmp_path):
    path, start = tmp_path / "j", {**START, "facts": {"layers": "x" * 10_000}}
    for count in range(2):
        with Journal(path, start, FORMATS) as journal:
            assert len(list(journal.finished())) == count
            journal.append(*chunk(count), 10)


def test_one_process_at_a_time(tmp_path):
    with (
        Journal(tmp_path / "j", START, FORMATS),
        pytest.raises(UnwritablePath, match="Another run"),
    ):
        Journal(tmp_path / "j", START, FORMATS)
