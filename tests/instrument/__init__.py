"""Tests of rewriting a function so that it tells its values."""
