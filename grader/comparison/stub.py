"""What students find where they are to write a function, and how it is known again."""

EMPTY = "this exercise is still empty"
STUB = f'raise NotImplementedError("{EMPTY}")'
