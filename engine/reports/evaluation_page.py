# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows how good a model is."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..core.card import ModelCard
from .page import render

_SIDE = 300  # px of a square plot
_DARK = 0.55  # share of a row from which on its cell's text is white
_MOST_SHOWN = 50  # classes; a larger matrix is in the JSON alone
PIXEL_HEADLINES = (
    ("accuracy", "Accuracy"),
    ("miou", "Mean IoU (classes in the truth)"),
    ("kappa", "Cohen's kappa"),
    ("macro_f1", "Mean F1 (classes in the truth)"),
)
SCENE_HEADLINES = (
    ("ap_macro", "Average precision, macro"),
    ("ap_micro", "Average precision, micro"),
    ("lrap", "Label ranking average precision"),
    ("one_error", "One-error"),
    ("coverage", "Coverage"),
    ("ranking_loss", "Ranking loss"),
    ("hamming_loss", "Hamming loss"),
    ("subset_accuracy", "Subset accuracy"),
)
_PIXEL_COLUMNS = ("precision", "recall", "f1", "iou")
_SCENE_COLUMNS = ("ap", "precision", "recall", "f1")
_AVERAGED = (
    ("precision", "Precision"),
    ("recall", "Recall"),
    ("f0_5", "F0.5"),
    ("f1", "F1"),
    ("f2", "F2"),
)


def evaluation_page(card: ModelCard, content: Mapping[str, Any]) -> str:
    """An evaluation as HTML, everything inside it.

    Args:
        card: The model's card.
        content: The figures with what they were measured on, as the JSON has them.
    """
    pixel = card.task == "pixel"
    headlines = PIXEL_HEADLINES if pixel else SCENE_HEADLINES
    return render(
        "evaluation.html",
        title=f"How good is {card.name}?",
        content=content,
        headlines=[(title, figure(content[key])) for key, title in headlines],
        averages=[] if pixel else _averages(content),
        columns=_PIXEL_COLUMNS if pixel else _SCENE_COLUMNS,
        classes=_class_rows(card, content["classes"]),
        unit="pixels" if pixel else "patches",
        matrix=_matrix(content["confusion"]) if pixel else [],
        calibration=_calibration(content["calibration"]) if pixel else {},
        entropy=_entropy(content["entropy"]) if pixel else {},
        side=_SIDE,
    )  # fmt: skip


def figure(value: Optional[float]) -> str:
    """A figure to four digits; a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def _averages(content: Mapping[str, Any]) -> List[Tuple[str, List[str]]]:
    ways = ("samples", "micro", "macro")
    return [(title, [figure(content[way][key]) for way in ways]) for key, title in _AVERAGED]


def _class_rows(
    card: ModelCard, classes: Sequence[Mapping[str, Any]]
) -> List[Tuple[str, Mapping[str, Any]]]:
    colours = ["#{:02x}{:02x}{:02x}".format(*item.colour) for item in card.classes.classes]
    rows: List[Tuple[str, Mapping[str, Any]]] = []
    for item in classes:
        shown = {k: figure(v) if isinstance(v, float) else v for k, v in item.items()}
        rows.append((colours[item["id"]], shown))
    return rows


def _matrix(confusion: Sequence[Sequence[int]]) -> List[List[Dict[str, Any]]]:
    """Cells with the share of their row, in percent, and its colour."""
    if len(confusion) > _MOST_SHOWN:
        return []
    rows = []
    for row in confusion:
        total = max(1, sum(row))
        rows.append([_cell(count, count / total) for count in row])
    return rows


def _cell(count: int, share: float) -> Dict[str, Any]:
    light = round(97 - 62 * share)
    return {
        "count": count,
        "percent": "" if count == 0 else f"{100 * share:.0f}",
        "colour": f"hsl(150, 35%, {light}%)",
        "text": "#fff" if share > _DARK else "#1d2a24",
    }


def _calibration(calibration: Mapping[str, Any]) -> Dict[str, Any]:
    """The reliability plot: a bar's height is the accuracy of its pixels."""
    bins = calibration["bins"]
    most = max((item["pixels"] for item in bins), default=0) or 1
    bars = [
        {
            "x": round(item["from"] * _SIDE, 1),
            "width": round((item["to"] - item["from"]) * _SIDE - 1, 1),
            "height": round(item["accuracy"] * _SIDE, 1),
            "at": round(item["confidence"] * _SIDE, 1),
            "opacity": round(0.25 + 0.75 * item["pixels"] / most, 2),
            "says": f"confidence {item['confidence']:.3f}, accuracy {item['accuracy']:.3f}, "
            f"{item['pixels']} pixels",
        }
        for item in bins
        if item["pixels"]
    ]
    return {"ece": figure(calibration["ece"]), "mce": figure(calibration["mce"]), "bars": bars}


def _entropy(entropy: Mapping[str, Any]) -> Dict[str, Any]:
    """Two lines, each scaled to its own number of pixels."""
    shares = {
        name: [count / max(1, part["pixels"]) for count in part["histogram"]]
        for name, part in entropy.items()
    }
    top = max((max(values) for values in shares.values()), default=0.0) or 1.0
    lines = {}
    for name, values in shares.items():
        step = _SIDE / max(1, len(values) - 1)
        points = (f"{i * step:.1f},{_SIDE * (1 - v / top):.1f}" for i, v in enumerate(values))
        lines[name] = " ".join(points)
    return {"lines": lines, **{name: figure(part["mean"]) for name, part in entropy.items()}}
