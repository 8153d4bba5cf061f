"""Grade one at a time into a gradebook on a server, from whichever folder and machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from grader.errors import UsageError
from grader.gradebook.unusable import named

KEY = 0x67726164  # of PostgreSQL's advisory locks: "grad"
TRY = "select pg_try_advisory_lock(:key)"
HOLDER = """
select a.usename, coalesce(host(a.client_addr), 'its own machine') as place,
       to_char(a.backend_start, 'HH24:MI') as since
from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objid = :key and l.classid = 0
  and l.database = (select oid from pg_database where datname = current_database())
"""


@contextmanager
def turn(url: str) -> Iterator[None]:
    """Have the turn to grade; the server ends it with this process at the latest.

    A gradebook in a file needs none: in its folder one grades at a time. Raises UsageError that
    names who has the turn, or where the server cannot be asked.
    """
    if make_url(url).get_backend_name() != "postgresql":
        yield
        return
    # No pool, which would keep the connection, and with it the turn, once it is closed.
    engine = create_engine(url, poolclass=NullPool)
    with ExitStack() as held:
        with named(url):
            connection = held.enter_context(engine.connect())
            if not connection.execute(text(TRY), {"key": KEY}).scalar():
                raise _taken(connection)
            connection.commit()
        yield


def _taken(connection: Connection) -> UsageError:
    holder = connection.execute(text(HOLDER), {"key": KEY}).first()
    who = f"{holder.usename} from {holder.place} since {holder.since}" if holder else "somebody"
    return UsageError(
        f"{who} is grading into this gradebook: wait until that has ended and run this again"
    )
