"""Compare a result with the right one and say why it is wrong, with NumPy alone."""
