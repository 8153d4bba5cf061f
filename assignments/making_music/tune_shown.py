# derived from solutions/making_music/files/tune_shown.py by `make release`; edit that file
"""To come."""
