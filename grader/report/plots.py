"""Draw the report's pictures as SVG by matplotlib, once for a light and once for a dark page."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

INK = {"light": ("#1f2328", "#ffffff", "#d8d5cd"), "dark": ("#e6e6e3", "#1e2126", "#3a3f47")}
BAR = {"light": "#0b57a4", "dark": "#82b8f5"}
# Okabe and Ito's colours for the colour-blind; the hatches tell them apart without any colour.
FILLS = (
    ("#009e73", ""),
    ("#56b4e9", "//"),
    ("#e69f00", "xx"),
    ("#cc79a7", ".."),
    ("#999999", "--"),
)
LONGEST = 46  # characters of a label beside a bar


@dataclass(frozen=True)
class Picture:
    """A picture as two data: URIs, and the text that can stand in its place.

    Where there is a ``narrow`` one, light and dark, it is for telephones.
    """

    light: str
    dark: str
    alt: str
    narrow: tuple[str, str] = ("", "")


def histogram(
    edges: Sequence[float], counts: Sequence[int], above: int, xlabel: str, alt: str
) -> Picture:
    """Draw counts of students over steps of points; ``above`` are beyond the last one."""

    def draw(axes: Any, theme: str) -> None:
        heights = [*counts, above] if above else counts
        drawn = axes.bar(range(len(heights)), heights, 0.94, align="edge", color=BAR[theme])
        axes.bar_label(drawn, [str(n) if n else "" for n in heights], padding=2)
        axes.set_xticks(range(len(edges)), [f"{edge:g}" for edge in edges])
        if above:
            axes.set_xticks([len(edges) - 0.5], ["more"], minor=True)
        axes.set_xlabel(xlabel)
        axes.set_ylabel("students")
        axes.margins(y=0.12)
        axes.yaxis.get_major_locator().set_params(integer=True)

    wide, narrow = _both(draw, (8.4, 3.3)), _both(draw, (4.0, 2.9))
    return Picture(*wide, alt, narrow)


def spread(rows: Mapping[str, tuple[float, float, float]], alt: str) -> Picture:
    """Draw for each row a lower quartile, median and upper quartile, as shares of 0 to 1."""

    def draw(axes: Any, theme: str) -> None:
        low, middle, high = (100 * np.array(side) for side in zip(*rows.values(), strict=True))
        places = range(len(rows))
        axes.barh(places, high - low, left=low, height=0.5, color=BAR[theme], alpha=0.45)
        axes.plot(middle, places, "o", color=BAR[theme], markersize=9)
        axes.set_yticks(places, list(rows))
        axes.invert_yaxis()
        axes.set_xlim(-2, 102)
        axes.set_xlabel("% of the points: median, middle half")

    height = 1.0 + 0.5 * len(rows)
    return Picture(*_both(draw, (8.4, height)), alt, _both(draw, (4.2, height)))


def stacked(rows: Mapping[str, Mapping[str, int]], alt: str) -> Picture:
    """Draw for each row how many students are in each group, as parts of one bar."""
    labels = list(next(iter(rows.values()), {}))

    def draw(axes: Any, theme: str) -> None:
        left = [0] * len(rows)
        for label, (colour, hatch) in zip(labels, FILLS, strict=False):
            counts = [groups[label] for groups in rows.values()]
            style = {"color": colour, "hatch": hatch, "edgecolor": INK[theme][1], "linewidth": 0.6}
            axes.barh(range(len(rows)), counts, left=left, label=label, height=0.72, **style)
            left = [a + b for a, b in zip(left, counts, strict=True)]
        axes.set_yticks(range(len(rows)), list(rows))
        axes.invert_yaxis()
        axes.set_xlabel("students")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.margins(x=0)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=3, frameon=False)

    return Picture(*_both(draw, (8.4, 1.5 + 0.36 * len(rows))), alt)


def ranked(rows: Sequence[tuple[str, int]], alt: str) -> Picture:
    """Draw counts of students beside their labels, the most frequent at the top."""

    def draw(axes: Any, theme: str) -> None:
        names = [name if len(name) <= LONGEST else name[: LONGEST - 1] + "…" for name, _ in rows]
        drawn = axes.barh(range(len(rows)), [n for _, n in rows], height=0.7, color=BAR[theme])
        axes.bar_label(drawn, padding=3)
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.set_xlabel("students")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.margins(x=0.08)

    return Picture(*_both(draw, (8.4, 0.9 + 0.34 * len(rows))), alt)


def _both(draw: Callable[[Any, str], None], size: tuple[float, float]) -> tuple[str, str]:
    return _svg(draw, size, "light"), _svg(draw, size, "dark")


def _svg(draw: Callable[[Any, str], None], size: tuple[float, float], theme: str) -> str:
    """Return an SVG as a data: URI; the same drawing gives the same bytes."""
    import matplotlib
    from matplotlib.figure import Figure  # takes a second to import

    ink, paper, line = INK[theme]
    style: dict[Any, Any] = {
        "svg.hashsalt": "report",  # else ids are drawn at random
        "svg.fonttype": "path",
        "font.family": "DejaVu Sans",
        "font.size": 10,
        **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), ink),
        **dict.fromkeys(("figure.facecolor", "axes.facecolor"), paper),
        "axes.edgecolor": line,
        "hatch.linewidth": 0.8,
    }
    with matplotlib.rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes, theme)
        made = io.BytesIO()
        figure.savefig(made, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(made.getvalue()).decode()
