"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest

from tests.server.client import ModelServer


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A model server for the whole session, without models: a test configures what it needs."""
    with ModelServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _reset_model_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave nothing of a test's configuration and log to the next one."""
    yield
    if "model_server" in request.fixturenames:
        request.getfixturevalue("model_server").reset()
