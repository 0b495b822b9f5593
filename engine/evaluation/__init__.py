# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a model is, in figures: counted patch by patch, in NumPy alone."""

from __future__ import annotations
