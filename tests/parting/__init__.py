"""Tests of pointing at a mistake by values."""
