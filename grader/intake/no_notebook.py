"""Say what a file is that should be a notebook and is not, in words that its owner understands."""

from __future__ import annotations

import json
import re

CONFLICT = re.compile(rb"^(<{7} |={7}\r?$|>{7} )", re.M)
# What a file begins with, and what it is then.
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs.github.com/",
        "it is a Git LFS pointer, not the file itself: fetch that with `git lfs pull`, or hand in "
        "the notebook without LFS",
    ),
    (b"PK\x03\x04", "it is a zip archive: unpack it and hand in the notebook"),
    (b"%PDF", "it is a PDF: hand in the notebook itself"),
    (b"\xff\xfe", "it is UTF-16 text: save the notebook with JupyterLab and hand it in again"),
    (b"\xfe\xff", "it is UTF-16 text: save the notebook with JupyterLab and hand it in again"),
)
WEB_PAGE = (
    "it is a web page, such as a sign-in page or a preview: download the notebook itself, see that "
    "it opens, and hand it in again"
)


def what_it_is(data: bytes, error: ValueError) -> str:
    """Say why ``data``, which gave ``error`` when it was read as JSON, is no notebook."""
    if not data.strip():
        return "it is empty, it has no bytes: save the notebook and hand it in again"
    if not data.strip(b"\0"):
        return "it holds zeros only, as after a full disk: save the notebook and hand it in again"
    for beginning, said in BEGINNINGS:
        if data.startswith(beginning):
            return said
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        return WEB_PAGE
    if {found[0][:1] for found in CONFLICT.finditer(data)} >= {b"<", b"="}:
        return (
            "it has conflict markers (<<<<<<<) of Git, both sides of a merge: settle the conflict, "
            "see that it opens, and hand it in again"
        )
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    at_its_end = isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip())
    if data.lstrip().startswith(b"{") and (at_its_end or not data.rstrip().endswith(b"}")):
        return "it ends too early, as after a broken upload: it is to be handed in again"
    return f"it is not JSON: {str(error)[:120]}"
