"""What the harnesses share: inputs that repeat a small part many times, and the start of libFuzzer.

`make fuzz` runs both, ten minutes each. A crash, an assertion and an input that takes more than `-timeout` seconds are
findings; each becomes a test of the module it was found in.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris

LARGEST = 200_000
"""Characters of an input. Quadratic time over as many takes minutes."""
LIMITS = ("-max_len=4096", "-len_control=0", "-timeout=20")


def text_of(data: bytes) -> str:
    """A text: a beginning, a part that is repeated, an end. Two bytes say how often and where the parts are cut."""
    if len(data) < 3:  # noqa: PLR2004  # two bytes say how
        return data.decode("utf-8", "replace")
    times, cut, rest = data[0], data[1], data[2:].decode("utf-8", "surrogateescape")
    if times < 224:  # noqa: PLR2004  # most inputs stand as they are
        return rest
    start, end = sorted((cut % 16 * len(rest) // 16, cut // 16 * len(rest) // 16))
    part = rest[start : end + 1]
    return rest[:start] + part * min(2 ** (times % 18), LARGEST // max(1, len(part))) + rest[end + 1 :]


def run(check: Callable[[str], None], seeds: Iterable[str]) -> None:
    """Hand inputs to `check` until an argument of libFuzzer's says stop."""
    with tempfile.TemporaryDirectory() as corpus:
        for index, seed in enumerate(seeds):
            Path(corpus, f"plain-{index}").write_bytes(b"\x00\x00" + seed.encode())
            Path(corpus, f"repeated-{index}").write_bytes(b"\xef\xf0" + seed.encode())
        atheris.Setup([*sys.argv, corpus, *LIMITS], lambda data: check(text_of(data)))
        atheris.Fuzz()
