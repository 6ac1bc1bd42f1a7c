"""The usual timestamps begin an entry; what is below without one belongs to it."""

import pytest

from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import profile

STAMPS = (
    "2024-01-02 10:00:00", "2024-01-02T10:00:00.123Z", "2024-01-02T10:00:00+02:00", "2024/01/02 10:00:00,123",
    "[2024-01-02 10:00:00]", "17/06/09 20:10:40", "02.01.2024 10:00:00", "Jan  2 10:00:00 host sshd[1]:",
    "[Sun Dec 04 04:47:44 2005]", "Jan 02, 2024 10:00:00 AM", '1.2.3.4 - - [10/Oct/2023:13:55:36 -0700] "GET /"',
    "03-17 16:13:38.811  1702", "081109 203615 148", "I0102 10:00:00.123456", "[    1.234567]", "1700000000.123",
    "INFO 2024-01-02 10:00:00", "web_1  | 2024-01-02 10:00:00", "ts=2024-01-02T10:00:00Z level=info", "10:00:00.123",
    "<13>1 2024-01-02T10:00:00Z host app", "02-Jan-2024 10:00:00",
)  # fmt: skip


@pytest.mark.parametrize("stamp", STAMPS)
def test_an_entry_begins_with_a_timestamp(stamp: str) -> None:
    trace = "".join(f"\tat a.b.C.f(C.java:{number})\n" for number in range(4))
    entry = f"{stamp} ERROR it failed\njava.lang.X: y\n{trace}"
    text = entry * 60
    assert profile(text).format == "log"
    assert all(end % len(entry) == 0 for end in cut(text, 700))
