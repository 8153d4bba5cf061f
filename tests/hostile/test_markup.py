"""HTML and script in outputs, text and names: formgrader shows them with the instructor's rights."""

from __future__ import annotations

import functools
import html
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbgrader.server_extensions.formgrader import handlers

from grader.assignment.filled import Book
from grader.autograde.graded_notebook import escape_markup
from grader.feedback.feedback import feedback
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_again, new_course
from tests.hostile.pupils import FULL, NAME, assignment, neighbours, with_cell

pytestmark = pytest.mark.sandbox

MARK = "xss7"  # in everything that an attack would run
SCRIPT = f"<script>alert('{MARK}')</script>"
HANDLER = f"<img src=x onerror=alert('{MARK}')>"
OUTPUTS = {
    "html": "from IPython.display import HTML, display\ndisplay(HTML(PAYLOAD)); HTML(PAYLOAD)",
    "javascript": "from IPython.display import Javascript, display\n"
    "display(Javascript('alert(\"MARK\")'))",
    "svg": "from IPython.display import SVG, display\n"
    "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\">' + PAYLOAD + '</svg>'))",
    "iframe": "from IPython.display import IFrame, display\ndisplay(IFrame('javascript:MARK', 9, 9))",
    "markdown": "from IPython.display import Markdown, Latex, display\n"
    "display(Markdown(PAYLOAD)); display(Latex(PAYLOAD)); display(Markdown('[a](javascript:MARK)'))",
    "mime-bundle": "from IPython.display import publish_display_data\n"
    "for kind in ('text/html', 'application/javascript', 'image/svg+xml', 'text/markdown',\n"
    "             'text/latex', 'application/vnd.jupyter.widget-view+json', 'application/pdf',\n"
    "             'image/jpeg', 'application/json', 'TEXT/HTML', 'text/html;x', PAYLOAD):\n"
    "    publish_display_data({kind: PAYLOAD, 'text/plain': PAYLOAD}, metadata={kind: {'isolated': True,\n"
    "        'width': PAYLOAD}})",
    "png": "from IPython.display import publish_display_data\n"
    "for data in ('\"><script>MARK</script>', 'iVBORw0KGgo=\" onload=\"MARK', PAYLOAD.encode()):\n"
    "    publish_display_data({'image/png': data, 'text/plain': 'x'}, metadata={'image/png':\n"
    "        {'width': '1\" onload=\"MARK', 'unconfined': True}})",
    "repr": "class Odd:\n    _repr_html_ = _repr_svg_ = _repr_markdown_ = _repr_latex_ = lambda s: PAYLOAD\n"
    "    _repr_javascript_ = lambda s: 'alert(\"MARK\")'\n    __repr__ = lambda s: PAYLOAD\n"
    "    _repr_mimebundle_ = lambda s, **k: {'text/html': PAYLOAD}\nOdd()",
    "streams": "import sys\nprint(PAYLOAD)\nprint('\\x1b[31m' + PAYLOAD + '\\x1b]8;;javascript:MARK\\x07')\n"
    "print(PAYLOAD, file=sys.stderr)\nprint('</pre></div>' + PAYLOAD)",
    "error": "raise type('E<b onclick=MARK>', (Exception,), {})(PAYLOAD)",
    "traceback": "# <script>MARK</script>\nraise ValueError('</pre>' + PAYLOAD)  # " + SCRIPT,
    "title": "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.title('<script>MARK</script>')",
    "source": "x = '</script></pre>" + SCRIPT + "'\n# " + HANDLER,
    "shell-lines": f"!echo {SCRIPT}\n%pip install {HANDLER}\n%cd javascript:{MARK}",
}
# The fork's own account of its outputs, forged.
FORGED = (
    "import inside.outputs as o\n"
    "o.finished.__code__ = (lambda outputs: [\n"
    "    {'output_type': 'display_data', 'data': {'text/html': '<script>xss7</script>',\n"
    "     'text/plain': '<script>xss7</script>'}, 'metadata': {'text/html': {}}},\n"
    "    {'output_type': 'stream', 'name': '<script>xss7</script>', 'text': 'x'},\n"
    "    {'output_type': '<script>xss7</script>'},\n"
    "    {'output_type': 'error', 'ename': '<script>xss7</script>', 'evalue': '',\n"
    "     'traceback': ['<script>xss7</script>']}]).__code__"
)
TEXTS = {
    "script": SCRIPT,
    "handler": HANDLER,
    "split": f"<scr\nipt>alert('{MARK}')</script> <<script>script>{MARK}</script>",
    "comment": f"<!--><script>{MARK}</script--> <![CDATA[<script>{MARK}</script>]]> <?x {SCRIPT}?>",
    "tags": f"<iframe src=javascript:{MARK}></iframe><object data=x></object><embed src=x>"
    f"<base href=//evil><meta http-equiv=refresh content=0><link rel=stylesheet href=//evil>"
    f"<style>@import '//evil'</style><form action=//evil><input name=x><svg/onload={MARK}>"
    f"<math href=javascript:{MARK}>x</math><details open ontoggle={MARK}>",
    "link": f"[a](javascript:{MARK}) [b](JaVaScRiPt:{MARK}) [c]( javascript:{MARK} 'x') [d](data:text/html,{MARK})",
    "link-entities": f"[a](&#106;avascript:{MARK}) [b](javascript&colon;{MARK}) [c](java&Tab;script:{MARK})",
    "link-reference": f"[a][b] [b]\n\n[b]: javascript:{MARK}\n[c]:\n  <javascript:{MARK}>\n\n> [d]: javascript:{MARK}\n\n[d]",
    "link-angles": f"<javascript:{MARK}> [a](<javascript:{MARK}>) <vbscript:{MARK}>",
    "link-nested": f"[[a](https://x.org)](javascript:{MARK}) [![i](https://x.org/i.png)](javascript:{MARK})",
    "link-title": f'[a](https://x.org "\\" onmouseover={MARK} x=\\"") ![" onerror="{MARK}](https://x.org/i)',
    "image": f"![a](javascript:{MARK}) ![b](data:image/svg+xml,<svg onload={MARK}>)",
    "attachment": "![a](attachment:image.png) ![b][c]\n\n[c]: attachment:gone.png",
    "heading": f'# " onmouseover="{MARK}\n\n## <b onclick={MARK}>x</b>\n\nx" onclick="{MARK}\n===',
    "fence": f'```"><script>{MARK}</script>\n{SCRIPT}\n```\n\n```html onclick={MARK}\n{HANDLER}\n```',
    "code": f"`{SCRIPT}` ``{HANDLER}``\n\n    {SCRIPT}",
    "table": f"| {SCRIPT} |\n| --- |\n| {HANDLER} |",
    "mathematics": f"$ {SCRIPT} $ $$ {HANDLER} $$ \\begin{{x}} {SCRIPT} \\end{{x}} \\( {HANDLER} \\)",
    "escaped": f"\\<script>{MARK}\\</script> &lt;script&gt;{MARK} &#60;script&#62;{MARK}&#60;/script&#62;",
    "templates": "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} <%= 7 * 7 %>",
    "brackets": "[" * 1_000 + "a" + "](x)" * 1_000,
}
HEADINGS = "".join(
    f"{opening}{name}{closing}"
    for name in (
        "check_rnn_cell_forward",
        "check_lstm_backward",
        "written_gradients-comment",
        "statusmessage",
    )
    for opening, closing in (
        ("\n# ", "\n"),
        ("\n#", "\n"),
        ("\n> ## ", "\n"),
        ("\n- ### ", "\n"),
        ("\n\n", "\n===\n"),
        ("\n\n", "\n---\n"),
    )
)
FOLDER_NAMES = (
    "<img src=x onerror=alert('xss7')>",
    "\" onmouseover=\"alert('xss7')",
    "javascript:alert('xss7')",
)
FILE_NAME = "<img src=x onerror=alert('xss7')>.ipynb"


def _payload(code: str) -> str:
    return f"PAYLOAD = {SCRIPT + HANDLER!r}\n" + code.replace("MARK", MARK)


def _output_cells(book: Book) -> Book:
    """Every way of showing something, each in a cell of its own."""
    for code in OUTPUTS.values():
        book = with_cell(_payload(code), -1)(book)
    return book


def _text_cells(book: Book) -> Book:
    """Every text in a cell of the student's own, and as raw text."""
    for text in TEXTS.values():
        book = with_cell(text, -1, "markdown")(with_cell(text, -1, "raw")(book))
    book["cells"][-1]["attachments"] = {"x.svg": {"image/svg+xml": SCRIPT}}
    book["metadata"]["title"] = book["metadata"]["authors"] = SCRIPT
    return book


def _ids(book: Book) -> Book:
    """Script in ids, tags and metadata of cells."""
    for cell in book["cells"]:
        cell["id"] = f'"><script>{MARK}</script>'
        cell["metadata"] = {
            **cell["metadata"],
            "name": SCRIPT,
            "tags": [SCRIPT, HANDLER],
            "format": "text/html",
        }
    return with_cell(SCRIPT, 0, "raw")(book)


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All who write script and their neighbours in one class, with a page of feedback each."""
    forged = Pupil("forged", damage=with_cell(FORGED))
    pupils = [Pupil("outputs", damage=_output_cells), forged]
    pupils += [Pupil("texts", written=TEXTS["link"], damage=_text_cells)]
    pupils += [Pupil("headings", written=HEADINGS, damage=with_cell(HEADINGS, 0, "markdown"))]
    pupils += [Pupil("ids", damage=_ids), *(Pupil(name) for name in FOLDER_NAMES)]
    raising = f"def rnn_forward(*inputs):\n    return {{{HANDLER!r}: 1, {SCRIPT!r}: 2}}"
    pupils += [Pupil("keys", own={"rnn_forward": raising}), *neighbours(4)]
    with new_course() as course:
        hand_in(course, assignment(), [*pupils, Pupil("file-name")])
        named = course.submitted / "file-name" / NAME
        (named / f"{NAME}.ipynb").rename(named / FILE_NAME)
        graded = graded_again(course)
        feedback(course, NAME)
        yield graded


class Page(HTMLParser):
    """What of a page could act: its elements, and attributes that run or load something."""

    ACTIVE = ("script", "iframe", "object", "embed", "svg", "base", "meta", "link", "style", "form")
    ACTIVE += (
        "math",
        "frame",
        "applet",
        "details",
        "input",
        "template",
        "video",
        "audio",
        "textarea",
    )
    ADDRESSES = ("href", "src", "action", "formaction", "data", "srcset", "xlink:href", "poster")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.active: Counter[str] = Counter()
        self.harmful: list[str] = []
        self.ids: Counter[str] = Counter()
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element could do."""
        if tag in self.ACTIVE:
            self.active[tag] += 1
        if tag in ("script", "style"):
            self.inside.append(tag)
        for name, value in attrs:
            value = html.unescape(value or "")
            plain = "".join(value.split()).lower()
            if name.startswith("on"):
                self.harmful.append(f"{tag} {name}={value}")
            runs = plain.startswith(("javascript:", "vbscript:", "data:text", "data:image/svg"))
            own = tag == "img" and MARK not in value  # figures of the assignment
            if name in self.ADDRESSES and runs and not own:
                self.harmful.append(f"{tag} {name}={value[:80]}")
            if name == "id":
                self.ids[value] += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        if tag in ("script", "style") and self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        """A script that is the student's has the mark in it."""
        if self.inside and MARK in data:
            self.harmful.append(f"{self.inside[-1]}: {data[:80]}")


@functools.cache
def exported(path: Path) -> str:
    """The page that nbconvert makes of a notebook."""
    text, _ = HTMLExporter().from_filename(str(path))
    return str(text)


@functools.cache
def formgraded(path: Path) -> str:
    """The page that formgrader shows, with its own template and exporter."""
    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[handlers.template_path]
    )
    resources = {
        "assignment_id": NAME, "notebook_id": NAME, "submission_id": "s", "index": 0, "total": 1,
        "base_url": "/", "mathjax_url": "mathjax.js", "my_assignment_id": "a", "my_notebook_id": "n",
        "my_submission_id": "s", "last_name": "", "first_name": "", "notebook_path": "", "keyword": "",
    }  # fmt: skip
    text, _ = exporter.from_filename(str(path), resources=resources)
    return str(text)


PAGES = {"exported": exported, "formgrader": formgraded}


@pytest.fixture(scope="module")
def honest(graded: Graded) -> dict[str, Page]:
    """The pages of an honest student: what is active in them is the kit's and nbgrader's own."""
    path = graded.course.autograded / "honest-00" / NAME / f"{NAME}.ipynb"
    return {name: Page(make(path)) for name, make in PAGES.items()}


STUDENTS = ["outputs", "forged", "texts", "headings", "ids", "keys", "file-name", *FOLDER_NAMES]


def test_writers_of_script_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, nothing is left running or written, the run ends on time."""
    graded.changed = [path for path in graded.changed if not path.startswith("course/feedback")]
    assert_harmless(graded, longest=300)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("student", STUDENTS[:6])
def test_nothing_of_a_student_acts_on_the_instructors_page(
    graded: Graded, honest: dict[str, Page], student: str, page: str
) -> None:
    """The page can be made, and holds no element, handler or address that acts but its own."""
    path = graded.course.autograded / student / NAME / f"{NAME}.ipynb"
    found = Page(PAGES[page](path))
    assert found.harmful == honest[page].harmful  # nbgrader's own buttons
    assert found.active == honest[page].active


@pytest.mark.parametrize("student", STUDENTS)
def test_nothing_of_a_student_acts_on_the_page_of_feedback(graded: Graded, student: str) -> None:
    """The student's own page has no script at all, and nothing that acts of anybody's."""
    found = Page((graded.course.feedback / student / NAME / f"{NAME}.html").read_text())
    assert not found.harmful
    assert not set(found.active) - {"meta", "style", "details", "svg"}, found.active


@pytest.mark.parametrize("student", ["headings", "texts"])
def test_headings_take_no_fields_of_formgraders(
    graded: Graded, honest: dict[str, Page], student: str
) -> None:
    """No id of a student's is that of a field for marks or comments: each of those comes once."""
    path = graded.course.autograded / student / NAME / f"{NAME}.ipynb"
    found = Page(formgraded(path))
    fields = [
        name
        for name in honest["formgrader"].ids
        if name.startswith(("check_", "written_", "status"))
    ]
    assert len(fields) > 8
    assert {name: found.ids[name] for name in fields} == dict.fromkeys(fields, 1)


def test_what_is_shown_of_a_long_text_is_bounded() -> None:
    """nbconvert would take minutes for a megabyte of brackets, and formgrader wait for it."""
    assert len(escape_markup("![" * 500_000)) < 30_000


def test_no_image_is_fetched_in_the_instructors_name() -> None:
    """An address that acts when it is asked for, such as a log-out, is a link to be clicked."""
    text = "![i](https://x.org/logout) ![i][r] [![i](https://x.org)](https://x.org)"
    page = markdown2html(escape_markup(f"{text}\n\n[r]: https://x.org/logout"))
    assert "<img" in markdown2html(text) and "<img" not in page
    assert 'href="https://x.org/logout"' in page


def test_writing_script_costs_no_marks(graded: Graded) -> None:
    """It is neutralised, not punished: whose functions are right keeps every mark."""
    for student in STUDENTS:
        expected = FULL if student not in ("keys", "forged") else graded.verdicts[student].score
        assert graded.verdicts[student].score == expected, student


def test_the_text_still_reads_the_same(graded: Graded) -> None:
    """What was written is still there to be read and marked, letter by letter."""
    cells = graded.book("texts")["cells"]
    written = next(
        c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "written_gradients"
    )
    assert written["source"].replace("\u200b", "") == TEXTS["link"]
    own = [c["source"] for c in cells if c["id"].startswith("own-")]
    plain = [text.replace("\u200b", "").replace("&lt;", "<") for text in own]
    assert set(TEXTS.values()) - {TEXTS["escaped"]} <= set(plain)
