"""Text that anybody may have written: what is obeyed is taken out, what is read stays."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.plain_text import COLOUR, TURNING, coloured, one_line, plain

PIECES = st.sampled_from(
    [
        *(
            "\x1b",
            "\x1b[",
            "\x1b]0;",
            "\x07",
            "\x1b\\",
            "\x9b31m",
            "\x1b[31m",
            "\x1b[8m",
            "\x1b[2J",
        ),
        *(
            "38;5;",
            "m",
            ";",
            "0",
            "\r",
            "\n",
            "\0",
            "\u202e",
            "\u2028",
            "\ud800",
            "\x85",
            "\t",
            " ",
        ),
    ]
)
ANY = st.lists(PIECES | st.text(st.characters(exclude_categories=()), max_size=4)).map("".join)


def obeyed(text: str) -> list[str]:
    """The characters of a text that are not to be read."""
    kinds = {c: unicodedata.category(c) for c in text}
    return [c for c in text if kinds[c] in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"]


@given(ANY)
def test_nothing_is_left_that_is_obeyed(text: str) -> None:
    """No control character, no half of one, no mark of direction; once is enough."""
    for clean in (plain(text), re.sub(COLOUR, "", coloured(text))):
        assert not obeyed(clean) and not TURNING.search(clean), clean
    assert plain(plain(text)) == plain(text) and coloured(coloured(text)) == coloured(text)
    assert re.sub(COLOUR, "", coloured(text)) == plain(text)


@given(ANY, st.integers(1, 50))
def test_one_line_is_one_line(text: str, most: int) -> None:
    """However it is split, and never longer than it may be."""
    line = one_line(text, most)
    assert line.splitlines() in ([line], []) and len(line) <= most and "\t" not in line
    assert one_line(line, most) == line.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n\ty = 2\n",
        "Grüße, 世界, שלום, مرحبا",
        "e\u0301 👩\u200d🔬 ∂L/∂W",
        "C:\\new [31m",
    ],
)
def test_what_is_read_stays(text: str) -> None:
    """Letters of any script, joined signs, indentation and empty lines."""
    assert plain(text) == text and coloured(text) == text


WRITTEN = [
    ("\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m"),
    ("\x1b[01;38;5;208mbold\x1b[m", "bold", "\x1b[01;38;5;208mbold\x1b[m"),
    ("\x1b[8mconcealed\x1b[5m", "concealed", "concealed"),
    ("\x1b[2J\x1b[1;1Hon top", "on top", "on top"),
    ("\x1b]0;a title\x07\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link", "link"),
    ("\x1bcreset\x1b(0", "reset", "reset"),
    ("\x1b[3\x1b[0m1m", "31m", "3\x1b[0m1m"),
    ("over\rwritten\r\n", "over\nwritten\n", "over\nwritten\n"),
    ("a\u202eb\u2066c\ud800", "a\\u202eb\\u2066c\ufffd", "a\\u202eb\\u2066c\ufffd"),
]


@pytest.mark.parametrize(("text", "bare", "shown"), WRITTEN, ids=[bare for _, bare, _ in WRITTEN])
def test_escapes_go_and_colours_stay_where_they_are_shown(text: str, bare: str, shown: str) -> None:
    """Titles, links, moves of the cursor and what conceals are gone; turned text is spelt out."""
    assert (plain(text), coloured(text)) == (bare, shown)
