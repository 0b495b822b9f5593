# SPDX-License-Identifier: GPL-3.0-or-later
"""Fitting a network to labelled patches, and writing it as an ONNX graph."""
