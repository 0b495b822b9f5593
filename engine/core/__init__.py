# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that every stage speaks: Grid, Window, Band, ClassScheme, cards, staged files."""
