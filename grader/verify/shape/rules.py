"""List the rules of shape by name, and hold a lesson to those that it does not leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from grader.assignment.source import Source
from grader.assignment.spec import Spec
from grader.verify.held import Held, held
from grader.verify.shape import code_rules, text_rules
from grader.verify.shape.lesson import LessonText

# A rule's docstring is what it says; its name is what a lesson leaves it out by.
RULES: Mapping[str, Callable[[LessonText], Iterator[str]]] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        *(text_rules.one_title, text_rules.heading_levels, text_rules.headings_differ),
        *(text_rules.alt_text, text_rules.captions, text_rules.link_words),
        *(text_rules.equations_numbered, text_rules.known_mathematics, text_rules.no_emoji),
        *(text_rules.short_texts, text_rules.hints),
        *(code_rules.short_cells, code_rules.text_beside_code, code_rules.words_above_answers),
        *(code_rules.any_front_end, code_rules.imports_handed_out, code_rules.own_generator),
        *(code_rules.one_function_an_answer, code_rules.stub_says, code_rules.promised_length),
    )
}
MOST_TOLD = 3  # of one rule's problems


def keeps_shape(spec: Spec, source: Source) -> Held:
    """Hold a lesson to the rules of shape, but for those that it leaves out with a reason."""
    kept = [name for name in RULES if name not in spec.leaves_out]
    without = f", without {', '.join(spec.leaves_out)}" if spec.leaves_out else ""
    return held(
        "the lesson keeps the rules of shape",
        [*broken(spec, source), *_left_out_wrongly(spec, source)],
        f"{len(kept)} of {len(RULES)} rules{without}",
    )


def broken(spec: Spec, source: Source) -> Iterator[str]:
    """Yield what breaks a rule, by the rule's name and with its place in the lesson."""
    lesson = LessonText(spec, source)
    for name, rule in RULES.items():
        if name in spec.leaves_out:
            continue
        problems = list(rule(lesson))
        yield from (f"{name}: {problem}" for problem in problems[:MOST_TOLD])
        if len(problems) > MOST_TOLD:
            yield f"{name}: and {len(problems) - MOST_TOLD} more"


def _left_out_wrongly(spec: Spec, source: Source) -> Iterator[str]:
    for name, reason in spec.leaves_out.items():
        if name not in RULES:
            yield f"{name} is left out, and is no rule: one of {', '.join(RULES)}"
        elif not reason.strip():
            yield f"{name} is left out without a reason"
        elif not any(RULES[name](LessonText(spec, source))):
            yield f"{name} is left out, and the lesson keeps it: take that back"
