"""Connect to a Dask cluster: the same judge, the same marks, on other machines' processes.

Workers need this package; the assignment and derived seeds travel with each task, the course
secret never does. Off the loopback address only TLS is accepted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any
from urllib.parse import urlsplit

from grader.errors import UsageError

CONNECT_SECONDS = 10


def check_address(address: str) -> None:
    """Raise UsageError unless ``address`` is a scheduler's, with TLS unless it is loopback."""
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname:
        raise UsageError(
            f"{address!r} is no scheduler's address: give tls://host:port (tcp:// on loopback)"
        )
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise UsageError(
            f"{address} would carry submissions in the clear: start the scheduler with TLS "
            "(docs/cluster.md) and give tls://host:port"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def connect(address: str) -> tuple[Callable[[int], Executor], int]:
    """Return what starts an executor on the cluster, and how many tasks it runs at a time.

    Raises UsageError when the address is unfit, the extra is missing, or nobody answers.
    """
    check_address(address)
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster needs Dask: install this package's extra `cluster` (docs/cluster.md)"
        ) from None

    library: Any = Client  # it comes without types

    class Quiet(library):  # type: ignore[misc]
        def __del__(self) -> None:
            """Close the client, unless it never came up: it would wait for that, loudly."""
            if getattr(self, "status", "") == "running":
                super().__del__()

    try:
        client: Any = Quiet(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except TypeError:  # what Dask raises when its settings name no certificate
        raise UsageError(
            f"{address} needs certificates: name them in Dask's settings (docs/cluster.md)"
        ) from None
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no scheduler answers at {address} ({type(error).__name__})") from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise UsageError(f"the scheduler at {address} has no workers: start some first")

    def start(_: int) -> Executor:
        # Not pure: a task that is judged again must not get the first result once more.
        executor: Executor = client.get_executor(retries=3, pure=False)
        return executor

    return start, threads
