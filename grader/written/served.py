"""Answer the page's requests: what there is to mark, and marks to be saved.

Everything that opens the gradebook runs in one thread, in the order in which it was asked for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from tornado.web import Application, HTTPError

from grader.errors import UsageError
from grader.gradebook.hand_marks import MarksSaved
from grader.gradebook.rubric_tables import RubricItem
from grader.html.render import TEMPLATES
from grader.serving.guard import Guard, GuardedHandler
from grader.written.desk import Given, UnfitMark
from grader.written.formulas import Formulas
from grader.written.shown import ShownAnswers, rubric_data

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
ENTER = "<p>This page is for whoever has the address that <code>grader written</code> printed."
MOST_BODY = 1 << 20  # bytes of a request
Made = TypeVar("Made")


@dataclass
class Marking:
    """What the handlers share."""

    shown: ShownAnswers
    guard: Guard
    formulas: Formulas
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="gradebook")
    )

    def application(self) -> Application:
        """Return what serves the page, under relative addresses alone: a hub may stand before."""
        about = {"marking": self}
        return Application(
            [
                ("/", _Page, about),
                (r"/files/([\w.-]+)", _File, about),
                (r"/formulas/(\d+)\.js", _Formulas, about),
                ("/api/questions", _Questions, about),
                ("/api/state", _State, about),
                ("/api/answer", _Answer, about),
                ("/api/mark", _Mark, about),
                ("/api/rubric", _RubricChange, about),
                ("/api/undo", _Undo, about),
            ],
            log_function=lambda _: None,  # the terminal is the instructor's
        )


class _Handler(GuardedHandler):
    def initialize(self, marking: Marking) -> None:
        self.marking, self.guard = marking, marking.guard
        self.shown = marking.shown

    async def ask(self, function: Callable[[], Made]) -> Made | None:
        """Run what opens the gradebook; what it refuses is told, and nothing was changed then."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.marking.thread, function)
        except UsageError as error:
            # 503 is worth another try.
            self.tell({"error": str(error)}, 422 if isinstance(error, UnfitMark) else 503)
            return None

    def tell(self, data: object, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        # Half of a character, as a student's text may hold it, cannot be written as UTF-8.
        self.finish(json.dumps(data, ensure_ascii=True))

    def body(self) -> Mapping[str, Any]:
        """Return the request's data."""
        try:
            data = json.loads(self.request.body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise HTTPError(400, reason="No data")
        return data


class _Page(_Handler):
    def let_in(self) -> bool:
        return super().let_in() or self.has_token()

    def get(self) -> None:
        if self.has_token():
            self.give_cookie()  # and the token leaves the address, and the browser's history
            self.redirect("./")
            return
        text = (PAGE / "index.html").read_text(encoding="utf-8")
        about = {
            "title": self.shown.desk.name,
            "anonymous": self.shown.anonymous,
            "form": self.guard.form,
            "place": str(self.shown.desk.course.root),
            "formulas": len(self.marking.formulas.files),
        }
        self.finish(text.replace("{{ about }}", escape(json.dumps(about))))

    def write_error(self, status_code: int, **more: object) -> None:
        if status_code == 403:
            self.finish(ENTER)
        else:
            super().write_error(status_code, **more)


class _File(_Handler):
    def get(self, name: str) -> None:
        path = TEMPLATES / name if name == "style.css" else PAGE / name
        if path.suffix not in (".js", ".css") or not path.is_file():
            raise HTTPError(404)
        self.set_header("Content-Type", f"{KINDS[path.suffix]}; charset=utf-8")
        self.finish(path.read_bytes())


class _Formulas(_Handler):
    def get(self, number: str) -> None:
        files = self.marking.formulas.files
        if int(number) >= len(files):
            raise HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(files[int(number)].read_bytes())


class _Questions(_Handler):
    async def get(self) -> None:
        found = await self.ask(self.shown.questions)
        if found is not None:
            self.tell(found)


class _State(_Handler):
    async def get(self) -> None:
        cell = self.get_query_argument("cell")
        found = await self.ask(lambda: self.shown.state(cell))
        if found is not None:
            self.tell(found)


class _Answer(_Handler):
    async def get(self) -> None:
        cell, key = self.get_query_argument("cell"), self.get_query_argument("key")
        found = await self.ask(lambda: self.shown.full(cell, key))
        if found is not None:
            self.tell(found)


class _Mark(_Handler):
    async def post(self) -> None:
        data = self.body()
        cell, given, seen = _given(data)

        def give() -> MarksSaved:
            students = {self.shown.student(cell, key): version for key, version in seen.items()}
            if None in students:
                raise UnfitMark("the gradebook has no such submission any more")
            named = {student: version for student, version in students.items() if student}
            return self.shown.desk.give(cell, given, named)

        saved = await self.ask(give)
        if saved is not None:
            self.tell_saved(saved)

    def tell_saved(self, saved: MarksSaved, **more: object) -> None:
        """Tell the marks that are now, with 409 where they are others than were seen."""
        marks = self.shown.answers(saved.now or saved.others)
        data = {"answers": marks, "other_rubric": saved.other_rubric, **more}
        self.tell(data, 200 if saved.done else 409)


def _given(data: Mapping[str, Any]) -> tuple[str, Given, dict[str, str]]:
    try:
        items = data["items"]
        given = Given(
            items=None if items is None else tuple(str(item) for item in items),
            adjust=float(data["adjust"]),
            comment=str(data["comment"]),
        )
        seen = {str(key): str(version) for key, version in data["seen"].items()}
        cell = str(data["cell"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise HTTPError(400, reason="No mark") from None
    if not seen:
        raise HTTPError(400, reason="No answer")
    return cell, given, seen


class _RubricChange(_Mark):
    async def post(self) -> None:
        data = self.body()
        try:
            cell, number = str(data["cell"]), int(data["number"])
            items = [
                RubricItem(str(item["id"]), str(item["text"]), float(item["points"]))
                for item in data["items"]
            ]
            phrases = [str(phrase) for phrase in data["phrases"]]
        except (KeyError, TypeError, ValueError, OverflowError):
            raise HTTPError(400, reason="No rubric") from None
        done = await self.ask(lambda: self.shown.desk.change_rubric(cell, number, items, phrases))
        if done is not None:
            self.tell_saved(done[0], rubric=rubric_data(done[1]))


class _Undo(_Mark):
    async def post(self) -> None:
        done = await self.ask(lambda: (self.shown.desk.undo(),))
        if done is None:
            return
        if done[0] is None:
            self.tell({"answers": [], "nothing": True})
            return
        undone = done[0]
        self.tell_saved(undone.saved, cell=undone.cell, rubric=rubric_data(undone.rubric))
