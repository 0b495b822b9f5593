# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX graphs in other precisions and operator versions, and how far they still agree."""

from __future__ import annotations
