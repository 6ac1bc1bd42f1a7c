"""What the database of a checkpointer raises, in words: its own say neither what it is nor what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from langchain_rlm.errors import HostError

DATABASES = frozenset({"sqlite3", "psycopg", "psycopg_pool"})
"""The modules whose errors are those of a database."""


@contextmanager
def database_failures() -> Iterator[None]:
    """Name the checkpointer as what failed.

    Raises:
        HostError: Its database did.
    """
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in DATABASES:
            raise
        msg = (
            f"The checkpointer's database failed ({type(error).__name__}: {error}). When it can be reached, and has "
            "room again, go on with invoke(None, config): what was saved is not paid for again."
        )
        raise HostError(msg) from error
