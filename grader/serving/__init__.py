"""Serve pages to this machine alone: which names, which browser and which page may ask."""
