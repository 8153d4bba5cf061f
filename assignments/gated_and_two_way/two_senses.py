# derived from solutions/gated_and_two_way/files/two_senses.py by `make release`; edit that file
"""Make the batches that the networks of this notebook learn from.

A batch is ``x, y, mask, lengths``: inputs, one-hot, (n_x, m, T_x); targets, one-hot,
(n_y, m, T_x); 1 in the places that count, (m, T_x); the time steps of each sequence, (m,).
"""

import numpy as np

__all__ = ["LETTERS", "SENSES", "VOCABULARY", "first_symbols", "one_hidden", "read_names",
           "sentences", "spelled"]  # fmt: skip

# A word of two meanings, and the word behind it that says which of them is meant.
SENSES = {
    "bank": ("river", "money"),
    "bat": ("cave", "ball"),
    "spring": ("water", "steel"),
    "match": ("flame", "team"),
}
FILLERS = ("a", "an", "and", "by", "from", "his", "in", "its", "near", "of", "old", "on", "small",
           "that", "the", "with")  # fmt: skip
VOCABULARY = [*SENSES, *(word for pair in SENSES.values() for word in pair), *FILLERS]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
HIDDEN = len(LETTERS)  # the row of x that says that a letter is hidden


def sentences(m, rng, write=False):
    """Make sentences with an ambiguous word; what decides its sense comes one to six words later.

    The target at the ambiguous word is its sense, 0 or 1; no other place counts. With ``write``
    the sentences come too, as lists of words.
    """
    made = []
    for _ in range(m):
        word, sense = list(SENSES)[rng.integers(len(SENSES))], int(rng.integers(2))
        before, between, behind = (
            [FILLERS[i] for i in rng.integers(len(FILLERS), size=rng.integers(*count))]
            for count in ((1, 4), (0, 6), (0, 3))
        )
        made.append(([*before, word, *between, SENSES[word][sense], *behind], len(before), sense))
    lengths = np.array([len(words) for words, _, _ in made])
    x, mask = np.zeros((len(VOCABULARY), m, max(lengths))), np.zeros((m, max(lengths)))
    y = np.zeros((2, m, max(lengths)))
    for i, (words, place, sense) in enumerate(made):
        x[[VOCABULARY.index(word) for word in words], i, range(len(words))] = 1
        y[sense, i, place] = mask[i, place] = 1
    batch = x, y, mask, lengths
    return (batch, [words for words, _, _ in made]) if write else batch


def one_hidden(words, places):
    """Hide one letter of each word, by its place; the target there is the letter."""
    lengths = np.array([len(word) for word in words])
    m, T_x = len(words), max(lengths)
    x, y, mask = np.zeros((HIDDEN + 1, m, T_x)), np.zeros((HIDDEN, m, T_x)), np.zeros((m, T_x))
    for i, (word, place) in enumerate(zip(words, places, strict=True)):
        rows = [LETTERS.index(letter) for letter in word]
        y[rows[place], i, place] = mask[i, place] = 1
        rows[place] = HIDDEN
        x[rows, i, range(len(word))] = 1
    return x, y, mask, lengths


def first_symbols(m, T_x, rng):
    """Make sequences of four symbols; the target at the last step is the symbol of the first."""
    symbols = rng.integers(4, size=(m, T_x))
    x = np.moveaxis(np.eye(4)[symbols], -1, 0)
    y, mask = np.zeros((4, m, T_x)), np.zeros((m, T_x))
    y[:, :, -1] = x[:, :, 0]
    mask[:, -1] = 1
    return x, y, mask, np.full(m, T_x)


def read_names(file):
    """Read names, one a line; return those to learn from, and every tenth, which is put aside."""
    with open(file, encoding="utf-8") as lines:
        words = lines.read().split()
    return [word for at, word in enumerate(words) if at % 10 != 4], words[4::10]


def spelled(word, place):
    """Write a word with a low line at the place that is hidden."""
    return word[:place] + "_" + word[place + 1 :]
