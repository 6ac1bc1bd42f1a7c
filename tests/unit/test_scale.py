"""The arithmetic of benchmarks/scale.py: what each part could do, and turns at a part that is busy."""

from dataclasses import replace

import pytest

from benchmarks.scale import POSTGRES, SERVER, Service, Station, work


def test_work_waits_for_a_free_lane() -> None:
    two = Station(2)
    assert work(0.0, 3.0, two) == 3.0
    assert work(1.0, 1.0, two) == 1.0  # the other lane
    assert work(1.0, 1.0, two) == 2.0  # both are busy until 2
    assert work(9.0, 1.0, two) == 1.0
    assert two.used(10.0) == pytest.approx(0.3)


def test_a_part_that_is_slowed_takes_longer() -> None:
    station = Station(2, slowed=1.0)
    assert work(0.0, 1.0, station) == 2.0
    station.slow(-0.5)
    assert work(2.0, 3.0, station) == 4.0


def test_servers_without_connections_do_nothing() -> None:
    service = Service(servers=1_000, pool=20, max_connections=500)
    assert service.connected == 25
    left = 25 * (1 - SERVER.idle) - 32 * SERVER.waits
    assert service.limits()["servers"] == pytest.approx(left / SERVER.of(51))
    assert replace(service, max_connections=0).connected == 1_000


def test_idle_servers_take_of_postgres_until_nothing_is_left() -> None:
    full = Service(servers=int(8 / POSTGRES.idle) + 1, postgres_cores=8)
    assert full.limits()["PostgreSQL"] == 0
    assert replace(full, postgres_cores=16).limits()["PostgreSQL"] > 0
