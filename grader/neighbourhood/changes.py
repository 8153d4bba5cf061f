"""Say what kind of change a mutation operator made, in words that hold no code of the solution."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

Words = tuple[str, str]  # what was done, and a hint
COUNT = "Count the factors and terms on paper, then in your line."
SIGNS = "Go through the signs and operations one by one."
SHAPES = "Write the shape of each factor beside the line."
STEPS = "Take two steps by hand: which one is read, and which is written?"
NAMES = "Read the line aloud, name by name, beside the equation."
LINES = "Follow the text of the exercise line by line: does each step have its line?"
WORDS: Mapping[str, Words] = {
    "factor": ("a factor is missing", COUNT),
    "product": ("a matrix product is missing", COUNT),
    "term": ("a term is missing", COUNT),
    "power": ("a power is missing, or stands alone", COUNT),
    "sign": ("a sign is the other way round", SIGNS),
    "product for sum": ("two things are multiplied that are to be added", SIGNS),
    "sum for product": ("two things are added that are to be multiplied", SIGNS),
    "quotient for product": ("something is divided that is to be multiplied", SIGNS),
    "product for quotient": ("something is multiplied that is to be divided", SIGNS),
    "product for power": ("a product stands in the place of a power", SIGNS),
    "entrywise": ("entries are multiplied one by one in place of a matrix product", SHAPES),
    "operands": ("two operands stand in each other's places", SHAPES),
    "not added up": ("a value takes the place of what was there and is not added to it", LINES),
    "transpose missing": ("a transpose is missing", SHAPES),
    "transpose added": ("there is a transpose too many", SHAPES),
    "axis missing": ("no axis is named", SHAPES),
    "axes lost": ("an axis is lost in a sum", SHAPES),
    "other axis": ("it goes along another axis", SHAPES),
    "keyword": ("a setting of a call is missing", "Which settings does the call need?"),
    "truth": ("a condition or setting is reversed", "What does it say the other way round?"),
    "number": ("a number is another one than it is to be", NAMES),
    "key": ("another key is taken", NAMES),
    "slice": ("a part begins or ends elsewhere", STEPS),
    "indices": ("indices stand in another order", SHAPES),
    "step": ("another step or entry is taken", STEPS),
    "loop short": ("the loop leaves out a step", STEPS),
    "loop reversed": ("the loop goes the other way", STEPS),
    "function missing": ("a function is not applied", NAMES),
    "other function": ("another function is applied", NAMES),
    "order": ("two neighbours are exchanged", "In which order does the text name them?"),
    "entry missing": ("an entry is left out", "Count the entries, one by one."),
    "name": ("another variable is taken", NAMES),
    "line": ("a line is missing", LINES),
    "loop ends": ("the loop ends after its first turn", STEPS),
    "outside": ("a line stands behind the loop and not in it", STEPS),
    "memory": (
        "a result is written into the memory of what it is made of",
        "Which array does the line write to, and who reads it afterwards?",
    ),
}

_ONE_LEFT = {
    ast.Mult: "factor",
    ast.Div: "factor",
    ast.MatMult: "product",
    ast.Add: "term",
    ast.Sub: "term",
}
_OTHER = {
    (ast.Add, ast.Sub): "sign",
    (ast.Sub, ast.Add): "sign",
    (ast.Add, ast.Mult): "product for sum",
    (ast.Mult, ast.Add): "sum for product",
    (ast.Mult, ast.Div): "quotient for product",
    (ast.Div, ast.Mult): "product for quotient",
    (ast.Pow, ast.Mult): "product for power",
    (ast.MatMult, ast.Mult): "entrywise",
}


def kind_of_change(operator: str, node: Any, new: Any) -> str:
    """Return the key in `WORDS` of what an operator did to a node."""
    found = _KINDS.get(operator)
    return found if isinstance(found, str) else found(node, new) if found else "line"


def _arithmetic(node: Any, new: Any) -> str:
    if isinstance(node, ast.AugAssign):
        return "sign" if isinstance(new, ast.AugAssign) else "not added up"
    if new is node.left or new is node.right:
        return _ONE_LEFT.get(type(node.op), "power")
    return _OTHER.get((type(node.op), type(new.op)), "operands")


def _transpose(node: Any, new: Any) -> str:
    return "transpose missing" if isinstance(node, ast.Attribute) else "transpose added"


def _keyword(node: Any, new: Any) -> str:
    if isinstance(node, ast.keyword):
        return "other axis"
    gone = {k.arg for k in node.keywords} - {k.arg for k in new.keywords}
    return {"axis": "axis missing", "keepdims": "axes lost"}.get(str(gone.pop()), "keyword")


def _constant(node: Any, _: Any) -> str:
    return {bool: "truth", str: "key"}.get(type(node.value), "number")


def _index(node: Any, new: Any) -> str:
    if isinstance(node, ast.Slice):
        return "slice"
    before, after = (sorted(map(ast.unparse, _parts(each))) for each in (node, new))
    return "indices" if before == after else "step"


def _parts(node: Any) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _loop(_: Any, new: Any) -> str:
    return "loop reversed" if len(new.args) == 3 else "loop short"


def _call(_: Any, new: Any) -> str:
    return "other function" if isinstance(new, ast.Call) else "function missing"


def _moved(_: Any, new: Any) -> str:
    return "loop ends" if isinstance(new.body[-1], ast.Break) else "outside"


_KINDS: dict[str, str | Callable[[Any, Any], str]] = {
    "arithmetic": _arithmetic,
    "transpose": _transpose,
    "keyword": _keyword,
    "constant": _constant,
    "index": _index,
    "loop": _loop,
    "call": _call,
    "order": "order",
    "shorter": "entry missing",
    "name": "name",
    "dropped": "line",
    "moved": _moved,
    "aliased": "memory",
}
