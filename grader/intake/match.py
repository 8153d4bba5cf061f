"""Match a submission's cells with the assignment's, and mend what arrives damaged.

The submission is data that is not trusted: only cell types, ids, sources and the pictures of
answers in words are taken from it.
Which cells are graded, their tests and points come from the source notebook; whatever had to be
mended is listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from grader.assignment.source import LESSON, Source, SourceCell
from grader.intake.pictures import Pictures
from grader.intake.read import RawCell, UnreadableSubmission
from grader.intake.submission import PlannedCell, Submission
from grader.intake.written import Answer, answer, is_blank, shared_lines

LONGEST_KEPT = 10_000  # characters of a cell's id, which nothing else bounds, and source
CODE = ("answer", "example", "check", LESSON)


def plan(raw: Sequence[RawCell], source: Source) -> Submission:
    """Match a submission's cells with the source's and return the notebook to be graded.

    Answers keep the student's text in the student's order; locked cells are the source's own;
    cells that are gone are put back. Raises UnreadableSubmission if nothing at all matches.
    """
    mended: list[str] = []
    matched = _match(raw, source, mended)
    if not any(match is not None for match in matched):
        raise UnreadableSubmission("none of the assignment's cells is in it; it may be another one")
    pictures = Pictures()
    written = {
        target.id: answer(raw, matched, source, target, pictures)
        for target in source.cells
        if target.role == "written"
    }
    moved = {place for found in written.values() for place in found.moved}
    cells: list[PlannedCell] = []
    placed: set[str] = set()
    for place, (cell, match) in enumerate(zip(raw, matched, strict=True)):
        if place in moved:
            continue
        if match is None:
            cells.append(_own(cell, len(cells)))
        elif match.role == "written":
            cells.append(_in_words(match.id, written[match.id], mended))
            placed.add(match.id)
        elif match.role == "answer":
            if cell.kind != "code":
                mended.append(f"cell {match.id} was a {cell.kind} cell, taken as code")
            cells.append(PlannedCell(match.id, match.role, cell.source))
            placed.add(match.id)
        else:
            cells.append(_released(cell, match, mended))
            placed.add(match.id)
    _put_back(cells, placed, source, mended, written)
    said = f"[{', '.join(map(_told, raw))}]"
    return Submission(tuple(cells), tuple(mended), hashlib.sha256(said.encode()).hexdigest())


def _told(cell: RawCell) -> str:
    usual = len(cell.claimed) + len(cell.source) <= LONGEST_KEPT and not cell.attached
    return _kept_text(cell) if usual else _text(cell)


def _text(cell: RawCell) -> str:
    return repr((cell.kind, cell.claimed, cell.source, *cell.attached))


_kept_text = lru_cache(maxsize=512)(_text)  # most cells of a class are the assignment's own


def _in_words(name: str, found: Answer, mended: list[str]) -> PlannedCell:
    mended += [found.note] if found.note else []
    return PlannedCell(name, "written", found.text, found.pictures)


def _released(cell: RawCell, match: SourceCell, mended: list[str]) -> PlannedCell:
    """Keep what students write into the text; a locked cell is the source's own."""
    same = cell.source.strip() == match.source.strip()
    if match.role == "text" and not same:
        return PlannedCell(match.id, match.role, cell.source)
    if not same:
        mended.append(f"locked cell {match.id} was changed, taken from the original")
    return PlannedCell(match.id, match.role, match.source)


def _own(cell: RawCell, number: int) -> PlannedCell:
    return PlannedCell(f"own-{number}", "extra" if cell.kind == "code" else "text", cell.source)


def _match(raw: Sequence[RawCell], source: Source, mended: list[str]) -> list[SourceCell | None]:
    """Say for each submitted cell which source cell it is: by id, by function, by text."""
    by_id = {cell.id: cell for cell in source.cells}
    matched: list[SourceCell | None] = [by_id.get(cell.claimed) for cell in raw]
    _free_code(raw, matched, source)
    _settle_duplicates(raw, matched, by_id, mended)
    taken = {cell.id for cell in matched if cell is not None}
    lost: list[str] = []
    for number, target in enumerate(source.cells):
        if target.id in taken:
            continue
        places = [i for i, m in enumerate(matched) if m is None and _looks_like(raw[i], target)]
        if not places and target.role == "text":
            places = _edited(raw, matched, source, number)
        if target.role == "written":
            places = _after(raw, matched, source.cells[number - 1])
        if places:
            code = [place for place in places if raw[place].kind == "code"]
            matched[(code or places)[-1]] = target
            if target.role != "text":
                lost.append(target.id)
    if lost:
        which = ", ".join(lost[:3]) + (" …" if len(lost) > 3 else "")
        mended.append(f"{len(lost)} cells had lost their ids, found by their contents: {which}")
    return matched


def _edited(
    raw: Sequence[RawCell], matched: Sequence[SourceCell | None], source: Source, number: int
) -> list[int]:
    """Return the place of a question with the answer in its own text, which lost its id."""
    if [cell.role for cell in source.cells[number + 1 : number + 2]] != ["written"]:
        return []
    question = source.cells[number].source
    free = (i for i, match in enumerate(matched) if match is None and raw[i].kind == "markdown")
    shared = {place: shared_lines(raw[place].source, question) for place in free}
    place = max(shared, key=lambda place: shared[place], default=None)
    return [] if place is None or not shared[place] else [place]


def _after(
    raw: Sequence[RawCell], matched: Sequence[SourceCell | None], question: SourceCell
) -> list[int]:
    """Return the place of the text after the question: a written answer that lost its id."""
    places = [i for i, match in enumerate(matched) if match is not None and match == question]
    if not places or places[0] + 1 >= len(raw):
        return []
    following = places[0] + 1
    free = matched[following] is None and raw[following].kind == "markdown"
    return [following] if free else []


def _free_code(raw: Sequence[RawCell], matched: list[SourceCell | None], source: Source) -> None:
    """Take the id from code that is not what the id says: text, or a locked cell, by copied ids."""
    answers = {cell.id: cell for cell in source.cells if cell.role == "answer"}
    claims = [m.id if m is not None else None for m in matched]
    served = {
        name
        for cell, name in zip(raw, claims, strict=True)
        if name in answers and _looks_like(cell, answers[name])
    }
    misled: set[str] = set()  # answers whose code lies under another cell's id
    for place, match in enumerate(matched):
        if match is None or match.role in ("answer", "written") or raw[place].kind != "code":
            continue
        function = raw[place].function
        if function in answers and function not in served:
            misled.add(function)
            matched[place] = None
        elif match.role == "text":
            matched[place] = None
    for place, match in enumerate(matched):
        if match is not None and match.id in misled:
            matched[place] = None


def _settle_duplicates(
    raw: Sequence[RawCell],
    matched: list[SourceCell | None],
    by_id: Mapping[str, SourceCell],
    mended: list[str],
) -> None:
    """Keep, of several cells with one id, the last that is what the id says, or the last."""
    claims: dict[str, list[int]] = {}
    for place, cell in enumerate(matched):
        if cell is not None:
            claims.setdefault(cell.id, []).append(place)
    for name, places in claims.items():
        if len(places) == 1:
            continue
        kept = max(places, key=lambda place: (_fitness(raw[place], by_id[name]), place))
        mended.append(f"duplicate cell id {name} ({_nth(places.index(kept) + 1)} kept)")
        for place in places:
            if place != kept:
                matched[place] = None


def _fitness(cell: RawCell, target: SourceCell) -> int:
    """Rate how well a cell is what its id says: code that defines the function, words as answer."""
    if target.role == "answer":
        defines = cell.function == target.id
        return 2 * defines + (cell.kind == "code")
    if target.role == "written":
        return int(not is_blank(cell.source) and cell.source.strip() != target.source.strip())
    return int(cell.source.strip() == target.source.strip())


def _nth(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _looks_like(cell: RawCell, target: SourceCell) -> bool:
    if target.role == "answer":
        # By its `def` line: an answer that does not parse is the student's answer all the same.
        begins = re.search(rf"^(def|class)\s+{re.escape(target.id)}\s*[(:]", cell.source, re.M)
        if begins is None:
            return False
        return cell.kind == "code" or cell.function == target.id
    if target.role == "written":
        return False  # only its place distinguishes a written answer from other text
    kind = "markdown" if target.role == "text" else "code"
    return cell.kind == kind and cell.source.strip() == target.source.strip()


def _put_back(
    cells: list[PlannedCell],
    placed: set[str],
    source: Source,
    mended: list[str],
    written: Mapping[str, Answer],
) -> None:
    """Insert the source's code and graded cells that the submission lacks, each at its place."""
    order = [cell.id for cell in source.cells]
    for number, target in enumerate(source.cells):
        if target.id in placed or target.role not in (*CODE, "written"):
            continue
        mended.append(
            f"cell {target.id} was gone" + ("" if target.role == "answer" else ", put back")
        )
        if target.role == "answer":
            continue
        before = set(order[:number])
        after = [i for i, cell in enumerate(cells) if cell.id in before]
        planned = PlannedCell(target.id, target.role, target.source)
        if target.role == "written":  # the source has the model answer
            planned = _in_words(target.id, written[target.id], mended)
        cells.insert(after[-1] + 1 if after else 0, planned)
        placed.add(target.id)
