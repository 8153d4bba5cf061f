"""Write down what a class gets, to be compared before and after a change of the engine.

    .venv/bin/python .ci/snapshot.py build/before       # on the commit before
    .venv/bin/python .ci/snapshot.py build/after        # with the change
    diff -r build/before build/after

Two classes, the one of ``make demo`` and a simulated one of 60, go through the command line of this
checkout with a fixed secret: verdicts, autograded notebooks, pages, report, exports, what the
terminal says, and what each student's own check shows. Left out is what may differ from one run to
the next: seconds.
"""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "rnn_step_by_step"
SECRET = "0" * 64
SIZE = 60
CHECK_SECONDS = 120
EXPORTS = {
    "csv": [],
    "canvas": ["--column-id", "7"],
    "blackboard": ["--column-id", "7"],
}
VARIES = ("seconds", "execution_time")


def main(target):
    """Make both snapshots below ``target``, which must not exist yet."""
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        demo = course(Path(folder) / "demo")
        shown = grader(demo, "demo", NAME)
        shutil.move(demo / "build" / "demo" / "submitted", demo / "submitted")
        shutil.rmtree(demo / "build")
        (target / "demo.txt").write_text(re.sub(r"\S*snapshot-\w+/", "", shown))
        snapshot(demo, target / "demo")
        made_up = course(Path(folder) / "made_up")
        grader(made_up, "simulate", str(SIZE), NAME)
        snapshot(made_up, target / "made_up")


def course(folder):
    """Copy the course, as git knows it, into ``folder``."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT
    )
    for name in filter(None, listed.decode().split("\0")):
        if name.split("/")[0] not in ("tests", "grader", ".ci") and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".course_secret").write_text(SECRET)
    (folder / ".course_secret").chmod(0o600)
    return folder


def grader(folder, *words):
    """Run a verb on the course in ``folder``; return what it printed."""
    command = [sys.executable, "-m", "grader", *words, "--course", str(folder)]
    environment = {**os.environ, "COLUMNS": "160", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if ran.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {ran.stderr}")
    text = ran.stdout + re.sub(r".*: \d+ of \d+\n", "", ran.stderr)  # progress depends on time
    return text.replace(str(folder), "<course>")


def snapshot(folder, target):
    """Grade the class in ``folder`` and keep what came of it."""
    target.mkdir()
    said = [grader(folder, verb, NAME) for verb in ("autograde", "feedback", "report")]
    for kind, options in EXPORTS.items():
        said.append(grader(folder, "export", NAME, "--format", kind, "--provisional", *options))
    students = sorted(path.name for path in (folder / "submitted").iterdir())
    for student in students[:3]:
        one = ["export", NAME, "--format", "gradescope", "--student", student]
        said.append(grader(folder, *one))
        said.append(grader(folder, "mark", str(book_of(folder, student))))
    (target / "said.txt").write_text("\n".join(said))
    for part in ("feedback", "report", "exports"):
        shutil.copytree(folder / part, target / part)
    for path in (target / "exports").glob("*.json"):
        path.write_text(plain(path))
    for student in students:
        own = target / "autograded" / student
        own.mkdir(parents=True)
        graded = folder / "autograded" / student / NAME
        (own / "verdict.json").write_text(plain(graded / "verdict.json"))
        if (graded / f"{NAME}.ipynb").exists():
            book = json.loads((graded / f"{NAME}.ipynb").read_text())
            for output in (out for cell in book["cells"] for out in cell.get("outputs", ())):
                if output.get("ename") == "TimeUp":  # in whichever line it came to be stopped
                    output["traceback"] = []
            text = json.dumps(book, indent=1).replace(str(ROOT), "<kit>")
            (own / "notebook.ipynb").write_text(text)
        (own / "check.txt").write_text(checked(folder, student))


def book_of(folder, student):
    """The path of a student's notebook."""
    return folder / "submitted" / student / NAME / f"{NAME}.ipynb"


def plain(path):
    """A verdict's JSON without what may differ, a line for each value."""

    def stripped(tree):
        if isinstance(tree, dict):
            return {key: stripped(value) for key, value in tree.items() if key not in VARIES}
        return [stripped(item) for item in tree] if isinstance(tree, list) else tree

    return json.dumps(stripped(json.loads(path.read_text())), indent=1, sort_keys=True)


def checked(folder, student):
    """What the student's own check shows of each function, run in the released folder."""
    command = [sys.executable, __file__, "check", str(book_of(folder, student))]
    try:
        ran = subprocess.run(
            command,
            cwd=folder / "assignments" / NAME,
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "no end\n"
    return (ran.stdout + ran.stderr[-500:]).replace(str(ROOT), "<kit>")


def check(path):
    """Run a notebook's cells and print the panel of each exercise; in a process of its own."""
    sys.path.insert(0, os.getcwd())
    import selfcheck

    try:
        cells = json.loads(path.read_text())["cells"]
    except ValueError as error:
        print(type(error).__name__)
        return
    scope = {"__name__": "notebook"}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "check(" not in source and "plt" not in source:
            with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, "<cell>", "exec"), scope)
    selfcheck.SECONDS = 1.0  # an endless loop fills the memory meanwhile
    for name, reference in selfcheck.references().items():
        panel, message = selfcheck.examine(reference, scope.get(name))
        print(re.sub(r" at 0x\w+", "", f"{panel!r}\n{panel._repr_html_()}\n{message}\n"))


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]).resolve())
