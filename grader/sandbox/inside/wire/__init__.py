"""Encode and decode plain data: the only thing that crosses between judge and student code.

A value is ``None``, a bool, an int of 64 bits, a float, text, a NumPy scalar or array of an
allow-listed dtype, or a tuple, list or dict of these, whose keys are text or whole numbers. Never
pickle, never ``.npy``. Encoding refuses everything else with a plain reason (`Refused`); decoding
bytes from an untrusted process can fail only with `WireError`.
"""

from .codec import decode, decode_counted, decode_given, encode, form
from .format import (
    DTYPES,
    MOST_PLACES,
    ROOMY,
    Bounds,
    Encoded,
    Form,
    Message,
    Refused,
    Stored,
    WireError,
    value_bounds,
)

__all__ = [
    "DTYPES",
    "MOST_PLACES",
    "ROOMY",
    "Bounds",
    "Encoded",
    "Form",
    "Message",
    "Refused",
    "Stored",
    "WireError",
    "decode",
    "decode_counted",
    "decode_given",
    "encode",
    "form",
    "value_bounds",
]
