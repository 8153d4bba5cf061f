"""Hold a lesson's texts to being read well: by eyes, by a screen reader, by every front end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from grader.assignment.source import SourceCell
from grader.verify.shape.lesson import LessonText, solution_of

LEAST_ALT_WORDS = 12
LEAST_CAPTION = 40  # characters
MOST_WORDS = 500  # in one text cell
LEAST_LINE = 12  # characters of a solution's line that would tell something
HEADING = re.compile(r"^(?P<level>#+) (?P<words>.+)$", re.M)
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\([^)]*\)")
CAPTION = re.compile(r"\n\n\*Figure (?P<number>\d+)\. (?P<words>.+)\*$", re.M)
LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\([^)]*\)")
ADDRESS = re.compile(r"https?://")
VAGUE = ("here", "click here", "this", "this link", "this page", "link")
DISPLAYED = re.compile(r"\$\$(?P<formula>.+?)\$\$", re.S)
TAG = re.compile(r"\\tag\{(\d+)\}")
REFERENCE = re.compile(r"[Ee]quations? \((\d+)\)(?: (?:to|and) \((\d+)\))?")
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$([^$\n]+)\$(?!\$)", re.S)
COMMAND = re.compile(r"\\([A-Za-z]+)")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
DETAILS = re.compile(r"<details>\n<summary>(?P<summary>[^<]+)</summary>\n\n.+?\n\n</details>", re.S)
# What MathJax and KaTeX both know, and a course is likely to need.
COMMANDS = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi "
    "Psi Omega approx cdot cdots ldots dots times div pm mp leq le geq ge neq ne equiv sim propto "
    "in notin subset cup cap forall exists to rightarrow leftarrow Rightarrow mapsto infty "
    "partial nabla sum prod int frac sqrt hat bar tilde vec dot overline underline text mathrm "
    "mathbf mathbb mathcal operatorname left right big Big bigl bigr langle rangle lVert rVert "
    "lvert rvert Vert vert lfloor rfloor lceil rceil quad qquad tag min max arg log ln exp sin "
    "cos tan tanh sinh cosh odot otimes oplus circ star top prime begin end mid ell Pr "
    "displaystyle textstyle"
)
KNOWN = frozenset(COMMANDS.split())


def one_title(lesson: LessonText) -> Iterator[str]:
    """There is one heading of the first level, and it comes first."""
    found = list(_headings(lesson))
    titles = [place for level, _, place in found if level == 1]
    if not titles:
        yield "there is no title: begin the first text with '# '"
    for place in titles[1:]:
        yield f"{place}: a second title"
    if titles and found[0][0] != 1:
        yield f"{found[0][2]}: a heading stands before the title"


def heading_levels(lesson: LessonText) -> Iterator[str]:
    """A heading is at most one level below the one before it."""
    for (before, *_), (after, words, place) in pairwise(_headings(lesson)):
        if after - before > 1:
            yield f"{place}: {words!r} is {after - before} levels below the heading before it"


def headings_differ(lesson: LessonText) -> Iterator[str]:
    """No two headings say the same, but for one that every exercise has."""
    found = list(_headings(lesson))
    for words, count in Counter(words for _, words, _ in found).items():
        if count not in (1, len(lesson.spec.exercises)):
            place = [place for _, other, place in found if other == words][1]
            yield f"{place}: the heading {words!r} stands {count} times"


def _headings(lesson: LessonText) -> Iterator[tuple[int, str, str]]:
    for cell in lesson.texts:
        for found in HEADING.finditer(cell.source):
            yield len(found["level"]), found["words"], lesson.at(cell, found.start())


def alt_text(lesson: LessonText) -> Iterator[str]:
    """Every picture has a text that can stand in its place."""
    for cell in lesson.texts:
        for found in IMAGE.finditer(cell.source):
            words = len(found["alt"].split())
            if words < LEAST_ALT_WORDS:
                place = lesson.at(cell, found.start())
                yield f"{place}: {words} words say what is in the picture, of {LEAST_ALT_WORDS}"
        if "<img" in cell.source:
            yield f"{lesson.at(cell, cell.source.index('<img'))}: write ![what is in it](figures/…)"


def captions(lesson: LessonText) -> Iterator[str]:
    """Every picture is followed by its caption, numbered in order."""
    number = 0
    for cell in lesson.texts:
        for found in IMAGE.finditer(cell.source):
            number += 1
            caption = CAPTION.match(cell.source, found.end())
            if caption is None or len(caption["words"]) < LEAST_CAPTION:
                what = f"no caption like '*Figure {number}. What it shows.*' stands below"
            elif int(caption["number"]) != number:
                what = f"it is called figure {caption['number']}, and is number {number}"
            else:
                continue
            yield f"{lesson.at(cell, found.start())}: {what}"


def link_words(lesson: LessonText) -> Iterator[str]:
    """A link says where it goes."""
    for cell in lesson.texts:
        for found in LINK.finditer(cell.source):
            if found["words"].lower() in VAGUE or len(found["words"].split()) < 2:
                yield f"{lesson.at(cell, found.start())}: {found['words']!r} says not where to"
        plain = LINK.sub(lambda found: " " * len(found[0]), IMAGE.sub(_spaces, cell.source))
        for found in ADDRESS.finditer(plain):
            yield f"{lesson.at(cell, found.start())}: an address without words: [words](address)"


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def equations_numbered(lesson: LessonText) -> Iterator[str]:
    """Displayed equations have the numbers 1, 2, 3 …, and the text refers to none beyond."""
    number = 0
    for cell in lesson.texts:
        for found in DISPLAYED.finditer(cell.source):
            number += 1
            tags = TAG.findall(found["formula"])
            if tags != [str(number)]:
                place = lesson.at(cell, found.start())
                yield f"{place}: write \\tag{{{number}}} into this equation"
    for cell in lesson.texts:
        for found in REFERENCE.finditer(cell.source):
            if int(found[2] or found[1]) > number:
                yield f"{lesson.at(cell, found.start())}: there is no {found[0]}"


def known_mathematics(lesson: LessonText) -> Iterator[str]:
    """Formulas hold no macros of their own, and their braces are balanced."""
    for cell in lesson.texts:
        for found in FORMULA.finditer(cell.source):
            formula = found[1] or found[2]
            unknown = sorted(set(COMMAND.findall(formula)) - KNOWN)
            place = lesson.at(cell, found.start())
            if unknown:
                yield f"{place}: not every front end knows \\{unknown[0]}"
            if formula.count("{") != formula.count("}"):
                yield f"{place}: the braces are not balanced"
            if "*" in formula:
                yield f"{place}: in a formula a product is written \\cdot or \\odot, not *"


def no_emoji(lesson: LessonText) -> Iterator[str]:
    """The voice is words: pictographs read badly aloud."""
    for cell in (*lesson.texts, *lesson.codes):
        found = EMOJI.search(cell.source)
        if found:
            yield f"{lesson.at(cell, found.start())}: {found[0]}"


def short_texts(lesson: LessonText) -> Iterator[str]:
    """A text cell can be taken in at once."""
    for cell in lesson.texts:
        words = len(cell.source.split())
        if words > MOST_WORDS:
            yield f"{lesson.at(cell)}: {words} words in one cell, of {MOST_WORDS}: divide it"


def hints(lesson: LessonText) -> Iterator[str]:
    """Hints are folded away, can be opened, and hold no code and no line of a solution."""
    solutions = [
        line.strip()
        for _, answer in lesson.answers
        for line in solution_of(answer.source)
        if len(line.strip()) >= LEAST_LINE
    ]
    for cell in (each for each in lesson.source.cells if each.role == "text"):
        folded = list(DETAILS.finditer(cell.source))
        if len(folded) != max(cell.source.count(f"<{end}") for end in ("details", "/details")):
            yield f"{lesson.at(cell)}: <details> as docs/authoring.md shows it, or none"
        for found in folded:
            yield from _told(lesson, cell, found, solutions)


def _told(
    lesson: LessonText, cell: SourceCell, found: re.Match[str], solutions: list[str]
) -> Iterator[str]:
    place = lesson.at(cell, found.start())
    if "```" in found[0]:
        yield f"{place}: a hint holds code"
    for line in solutions:
        if line in found[0]:
            yield f"{place}: a hint tells {line!r}"
