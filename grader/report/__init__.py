"""Write the class's page: where it stands, what it got wrong, whose work is alike."""
