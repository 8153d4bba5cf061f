"""The assignments themselves, where `grader verify` cannot see it."""
