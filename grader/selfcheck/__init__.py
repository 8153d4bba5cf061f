"""Check students' functions in their own notebooks; release makes one file of it."""
