"""Write each student's page."""
