"""Read and write nbgrader's database, configuration and files; nobody else does."""
