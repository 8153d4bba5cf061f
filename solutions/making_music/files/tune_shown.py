"""Show tunes: to the ear as sound, to the eye as a piano roll and as notes on five lines.

Nothing has to be installed for the sound: Jupyter plays an array of samples. Pictures need
matplotlib. Where one of the two is missing, a line says so, and nothing fails.

A note is a pair (pitch, length): pitches count semitones, 60 is the middle c and 0 a rest; lengths
and bars count eighths.
"""

import numpy as np

try:
    import matplotlib.pyplot as plt
    from matplotlib.patches import Ellipse, PathPatch, Rectangle
    from matplotlib.path import Path
except ModuleNotFoundError:
    plt = None

__all__ = ["five_lines", "listen", "piano_roll"]

MOST_SECONDS = 15  # of one sound: it is kept in the notebook, with every sample
INK, FAINT, COLOUR = "#1c1c1c", "#8a8a8a", "#1f5fa8"
# Of each semitone above c: how many lines and spaces above c it stands, and whether it is raised.
STEPS = [(0, ""), (0, "♯"), (1, ""), (1, "♯"), (2, ""), (3, ""), (3, "♯"), (4, ""), (4, "♯"),
         (5, ""), (5, "♯"), (6, "")]  # fmt: skip
# In half distances of lines: where the first note of a row stands, how wide a row is before it is
# broken at a bar line, and how far rows are apart.
LEFT, WIDTH, ROW = 8, 110, 19
# A treble clef as curves, (x, y) from the line of g.
CLEF = [(0.9, 0.9), (-0.6, 1.2), (-1.2, -1.2), (0.5, -1.5), (2.6, -1.6), (2.7, 1.9), (0.4, 1.9),
        (-2.8, 1.8), (-3.0, -3.2), (0.5, -3.1), (4.2, -3.0), (3.5, 2.4), (0.6, 4.2),
        (-1.6, 6.2), (-0.6, 9.6), (1.0, 9.6), (2.2, 9.4), (1.6, 6.4), (-0.4, 4.9),
        (0.2, 2.0), (0.8, -2.0), (1.2, -4.6), (1.4, -6.6), (-0.9, -6.6), (-0.8, -5.1)]  # fmt: skip


def listen(sound, rate):
    """Offer samples (N,) between -1 and 1 to be played, ``rate`` a second."""
    try:
        from IPython.display import Audio, display
    except ModuleNotFoundError:
        print(f"{len(sound) / rate:.1f} seconds of sound; it can be heard in a notebook.")
        return
    display(Audio(np.asarray(sound)[: MOST_SECONDS * rate], rate=rate, normalize=False))


def piano_roll(tunes, bar):
    """Draw tunes, by their names, as bars over time, one below the other, with bar lines."""
    if plt is None:
        print("No matplotlib here, so no pictures: what is printed says the same.")
        return
    _, rows = plt.subplots(
        len(tunes), figsize=(10, 2.2 * len(tunes)), squeeze=False, layout="constrained"
    )
    for axes, (name, notes) in zip(rows[:, 0], tunes.items(), strict=True):
        start = 0
        for key, eighths in notes:
            if key:
                box = Rectangle((start + 0.06, key - 0.45), eighths - 0.12, 0.9, color=COLOUR)
                axes.add_patch(box)
            start += eighths
        for line in range(0, start + 1, bar):
            axes.axvline(line, color=INK, linewidth=0.8)
        heard = [pitch for pitch, _ in notes if pitch] or [60]
        cs = [pitch for pitch in range(36, 97, 12) if min(heard) - 2 <= pitch <= max(heard) + 2]
        axes.set(xlim=(-0.5, max(start, bar) + 0.5), ylim=(min(heard) - 1.5, max(heard) + 1.5))
        axes.set(title=name, yticks=cs, yticklabels=["c"] * len(cs), xticks=[])
        axes.grid(axis="y", linewidth=0.5)
    rows[-1, 0].set_xlabel("time; lines stand at the beginning of a bar")
    plt.show()


def five_lines(notes, bar, title, upbeat=0):
    """Draw notes on five lines, as they are printed in a song book."""
    if plt is None:
        print("No matplotlib here, so no pictures: what is printed says the same.")
        return
    rows = _placed(notes, bar, upbeat)
    width = max(row[-1][0] for row in rows) + 1
    _, axes = plt.subplots(figsize=(10, 10 * (len(rows) * ROW + 4) / (WIDTH + 4)))
    for at, row in enumerate(rows):
        bottom = -at * ROW
        _empty_row(axes, bottom, row[-1][0])
        for x, key, eighths in row:
            if eighths == 0:
                axes.plot([x, x], [bottom, bottom + 8], color=INK, linewidth=1)
            elif key:
                _note(axes, x, bottom, key, eighths)
            else:
                _rest(axes, x, bottom, eighths)
    axes.set(xlim=(-2, max(width, WIDTH) + 2), ylim=(13 - len(rows) * ROW, 14), aspect="equal")
    axes.set_title(title)
    axes.axis("off")
    plt.show()


def _placed(notes, bar, upbeat):
    """Place notes and bar lines, in rows: (x, pitch, length), where a length of 0 is a bar line.

    Long notes get more room than short ones, but not as much as they last.
    """
    rows, x, start = [[]], LEFT, -upbeat
    for key, eighths in notes:
        if start % bar == 0 and x > WIDTH - 16:
            rows, x = [*rows, []], LEFT
        room = 3 + 1.9 * np.sqrt(eighths)
        rows[-1].append((x, key, eighths))
        for line in range(start - start % bar + bar, start + eighths, bar):
            # The note goes on behind the bar line, which has its place in the note's room.
            rows[-1].append((x + 1.8 + (room - 3.6) * (line - start) / eighths, 0, 0))
        x, start = x + room, start + eighths
        if start % bar == 0:
            rows[-1].append((x - 1.6, 0, 0))
            x += 2
    return [row if row[-1][2] == 0 else [*row, (x - 1.6, 0, 0)] for row in rows]


def _empty_row(axes, bottom, width):
    """Draw five lines and a clef."""
    for line in range(0, 10, 2):
        axes.plot([0, width], [bottom + line] * 2, color=FAINT, linewidth=0.8)
    points = [(2.2 + x, bottom + 2 + y) for x, y in CLEF]
    codes = [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1)
    axes.add_patch(PathPatch(Path(points, codes), fill=False, color=INK, linewidth=1.6))


def _note(axes, x, bottom, pitch, length):
    """Draw one note: head, stem, flag, dot, sign and ledger lines, as far as it has them."""
    octave, above = divmod(pitch, 12)
    step, sign = STEPS[above]
    high = 7 * (octave - 5) + step - 2  # half distances above the lowest line, on which e stands
    y = bottom + high
    for line in [*range(-2, high - 1, -2), *range(10, high + 1, 2)]:
        axes.plot([x - 1.7, x + 1.7], [bottom + line] * 2, color=FAINT, linewidth=0.8)
    full = length in (1, 2, 3)
    head = Ellipse((x, y), 2.5, 1.7, angle=20, facecolor=INK if full else "white", edgecolor=INK)
    axes.add_patch(head)
    if length < 8:
        side, way = (1, 1) if high < 4 else (-1, -1)
        axes.plot([x + 1.1 * side] * 2, [y + 0.3 * way, y + 6.5 * way], color=INK, linewidth=1.2)
        if length == 1:
            flag = [x + 1.1 * side, x + 1.1 * side + 1.3]
            axes.plot(flag, [y + 6.5 * way, y + 4 * way], color=INK, linewidth=2)
    if length in (3, 6):
        axes.plot([x + 2.1], [y + 0.6], ".", color=INK, markersize=4)
    if sign:
        axes.text(x - 1.6, y, sign, ha="right", va="center", color=INK)


def _rest(axes, x, bottom, length):
    """Draw a rest: a block for long ones, a hook for short ones."""
    if length >= 4:
        low = bottom + (5 if length >= 8 else 4)
        axes.add_patch(Rectangle((x - 1.2, low), 2.4, 1, color=INK))
    elif length >= 2:
        zigzag = [(0, 6.6), (0.7, 5.2), (-0.4, 4.2), (0.6, 2.6), (-0.5, 2.2), (0.3, 1.2)]
        axes.plot([x + dx for dx, _ in zigzag], [bottom + dy for _, dy in zigzag], color=INK)
    else:
        axes.plot([x - 0.7, x + 0.8, x], [bottom + dy for dy in (5, 5.6, 2)], color=INK)
        axes.plot([x - 0.7], [bottom + 5.2], ".", color=INK, markersize=6)
