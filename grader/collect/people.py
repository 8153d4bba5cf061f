"""Find who in the class a platform means: by its own ids where it tells them, else by the name."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping

from grader.collect.handed_file import Sender
from grader.files.names import one_form
from grader.gradebook.roster import Person


class People:
    """The class, to be asked whom a platform means."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = tuple(people)
        self._words = self._listed(lambda who: [_words(who.name)])
        self._joined = self._listed(lambda who: _joined(who.name))
        self._canvas = self._listed(lambda who: [who.canvas_id.lstrip("0")])
        self._logins = self._listed(lambda who: [_folded(who.login)])
        self._emails = self._listed(lambda who: [_folded(who.email)])
        self._ids = self._listed(
            lambda who: map(_folded, (who.student, who.login, who.sis_user_id))
        )

    def whom(self, sender: Sender) -> set[str]:
        """Return the students who may be meant: one, none, or several who cannot be told apart.

        A number is compared with numbers of its own kind alone: those of two platforms may be the
        same by chance. Ids of two people are an answer of two, since one of them would get the
        other's marks.
        """
        if sender.canvas_id and (found := self._canvas.get(sender.canvas_id.lstrip("0"))):
            return set(found)
        found = self._emails.get(_folded(sender.email), set()) if sender.email else set()
        found = found | (self._ids.get(_folded(sender.sid), set()) if sender.sid else set())
        return set(found or self._by_name(sender))

    def _by_name(self, sender: Sender) -> set[str]:
        """Return those of the name; Moodle's number tells them apart, or stands for the name."""
        numbered = self._logins.get(sender.participant, set()) if sender.participant else set()
        if not sender.name:
            return numbered
        if sender.joined:
            found = self._joined.get(_folded(sender.name), set())
        else:
            found = self._words.get(_words(sender.name), set())
        if sender.canvas_id:  # of the same name, and known by another number
            found = found - {who.student for who in self._people if who.canvas_id}
        return found & numbered if len(found) > 1 and found & numbered else found

    def _listed(self, keys: Callable[[Person], Iterable[Hashable]]) -> dict[Hashable, set[str]]:
        """List the students by what they are called."""
        found: dict[Hashable, set[str]] = {}
        for person in self._people:
            for key in keys(person):
                if key:
                    found.setdefault(key, set()).add(person.student)
        return found


def _folded(text: str) -> str:
    return one_form(text).casefold()


def _words(name: str) -> tuple[str, ...]:
    """Return a name as its words in order: "Lovelace, Ada" and "Ada Lovelace" are one."""
    return tuple(sorted(re.findall(r"\w+", _folded(name))))


def _joined(name: str) -> set[str]:
    """Return a name without blanks, last name first, as Canvas writes it into a file's name."""
    words = _folded(name).split()
    orders = [words, [*words[-1:], *words[:-1]]]
    return {re.sub(r"\W", "", "".join(order)) for order in orders}


def same_form(students: Iterable[str], there: Iterable[str]) -> Mapping[str, str]:
    """Call students what their folders are called that are there already, in whichever form."""
    forms = {one_form(name): name for name in there}
    return {who: forms.get(one_form(who), who) for who in students}
