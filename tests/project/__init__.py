"""The project as a whole: documentation, packaging, set-up, structure, workflows."""
