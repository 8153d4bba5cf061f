"""Release, judge and give feedback on exercises in recurrent networks from scratch, in NumPy."""

__version__ = "0.1.0"
