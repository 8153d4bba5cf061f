"""Lock a process in for good: Landlock, seccomp, limits, a user id of its own."""
