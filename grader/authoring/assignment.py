"""Describe an assignment piece by piece, in the order in which its author thinks.

::

    A = Assignment("Learning names", files=["names.txt"])

    @A.exercise(calls=["clip", "step"])
    def train(draw):                     # one function draws all cases
        n, k = draw.sizes(n=(2, 7), k=(4, 9))
        return draw.one_hot(k, 5), draw.parameters(W=(n, k), b=(n, 1))

    train.returns(loss=number(3, main=True), gradients=tree(2))
    train.mistake("no-clip", "gradients are not clipped", "What keeps a step small?",
                  edit("clip(gradients, 5)", "gradients"))

The engine gets a frozen ``Spec`` of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignment.places import at, described_here
from grader.assignment.spec import Case, Exercise, Functions, Gradient, Mistake, Spec, SpecError
from grader.authoring.draw import READY, Challenge, Draw
from grader.authoring.kinds import Kind
from grader.comparison.layout import INPUTS, Check

Drawn = Callable[[Draw], Any]
USUAL = ("usual", "again")


def edit(old: str, new: str) -> tuple[str, str]:
    """Describe one edit of a solution: ``old`` stands in its code exactly once."""
    return old, new


class ExerciseInMaking:
    """An exercise in the making; what is said of it is kept until the assignment is asked for."""

    def __init__(self, assignment: Assignment, name: str, draw: Drawn, **more: Any) -> None:
        self.name = name
        self._assignment = assignment
        self._draw = draw
        self._more = more
        self._kinds: dict[str, Kind] = {}
        self._returned: tuple[str, ...] = ()
        self._untouched: Check | None = None
        self._challenges: tuple[Challenge, ...] = tuple(READY[name] for name in USUAL)
        self._mistakes: list[Mistake] = []
        self._equivalent: dict[str, str] = {}
        self._place = described_here()

    def returns(self, order: Sequence[str] = (), /, **kinds: Kind) -> None:
        """Say what is returned, one value or a tuple of several.

        The kinds are in the order in which they are shown; that is the order of what is returned,
        too, where ``order`` does not give another.
        """
        if order and {*order} != {*kinds}:
            raise SpecError(f"{self.name}: the order and the kinds do not agree")
        self._returned = tuple(order) or tuple(kinds)
        self._kinds |= kinds

    def returns_dictionary(self, keys: Sequence[str] = (), /, **kinds: Kind) -> None:
        """Say which keys the returned dictionary has; ``keys`` in the order of the docstring."""
        self.returns(keys, **kinds)
        self._more["returns_dict"] = True

    def also(self, **kinds: Kind) -> None:
        """Say of which arguments the state after the call counts."""
        self._kinds |= kinds

    def untouched(self, points: float) -> None:
        """Give points for leaving the arguments as they were."""
        self._untouched = Check(INPUTS, points)

    def cases(self, *challenges: str | Challenge, **sizes: Mapping[str, int]) -> None:
        """Say what is drawn: ready challenges by name, own ones, and cases of fixed sizes.

        ``m_one=dict(m=1)`` is a case that is called ``m = 1``.
        """
        unknown = [c for c in challenges if isinstance(c, str) and c not in READY]
        if unknown:
            known = ", ".join(READY)
            raise SpecError(f"{self.name}: no cases are called {unknown[0]!r}: one of {known}")
        own = [READY[c] if isinstance(c, str) else c for c in challenges]
        for fixed in sizes.values():
            name = ", ".join(f"{letter} = {size}" for letter, size in fixed.items())
            own.append(Challenge(name, fixed, own=True))
        self._challenges = tuple(own)

    def mistake(self, id: str, title: str, hint: str, *edits: tuple[str, str]) -> None:
        """Add a known mistake: small edits of the solution's code, each of which fits once.

        The title goes on from "it looks as if"; the hint points at the idea and never at the
        answer. The id is what reports count: it stays when the words change.
        """
        self._mistakes.append(Mistake(id, title, hint, edits))

    def equivalent(self, why: str, *ids: str) -> None:
        """List mutants that nobody could tell from the solution, with the reason."""
        self._equivalent |= dict.fromkeys(ids, why)

    def equivalents(self, reasons: Mapping[str, str]) -> None:
        """List mutants that nobody could tell from the solution, each with its reason."""
        self._equivalent |= reasons

    def equations(self, **numbers: int) -> None:
        """Say which equation of the notebook defines a variable of the solution, by its number.

        Messages call a value by that name and number, and students' files may know it again.
        """
        self._more["equations"] = numbers

    def published(self, numbers: Mapping[str, str], with_mistake: str | None = None) -> None:
        """Say which numbers were printed elsewhere, by place, and with which mistake."""
        self._more |= {"published": dict(numbers), "published_with": with_mistake}

    def gradient(
        self,
        *,
        forward: str = "",
        of: str = "",
        upstream: Mapping[str, str] | None = None,
        wrt: Mapping[str, str] | None = None,
        over_time: Sequence[str] = (),
        traced: Callable[..., Any] | None = None,
    ) -> None:
        """Say what is differentiated, as in `Gradient`; `verify` holds the solution to it."""
        self._more["gradient"] = Gradient(
            forward, of, upstream or {}, wrt or {}, tuple(over_time), traced
        )

    def gradient_of(self, output: str, wrt: str, of: str = "") -> None:
        """Say that an output is the gradient of the exercise's own loss, with respect to what."""
        self.gradient(of=of, wrt={output: wrt})

    def _drawn(self, rng: np.random.Generator, functions: Functions) -> list[Case]:
        returned = self._assignment.returned
        made = []
        for challenge in self._challenges:
            draw = Draw(rng, challenge, functions, returned)
            made.append(draw.case(self._draw(draw)))
        return made

    @property
    def returned(self) -> tuple[str, ...]:
        """Return the names of what is returned."""
        return self._returned

    def finished(self) -> Exercise:
        """Return the exercise as the engine reads it. Raises SpecError for a contradiction."""
        try:
            return self._finished()
        except SpecError as error:
            raise SpecError(at(self._place, str(error))) from None

    def _finished(self) -> Exercise:
        if not self._kinds:
            raise SpecError(f"{self.name}: say what it returns, with `{self.name}.returns(...)`")
        checks = [replace(kind.check, name=name) for name, kind in self._kinds.items()]
        labels = {name: kind.labels for name, kind in self._kinds.items() if kind.labels}
        properties = {
            name: kind.predicate for name, kind in self._kinds.items() if kind.predicate is not None
        }
        return Exercise(
            name=self.name,
            arguments=(),
            returns=self._returned,
            checks=tuple([*checks, self._untouched] if self._untouched else checks),
            cases=self._drawn,
            mistakes=tuple(self._mistakes),
            equivalent=self._equivalent,
            labels=labels,
            holds=properties,
            place=self._place,
            **self._more,
        )


class Assignment:
    """An assignment in the making: its title, what it hands out, its exercises in their order.

    The order is the notebook's: that in which the exercises are defined, or that of ``order``.
    ``leaves_out`` names the rules of shape that the lesson does not keep, each with the reason.
    """

    def __init__(
        self,
        title: str,
        files: Sequence[str] = (),
        lookalikes: Mapping[str, tuple[str, ...]] | None = None,
        order: Sequence[str] = (),
        leaves_out: Mapping[str, str] | None = None,
    ) -> None:
        self._title = title
        self._files = tuple(files)
        self._lookalikes = dict(lookalikes or {})
        self._order = tuple(order)
        self._leaves_out = dict(leaves_out or {})
        self._exercises: dict[str, ExerciseInMaking] = {}
        self._rubrics: dict[str, Mapping[str, float]] = {}

    @property
    def returned(self) -> Mapping[str, tuple[str, ...]]:
        """Return what each exercise returns, by the exercise's name."""
        return {name: exercise.returned for name, exercise in self._exercises.items()}

    def exercise(
        self,
        *,
        calls: Sequence[str] = (),
        drive: Callable[..., Any] | None = None,
        call_seconds: float = 0.0,
        more_questions: int = 0,
        bonus: bool = False,
    ) -> Callable[[Drawn], ExerciseInMaking]:
        """Add the exercise that has the name of the decorated function, which draws its cases.

        ``calls`` are the exercises that it calls. ``drive(student, *arguments)`` is called in its
        place, in the student's process, and may do anything with the student's names.
        ``call_seconds`` is the processor time of one call, where it takes long. A known mistake
        that asks the exercises in ``calls`` more often than the solution does needs that many
        ``more_questions`` to be told where these are wrong, too. The points of a ``bonus`` count
        above the maximum.
        """

        def add(draw: Drawn) -> ExerciseInMaking:
            more = {
                "calls": tuple(calls),
                "drive": drive,
                "call_seconds": call_seconds,
                "more_questions": more_questions,
                "bonus": bonus,
            }
            return self._add(ExerciseInMaking(self, draw.__name__, draw, **more))

        return add

    def _add(self, exercise: ExerciseInMaking) -> ExerciseInMaking:
        if exercise.name in self._exercises:
            raise SpecError(f"{exercise.name} is described twice")
        self._exercises[exercise.name] = exercise
        return exercise

    def written(self, name: str, *, rubric: Mapping[str, float]) -> None:
        """Say by which items a written question is marked, and for how many points each."""
        self._rubrics[name] = dict(rubric)

    def choice(
        self, name: str, *, of: Iterable[str], points: float, wrong: Mapping[str, str] | None = None
    ) -> None:
        """Add a question with answers to choose from; ``name`` is a function that returns one.

        Which is right is what the solution returns, and is in none of the students' files.
        ``wrong`` says of an answer what it takes for what: it goes on from "it looks as if".
        """
        check = Check("answer", points, kind="choice", main=True, among=tuple(of))
        self._question(name, check, wrong or {})

    def answer(
        self, name: str, *, points: float, tolerance: float = 1e-6, wrong: Mapping[float, str]
    ) -> None:
        """Add a question whose answer is a number; ``name`` is a function that returns it."""
        check = Check("answer", points, kind="number", main=True, tolerance=tolerance)
        self._question(name, check, wrong)

    def _question(self, name: str, check: Check, wrong: Mapping[Any, str]) -> None:
        asked = ExerciseInMaking(self, name, lambda draw: (), sealed=True)
        asked.returns(answer=Kind(check))
        asked.cases(Challenge("the question"))
        for value, title in wrong.items():
            hint = "Read the question once more: what is asked for?"
            words = re.findall(r"[a-z0-9]+", f"{value:g}" if isinstance(value, float) else value)
            asked._mistakes.append(Mistake("-".join(["answers", *words]), title, hint, (), value))
        self._add(asked)

    def spec(self, name: str) -> Spec:
        """Return the assignment as the engine reads it; ``name`` is that of its folder."""
        names = self._order or tuple(self._exercises)
        if {*names} != {*self._exercises}:
            odd = sorted({*names} ^ {*self._exercises})
            raise SpecError(f"order= and the exercises do not agree: {', '.join(odd)}")
        return Spec(
            name,
            self._title,
            tuple(self._exercises[each].finished() for each in names),
            files=self._files,
            lookalikes=self._lookalikes,
            rubrics=self._rubrics,
            leaves_out=self._leaves_out,
        )
