"""Search with all targets, or run one input again: ``make fuzz``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .campaign import ENGINES, campaign, engine_here
from .target import load, names


def main(words: list[str]) -> int:
    """Search, or run what was found again; returns the exit code."""
    about = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    about.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    about.add_argument("--engine", choices=ENGINES, default=engine_here())
    about.add_argument(
        "target",
        nargs="*",
        help=f"of {', '.join(names())}; by default all; with a file after it, that input alone",
    )
    told = about.parse_args(words)
    targets = [word for word in told.target if word in names() or word.startswith("planted.")]
    inputs = [Path(word) for word in told.target if word not in targets]
    if not inputs:
        return campaign(targets or names(), told.seconds, told.engine)
    missing = [str(path) for path in inputs if not path.is_file()]
    if missing or len(targets) != 1:
        about.error(f"no such target or file: {' '.join(missing) or 'name one target, then files'}")
    for path in inputs:
        load(targets[0]).run(path.read_bytes())
        print(f"fuzz: {targets[0]} holds for {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
