"""Know the wrong versions around a solution that nobody wrote down, by what each gives."""
