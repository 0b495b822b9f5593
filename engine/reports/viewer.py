# SPDX-License-Identifier: GPL-3.0-or-later
"""``viewer.html``: the maps of many tiles in one file that works from disk, offline.

Whatever comes from outside, class names and paths among it, goes into the page as JSON, and from
there onto it as text: nothing of it is ever read as markup.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Sequence

from ..core.classes import ClassScheme
from .page import render

# What could end the script element, begin a comment in it, or end a line of JavaScript.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script_json(content: Any) -> str:
    """JSON that may stand in a ``<script>`` element."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False).translate(_ESCAPES)


def viewer_page(title: str, classes: ClassScheme, tiles: Sequence[Mapping[str, Any]]) -> str:
    """The page.

    Args:
        title: Heading.
        classes: The legend.
        tiles: Each with ``row`` (columns of the table), ``layers`` (title to picture address),
            ``scales`` (title of a layer of numbers to what is drawn darkest and lightest),
            ``areas`` (class id to km2); a failed one with ``row["error"]`` and no layers.
    """
    legend: List[Dict[str, Any]] = [
        {"id": item.id, "name": item.name, "colour": list(item.colour)} for item in classes.classes
    ]
    data = {"title": title, "classes": legend, "tiles": list(tiles)}
    return render("viewer.html", title=title, data=script_json(data))
