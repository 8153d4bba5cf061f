"""Listen on 127.0.0.1, under this machine's own names."""

from __future__ import annotations

from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from grader.errors import UsageError

HERE = "127.0.0.1"
# A name of another site's that was pointed at this address is not answered.
OWN_NAMES = r"(127\.0\.0\.1|localhost)"


def listen(application: Application, port: int, **options: Any) -> int:
    """Serve an application from now on; return the port, any that is free where 0 was asked for.

    ``options`` are those of tornado's server. Raises UsageError where the port is taken.
    """
    try:
        sockets = bind_sockets(port, HERE)
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used ({error.strerror}): choose another with --port"
        ) from None
    HTTPServer(application, **options).add_sockets(sockets)
    return int(sockets[0].getsockname()[1])
