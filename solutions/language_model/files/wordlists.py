"""Read lists of words, put some aside that are never trained on, hold back unfortunate ones."""

import codecs

__all__ = ["presentable", "read_words", "split"]

# Letters that are not shown where a network made them up, each moved by 13 places, so that nobody
# has to read them here. The list is short; nothing hangs on it but what is printed.
TURNED = """
ahqr anmv arte avtt cbea chffl cravf cvff encr ergneq fcvp frk fuvg fyhg gheq gjng gneq gvg
intvan jnax juber kkk nahf nany onfgneq ovgpu pbba pbpx phag qlxr qvpx shpx snt uvgyre xvxr
"""


def read_words(file: str) -> list[str]:
    """Read a file that holds one word a line; return the words as a list."""
    with open(file, encoding="utf-8") as lines:
        return lines.read().split()


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """Put every tenth word aside; return the words to learn from and the unseen ones."""
    known = [word for at, word in enumerate(words) if at % 10 != 4]
    return known, words[4::10]


def presentable(word: str) -> bool:
    """Say whether a word that was made up may be shown."""
    turned = codecs.encode(word, "rot13")
    return not any(letters in turned for letters in TURNED.split())
