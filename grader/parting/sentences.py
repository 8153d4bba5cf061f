"""Say where the values part, in sentences of a closed list.

What a sentence says of the notebook are its own names; what it says of the student's text stands
there. No value and nothing of the reference's text is in any of them.
"""

from __future__ import annotations

from grader.parting.finding import Parting

# What is certain when everything before it is right.
SENTENCES = {
    "value": "Everything that `{text}` is made of is right; what it makes is not{towards}.",
    "times": "`{text}` is right but for a factor: it is {more} times {wanted}.",
    "sign": "`{text}` is right but for its sign.",
    "operation": "`{text}` has the right values to work with and does something else with "
    "them{towards}.",
    "turned": "`{text}` has the right values to work with, but one of them lies the other way "
    "round{towards}.",
    "precision": "`{text}` is computed in {more}, which is less precise than its inputs.",
    "operand": "In `{text}`, {operand} is not what belongs there{instead}.",
    "detail": "In `{text}`, {operand} is another number or another part than belongs "
    "there{towards}.",
    "start": "{operand} does not begin with what belongs there{instead}.",
    "unfinished": "What this line makes is right so far, and something is missing in it{towards}.",
    "number": "{operand} is given another number here than the letter stands for.",
    "size": "{operand} is given another size here than the letter stands for.",
    "pairs": "What this line goes through does not belong together, or lies in another "
    "order{instead}.",
    "not handed on": "{wanted} is never handed on to the next step; here, beside it, it could be.",
    "swapped names": "Two of the names in this line are given each other's values.",
    "alias": "{operand} is another name here for what the function was given, and `{more}` writes "
    "into it.",
    "named": "The name does not fit the value: this is {given}, and {wanted} belongs there.",
    "assembled": "What is put together here does not fit what it meets: is its order right?",
    "dropped": "`{text}` makes what is wanted, and nothing takes it.",
    "swapped": "Call {more} gets right values, but in the place of each other.",
    "order": "The first time round, the loop works on what belongs to step {more}.",
    "not called": "This calls {operand}, which the exercise does not need.",
    "argument missing": "Call {more} is not given {operand}.",
    "call": "Call {more}: {operand} is not what belongs there{instead}.",
    "steps": "{given} steps are taken, and {wanted} are to be.",
    "raises": "Python stops at `{text}`{sofar}.",
    "unbound": "{operand} has no value where it is read{named}.",
    "shape": "What this line makes has another shape than what is to go into it.",
    "wrong shape": "What this line makes has another shape than {operand} is to have.",
    "changes its input": "`{text}` writes into what the function was given.",
    "one array": "{more} are two names of one array: what is written to one shows in the other.",
    "overwritten": "`{text}` writes over what `{more}` made, which was right and is still needed.",
    "nothing returned": "The function comes to its end here and gives nothing back.",
    "kind": "At {operand} of what comes back, {wanted} is to stand.",
    "lacks": "What is made here has no {more}.",
    "shuffled": "The right values come back at {operand}, in another order or not all of them.",
    "place": "At {operand} of what comes back stands {given}; {wanted} belongs there.",
    "left out": "Everything up to here is right; what is never made is {wanted}.",
}
PROBABLY = frozenset(
    (
        "operand",
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


def sentence(parting: Parting) -> str:
    """Return the sentence on a parting of the values."""
    kind = parting.kind
    if kind == "times" and parting.more == "-1":
        kind = "sign"
    if kind == "operand" and parting.more.isdigit():
        kind = "call"
    if kind == "shape" and parting.operand:
        kind = "wrong shape"
    if kind == "left out" and not parting.wanted:
        return "Everything up to here is right, and something that follows from it is never made."
    if kind == "place" and not (parting.given and parting.wanted):
        return f"At {parting.operand} of what comes back, something else is to stand."
    if kind == "times" and not parting.wanted:
        return f"`{parting.text}` is right but for a factor {parting.more}."
    if not parting.text and "{text}" in SENTENCES[kind]:
        kind = "unfinished" if kind == "value" else kind
    said = SENTENCES[kind].format(
        text=parting.text or "this line",
        operand=_quoted(parting.operand) or "what is used",
        given=parting.given,
        wanted=parting.wanted,
        more=parting.more,
        towards=f", on the way to {parting.wanted}" if parting.wanted else "",
        instead=_instead(parting),
        named=f"; this line binds {parting.more}, which nothing reads" if parting.more else "",
        sofar=", and what it works with is right so far" if parting.more == "right" else "",
    )
    return f"Probably: {said[0].lower() + said[1:]}" if kind in PROBABLY else said


def _quoted(text: str) -> str:
    return f"`{text}`" if text else ""


def _instead(parting: Parting) -> str:
    """Say what stands in a place and what belongs there, where the notebook has names for both."""
    if parting.given and parting.wanted and parting.given != parting.wanted:
        return f": this is {parting.given}, and {parting.wanted} belongs there"
    if parting.wanted:
        return f": {parting.wanted} belongs there"
    if parting.given:
        return f": this is {parting.given}"
    return ""
