"""A run that a LangGraph server keeps, by its thread: read through the server's API, as any client would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from langgraph_sdk import get_sync_client
from langgraph_sdk.errors import APIStatusError

from langchain_rlm.errors import InputError
from langchain_rlm.journal.files import problem_of, recording_of
from langchain_rlm.journal.record import Recording

SECONDS = 60.0
"""That a server may take to answer."""
REFUSED = (401, 403)
CANCELLED = "CancelledError()"


@dataclass(frozen=True)
class ServedRun:
    """Where a run is: the newest of a thread, or the one with the server's id `run`."""

    url: str
    thread: str
    run: str | None = None

    @property
    def server(self) -> str:
        """The address without what may be a secret."""
        return self.url.replace(urlsplit(self.url).netloc, urlsplit(self.url).netloc.rpartition("@")[2])

    def load(self) -> Recording:
        """Read the run.

        Raises:
            InputError: The server, the thread or the run is not there, refused, or of another version.
        """
        with self._failures():
            state = self._state()
        values = state.get("values")
        if not isinstance(values, Mapping) or not values.get("journal"):
            graph = (state.get("metadata") or {}).get("graph_id")
            what = f"its graph is {graph!r}" if graph else "nothing has run on it"
            msg = f"{self.server}: thread {self.thread} has no run of langchain-rlm ({what})."
            raise InputError(msg)
        recording = recording_of({"stop_reason": "", **values})
        if problem := problem_of(recording):
            msg = (
                f"{self.server}: thread {self.thread} cannot be read: {problem}. The server has another version of "
                "langchain-rlm: use that one here."
            )
            raise InputError(msg)
        return recording if recording.stop_reason else _unended(recording, state)

    def _state(self) -> Mapping[str, Any]:
        with get_sync_client(url=self.url, timeout=SECONDS) as client:
            if self.run is None:
                return client.threads.get_state(self.thread)
            newest = client.threads.get_history(self.thread, limit=1, metadata={"run_id": self.run})
        if not newest:
            msg = f"{self.server}: thread {self.thread} has no run {self.run}."
            raise InputError(msg)
        return newest[0]

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What goes wrong on the way, in a line."""
        try:
            yield
        except InputError:
            raise
        except APIStatusError as error:
            said = f"{error.status_code}: {error.message:.200}"
            advice = " Set LANGGRAPH_API_KEY to a key that may read it." if error.status_code in REFUSED else ""
            msg = f"{self.server}: thread {self.thread} cannot be read ({said}).{advice}"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            msg = f"{self.server}: no LangGraph server answers there ({type(error).__name__}: {error!s:.200})."
        else:
            return
        raise InputError(msg)


def _unended(recording: Recording, state: Mapping[str, Any]) -> Recording:
    """What is known of a run that failed, or was cancelled, waits or goes on."""
    errors = [str(task["error"]) for task in state.get("tasks") or () if task.get("error") not in (None, CANCELLED)]
    return replace(recording, stop_reason="failed" if errors else "interrupted", error=errors[0] if errors else "")
