import ast
import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from langchain_rlm.repl.syntax import literal, parse

CODE = "\n".join(f"x{i} = [a + {i} * (b - c) for a in range({i})]" for i in range(200))


class Circle:
    """Ended by the collector, which may let another thread go on."""

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def _many_switches() -> Iterator[None]:
    before, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(100)
    yield
    sys.setswitchinterval(before)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_many_switches")
def test_threads_that_parse_at_the_same_time_all_get_their_trees() -> None:
    lines: list[int] = []

    def read() -> None:
        lines.extend(len(parse(CODE).body) for _ in range(8))

    def other() -> None:
        for _ in range(8):
            circles = [Circle() for _ in range(100)]
            del circles
            try:
                ast.parse(CODE)  # as other packages do
            except SystemError:
                continue

    threads = [threading.Thread(target=each) for each in (read, read, other, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert lines == [200] * 16


def test_a_literal_is_read_behind_blanks() -> None:
    assert literal("  {'n': [1, 2]}") == {"n": [1, 2]}


def test_what_is_no_literal_is_told() -> None:
    with pytest.raises(ValueError, match="malformed"):
        literal("print(1)")
