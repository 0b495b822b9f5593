"""Functions of a Python file: what they get, and one sentence for whatever goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput, UnusableLayer
from coverloom.engine.core.classes import ClassScheme
from coverloom.engine.layers.extra import LayerWishes, extra_layers
from coverloom.engine.layers.own import load_layers_file

CLASSES = ("Water", "Forest", "Fields")
HEAD = "import numpy as np\nfrom coverloom.engine.layers.own import layer\n"


@pytest.fixture
def file(tmp_path):
    def file(text):
        path = tmp_path / "mine.py"
        path.write_text(HEAD + text)
        return str(path)

    return file


def layers(wishes, bands=("B04",)):
    return extra_layers(wishes, ClassScheme.of_names(list(CLASSES)), bands, {"MODEL": "m"})


def test_functions_get_classes_by_name_and_bands(file):
    path = file(
        '@layer("wet or green", unit="m")\n'
        "def f(p, bands):\n    return p['Water'] + p[1] * bands['B04']\n"
        "@layer()\ndef whole(p):\n    return p.sum(axis=0)\n"
        "def not_marked(p):\n    return 1\n"
    )
    found = load_layers_file(path, CLASSES)
    assert [(f.name, f.unit) for f in found] == [("wet or green", "m"), ("whole", "")]
    rng = np.random.default_rng(0)
    p, bands = rng.random((3, 4, 5)).astype("f4"), {"B04": rng.random((4, 5)).astype("f4")}
    np.testing.assert_allclose(found[0](p, bands), p[0] + p[1] * bands["B04"], rtol=1e-6)
    np.testing.assert_allclose(found[1](p, bands), p.sum(axis=0), rtol=1e-6)


def test_what_a_function_changes_stays_with_it(file):
    path = file("@layer()\ndef f(p):\n    p[:] = 0\n    return p[0]\n")
    p = np.ones((3, 2, 2), np.float32)
    load_layers_file(path, CLASSES)[0](p, {})
    assert (p == 1).all()


@pytest.mark.parametrize("text, said", [
    ("@layer()\ndef f(p):\n    return p\n", "gave an array of shape (3, 3, 4)"),
    ("@layer()\ndef f(p):\n    return 1.0\n", "gave an array of shape ()"),
    ("@layer()\ndef f(p):\n    return None\n", "type object"),
    ("@layer()\ndef f(p):\n    return p[0] * 1j\n", "type complex64"),
    ("@layer()\ndef f(p):\n    return p[0].astype(str)\n", "and type <U"),
    ("@layer()\ndef f(p):\n    raise RuntimeError('too wet')\n", "raised RuntimeError: too wet"),
    ("@layer()\ndef f(p):\n    return p['Sea']\n", "there is no class 'Sea'"),
    ("@layer()\ndef f(p, bands):\n    return bands['B99']\n", "raised KeyError: B99"),
    ("@layer()\ndef f(p, bands, more):\n    return p[0]\n", "takes 3 arguments"),
    ("@layer('../x')\ndef f(p):\n    return p[0]\n", "'../x' is no name"),
    ("raise ValueError('at once')\n", "cannot be run: ValueError: at once"),
    ("import nothing_of_that_name\n", "ModuleNotFoundError"),
    ("raise SystemExit(0)\n", "SystemExit"),
    ("def broken(:\n", "SyntaxError"),
    ("def f(p):\n    return p[0]\n", "marks no function"),
])  # fmt: skip
def test_one_sentence(file, text, said):
    with pytest.raises(UnusableLayer) as caught:
        layers(LayerWishes(layers_file=file(text)))
    assert said in caught.value.what and "\n" not in caught.value.what
    assert caught.value.remedy


def test_no_file_and_no_python(tmp_path):
    with pytest.raises(MissingInput):
        layers(LayerWishes(layers_file=str(tmp_path / "none.py")))
    (tmp_path / "a.txt").write_text("x = 1")
    with pytest.raises(UnusableLayer, match=r"must end in \.py"):
        layers(LayerWishes(layers_file=str(tmp_path / "a.txt")))


def test_names_must_differ_on_every_disk(file):
    path = file("@layer()\ndef Doubt(p):\n    return p[0]\n")
    with pytest.raises(UnusableLayer, match="Two layers are called 'doubt'"):
        layers(LayerWishes(expressions="doubt = p[0]", layers_file=path))
    with pytest.raises(UnusableLayer, match="margin_of_doubt"):
        layers(LayerWishes(("margin_of_doubt",), "margin_of_doubt = p[0]"))


def test_unknown_built_in_layer():
    with pytest.raises(InvalidRequest, match=r"LAYERS has 'third_class'.*second_class"):
        layers(LayerWishes(("third_class",)))


def test_nodata_of_each_kind(file):
    path = file("@layer()\ndef whole(p):\n    return p.sum(axis=0)\n")
    wishes = LayerWishes(("second_class", "margin_of_doubt"), "a = p[0]", path, "byte")
    p = np.full((3, 2, 2), 1 / 3, np.float32)
    valid = np.array([[1, 0], [1, 1]], np.uint8)
    found = {x.name: (x, x(p, {"B04": p[0]}, valid)) for x in layers(wishes)}
    for name, nodata in (("second_class", 255), ("margin_of_doubt", 255)):
        assert found[name][1].dtype == np.uint8 and found[name][1][0, 1] == nodata
    assert found["margin_of_doubt"][1][0, 0] == 254 and found["second_class"][1][0, 0] == 1
    for name in ("a", "whole"):
        assert np.isnan(found[name][1][0, 1]) and np.isfinite(found[name][1][valid == 1]).all()
        assert found[name][0].form.tags["MODEL"] == "m"
    assert found["a"][0].form.tags["FORMULA"] == "p[0]"
    assert found["whole"][0].form.tags["FORMULA"] == "mine.py:whole"
