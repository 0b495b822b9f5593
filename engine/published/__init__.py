# SPDX-License-Identifier: GPL-3.0-or-later
"""Published models: weights with a configuration, as their makers put them on the web."""

from __future__ import annotations
