# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps made from class probabilities: one file and one line each."""

from __future__ import annotations

from ..contract.registry import Entry, Registry

LAYERS = Registry(
    __name__,
    {
        "class": Entry("Class", "most_likely:MostLikelyClass"),
        "maxprob": Entry("Maximum probability", "maxprob:HighestProbability"),
        "entropy": Entry("Entropy", "entropy:Entropy"),
        "gap": Entry("Gap", "gap:Gap"),
        "second_class": Entry("Second class", "second_class:SecondClass"),
        "margin_of_doubt": Entry("Margin of doubt", "margin_of_doubt:MarginOfDoubt"),
    },
)
