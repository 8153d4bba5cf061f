"""Grade one at a time into a gradebook on a server, from whichever folder and machine."""

from __future__ import annotations

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from grader.errors import UsageError

KEY = 0x67726164  # of PostgreSQL's advisory locks: "grad"
HOLDER = """
select a.usename, coalesce(host(a.client_addr), 'its own machine') as place,
       to_char(a.backend_start, 'HH24:MI') as since
from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objid = :key and l.classid = 0
  and l.database = (select oid from pg_database where datname = current_database())
"""


def take_turn(url: str) -> Connection | None:
    """Take the turn to grade; it ends when what is returned is closed, or this process ends.

    None for a gradebook in a file, in whose folder one grades at a time. Raises UsageError that
    names who has the turn, DBAPIError where the server cannot be asked.
    """
    if make_url(url).get_backend_name() != "postgresql":
        return None
    # No pool, which would keep the connection, and with it the turn, once it is closed.
    connection = create_engine(url, poolclass=NullPool).connect()
    if connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": KEY}).scalar():
        connection.commit()
        return connection
    holder = connection.execute(text(HOLDER), {"key": KEY}).first()
    connection.close()
    who = f"{holder.usename} from {holder.place} since {holder.since}" if holder else "somebody"
    raise UsageError(
        f"{who} is grading into this gradebook: wait until that has ended and run this again"
    )
