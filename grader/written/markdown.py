"""Show a student's markdown: parsed, and built anew from the parts that are known here.

Nothing of the student's text is passed on as markup: every element is made here, with no attribute
but those below, and the text in it is escaped. Formulas are text in a box of their own, which the
page sets (see ``page/formulas.js``).
Sources: CommonMark; GitHub Flavored Markdown (tables, strikethrough); Jupyter's dollar signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.plain_text import plain

MOST = 20_000  # characters that are shown: an autograded notebook holds 19,000 of a cell
CUT = "\n\n[… the rest is in the submitted notebook]"
NOTHING = "\u200b"  # which autograding puts where markup could act; here none can
# Elements that open and close, by the parser's name of them. Headings are the page's own.
PAIRS = {
    "paragraph": "p", "heading": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li",
    "blockquote": "blockquote", "strong": "strong", "em": "em", "s": "s", "table": "table",
    "thead": "thead", "tbody": "tbody", "tr": "tr", "th": "th", "td": "td",
}  # fmt: skip
WEB = ("http", "https", "mailto")


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    made.disable(["html_block", "html_inline", "reference"])
    return made.use(dollarmath_plugin, double_inline=True).use(amsmath_plugin)


def rebuilt_markdown(text: str) -> str:
    """Return HTML that shows ``text``; what it links to or wants to run is words to be read."""
    text = plain(text.replace(NOTHING, ""))
    if len(text) > MOST:
        text = text[:MOST] + CUT
    return _built(_parser().parse(text))


def _built(tokens: Sequence[Token]) -> str:
    made: list[str] = []
    links: list[str] = []
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if token.type == "inline":
            made.append(_built(token.children or ()))
        elif token.type in ("link_open", "link_close"):
            made.append(_link(token, links))
        elif kind in PAIRS and end in ("open", "close"):
            if not token.hidden:  # the paragraph of a list without gaps
                made.append(_pair(token, PAIRS[kind], end))
        else:
            made.append(_leaf(token))
    return "".join(made)


def _pair(token: Token, name: str, end: str) -> str:
    if end == "close":
        return f"</{name}>\n" if token.block else f"</{name}>"
    return f'<{name} class="head">' if token.type == "heading_open" else f"<{name}>"


def _leaf(token: Token) -> str:
    kind, text = token.type, escape(token.content)
    if kind == "text":
        return text
    if kind in ("softbreak", "hardbreak"):
        return "<br>\n" if kind == "hardbreak" else "\n"
    if kind == "code_inline":
        return f"<code>{text}</code>"
    if kind in ("fence", "code_block"):
        # Focusable: a long line is scrolled with the keyboard, too.
        return f'<pre tabindex="0"><code>{text}</code></pre>\n'
    if kind == "hr":
        return "<hr>\n"
    if kind.startswith("math_inline"):
        block = kind == "math_inline_double"
        return f'<span class="formula{" block" * block}">{text}</span>'
    if kind in ("math_block", "math_block_label", "amsmath"):
        return f'<div class="formula block">{text}</div>\n'
    if kind == "image":  # pictures are shown beside, rebuilt: what stands here is elsewhere
        return f"[picture: {text}]"
    return text


def _link(token: Token, open_: list[str]) -> str:
    """Return a link to the web that tells nothing of this page, with its address to be read."""
    if token.type == "link_close":
        address = open_.pop()
        return f"</a> <small>({escape(address)})</small>" if address else ""
    address = str(token.attrGet("href") or "")
    try:
        known = urlsplit(address).scheme.lower() in WEB
    except ValueError:
        known = False
    open_.append(address if known else "")
    if not known:
        return ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
