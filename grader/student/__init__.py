"""What is copied into the student's ``selfcheck.py`` beside the comparison itself."""
