# derived from solutions/making_music/files/abc_reader.py by `make release`; edit that file
"""To come."""
