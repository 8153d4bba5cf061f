"""Write the texts of a new assignment, and of one more exercise: they release as they are."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jinja2

from grader.drafting.signature import Signature

COEFFICIENTS = ("", "2 * ", "3 * ", "4 * ", "5 * ", "6 * ", "7 * ")


def first_texts(name: str) -> tuple[str, str]:
    """Return the lesson and the exercises of a new assignment with an example of an exercise."""
    about = {"name": name, "title": name.replace("_", " ").capitalize()}
    cells, exercise = _text("first_cells.j2"), _text("first_exercise.j2")
    lesson = _text("lesson.py.j2", cells=cells, **about)
    return lesson, _text("exercises.py.j2", exercise=exercise, **about)


def exercise_texts(signature: Signature, number: int, tag: int) -> tuple[str, str]:
    """Return an exercise's cells and its description.

    ``number`` is its place among the exercises, ``tag`` that of its equation. What stands in for
    the solution is a tanh of all arguments: to be replaced, and until then right.
    """
    terms = [f"{by}{name}" for by, name in zip(COEFFICIENTS, signature.arrays, strict=False)]
    first = signature.arrays[0] if signature.arrays else ""
    for name in signature.dictionaries:
        terms.append(f'{name}["W"] @ {first}' if first else f'{name}["W"]')
        terms.append(f'{name}["b"]')
    about = {
        "name": signature.name,
        "arguments": signature.arguments,
        "returns": signature.returns,
        "dictionaries": signature.dictionaries,
        "result": signature.returns[0],
        "symbol": _symbol(signature.returns[0]),
        "number": number,
        "tag": tag,
        "total": " + ".join(terms),
        "terms": " + ".join(_formula(term) for term in terms),
        "given": [n if n in signature.arrays else "weights" for n in signature.arguments],
        "drawn": [
            "draw.parameters(W=(n, n), b=(n, 1))"
            if n in signature.dictionaries
            else "draw.normal(n, m)"
            for n in signature.arguments
        ],
    }
    return _text("cells.j2", **about), _text("exercise.j2", **about)


def _formula(term: str) -> str:
    """Return a term of code as mathematics."""
    weight, at_sign, rest = term.partition(" @ ")
    if term.endswith('"]') or at_sign:
        letter = weight.split('"')[1]
        return f"{letter} {_symbol(rest)}" if rest else letter
    factor, times, name = term.partition(" * ")
    return f"{factor}\\,{_symbol(name)}" if times else _symbol(term)


def _symbol(name: str) -> str:
    """Return a name as a letter with an index: ``a_next`` is a with the index next."""
    letter, _, index = name.partition("_")
    return f"{letter}_{{{index.replace('_', ',')}}}" if index else letter


def _text(template: str, **about: Any) -> str:
    return _environment().get_template(template).render(**about)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # it is Python that is written, for the author alone
    )
