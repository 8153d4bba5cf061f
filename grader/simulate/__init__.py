"""Make up classes: the demo's, synthetic ones, and the bench that measures on them."""
