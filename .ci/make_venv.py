"""Make the project's virtual environment: ``python3 .ci/make_venv.py DIRECTORY``.

It runs on whatever Python is found, before anything is installed. Hence only the standard library,
and nothing that a Python too old for the project could not read as far as being told so.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
LOCK = "requirements.lock"
ANOTHER = "make setup PYTHON=/path/to/python3"
NO_PIP = (
    "this Python has neither ensurepip nor pip; install them "
    f"(Debian, Ubuntu: apt-get install python3-venv) or name another Python: {ANOTHER}"
)


def main(directory):
    """Make or refresh the environment in ``directory``; returns the exit code."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        return fail(f"Python {found} is too old, 3.11 or newer is needed: {ANOTHER}")
    python = os.path.join(directory, "bin", "python")
    pip = pip_for(python) if works(python) else None
    if pip is None and create(directory):
        pip = pip_for(python)
    return install(pip) if pip else fail(NO_PIP)


def works(python):
    """Whether ``python`` starts and is new enough; an upgrade of the system can break it."""
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return runs([python, "-c", probe])


def create(directory):
    """Make an empty environment, with a pip of its own if possible; returns whether that worked."""
    print(f"setup: makes {directory} with Python {sys.version.split()[0]}", flush=True)
    make = [sys.executable, "-m", "venv", "--clear", directory]
    # Debian keeps ensurepip, which gives the environment its pip, in python3-venv.
    return runs(make) or runs([*make, "--without-pip"])


def pip_for(python):
    """The command that installs into ``python``: its own pip, else this Python's, else None."""
    for command in ([python, "-m", "pip"], [sys.executable, "-m", "pip", "--python", python]):
        if runs([*command, "--version"]):
            return command
    return None


def runs(command):
    """Whether ``command`` exists and exits with 0."""
    try:
        quiet = subprocess.DEVNULL
        return subprocess.call(command, stdout=quiet, stderr=quiet) == 0
    except OSError:
        return False


def install(pip):
    """Install what the lock names, then the project itself; returns the exit code.

    Two steps, because pip refuses an editable project while it requires hashes.
    """
    plain = ["install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    plain += ["--no-color", "--progress-bar", "off"]
    with open(LOCK) as lock:
        packages = sum("==" in line and not line.startswith((" ", "#")) for line in lock)
    for what, number in (
        (["--require-hashes", "--requirement", LOCK], packages),
        (["--no-build-isolation", "--editable", "."], 0),
    ):
        if follow([*pip, *plain, *what], number) != 0:
            return fail("pip did not finish (its reason is above); mend that and run make again")
    return 0


def follow(command, number):
    """Run pip and show how far it is with so many packages; returns its exit code."""
    done, shown = 0, Progress()
    with subprocess.Popen(command, stdout=subprocess.PIPE, universal_newlines=True) as process:
        for line in process.stdout:
            words = line.split()
            if words[:1] == ["Collecting"]:
                done += 1
                name = words[1].split("=")[0]
                shown.say(f"setup: fetches {done} of {number} packages: {name}", done, number)
            elif words[:2] == ["Installing", "collected"] and number:
                shown.say(f"setup: unpacks {number} packages, which takes a minute", number, number)
    shown.end()
    return process.returncode


class Progress:
    """A line that is written over in a terminal; elsewhere, a line at each quarter of the way."""

    def __init__(self):
        self.over = sys.stdout.isatty()
        self.width = self.quarter = 0

    def say(self, text, done, number):
        """Show ``text``, when ``done`` of ``number`` are."""
        if self.over:
            sys.stdout.write("\r" + text[:78].ljust(self.width))
            self.width = len(text[:78])
        elif done == number or 4 * done // max(number, 1) > self.quarter:
            self.quarter = 4 * done // max(number, 1)
            sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def end(self):
        """Leave the line as it stands."""
        if self.over and self.width:
            sys.stdout.write("\n")
            sys.stdout.flush()


def fail(message):
    """Say in one line what to do, on standard error; returns the exit code for it."""
    sys.stderr.write(f"setup: {message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
