"""Make the folder that students get from an assignment's text."""
