"""Papers: PDF from a document's figures by typst, no system library needed.

A template gets its data as JSON and shows strings as text only; what a user typed is never markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: a paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def render(template: str, data: Mapping[str, Any], made_at: int) -> bytes:
    """Render ``template`` (a name in this folder) to a tagged PDF/A-3a, readable by screen readers.

    ``made_at``: seconds since 1970, the document's own instant, so the same document gives the same bytes.
    """
    compiler = typst.Compiler(root=str(HERE), font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(
        str(HERE / f"{template}.typ"),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=made_at,
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"template {template} gave {type(pdf).__name__} where bytes were due")
    return pdf


def shows(picture: bytes, form: str) -> bool:
    """Whether a picture (``png`` or ``jpg``) can be put on a paper: it is tried, since one that cannot stops them all."""
    source = (
        '#set page(width: 10cm, height: 10cm)\n#image(bytes(json(bytes(sys.inputs.data))), format: "'
        + form
        + '", width: 5cm, height: 5cm, fit: "contain", alt: "logo")'
    )
    try:
        typst.compile(
            source.encode(),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(list(picture))},
        )
    except typst.TypstError:
        return False
    return True
