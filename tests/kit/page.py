"""Read a page of feedback or the report as a browser would, and hold it to its rules."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from grader.html.render import TEMPLATES

VOID = {"meta", "img", "br", "source", "rect"}
ALLOWED = VOID | {
    *("html", "head", "title", "style", "body", "a", "header", "main", "section", "article"),
    *("footer", "p", "h1", "h2", "h3", "h4", "div", "span", "small", "strong", "dl", "dt", "dd"),
    *("ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "pre"),
    *("details", "summary", "figure", "picture", "svg", "mark", "b", "script"),
}
HARMLESS = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "tabindex"),
    *("role", "aria-label", "aria-labelledby", "aria-hidden", "focusable", "viewbox"),
    *(
        "data-key",
        "rowspan",
        "preserveaspectratio",
        "width",
        "height",
        "scope",
        "src",
        "srcset",
        "media",
        "alt",
        "open",
    ),
}
LEADS_TO = re.compile(  # a mail, another page of the course beside this one, a forum
    r"mailto:[^\s\"'<>]+|\.\./feedback/[^\s:\"'<>]+\.html|[\w-]+\.html|https://[\w./-]+"
)
IMAGE = re.compile(r"data:image/(png|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}")

HOSTILE = (
    "</script></style></pre></code></title><script>alert(1)</script><img src=x onerror=alert(2)>"
    "<svg onload=alert(3)><a href='javascript:alert(4)'>x</a>\" onmouseover=\"alert(5) ' x='"
    "<iframe src=data:text/html,hi></iframe>{{ 7 * 7 }}{% raw %}<!-- &lt;b&gt; ]]>"
)
CONTROL = "\x1b[31mred\x1b[0m\x00\x07 \u202eturned"


@dataclass
class Page(HTMLParser):
    """A parsed page: elements with attributes, text by element, and headings in order."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    headings: list[int] = field(default_factory=list)
    style: str = ""
    script: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self.feed(self.html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice: <{tag} {names}>"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            self.style += data
        elif self._open[-1:] == ["script"]:
            self.script += data
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every ``tag``."""
        return [attributes for name, attributes in self.elements if name == tag]

    def assert_inert(self) -> None:
        """Nothing can run or be fetched, whatever the page shows."""
        for tag, attributes in self.elements:
            assert tag in ALLOWED, f"<{tag}>"
            assert set(attributes) <= HARMLESS, f"<{tag} {attributes}>"
            for name in ("src", "srcset"):
                assert name not in attributes or IMAGE.fullmatch(attributes[name])
            if "href" in attributes:
                leads = attributes["href"]
                ids = {a.get("id") for _, a in self.elements}
                assert leads[1:] in ids if leads[:1] == "#" else LEADS_TO.fullmatch(leads), leads
        acts = f"script-src '{_digest(self.script)}'; " if self.script else ""
        assert len(self.all("script")) <= 1 and "src" not in str(self.all("script"))
        assert not self.script or self.script == (TEMPLATES / "sort.js").read_text("utf-8")
        [policy] = [m["content"] for m in self.all("meta") if "http-equiv" in m]
        assert policy == (
            f"default-src 'none'; img-src data:; style-src '{_digest(self.style)}'; {acts}"
            "base-uri 'none'; form-action 'none'"
        )
        assert not re.search(r"url\(|@import|expression", self.style)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", self.html)

    def assert_accessible(self) -> None:
        """Language, title, landmarks, headings, alternatives, labels: what WCAG 2.2 A asks for."""
        assert self.all("html") == [{"lang": "en"}]
        assert len(self.all("title")) == len(self.all("main")) == len(self.all("header")) == 1
        assert self.headings[0] == 1 and self.headings.count(1) == 1
        pairs = zip(self.headings, self.headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in pairs), self.headings
        assert all(image["alt"].strip() for image in self.all("img"))
        ids = [a["id"] for _, a in self.elements if "id" in a]
        assert len(set(ids)) == len(ids)
        assert all(a["aria-labelledby"] in ids for _, a in self.elements if "aria-labelledby" in a)
        assert len(self.all("caption")) == len(self.all("table"))
        assert all("scope" in a for a in self.all("th"))
        assert all("aria-label" in a for a in self.all("pre"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def colours(style: str) -> dict[str, dict[str, str]]:
    """The colours of each theme by name; ``print`` is the last."""
    found = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    names = ("light", "dark", "print")
    themes = [dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block)) for block in found]
    return dict(zip(names, themes, strict=True))


def contrast(one: str, two: str) -> float:
    """Contrast of two colours. Source: WCAG 2.2, relative luminance and contrast ratio."""
    bright, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    text = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
