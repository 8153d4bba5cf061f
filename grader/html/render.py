"""Render self-contained HTML pages: everything escaped, nothing active allowed, no network."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.html.wording import counted, number
from grader.plain_text import plain

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["number"] = number
    made.globals["counted"] = counted
    return made


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet, and the policy under which it, and nothing else, may act.

    Source: Content Security Policy Level 3, hashes of inline elements.
    """
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return style, policy


def render(template: str, **content: Any) -> bytes:
    """Return the page that ``template`` makes of ``content``; the same content, the same bytes."""
    style, policy = _style()
    page = _environment().get_template(template)
    text = page.render(style=Markup(style), policy=policy, **content)
    # A student's text may hold half of a surrogate pair, which UTF-8 cannot write.
    return plain(text).encode("utf-8", "backslashreplace")
