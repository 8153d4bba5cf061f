"""The readers of untrusted bytes: a file each, with ``run(data)``, which raises where one is wrong.

``MODULES`` are the modules whose branches guide the search, ``LONGEST`` the longest input in bytes.
``mutate(data, rng, change)``, where there is one, makes a new input of an old one and keeps its
form; ``change`` makes other bytes of bytes, as the search does by itself.
"""
