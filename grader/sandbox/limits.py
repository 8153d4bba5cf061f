"""Limit what a submission may use: every bound of the sandbox in one frozen object."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .inside.wire import value_bounds

MEGABYTE = 1 << 20
SAFE = ("A", "B")  # the tiers below which student code could read the solution


# What one submission may take in all, so that it holds nobody up: its cells are run again without
# those that hang, and its functions are called in one fork after the other.
MOST_JOBS = 1.0  # in limits of one job's processor time
MOST_WAITS = 10.0  # in limits of one wait
MOST_IDLE = 3.0  # in limits of one message's idling
MOST_STOPPED_CELLS = 3  # that are not the kit's own


@dataclass(frozen=True)
class Limits:
    """Limits of one job; processor time in seconds, sizes in bytes.

    Processor time is what counts, so that grades do not depend on how busy the machine is;
    ``idle_seconds`` are of the job's own waiting: sleep, a lock, a stop signal. ``wall_seconds`` is
    the backstop where that cannot be told from a busy machine.
    """

    cell_cpu_seconds: float = 5.0
    call_cpu_seconds: float = 2.0
    job_cpu_seconds: float = 60.0
    idle_seconds: float = 5.0  # a message: neither running nor waiting for a processor
    wall_seconds: float = 30.0  # a message, from request to reply
    memory_bytes: int = 1024 * MEGABYTE  # address space beyond that of the warm worker
    file_bytes: int = 16 * MEGABYTE  # one file
    folder_bytes: int = 64 * MEGABYTE  # everything a job writes
    folder_files: int = 2_000
    open_files: int = 64
    threads: int = 64
    output_bytes: int = 1 * MEGABYTE  # text a cell prints
    image_bytes: int = 2 * MEGABYTE  # one figure
    display_calls: int = 64  # a cell
    shown_bytes: int = 24 * MEGABYTE  # text and figures of all cells
    message_bytes: int = 8 * MEGABYTE  # the judge keeps an exercise's replies until it is done
    stand_in_bytes: int = 1 * MEGABYTE  # the arguments of one call of a stand-in
    depth: int = 20
    items: int = 100_000
    ndim: int = 8

    def __post_init__(self) -> None:
        wrong = [name for name, value in asdict(self).items() if not value > 0]
        if wrong:
            raise ValueError(f"limits must be above zero: {', '.join(wrong)}")

    def to_dict(self) -> dict[str, float | int]:
        """Return the limits by name, for the verdict and for the worker."""
        return asdict(self)

    @property
    def refusals(self) -> frozenset[str]:
        """Return the reasons for which what a function returns is refused that name no type."""
        return value_bounds(self.to_dict()).refusals
