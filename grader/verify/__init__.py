"""Hold the marking to account: solutions, blanks, known mistakes, gradients, small changes."""
