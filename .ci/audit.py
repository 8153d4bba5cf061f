"""Say which locked versions have known vulnerabilities: ``python .ci/audit.py`` (make audit).

Information, never a failure: the exit code is 0 whatever is found, and where no advisory service
answers the audit says so and ends. It takes a minute at most. Its tool is no part of the product:
it is installed by its own lock into a folder that is thrown away. What is looked up is each pin of
``requirements.lock``, also those for other platforms.

Source: https://osv.dev, asked by pip-audit.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LOCK = "requirements.lock"
TOOL_LOCK = "requirements-audit.lock"
LIMIT = 60.0  # seconds, all in all
# Not PyPI's own advisories: pip-audit says that all is well where PyPI's mirror has none.
SERVICE = "https://api.osv.dev/v1/query"
ASK = ("pip_audit", "--vulnerability-service", "osv", "--format", "json", "--desc", "off")
ASK += ("--progress-spinner", "off", "--no-deps", "--disable-pip")


def audit(pins: str, limit: float = LIMIT, service: str = SERVICE) -> list[str]:
    """What is known of ``pins``, one ``name==version`` a line: lines for people.

    ``limit`` is in seconds; ``service`` is the address that answers as OSV does.
    """
    ends = time.monotonic() + limit
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        tool, listed = Path(folder, "tool"), Path(folder, "pins.txt")
        listed.write_text(pins, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--no-input", "--no-deps", "--require-hashes", "--target", str(tool)]
        ask = [sys.executable, "-m", *ASK, "--osv-url", service, "--requirement", str(listed)]
        try:
            if run([*pip, "--requirement", TOOL_LOCK], ends)[0] != 0:
                return ["not audited: pip-audit could not be installed (no network?)"]
            _, answer = run(ask, ends, PYTHONPATH=str(tool), PYTHONWARNINGS="ignore")
        except TimeoutError:
            return [f"not audited: it took longer than {limit:g} s"]
    return told(answer)


def run(command: list[str], ends: float, **environment: str) -> tuple[int, str]:
    """Run a command until the clock says ``ends``; returns its exit code and what it said.

    Raises:
        TimeoutError: it was not done by then; it has been ended, with all that it started.
    """
    with subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=max(ends - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError from None
        return process.returncode, said


def told(answer: str) -> list[str]:
    """Lines for what pip-audit answered in its format ``json``; nothing stands for no answer."""
    if not answer.strip():
        return ["not audited: no advisory service answered (no network?)"]
    try:
        return _lines(json.loads(answer)["dependencies"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return ["not audited: what pip-audit answered cannot be read"]


def _lines(found: list[dict[str, Any]]) -> list[str]:
    looked_up = [each for each in found if "version" in each]
    left_out = [each for each in found if "version" not in each]
    bad = [each for each in looked_up if each["vulns"]]
    lines = [_known(each, flaw) for each in bad for flaw in each["vulns"]]
    lines += [f"{each['name']}: not audited: {each.get('skip_reason', '')}" for each in left_out]
    said = f"{len(bad)} with known vulnerabilities" if bad else "none with a known vulnerability"
    return [*lines, f"{len(looked_up)} of {len(found)} locked versions looked up, {said}"]


def _known(package: dict[str, Any], flaw: dict[str, Any]) -> str:
    names = ", ".join([flaw["id"], *flaw["aliases"]])
    mended = " or ".join(flaw["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {names}; mended in {mended}"


def pinned(lock: str) -> str:
    """The pins of a lock, without hashes and without the platforms that they are for."""
    return "".join(f"{pin}\n" for pin in re.findall(r"^[a-z0-9-]+==[^\s;]+", lock, re.MULTILINE))


def main() -> int:
    """Audit the lock and print what was found; returns 0."""
    # On GitHub a line that begins so is shown above the log, where somebody sees it.
    mark = "::warning::" if os.environ.get("GITHUB_ACTIONS") else ""
    for line in audit(pinned(Path(LOCK).read_text(encoding="utf-8"))):
        quiet = line.endswith("none with a known vulnerability")
        print(f"{'' if quiet else mark}audit: {' '.join(line.split())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
