"""Measure a job's one writable folder while the job runs, and empty it when it ends."""

from __future__ import annotations

import contextlib
import os

COUNT_LIMIT = 5_000  # entries looked at in one measurement


class Folder:
    """A folder that is used by one job after another; the folder itself stays.

    Student code may nest folders deeper than recursion reaches and take its own rights away.
    """

    def __init__(self, path: str, uid: int, *, owned_by_job: bool) -> None:
        self.path = path
        self.uid = uid
        self.busy = False
        self.rules: int | None = None
        os.mkdir(path, 0o700)
        if owned_by_job:
            os.chown(path, uid, uid)

    def usage(self) -> tuple[int, int]:
        """Return the bytes and the number of entries below the folder, counting to a limit."""
        total = entries = 0
        waiting = [self.path]
        while waiting and entries < COUNT_LIMIT:
            with contextlib.suppress(OSError), os.scandir(waiting.pop()) as found:
                for entry in found:
                    entries += 1
                    if entries >= COUNT_LIMIT:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        return total, entries

    def clean(self) -> None:
        """Remove everything below the folder, whatever its depth and modes."""
        while names := os.listdir(self.path):
            for name in names:
                self._remove(os.path.join(self.path, name))

    def _remove(self, path: str) -> None:
        """Remove a file, or lift what is in a folder to the top and remove the folder."""
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
            return
        os.chmod(path, 0o700)
        for name in os.listdir(path):
            os.rename(os.path.join(path, name), os.path.join(self.path, os.urandom(16).hex()))
        os.rmdir(path)
