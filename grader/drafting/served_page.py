"""Serve a page on 127.0.0.1, and let the browser load it anew when it has changed."""

from __future__ import annotations

import asyncio
import html
import json
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler

from grader.serving.listening import HERE, OWN_NAMES, listen

RELOAD = """
<script>
  const changes = new EventSource("changes?seen=%d");
  changes.onmessage = () => { changes.close(); location.reload(); };
</script>
"""
BANNER = (
    '<pre role="alert" style="position:sticky;top:0;z-index:9;margin:0;padding:0.8em 1em;'
    'white-space:pre-wrap;color:#fff;background:#8c1d18">{}</pre>'
)
WAITING = "<!doctype html><html lang=en><title>{0}</title><body><p>{0} is being tried …</p>"


class ServedPage:
    """A page that is served, with a number that goes up when it changes."""

    def __init__(self, name: str) -> None:
        self._page = WAITING.format(html.escape(name))
        self._problem = ""
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self.number = 0

    def listen(self, port: int) -> str:
        """Serve it from now on; return its address. Raises UsageError where the port is taken."""
        application = Application(log_function=lambda _: None)  # the terminal is the author's
        about = {"page": self}
        application.add_handlers(OWN_NAMES, [("/", _Page, about), ("/changes", _Changes, about)])
        return f"http://{HERE}:{listen(application, port)}/"

    def show(self, page: str) -> None:
        """Show another page."""
        self._page, self._problem = page, ""
        self._tell()

    def fail(self, problem: str) -> None:
        """Say above the last page what keeps the next one from being made."""
        self._problem = problem or "the last save cannot be tried"
        self._tell()

    def _tell(self) -> None:
        self.number += 1
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def changed(self, seen: int) -> int:
        """Wait for a number other than the one ``seen``; return it."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.number != seen)
        return self.number

    def text(self) -> str:
        """Return the page with what makes the browser load it anew."""
        banner = BANNER.format(html.escape(self._problem)) if self._problem else ""
        head, body, rest = self._page.partition("<body")
        attributes, end, shown = rest.partition(">")
        return f"{head}{body}{attributes}{end}{banner}{shown}{RELOAD % self.number}"


class _Page(RequestHandler):
    def initialize(self, page: ServedPage) -> None:
        self._served = page

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(self._served.text())


class _Changes(RequestHandler):
    """Events (server-sent, HTML standard section 9.2): one as soon as there is another page."""

    def initialize(self, page: ServedPage) -> None:
        self._served = page

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        await self.flush()
        seen: Any = self.get_argument("seen", "0")
        number = await self._served.changed(int(seen) if seen.isdecimal() else 0)
        try:
            self.write(f"data: {json.dumps(number)}\n\n")
            await self.finish()
        except StreamClosedError:  # the browser has gone on already
            return
