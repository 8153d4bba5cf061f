"""Render self-contained HTML pages: everything escaped, nothing active allowed, no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateStream
from markupsafe import Markup

from grader.html.wording import counted, number
from grader.plain_text import plain

PIECES = 500  # of text and values that are put together at a time
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
def _inline(file: str) -> tuple[str, str]:
    """Return a file to stand within a page, and by which digest a policy allows it.

    Source: Content Security Policy Level 3, hashes of inline elements.
    """
    text = (TEMPLATES / file).read_text(encoding="utf-8")
    return text, "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def render(template: str, *, script: str = "", **content: Any) -> bytes:
    """Return the page that ``template`` makes of ``content``; the same content, the same bytes.

    The style sheet may act, and a ``script`` of the kit's own by its file name, and nothing else.
    """
    return _shown("".join(_pieces(template, script, content)))


def render_parts(template: str, *, script: str = "", **content: Any) -> Iterator[bytes]:
    """Yield a page as ``render`` returns it, a part at a time: of a large class it has many MB."""
    parts = _pieces(template, script, content)
    parts.enable_buffering(PIECES)
    return map(_shown, parts)


def _pieces(template: str, script: str, content: Mapping[str, Any]) -> TemplateStream:
    """Return the text of a page, in pieces."""
    style, allowed = _inline("style.css")
    acting, acts = _inline(script) if script else ("", "")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{allowed}'; "
        + (f"script-src '{acts}'; " if acts else "")
        + "base-uri 'none'; form-action 'none'"
    )
    page = _environment().get_template(template)
    return page.stream(style=Markup(style), script=Markup(acting), policy=policy, **content)


def _shown(text: str) -> bytes:
    # A student's text may hold half of a surrogate pair, which UTF-8 cannot write.
    return plain(text).encode("utf-8", "backslashreplace")
