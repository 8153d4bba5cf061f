"""Rewrite a function so that it tells its values: text in, text out."""
