"""Define the stub that students find in a function's place, and the text it is recognised by."""

EMPTY = "this exercise is still empty"
STUB = f'raise NotImplementedError("{EMPTY}")'
