"""A JupyterHub with its proxy on the loopback address, as docs/jupyterhub.md sets it up."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kit.people import Person
from tests.kit.shared_python import SharedPython
from tests.kit.toy import ROOT

SECONDS = 180.0  # how long anything may take on a busy machine
# In place of what the page has for a machine that is a hub all the time.
SETTINGS = """
c.JupyterHub.bind_url = "http://127.0.0.1:{0}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{1}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{2}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.Authenticator.allowed_users = set({names})
c.PAMAuthenticator.open_sessions = False
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.environment = {{"PATH": "{search}"}}
c.Spawner.start_timeout = c.Spawner.http_timeout = {seconds:.0f}
"""


def require_hub() -> Path:
    """Return the proxy's program; skip by name where it or the hub is missing."""
    if importlib.util.find_spec("jupyterhub") is None:
        pytest.skip("the extra `hub` is not installed (make hub)")
    beside = ROOT / "build" / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
    found = str(beside) if beside.exists() else shutil.which(beside.name)
    if found is None:
        pytest.skip(f"{beside.name} is not installed (make hub)")
    return Path(found)


def settings_on_the_page(naming: str) -> str:
    """The settings of docs/jupyterhub.md in which ``naming`` stands."""
    page = (ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    [found] = [block for block in blocks if naming in block]
    return str(found)


@dataclass
class Hub:
    """A running hub, as people see it."""

    address: str
    _sessions: dict[str, requests.Session] = field(default_factory=dict)

    def log_in(self, person: Person) -> None:
        """Log in by the form, start the person's server and wait until it answers."""
        session = self._sessions[person.name] = requests.Session()
        session.get(f"{self.address}/hub/login", timeout=SECONDS)
        form = {"username": person.name, "password": person.password}
        form["_xsrf"] = session.cookies["_xsrf"]
        session.post(f"{self.address}/hub/login", form, timeout=SECONDS)
        session.get(f"{self.address}/hub/home", timeout=SECONDS).raise_for_status()
        about = f"{self.address}/hub/api/users/{person.name}"
        marked = {"X-XSRFToken": session.cookies.get("_xsrf", path="/hub/")}
        made = session.post(f"{about}/tokens", json={}, headers=marked, timeout=SECONDS)
        made.raise_for_status()
        session.headers["Authorization"] = f"token {made.json()['token']}"
        session.cookies.clear()
        session.post(f"{about}/server", timeout=SECONDS).raise_for_status()
        end = time.monotonic() + SECONDS
        while not session.get(about, timeout=SECONDS).json()["servers"].get("", {}).get("ready"):
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.3)

    def ask(self, person: Person, way: str, verb: str = "post", **data: str) -> Any:
        """Ask the person's server what a button of its page asks; returns the answer as data."""
        where = f"{self.address}/user/{person.name}/{way}"
        answer = self._sessions[person.name].request(
            verb, where, params=data, timeout=SECONDS, allow_redirects=False
        )
        assert answer.status_code == 200, (where, answer.status_code, answer.text[:500])
        return answer.json()


@contextlib.contextmanager
def hub(shared: SharedPython, members: list[Person]) -> Iterator[Hub]:
    """Start hub and proxy as root; they and all servers are ended by their id."""
    proxy = require_hub()
    folder = shared.folder / "hub"
    folder.mkdir(mode=0o700)
    ports = _free_ports(3)
    text = SETTINGS.format(
        *ports,
        proxy=proxy,
        names=[person.name for person in members],
        python=shared.python,
        search=shared.search,
        seconds=SECONDS,
    )
    text = settings_on_the_page("c.JupyterHub") + text
    (folder / "jupyterhub_config.py").write_text(text, encoding="utf-8")
    command = shared.in_reach(
        shared.python, "-m", "jupyterhub", others=(proxy.resolve().parents[3],)
    )
    kept = {"HOME": str(folder), "PATH": shared.search, "LANG": "C.UTF-8"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            started = Hub(f"http://127.0.0.1:{ports[0]}")
            _await(started, process, folder / "log")
            yield started
        except BaseException:
            print((folder / "log").read_text(errors="replace")[-8000:])
            raise
        finally:
            _end(process)


def _await(started: Hub, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{started.address}/hub/api", timeout=SECONDS).ok:
                return
        time.sleep(0.3)
    raise RuntimeError(log.read_text(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the hub to end, with proxy and servers; what is left of its group is killed."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
