"""Compare the calls of other exercises' functions: what each step of a sequence is given."""

from __future__ import annotations

from grader.parting.between import Between, Key
from grader.parting.finding import Parting
from grader.parting.operands import argument_operand, wrong_operand
from grader.parting.recording import CallOf


def wrong_call(between: Between, call: CallOf) -> Parting:
    """Say what is wrong with a call whose arguments are right values, but not those of a step."""
    run = between.run
    place, mine = run.places[call.place], between.given(call)
    nth = [c for c in run.calls if c.name == call.name].index(call)
    theirs = [
        (between.was_given(c), c) for c in between.reference.recording.calls if c.name == call.name
    ]
    step = str(nth + 1)
    if not theirs:
        return between.part("not called", call.place, operand=call.name)
    score = [_agreeing(mine, given) for given, _ in theirs]
    best = max(range(len(theirs)), key=lambda i: (score[i], i == nth))
    if nth == 0 and place.loop:
        begins = _begins_with(between, call, theirs) or (
            best if best and _begins_elsewhere(between, call, theirs, score, best) else 0
        )
        if begins:
            return between.at_line("order", place.loop, -1, more=str(begins + 1))
    given, other = theirs[best]
    wrong = next((a for a in mine if given.get(a) != mine[a]), None)
    if wrong is None:
        missing = next((a for a in given if a not in mine), "")
        return between.part("argument missing", call.place, operand=missing, more=step)
    if any(a != wrong and mine[a] == given[wrong] != given.get(a) for a in mine if wrong in given):
        line = _swapped_before(between, call, wrong) if nth == 0 else 0
        if line:
            return between.at_line("start", line, -1, operand=wrong)
        return between.part("swapped", call.place, operand=wrong, more=step)
    operand = argument_operand(between, call, wrong)
    return wrong_operand(between, operand, between.argument(other, wrong), more=step)


def _swapped_before(between: Between, call: CallOf, name: str) -> int:
    """Return the line before a loop that gave two states each other's values; 0 without one.

    What the call returns under a name is what belongs under it the next time, too.
    """
    run, place = between.run, between.run.places[call.place]
    own = between.own_text(call, name)
    starred = next((part[1:] for part in place.parts if part.startswith("*")), "")
    if starred:
        lines = [u.line for u in run.uses.uses if u.name == starred and u.binds]
        return lines[0] if lines and lines[0] < place.loop else 0
    line = call.bound.get(own, 0)
    again = [n for other, at, n in run.bindings if other == own and at >= place.loop]
    calls = [c for c in between.reference.recording.calls if c.name == call.name]
    if not again or not 0 < line < place.loop or len(calls) < 2 or again[0] not in call.made:
        return 0
    made = calls[0].made[call.made.index(again[0])] if len(calls[0].made) == len(call.made) else -1
    return line if made in between.argument(calls[1], name) else 0


def _agreeing(mine: dict[str, tuple[Key, ...]], given: dict[str, tuple[Key, ...]]) -> int:
    return sum(given.get(a) == mine[a] for a in mine)


def _begins_with(
    between: Between, call: CallOf, theirs: list[tuple[dict[str, tuple[Key, ...]], CallOf]]
) -> int:
    """Return the step whose part the loop's number picks the first time; 0 where that is right."""
    mine = between.given(call)
    for a in mine:
        picked = between.run.uses.picks(
            between.own_text(call, a), between.run.places[call.place].loop
        )
        if picked and mine[a] != theirs[0][0].get(a):
            return next((j for j, (given, _) in enumerate(theirs) if given.get(a) == mine[a]), 0)
    return 0


def _begins_elsewhere(
    between: Between,
    call: CallOf,
    theirs: list[tuple[dict[str, tuple[Key, ...]], CallOf]],
    score: list[int],
    best: int,
) -> bool:
    """Tell whether the first call is given what belongs to another step."""
    mine = between.given(call)
    whole = all(len(theirs[best][0].get(a, ())) == len(mine[a]) for a in mine)
    loop = between.run.places[call.place].loop
    picked = [a for a in mine if between.run.uses.reads_loop(between.own_text(call, a), loop)]
    if not whole or any(theirs[best][0].get(a) != mine[a] for a in picked):
        return False
    if score[best] > score[0]:
        return True
    return any(theirs[best][0].get(a) == mine[a] != theirs[0][0].get(a) for a in mine)


def missing_calls(between: Between) -> Parting | None:
    """Say that fewer steps are taken than there are."""
    run, reference = between.run, between.reference.recording
    if run.error:
        return None
    # Calls of a forward pass led to the inputs, and are not the function's own.
    calls = [call for call in reference.calls if call.at >= between.reference.begins]
    for name in {call.name for call in calls}:
        mine = [call for call in run.calls if call.name == name]
        wanted = sum(call.name == name for call in calls)
        if 0 < len(mine) < wanted:
            place = run.places[mine[-1].place]
            said = {"given": str(len(mine)), "wanted": str(wanted)}
            way_out = run.uses.exits.get(place.function, 0)
            return between.at_line("steps", place.loop or way_out or place.line, -1, **said)
    return None
