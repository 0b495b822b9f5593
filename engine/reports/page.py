# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML pages from templates; everything put into one is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).resolve().parents[2] / "resources" / "templates"


def render(template: str, **values: Any) -> str:
    """Fill ``resources/templates/<template>``.

    Raises:
        jinja2.UndefinedError: The template uses a value that was not given.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)
