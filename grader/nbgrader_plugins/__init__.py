"""Answer where nbgrader calls this kit: to autograde, for feedback, for late penalties."""
