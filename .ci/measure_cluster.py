"""Measure a class on a Dask cluster of this machine: what each process takes for a submission.

    .venv/bin/python .ci/measure_cluster.py 300 2 4       # a class of 300, by 2 workers and by 4

For each number of workers a class is graded anew, by a scheduler and workers on the loopback
address. Shown are processor time and peak memory by the role of a process, and the bytes that went
over the loopback: each goes from the client to the scheduler and from there to a worker, or back.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "rnn_step_by_step"
ROLES = {
    "-m grader autograde": "parent",
    "dask_scheduler": "scheduler",
    "dask_worker": "worker",
    "judge_process": "judge",
}
TICK = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.5


def main(size, *numbers):
    """Grade a class of ``size`` with each number of workers."""
    sys.path.insert(0, str(ROOT))
    from grader.course import Course
    from grader.sandbox import adopt_orphans
    from grader.simulate.bench import _class, _without_marks

    adopt_orphans()  # what bubblewrap leaves is found below this process
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        course = _class(Course.at(ROOT), NAME, Path(folder) / "course", int(size))
        for number in numbers:
            _without_marks(course)
            (logs := Path(folder) / f"logs-{number}").mkdir()
            measure(course, int(size), int(number), logs)


def measure(course, size, workers, logs):
    """Grade the class once and print what it took."""
    from tests.kit.cluster import dask_cluster

    seen = {}
    with dask_cluster(logs, workers) as (address, _):
        look(seen)
        before, begun, sent = by_role(seen), time.monotonic(), loopback()
        command = [sys.executable, "-m", "grader", "autograde", NAME, "--cluster", address]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [*command, "--course", str(course.root)], env=environment, stdout=subprocess.DEVNULL
        )
        while process.poll() is None:
            look(seen)
            time.sleep(LOOK_SECONDS)
        seconds, sent = time.monotonic() - begun, loopback() - sent
    print(f"{size} submissions, {workers} workers: {seconds:.0f} s, exit code {process.returncode}")
    print(f"  loopback: {sent / size / 1000:.0f} kB a submission")
    for role, (cpu, peak) in by_role(seen).items():
        cpu -= before.get(role, (0.0, 0.0))[0]
        print(f"  {role}: {1000 * cpu / size:.1f} ms a submission, at most {peak:.0f} MB")


def look(seen):
    """Note of each process below this one its role, processor time and peak memory so far."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = text_of(path).rpartition(")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append((int(path.parent.name), fields))
    waiting = [(*child, "") for child in children.get(os.getpid(), [])]
    while waiting:
        process, fields, above = waiting.pop()
        command = text_of(Path(f"/proc/{process}/cmdline")).replace("\0", " ")
        peak = re.search(r"VmHWM:\s+(\d+)", text_of(Path(f"/proc/{process}/status")))
        if command and peak:
            role = next((role for word, role in ROLES.items() if word in command), "sandboxed")
            # A sandbox's time is with that of its forks, which live for shorter than a look.
            counted = 0 if command == above else 4 if role == "sandboxed" else 2
            used = sum(int(field) for field in fields[11 : 11 + counted]) / TICK
            seen[process] = role, used, int(peak[1]) / 1024
        waiting += [(*child, command) for child in children.get(process, [])]


def by_role(seen):
    """Return processor seconds and the largest peak by role."""
    found = {}
    for role, used, peak in seen.values():
        cpu, most = found.get(role, (0.0, 0.0))
        found[role] = cpu + used, max(most, peak)
    return found


def text_of(path):
    """Return what the system says of a process, nothing of one that has ended."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def loopback():
    """Return the bytes that the loopback has passed on."""
    told = re.search(r"lo:\s*(\d+)", Path("/proc/net/dev").read_text())
    return int(told[1]) if told else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
