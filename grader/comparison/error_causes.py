"""Name the cause of an exception by its type and its text, whatever the exercise is about.

Used by the judge and, copied into ``selfcheck.py``, by the student's check. An exception's text may
hold hidden values: of it only words are repeated that the reader knows, or NumPy's own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

import numpy as np

from grader.comparison.causes import Cause
from grader.comparison.telling import LONGEST_KEY

QUOTED = re.compile(rf"'(\w{{1,{LONGEST_KEY}}})'")
SMALL_NUMBER = re.compile(r"-?\d{1,9}")
# Types, the beginning or a part of the text, and the cause; nothing of the text is repeated.
BY_TEXT = (
    (
        ("TypeError", "AttributeError"),
        re.compile(r".*NoneType", re.S),
        Cause(
            "none-is-used",
            "a value is still None when it is used",
            "Which value on that line is not computed yet, or comes from a missing `return`?",
        ),
    ),
    (
        ("TypeError", "UFuncTypeError"),
        re.compile(r"ufunc 'add' did not contain a loop .*[<>]U|can only concatenate str", re.S),
        Cause(
            "text-added-to-a-number",
            "text and a number are added",
            "print shows several things with a comma between them.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"(?:too many|not enough) values to unpack"),
        Cause(
            "unpacks-another-number",
            "a value is taken apart into a wrong number",
            "Count the names on the left of that line. How many things does the right side hold?",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"Unable to avoid copy"),
        Cause(
            "copy-false",
            "copy=False forbids a copy that has to be made",
            "np.asarray copies only where it must.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r".*inhomogeneous shape", re.S),
        Cause(
            "different-shapes-in-one-array",
            "things of different shapes are put into one array",
            "np.append and np.array make one array of all they are given: is it a list that grows "
            "there, with its own append?",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"cannot reshape array"),
        Cause(
            "reshape-does-not-fit",
            "an array is given a shape of another number of entries",
            "Are the sizes those of one example? Take them from the .shape of an argument.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(
            r".*(?:broadcast|matmul|not aligned|dimensions.* must match|same number of dim)", re.S
        ),
        Cause(
            "shapes-do-not-fit",
            "two arrays are put together that do not fit",
            "Write the shape beside each array on that line, in letters, and look where it ends.",
        ),
    ),
    (
        ("AxisError",),
        re.compile(r"axis"),
        Cause(
            "axis-out-of-range",
            "an axis is named that the array does not have",
            "How many axes has it? The first one is axis 0.",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r"too many indices"),
        Cause(
            "too-many-indices",
            "an array is indexed in more places than it has axes",
            "How many axes has it, and which of them does each place of the index stand for?",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r"only integers|arrays used as indices"),
        Cause(
            "index-is-no-integer",
            "what is no whole number is used as an index",
            "What do the names between the brackets hold? / gives no whole number, // does.",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r".*out of (?:bounds|range)", re.S),
        Cause(
            "index-out-of-range",
            "an index runs past the end",
            "How long is what is indexed there, and how far does the loop count?",
        ),
    ),
    (
        ("TypeError",),
        re.compile(r".*(?:positional|keyword) argument", re.S),
        Cause(
            "arguments-do-not-fit",
            "a function is called with other arguments than its `def` line lists",
            "Compare the call with the `def` line of the function that it calls.",
        ),
    ),
)
OF_A_WORD = ("KeyError", "NameError", "UnboundLocalError", "ModuleNotFoundError")
NOT_IN_NUMPY = re.compile(
    rf"module 'numpy' has no attribute '(\w{{1,{LONGEST_KEY}}})'"
    rf"|`np\.(\w{{1,{LONGEST_KEY}}})` was removed"
)
INSTEAD = re.compile(r"[Uu]se `([\w.()=, ]+)`")
# What has another name now, and NumPy does not say which.
RENAMED = {
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "in1d": "np.isin",
    "row_stack": "np.vstack",
    "trapz": "np.trapezoid",
    "msort": "np.sort",
}


def cause_of_error(
    name: str, message: str, keys: Iterable[str], known: Callable[[str], bool]
) -> Cause | None:
    """Return why an exception of the type ``name`` was raised, None when it does not say.

    ``keys`` are those of the dictionaries that the function is given. Of the exception's own text,
    which could carry hidden values, one word is repeated if it is ``known`` to the reader already.
    """
    if name == "AttributeError" and (lacking := NOT_IN_NUMPY.match(message)):
        return _not_in_numpy(lacking[1] or lacking[2], known)
    if name == "KeyError" and SMALL_NUMBER.fullmatch(message):
        hint = "Its entries have names: which keys does the docstring list?"
        return Cause("key-is-a-number", "an entry of a dictionary is asked for by position", hint)
    quoted = QUOTED.search(message) if name in OF_A_WORD else None
    if quoted and known(quoted[1]):
        return _of_a_word(name, quoted[1], keys)
    told = (cause for names, text, cause in BY_TEXT if name in names and text.match(message))
    return next(told, None)


def _of_a_word(name: str, word: str, keys: Iterable[str]) -> Cause:
    """Return the cause of an exception that is about one word."""
    if name == "KeyError":
        near = _nearest(word, sorted(set(keys) - {word}))
        hint = f"Is {near!r} meant?" if near else "Which keys does the docstring list?"
        return Cause("key-unknown", f"the key {word!r} is looked up and is not there", hint)
    if name == "NameError":
        hint = "Is it spelt as where it is set, and set within the function?"
        return Cause("name-not-defined", f"the name {word!r} is used and has no value", hint)
    if name == "UnboundLocalError":
        hint = "Is the line that sets it reached before the line that uses it?"
        return Cause("name-not-set", f"{word!r} is used before it has a value", hint)
    hint = "NumPy and the files beside the notebook are all that is needed."
    return Cause("module-missing", f"the module {word!r} is used and is not installed here", hint)


def _not_in_numpy(word: str, known: Callable[[str], bool]) -> Cause | None:
    """Say that NumPy has no such name (any more), and what replaces it, in NumPy's own words."""
    if not known(word):
        return None
    try:
        getattr(np, word)
        return None
    except AttributeError as error:
        said = INSTEAD.search(str(error))
    instead = RENAMED.get(word) or (said[1] if said else "")
    hint = f"{instead} takes its place." if instead else "How does NumPy's documentation spell it?"
    number = np.__version__.partition(".")[0]
    return Cause("not-in-numpy", f"np.{word} is used, which NumPy {number} does not have", hint)


def _nearest(word: str, keys: list[str]) -> str:
    """Return the key that ``word`` may stand for; swapped letters first: Wxa is Wax and not Wya."""
    swapped = [key for key in keys if sorted(key) == sorted(word)]
    return next(iter(swapped or difflib.get_close_matches(word, keys, n=1, cutoff=0.5)), "")
