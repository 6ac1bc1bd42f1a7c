"""Fixtures for all tests."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import Chromium, find_chromium
from tests.debian import UnavailableError
from tests.postgres import Postgres
from tests.server.client import ModelServer

# `make test` tries the same few examples everywhere, `make test-slow` many new ones; the time it takes fails nothing
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", CALM, derandomize=True, max_examples=25)
settings.register_profile("new", CALM, max_examples=200)
settings.load_profile("same")

# no test trusts a certificate, and each client of a model would read all of the machine's: one is read soon
os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "server" / "authority.pem")

gc.disable()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes give a test no name: compressed ones hold the time, and all processes must name a test alike."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """What is there when the tests begin stays: memory is collected without looking at it again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _connections_end_soon() -> None:
    """Shared clients keep connections for some seconds after a run; a test that looks for what is left does not wait.

    Once they are over nothing may be open: idle connections are the only thing that outlives a run.
    """
    from langchain_rlm.models import clients

    clients.IDLE = 0.2


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_kept() -> None:
    """No test finds what another one has converted, or the user's."""
    os.environ["LANGCHAIN_RLM_CACHE"] = "off"


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A model server for the whole session, without models: a test configures what it needs."""
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The connection string of a real PostgreSQL. Where none can be had the test is skipped, unless one is required."""
    try:
        server = Postgres()
    except UnavailableError as error:
        if os.environ.get("REQUIRE_POSTGRES"):
            raise
        pytest.skip(str(error))
    with server:
        yield server.url


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """A real browser. Where none can be had the test is skipped, unless one is required."""
    try:
        return find_chromium()
    except UnavailableError as error:
        if os.environ.get("REQUIRE_CHROMIUM"):
            raise
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def _reset_model_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave nothing of a test's configuration and log to the next one."""
    yield
    if "model_server" in request.fixturenames:
        request.getfixturevalue("model_server").reset()
