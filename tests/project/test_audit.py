"""`make audit` says what is known of the locked versions, and never stops anything."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest

from tests.kit.scripts import script

ROOT = Path(__file__).resolve().parents[2]
# What pip-audit 2.10.1 answered; the second stood in a lock for Windows.
ANSWER = """
{"dependencies": [
  {"name": "jinja2", "version": "3.1.6", "vulns": [
    {"id": "CVE-2024-56326", "fix_versions": ["3.1.7"], "aliases": ["GHSA-q2x7-8rv6-6q7h"]}]},
  {"name": "pywinpty", "version": "3.1.2", "vulns": []}], "fixes": []}
"""
SKIPPED = '{"dependencies": [{"name": "numpy", "skip_reason": "not found"}], "fixes": []}'
FLAW = {
    "id": "GHSA-q2x7-8rv6-6q7h",
    "modified": "2024-12-23T17:54:12Z",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.7"}]}],
        }
    ],
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script, loaded as a module."""
    return script("audit")


def test_every_pin_is_looked_up(audit: ModuleType) -> None:
    """Those of other platforms, too; hashes and markers stay behind."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = audit.pinned(lock).splitlines()
    assert len(pins) == lock.count("==") - lock.count(" == '")
    assert {pin.partition("==")[0] for pin in pins} > {"numpy", "pywinpty", "appnope"}
    assert all(len(pin.split()) == 1 for pin in pins)


def test_what_is_known_is_said(audit: ModuleType) -> None:
    """The package, its version, every name of the advisory, and what mends it."""
    assert audit.told(ANSWER) == [
        "jinja2 3.1.6: CVE-2024-56326, GHSA-q2x7-8rv6-6q7h; mended in 3.1.7",
        "2 of 2 locked versions looked up, 1 with known vulnerabilities",
    ]


def test_what_was_not_looked_up_is_not_called_well(audit: ModuleType) -> None:
    """A package that the service left out is named, and no silence counts as good news."""
    assert audit.told(SKIPPED)[0] == "numpy: not audited: not found"
    assert audit.told(SKIPPED)[1].startswith("0 of 1 locked versions looked up")
    for answer in ("", "Traceback", "[]", '{"dependencies": [{"version": "1"}]}', "null"):
        [line] = audit.told(answer)
        assert line.startswith("not audited: ")


def test_what_hangs_is_ended_with_all_that_it_started(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time limit nothing of it is left, and the audit says that it was not done."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TimeoutError):
        audit.run(["sh", "-c", "sleep 900 & echo $! >child; wait"], time.monotonic() + 3)
    child = (tmp_path / "child").read_text().strip()
    for _ in range(600):
        if is_gone(child):
            break
        time.sleep(0.1)
    assert is_gone(child)
    assert audit.audit("", limit=0) == ["not audited: it took longer than 0 s"]


def is_gone(process: str) -> bool:
    """Whether a process has ended; one that nobody has asked about its end has, too."""
    try:
        about = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return about.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("github", ["", "true"])
def test_it_never_fails(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    github: str,
) -> None:
    """The exit code is 0 whatever is found; on GitHub the lines are shown above the log."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("GITHUB_ACTIONS", github)
    for answer in (ANSWER, SKIPPED, ""):
        monkeypatch.setattr(audit, "audit", lambda pins, answer=answer: audit.told(answer))
        assert audit.main() == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("::warning::audit: " if github else "audit: ")


@pytest.fixture
def service() -> Iterator[str]:
    """The address of a service on this machine that answers as OSV does and knows one flaw."""

    class Advisories(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            known = [FLAW] if asked["package"]["name"] == "jinja2" else []
            body = json.dumps({"vulns": known} if known else {}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *about: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Advisories)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_the_tool_itself_asks_and_is_understood(
    audit: ModuleType, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip-audit, as locked: a flaw that the service knows is told; without a service, that."""
    monkeypatch.chdir(ROOT)
    pins = "jinja2==3.1.6\nnumpy==2.4.6\npywinpty==3.1.2\n"
    found = audit.audit(pins, limit=600, service=service)
    if "could not be installed" in found[0]:
        pytest.skip("no package index to install pip-audit from")
    assert found == [
        "jinja2 3.1.6: GHSA-q2x7-8rv6-6q7h; mended in 3.1.7",
        "3 of 3 locked versions looked up, 1 with known vulnerabilities",
    ]
    [line] = audit.audit(pins, limit=600, service="http://127.0.0.1:1/v1/query")
    assert line == "not audited: no advisory service answered (no network?)"
