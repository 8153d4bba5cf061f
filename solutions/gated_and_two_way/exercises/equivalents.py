"""Say why nobody could tell some mutants from the solution."""

from __future__ import annotations

DEFAULT = "it is the default"
DTYPE = "for float32 inputs the result is float64, which is allowed"
SAME_DTYPE = "the arguments all have one dtype"
OVERWRITTEN = "every entry is written before it is read"
SHAPE = "of that array only the shape and the dtype are read"
SHARED = "every step's cache holds the same parameters, and inputs of the same shape"
UNREAD = "the name that it changes is written once more before it is read"
