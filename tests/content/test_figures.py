"""The SVG masters can be inlined in a notebook and read in any theme, or by ear."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.kit.course import course

ROOT = Path(__file__).resolve().parents[2]
FIGURES = sorted((ROOT / "solutions").glob("*/figures/*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 16_000  # each figure travels inside every notebook, as a data: URI
MAX_WIDTH = 880  # a notebook's column

every_figure = pytest.mark.parametrize(
    "path", FIGURES, ids=[f"{path.parents[1].name}/{path.stem}" for path in FIGURES]
)


def parse(path: Path) -> ElementTree.Element:
    """Return the root element of an SVG file."""
    return ElementTree.parse(path).getroot()


@pytest.mark.parametrize("name", course().names())
def test_every_exercise_has_a_figure(name: str):
    """Each exercise of an assignment has a figure of the same name, and there is no other."""
    exercises = {exercise.name for exercise in course().spec(name).exercises}
    assert {path.stem for path in FIGURES if path.parents[1].name == name} == exercises


@every_figure
def test_title_and_description_replace_the_picture(path: Path):
    """A title and a description of some length come first, and the root refers to them."""
    root = parse(path)
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert len((title.text or "").split()) >= 4
    assert len((desc.text or "").split()) >= 30
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [title.get("id"), desc.get("id")]


@every_figure
def test_background_is_opaque_and_painted_first(path: Path):
    """A white rectangle of the full size lies under everything, so a dark theme cannot hide ink."""
    root = parse(path)
    _, _, width, height = (root.get("viewBox") or "").split()
    drawn = [child for child in root if child.tag not in (f"{SVG}title", f"{SVG}desc")]
    background = drawn[0]
    assert background.tag == f"{SVG}rect"
    assert background.attrib == {"width": width, "height": height, "fill": "#ffffff"}
    assert float(width) <= MAX_WIDTH


@every_figure
def test_figure_is_self_contained(path: Path):
    """No script, link, image, foreign content or event handler; url() stays inside the file."""
    text = path.read_text(encoding="utf-8")
    root = parse(path)
    ids = {element.get("id") for element in root.iter()}
    banned = {"script", "a", "image", "foreignObject", "use", "iframe"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in banned
        for name in element.attrib:
            assert not name.endswith("href") and not name.startswith("on"), name
    assert set(re.findall(r"https?://[^\"\s]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert set(re.findall(r"url\(#?([^)]*)\)", text)) <= ids
    assert set(re.findall(r"font: \S+ ([^;]+);", text)) == {"sans-serif"}


@every_figure
def test_ids_and_rules_are_the_figures_own(path: Path):
    """Ids and style rules carry the figure's prefix, so two inlined figures do not collide."""
    root = parse(path)
    prefix = root.get("id") or ""
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert prefix and len(ids) == len(set(ids))
    assert all(name == prefix or name.startswith(f"{prefix}-") for name in ids)
    rules = (root.findtext(f"{SVG}style") or "").split("\n")
    assert all(rule.strip().startswith(f"#{prefix} ") for rule in rules if rule.strip())
    roots = [parse(other).get("id") for other in FIGURES]
    assert roots.count(prefix) == 1


@every_figure
def test_figure_is_small(path: Path):
    """A figure is at most 16 kB, since it is copied into every released notebook."""
    assert path.stat().st_size <= MAX_BYTES


@every_figure
def test_gradients_are_dashed(path: Path):
    """A line of gradient colour is dashed, so that colour is never the only sign."""
    style = parse(path).findtext(f"{SVG}style") or ""
    for rule in re.findall(r"\.w(?:d|dc) \{[^}]*\}", style):
        assert "stroke-dasharray" in rule


@every_figure
def test_da_with_a_time_step_is_always_the_slice_of_da(path: Path):
    """In equation (18) it is the loss's share alone; other gradients are said to be at a state."""
    for text in parse(path).iter(f"{SVG}text"):
        words = "".join(text.itertext())
        assert "da⟨" not in words or words.endswith("⟩ from loss"), words


@every_figure
def test_notebook_text_shows_the_figure(path: Path):
    """The assignment's text refers to each of its figures, with alt text."""
    source = path.parents[1] / "lesson.py"
    pattern = rf"!\[([^\]]{{20,}})\]\(figures/{re.escape(path.name)}[)\s]"
    assert re.search(pattern, source.read_text(encoding="utf-8"))
