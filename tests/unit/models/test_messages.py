"""When an answer that was cut off is one line again and again."""

import pytest

from langchain_rlm.models.messages import LOOPED, is_looping

LINE = "- The mill has a wheel."


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", 0), ("half a line", 0), (f"{LINE}\n" * LOOPED + "- The m", LOOPED), (f"{LINE}\n\n  " * 9 + "- T", 9),
        (f"{LINE}\n" * (LOOPED - 1) + "- The m", 0), (f"{LINE}\nNo.\n" * 9, 0), ("yes\n" * 40 + "ye", 0),
        (f"1. {LINE}\n" * 9 + f"2. {LINE}\n2", 0),
    ],
)  # fmt: skip
def test_an_answer_loops_where_it_ends_with_one_long_line_many_times(text: str, times: int) -> None:
    assert is_looping(text) == times
