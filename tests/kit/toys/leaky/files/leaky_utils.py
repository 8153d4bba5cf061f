"""What the cells of ``leaky`` import from beside the notebook."""

import numpy as np


def squash(z):
    """Return tanh, entry by entry."""
    return np.tanh(z)
