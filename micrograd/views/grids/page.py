"""The page of a network that reads windows: all its numbers, one map of them, one window number by number.

Every number is computed before, from the graph. What the page does is to choose and to lay out, so it needs no network and no
server; where scripts are off, the drawing of the network stays. The folder `page/grids` has the template, styles and scripts.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from micrograd.display.characters import printable
from micrograd.views.pages import file_text, joined, page_of, safe_json

SCRIPTS = (  # one script, in this order
    "shared/elements.js",
    "shared/numbers.js",
    "shared/theme.js",
    "shared/tints.js",
    "shared/templates.js",
    "grids/shapes.js",
    "grids/model.js",
    "grids/cells.js",
    "grids/places.js",
    "grids/network.js",
    "grids/units.js",
    "grids/lines.js",
    "grids/below.js",
    "grids/map.js",
    "grids/scalars.js",
    "grids/panel.js",
    "grids/grids.js",
)


def page(payload: Mapping[str, Any], title: str, *, still: str = "") -> str:
    """The page of these stages and examples; `still` is the markup of a drawing, for readers without scripts."""
    return page_of(
        "grids/grids.html",
        packed=f'"use strict";\n{joined(*SCRIPTS)}',
        title=html.escape(printable(title, 200)),
        picture_style=file_text("shared/picture.css"),
        grids_style=file_text("grids/grids.css"),
        data=safe_json(payload),
        still=still,
    )
