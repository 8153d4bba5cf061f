"""Search for bytes that break what reads untrusted bytes, guided by the branches they reach.

Each file of ``targets/`` is one such reader and what must hold of it. ``make fuzz`` searches all of
them, with atheris where it is installed and with Hypothesis's targeted search elsewhere; both drive
the same functions. It begins from ``seeds/``: real frames, pictures, notebooks and tables, caught
by ``python -m tests.fuzz.catch_seeds``, and whatever was found and mended since. ``test_fuzz.py``
runs the targets over them, and sees to it that the search finds what is wrong.
"""
