"""Live as the child that judges: get a sandbox and the judge ready, then judge what comes.

The sandbox is a process of its own and takes as long to start as the judge takes to import, so both
are done at once.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from grader.autograde.judge_process import END_SECONDS
from grader.sandbox import Limits, Sandbox, SandboxError, protect_parent


def serve(descriptor: int, tier: str | None, limits: Mapping[str, Any] | None) -> None:
    """Judge what comes on a connection until its other end closes: the child's whole life."""
    connection = Connection(descriptor)
    threading.Thread(target=_end_with_holder, args=(descriptor,), daemon=True).start()
    protect_parent()  # it holds expected values: no other process of this user may read its memory
    with contextlib.suppress(ConnectionError):  # the holder was killed: there is nobody to tell
        _serve(connection, tier, limits)
    os._exit(0)  # its holder waits for that, and nothing is left to be done


def _serve(connection: Connection, tier: str | None, limits: Mapping[str, Any] | None) -> None:
    # Not the sandbox in the thread: what a thread starts ends with it.
    threading.Thread(target=_import_judge, daemon=True).start()
    try:
        sandbox = Sandbox(Limits(**limits) if limits else None, tier)
    except SandboxError as error:
        connection.send(error)
        return
    with sandbox:
        from grader.autograde.judging import judge_tasks

        connection.send((sandbox.tier, sandbox.folder))
        judge_tasks(connection, sandbox)


def _import_judge() -> None:
    with contextlib.suppress(Exception):  # it is imported again by whoever needs it
        importlib.import_module("grader.autograde.judging")


def _end_with_holder(descriptor: int) -> None:
    """End this process when its holder has ended or hung up, whatever it is at."""
    poll = select.poll()
    poll.register(descriptor, getattr(select, "POLLRDHUP", 0))
    poll.poll()
    time.sleep(END_SECONDS)  # who only waits for the next task has ended by now
    os._exit(1)
