"""Take what a learning platform's archive holds into ``submitted/``, by the list of the class."""
