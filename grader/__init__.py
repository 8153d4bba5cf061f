"""Release, judge and explain assignments in which students write functions in NumPy."""

__version__ = "0.1.0"
