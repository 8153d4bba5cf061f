"""Submissions that attack the kit, through the whole way from folder to gradebook."""
