# derived from solutions/gated_and_two_way/files/sentences.py by `make release`; edit that file
"""To come."""
