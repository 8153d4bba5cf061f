"""Start, ask and stop one warm worker process, from the judge's side."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from typing import IO

from . import isolation, packages
from .channel import Channel, Closed, TooLong, deadline
from .data import SandboxError
from .inside.wire import Message, WireError, decode, encode
from .limits import Limits

START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
REPLY_BYTES = 1 << 16


class WorkerProcess:
    """A worker process that runs, and the connection to it."""

    def __init__(self, tier: str, limits: Limits) -> None:
        self.tier = tier
        self.scratch = isolation.SCRATCH_INSIDE
        self.own_folder: str | None = None
        if tier != "A":
            self.own_folder = self.scratch = tempfile.mkdtemp(prefix="grader-sandbox-")
            os.chmod(self.scratch, 0o711)  # jobs may have users of their own
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = self._start(theirs, limits)
        self.channel = Channel(ours)
        self._await_ready()

    def _start(self, theirs: socket.socket, limits: Limits) -> subprocess.Popen[bytes]:
        settings = {
            "control": theirs.fileno(),
            "tier": self.tier,
            "scratch": self.scratch,
            "path": packages.import_path(),
            "readable": packages.readable(),
            "must_read": [*packages.standard_library(), *packages.packages()[:1]],
        }
        return subprocess.Popen(
            isolation.command(self.tier, json.dumps(settings), limits),
            env=isolation.environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            start_new_session=True,
        )

    def _await_ready(self) -> None:
        late = SandboxError("the sandbox's worker did not start in time")
        try:
            ready = self._receive(START_SECONDS, late)
        except SandboxError:
            self.close()
            raise
        if not ready.get("ready"):
            self.close()
            raise SandboxError(f"the sandbox's worker did not start: {ready}")

    def ask(self, message: Message, passing: socket.socket | None = None) -> Message:
        """Ask the worker something, handing it a connection where needed.

        Raises: SandboxError when it does not answer or could not do it.
        """
        late = SandboxError("the sandbox's worker does not answer")
        data = encode(message)
        try:
            self.channel.send(data, deadline(ANSWER_SECONDS, late), passing)
        except Closed:
            raise SandboxError("the sandbox's worker has ended") from None
        reply = self._receive(ANSWER_SECONDS, late)
        if "fault" in reply:
            raise SandboxError(f"the sandbox's worker: {reply['fault']}")
        return reply

    def _receive(self, seconds: float, late: SandboxError) -> Message:
        try:
            reply = decode(self.channel.receive(REPLY_BYTES, deadline(seconds, late)))
        except (Closed, TooLong, WireError):
            raise SandboxError(f"the sandbox's worker has ended{self._last_words()}") from None
        if not isinstance(reply, dict):
            raise SandboxError("the sandbox's worker gave no answer")
        return reply

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self.errors.seek(0)
        lines = self.errors.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """Stop the worker and everything in it; it ends by itself when its connection does."""
        self.channel.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        if self.own_folder is not None:
            shutil.rmtree(self.own_folder, ignore_errors=True)
