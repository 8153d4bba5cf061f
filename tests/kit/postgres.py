"""A real PostgreSQL server of the tests' own, on a socket in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from psycopg import Connection

SECONDS = 120.0  # how long it may take to answer on a busy machine
OWNER, ADMIN, PASSWORD = "teacher", "admin", "chalk"
SETTINGS = ("fsync=off", "listen_addresses=", "max_connections=40", "shared_buffers=16MB")


@dataclass(frozen=True)
class Server:
    """A running server; who connects to it needs a password."""

    folder: Path

    def address(self, database: str, who: str = OWNER, password: str = "") -> str:
        """How nbgrader_config.py names a database."""
        secret = f":{password}" if password else ""
        return f"postgresql://{who}{secret}@/{database}?host={self.folder}"

    def admin(self) -> Connection[Any]:
        """A connection that may do everything."""
        import psycopg

        where = {"host": str(self.folder), "dbname": "postgres"}
        return psycopg.connect(**where, user=ADMIN, password=PASSWORD, autocommit=True)

    def new_database(self, owner: str = OWNER) -> str:
        """Make an empty database; returns its name."""
        name = f"marks_{secrets.token_hex(4)}"
        with self.admin() as database:
            database.execute(f'create database {name} owner "{owner}"')
        return name


def require_postgres() -> Path:
    """Return the folder of the server's programs; skip by name where they or the driver miss."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=os.path.getmtime)
    path = str(found[-1]) if found else shutil.which("initdb")
    if path is None:
        pytest.skip("postgresql is not installed (Debian: apt-get install postgresql)")
    return Path(path).resolve().parent


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Start a server as an unprivileged user; it is ended by its id, and its folder removed."""
    programs = require_postgres()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    try:
        as_whom = _unprivileged(folder)
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        data = folder / "data"
        made: list[str | Path] = [programs / "initdb", "-D", data, "-U", ADMIN, "-E", "UTF8"]
        made += ["--locale=C", "--no-sync", "-A", "scram-sha-256"]
        made.append(f"--pwfile={folder / 'password'}")
        quiet = {"stdin": subprocess.DEVNULL, "cwd": folder, **as_whom}
        done = subprocess.run(made, capture_output=True, text=True, timeout=SECONDS, **quiet)
        assert done.returncode == 0, done.stderr
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            command = [programs / "postgres", "-D", data, "-k", folder, *options]
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **quiet)
            try:
                started = Server(folder)
                _await(started, process)
                yield started
            finally:
                process.send_signal(signal.SIGINT)  # it ends its own processes
                try:
                    process.wait(SECONDS)
                finally:
                    process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Give the folder to whom the server is to run as: it refuses to be root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = names.get("postgres") or names["nobody"]
    os.chown(folder, who.pw_uid, who.pw_gid)
    folder.chmod(0o755)  # for the socket in it
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _await(started: Server, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), started.admin() as database:
            database.execute(f"create role {OWNER} login password '{PASSWORD}'")
            return
        time.sleep(0.1)
    raise RuntimeError((started.folder / "log").read_text(errors="replace"))
