"""What an author runs while writing: a new assignment, a quick try, a page that follows along."""
