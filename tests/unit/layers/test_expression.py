"""Expressions against NumPy; whatever could run code is refused."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.errors import UnusableLayer
from coverloom.engine.layers.expression import parse_expressions
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

CLASSES = ("Water", "Arable land", 'Land "principally" occupied', "Forest, mixed")
BANDS = ("B04", "B08", "odd name")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    p = softmax(rng.normal(size=(4, 6, 7)) * 2, axis=0).astype("float32")
    return p, {name: rng.uniform(0.01, 0.6, (6, 7)).astype("float32") for name in BANDS}


def compute(text, data):
    (expression,) = parse_expressions(f"layer = {text}", CLASSES, BANDS)
    values = expression(*data)
    assert values.dtype == np.float32 and values.shape == (6, 7)
    return values


CASES = {
    "p[0] + p[3]": lambda p, b: p[0] + p[3],
    'p["Arable land"] - p["Forest, mixed"] / 2': lambda p, b: p[1] - p[3] / 2,
    "p['Land \"principally\" occupied'] ** 2": lambda p, b: p[2] ** 2,
    "(B08 - B04) / (B08 + B04)": lambda p, b: (b["B08"] - b["B04"]) / (b["B08"] + b["B04"]),
    'band["odd name"] % 0.1': lambda p, b: b["odd name"] % 0.1,
    "p[0] > 0.3": lambda p, b: p[0] > 0.3,
    "0.1 < p[0] <= 0.4": lambda p, b: (p[0] > 0.1) & (p[0] <= 0.4),
    "p[0] > 0.2 and not B04 > 0.3 or p[1] > 0.9": lambda p, b: (
        (p[0] > 0.2) & ~(b["B04"] > 0.3) | (p[1] > 0.9)
    ),
    "(p[0] > 0.2) & (B04 > 0.3) | ~(p[1] != p[2])": lambda p, b: (p[0] > 0.2) & (b["B04"] > 0.3),
    "where(B08 > 0.3, p[0], -1)": lambda p, b: np.where(b["B08"] > 0.3, p[0], -1),
    "max(p[0], p[1], p[2])": lambda p, b: p[:3].max(axis=0),
    "min(p[0], 0.25)": lambda p, b: np.minimum(p[0], 0.25),
    "max(p) - min(p)": lambda p, b: p.max(axis=0) - p.min(axis=0),
    "sum(p) + mean(p)": lambda p, b: p.sum(axis=0) + p.mean(axis=0),
    "sum(p[0], p[1]) - mean(p[2], p[3])": lambda p, b: p[0] + p[1] - (p[2] + p[3]) / 2,
    "(p[0] > 0.3) + (0 < p[1] < 0.4) + (not B04 > 0.2)": lambda p, b: (
        1.0 * (p[0] > 0.3) + (p[1] < 0.4) + (b["B04"] <= 0.2)
    ),
    "(p[0] > 0.3) * p[1]": lambda p, b: np.where(p[0] > 0.3, p[1], 0),
    "sqrt(abs(log(p[0]))) + exp(-B04) + log10(B08)": lambda p, b: (
        np.sqrt(abs(np.log(p[0]))) + np.exp(-b["B04"]) + np.log10(b["B08"])
    ),
    "1.5": lambda p, b: 1.5,
}


@pytest.mark.parametrize("text", CASES)
def test_equals_numpy(text, data):
    p, bands = data
    expected = np.broadcast_to(CASES[text](p, bands), (6, 7)).astype("float32")
    np.testing.assert_allclose(compute(text, data), expected, rtol=2e-6, atol=1e-7)


@given(st.recursive(
    st.sampled_from(["p[0]", "p[1]", "B04", "0.5", "2"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    ),
    max_leaves=8,
))  # fmt: skip
def test_any_arithmetic(text):
    rng = np.random.default_rng(0)
    p, bands = rng.random((4, 6, 7)).astype("float32"), {"B04": rng.random((6, 7)).astype("f4")}
    # The test's own arithmetic, on text that the test made.
    expected = eval(text, {"p": p.astype("f8"), "B04": bands["B04"].astype("f8")})
    values = compute(text, (p, bands))
    np.testing.assert_allclose(values, np.broadcast_to(expected, (6, 7)), rtol=1e-5, atol=1e-5)


REFUSED = [
    '__import__("os").system("true")', "p.__class__", "p.tofile", "(lambda: 1)()", 'open("x")',
    "p[0].sum()", "exec('1')", "eval('1')", "[x for x in p]", "f'{p}'", "(x := 3)", "print(1)",
    "p[0] if p[1] else 0", "p[0:2]", "p[0][1]", "{1}", "p", "'text'", "True", "None", "1j",
    "sum(p, axis=0)", "max(*p)", "min(p[0])", "where(p[0])", "p[-1]", "p[True]", "p[1.0]",
    "B04.T", "band[0]", "p[B04]", "p @ p", "p[0] is p[1]", "p[0] in p", "p[0] // 2", "p[0] << 2",
    "await p", "yield", "import os", "1e400", "(" * 400, "-" * 1900 + "1", "p[0]" + "+p[0]" * 900,
    "numexpr.evaluate('1')", "x\x00", "",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_whatever_else_is_refused(text):
    with pytest.raises(UnusableLayer):
        parse_expressions(f"layer = {text}", CLASSES, BANDS)


@pytest.mark.parametrize("text, said", [
    ("p[4]", "The classes are: 0 Water, 1 Arable land"),
    ('p["Sea"]', "there is no class 'Sea'"),
    ("B99", "The bands are: B04, B08, odd name"),
    ("p[0] +", "invalid syntax"),
])  # fmt: skip
def test_says_what_there_is(text, said):
    with pytest.raises(UnusableLayer) as caught:
        parse_expressions(f"layer = {text}", CLASSES, BANDS)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["9**9**9", "1 / 0", "(0 - 1) ** 0.5 ** 9 ** 9 ** 9"])
def test_impossible_numbers_are_one_error(text, data):
    with pytest.raises(UnusableLayer, match="cannot be computed"):
        compute(text, data)


def test_lines(data):
    text = "# mine\n\n a = p[0]\nmy layer-2 = p[0] == p[1] ; c=1\n"
    found = parse_expressions(text, CLASSES, BANDS)
    assert [e.name for e in found] == ["a", "my layer-2", "c"]
    assert found[1].source == "p[0] == p[1]"


@pytest.mark.parametrize(
    "line", ["p[0]", "= p[0]", "== p[0]", "../x = p[0]", "a/b = 1", ".a = 1", "1a = 1"]
)
def test_a_line_must_name_its_layer(line):
    with pytest.raises(UnusableLayer, match="does not name a layer"):
        parse_expressions(line, CLASSES, BANDS)


def test_no_more_inputs_than_numexpr_takes():
    many = [f"c{i}" for i in range(200)]
    text = "+".join(f"p[{i}]" for i in range(61))
    with pytest.raises(UnusableLayer, match="61 classes"):
        parse_expressions(f"a = {text}", many, ())
    p = np.full((200, 2, 2), 0.005, np.float32)
    (expression,) = parse_expressions("a = sum(p)", many, ())
    np.testing.assert_allclose(expression(p, {}), 1, rtol=1e-5)
