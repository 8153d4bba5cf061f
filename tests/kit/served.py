"""A page's server in this process, and requests to it as a browser or somebody else makes them."""

from __future__ import annotations

import asyncio
import http.client
import json
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

SECONDS = 60.0


@contextmanager
def served(application: Application) -> Iterator[int]:
    """Serve an application in a thread; gives the port."""
    started: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()

    async def serve() -> None:
        socket, port = bind_unused_port()
        server, ended = HTTPServer(application), asyncio.Event()
        server.add_socket(socket)
        started.put((port, asyncio.get_running_loop(), ended))
        await ended.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    port, loop, ended = started.get(timeout=SECONDS)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


@dataclass
class Answered:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def data(self) -> Any:
        """The JSON of it."""
        return json.loads(self.text)


@dataclass
class Asker:
    """Whoever asks a server: with these headers, unless others are given."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, data: object = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """Ask once; what is given as an empty header is left out."""
        asked = {"Host": f"127.0.0.1:{self.port}", **self.headers, **(headers or {})}
        body = data if isinstance(data, str) or data is None else json.dumps(data)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(
                method, path, body, {name: value for name, value in asked.items() if value}
            )
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answered(answer.status, dict(answer.getheaders()), text)
        finally:
            connection.close()
