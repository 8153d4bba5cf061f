"""Show which system calls notebooks make in the sandbox, beside the filter's list.

    .venv/bin/python .ci/trace_system_calls.py           # the strongest tier
    .venv/bin/python .ci/trace_system_calls.py --tier B

Run it with every Python, C library and machine that the list shall hold for: what it names as
refused may belong on the list (``grader/sandbox/inside/lockdown/allowed.py``), what no machine
makes may go. Each workload of ``tests/sandbox/workloads.py`` and each solution notebook is a job
whose filter asks this process before every call. docs/decisions/0015-an-allow-list.md says more.
"""

import argparse
import json
import platform
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.sandbox import CellSource, Limits, Sandbox  # noqa: E402
from grader.sandbox.inside.lockdown.allowed import on_the_list  # noqa: E402
from tests.sandbox.workloads import WORKLOADS  # noqa: E402

# To be asked before every call takes longer than the call.
LIMITS = replace(Limits(), cell_cpu_seconds=300.0, job_cpu_seconds=600.0, wall_seconds=600.0)


def main(tier):
    """Print what each workload is refused, then the list; returns the exit code."""
    made, failed = Counter(), []
    with Sandbox(LIMITS, tier) as sandbox:
        print(f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}, "
              f"Linux {platform.release()}, {platform.machine()}, tier {sandbox.tier}")  # fmt: skip
        for name, (cells, files) in {**workloads(), **notebooks()}.items():
            sources = [CellSource(f"c{at}", source, "other") for at, source in enumerate(cells)]
            job, listener = sandbox.watched_job(sources, files, everything=True)
            with job:
                results = job.run()
            listener.join()
            made += listener.made
            fine = all(result.outcome == "ok" for result in results)
            failed += [] if fine else [name]
            print(f"{'ok' if fine else 'FAILED':<7}{name}; refused: {told(listener.refused)}")
    left = sorted(on_the_list(platform.machine()) - made.keys())
    print(f"made: {told(made)}")
    print(f"on the list, not made: {', '.join(left)}")
    return 1 if failed else 0


def workloads():
    """What the tests run: one cell each."""
    return {name: ([source], {}) for name, source in WORKLOADS.items()}


def notebooks():
    """The solution notebooks, with what is handed out beside them."""
    found = {}
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        beside = (ROOT / "assignments" / path.parent.name).glob("*.*")
        found[path.name] = code, {file.name: file.read_bytes() for file in beside}
    return found


def told(counts):
    """Names with how often, most often first."""
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "nothing"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tier", choices=("A", "B"))
    sys.exit(main(parser.parse_args().tier))
