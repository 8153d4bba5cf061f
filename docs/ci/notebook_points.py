"""Print the points of an executed notebook's checks as a table for GitHub's job summary.

``python notebook_points.py NOTEBOOK``; needs nothing but Python. Exit code 0: every check passed;
1: some did not; 2: there is no such notebook, or it has no checks.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

CHECK = re.compile(r'^check\("(\w+)", ', re.MULTILINE)
BAR = re.compile(r"\] ([\d.]+) of ([\d.]+) points(, a bonus)?")


def main(path: Path) -> int:
    """Print the table for the notebook at ``path``; returns the exit code."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        sys.stderr.write(f"{path} cannot be read: did the step before this one fail?\n")
        return 2
    rows = [row(cell) for cell in cells if cell["cell_type"] == "code" and check_of(cell)]
    if not rows:
        sys.stderr.write(f"{path} has no checks\n")
        return 2
    print("| exercise | points | result |\n| --- | ---: | --- |")
    for name, points, of, bonus, said in rows:
        score = f"{points:g} of {of:g}{', bonus' * bonus}" if of else "none"
        print(f"| `{name}` | {score} | {said} |")
    earned = sum(points for _, points, *_ in rows)
    most = sum(of for _, _, of, bonus, _ in rows if not bonus)  # a bonus counts on top
    print(f"\n**{earned:g} of {most:g} points** on the visible examples.")
    print("Your mark comes from other inputs, and from the answer you wrote in words.")
    return 0 if all(of and (bonus or points == of) for _, points, of, bonus, _ in rows) else 1


def check_of(cell: dict) -> str:
    """The exercise that a cell checks; empty if it checks none."""
    found = CHECK.search("".join(cell["source"]))
    return found[1] if found else ""


def row(cell: dict) -> tuple[str, float, float, bool, str]:
    """Exercise, points, most points, bonus or not, and what is wrong, in a line safe in a table."""
    points, of, bonus, said = 0.0, 0.0, False, "&#10003; passed"
    for output in cell["outputs"]:
        text = "".join(output.get("data", {}).get("text/plain", ""))
        if output["output_type"] == "display_data" and (bar := BAR.search(text)):
            points, of, bonus = float(bar[1]), float(bar[2]), bool(bar[3])
            if points != of:  # where the check raised nothing, its table's title says as much
                said = text.splitlines()[0].partition(": ")[2]
        if output["output_type"] == "error":
            line = " ".join(f"{output['ename']}: {output['evalue']}".split())[:200]
            said = re.sub(r"([|\\`*_\[\]~$])", r"\\\1", html.escape(line))
    return check_of(cell), points, of, bonus, said if of or "Error" in said else "no result"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else 2)
