"""What several tests need: a course, a gradebook, a sandbox, a page, a browser."""
