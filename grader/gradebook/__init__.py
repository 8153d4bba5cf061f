"""Read and write nbgrader's database, configuration and files; nobody else does."""

from grader.gradebook.without_server import import_server_later

import_server_later()  # before anything here imports it
