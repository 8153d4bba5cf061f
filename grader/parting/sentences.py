"""Say where the values part, in sentences of a closed list.

What a sentence says of the notebook are its own names; what it says of the student's text stands
there. No value and nothing of the reference's text is in any of them.
"""

from __future__ import annotations

import re

from grader.parting.finding import Parting

# What is certain when everything before it is right.
SENTENCES = {
    "value": "everything that {text} is made of is right; what it makes is not{towards}.",
    "times": "{text} is right but for a factor: it is {more} times {wanted}.",
    "sign": "{text} is right but for its sign.",
    "operation": "{text} has the right values to work with, and does something else with "
    "them{towards}.",
    "turned": "{text} has the right values, but lies the other way round{towards}.",
    "precision": "{text} is computed in another precision ({more}){towards}.",
    "operand": "in {text}, {operand} is not what belongs there{instead}.",
    "operand alone": "{operand} is not what belongs there{instead}.",
    "detail": "in {text}, {operand} is another number or part than belongs there{towards}.",
    "start": "{operand} does not begin with what belongs there{instead}.",
    "unfinished": "what this line makes is right so far, and something is missing in it{instead}.",
    "number": "{operand} is given another number here than the letter stands for.",
    "size": "{operand} is given another size here than is needed below.",
    "pairs": "what this line goes through does not belong together, or lies in another "
    "order{instead}.",
    "not handed on": "{belonging} is never handed on to the next step; here, beside it, it "
    "could be.",
    "swapped names": "two of the names in this line are given each other's values.",
    "alias": "{operand} is another name here for what the function was given, and `{more}` writes "
    "into it.",
    "named": "the name does not fit the value: this is {given}, and {belonging} belongs there.",
    "elsewhere": "at {operand} of what comes back, something else is to stand.",
    "assembled": "what is put together here does not fit what it meets: is its order right?",
    "dropped": "{text} makes what is wanted, and nothing takes it.",
    "swapped": "call {more} gets right values, but in the place of each other.",
    "order": "the first time round, the loop works on what belongs to step {more}.",
    "not called": "this calls {operand}, which the exercise does not need.",
    "argument missing": "call {more} is not given {operand}.",
    "call": "call {more}: {operand} is not what belongs there{instead}.",
    "steps": "{given} steps are taken, and {wanted} are to be.",
    "raises": "Python stops at {text}{sofar}.",
    "unbound": "{operand} has no value where it is read{named}.",
    "shape": "what this line makes has another shape than what is to go into it.",
    "wrong shape": "what this line makes has another shape than {operand} is to have.",
    "changes its input": "{text} writes into what the function was given.",
    "one array": "{more} are names of one array: what is written to one shows in the other.",
    "overwritten": "{text} writes over what `{more}` made, which was right and is still needed.",
    "nothing returned": "the function comes to its end here and gives nothing back.",
    "kind": "at {operand} of what comes back, {belonging} is to stand.",
    "lacks": "what is made here has no {more}.",
    "shuffled": "the right values come back at {operand}, in another order or not all of them.",
    "place": "at {operand} of what comes back stands {given}; {belonging} belongs there.",
    "left out": "everything up to here is right; what is never made is {wanted}.",
    "left out unnamed": "everything up to here is right, and what follows from it is never made.",
}
# What pointed at a right line in one case of ten and more of tests/parting/seen, or may mean
# something else.
PROBABLY = frozenset(
    (
        "operation",
        "lacks",
        "left out",
        "left out unnamed",
        "operand",
        "operand alone",
        "pairs",
        "assembled",
        "swapped names",
        "not handed on",
        "start",
        "value",
        "kind",
        "unfinished",
        "call",
        "unbound",
    )
)


NEEDS = {  # what a sentence cannot do without, and what is said then
    "times": ("more", "value"),
    "place": ("given", "elsewhere"),
    "named": ("given", "elsewhere"),
    "not handed on": ("wanted", "unfinished"),
    "left out": ("wanted", "left out unnamed"),
}


def sentence(parting: Parting) -> str:
    """Return the sentence on a parting of the values."""
    kind = _kind(parting)
    needed, otherwise = NEEDS.get(kind, ("", ""))
    if needed and not getattr(parting, needed):
        kind = otherwise
    wanted = _named(parting.wanted) or "what belongs there"
    said = SENTENCES[kind].format(
        text=f"`{parting.text}`" if parting.text else "this line",
        operand=f"`{parting.operand}`" if parting.operand else "what is used",
        given=_named(parting.given),
        wanted=wanted,
        belonging=f"{wanted}{_comma(wanted)}",
        more=parting.more or "a number",
        towards=f", on the way to {_named(parting.towards)}" if parting.towards else "",
        instead=_instead(parting),
        named=f"; this line binds {parting.more}, which nothing reads" if parting.more else "",
        sofar=", and what it works with is right so far" if parting.more == "right" else "",
    )
    unsure = parting.also > 0 or (kind in PROBABLY and not parting.sure)
    return f"Probably: {said}" if unsure else said[:1].upper() + said[1:]


def _kind(parting: Parting) -> str:
    """Return the sentence's key: some kinds have a sentence of their own for a detail."""
    if parting.kind == "times" and parting.more == "-1":
        return "sign"
    if parting.kind == "operand" and parting.more.isdigit():
        return "call"
    if parting.kind == "operand" and parting.text == parting.operand:
        return "operand alone"
    if parting.kind == "shape" and parting.operand:
        return "wrong shape"
    return parting.kind


def _instead(parting: Parting) -> str:
    """Say what stands in a place and what belongs there, where the notebook has names for both."""
    given, wanted = _named(parting.given), _named(parting.wanted)
    if parting.missing:
        missing = _named(parting.missing)
        return f": {missing}{_comma(missing)} is missing in it"
    if given and wanted and given != wanted:
        return f": this is {given}, and {wanted}{_comma(wanted)} belongs there"
    if wanted:
        return f": {wanted}{_comma(wanted)} belongs there"
    if given:
        return f": this is {given}"
    return f", on the way to {_named(parting.towards)}" if parting.towards else ""


def _comma(named: str) -> str:
    """Return the comma that closes a name's equation."""
    return "," if ", " in named else ""


def _named(name: str) -> str:
    """Return a name of the notebook's as code, with its equation or its step as words.

    What has more words, "an array", is none.
    """
    if name.startswith(("a ", "an ")):
        return name
    word = re.match(r"\w+(?:\[[^\]]*\])?", name)
    return f"`{word[0]}`{name[word.end() :]}" if word is not None else name
