"""Rows are those of the csv module."""

import pytest

from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import profile


def test_a_few_values_of_a_column_are_told() -> None:
    text = "id,state\n" + "".join(f"{number},{'open' if number % 3 else 'closed'}\n" for number in range(60))
    assert profile(text).structure[1] == "values of columns: state: open, closed"


def test_a_header_with_numbers_in_it_is_a_header() -> None:
    text = "id,1024,2048\n" + "".join(f"{number},{number / 7},{number / 9}\n" for number in range(30))
    assert profile(text).structure[0] == "csv: 30 rows, columns id, 1024, 2048 (separator ',')"
    assert profile(text.partition("\n")[2]).structure[0].startswith("csv: 30 rows, 3 columns without names")


@pytest.mark.parametrize("cell", ['"never closed', '5" pipe', 'a "quoted" word'])
def test_a_stray_quote_spoils_no_other_row(cell: str) -> None:
    rows = [f'{number},"line one\nline two",{cell if number == 50 else "open"}\n' for number in range(300)]
    text = "id,body,state\n" + "".join(rows)
    starts, place = set(), len("id,body,state\n")
    for row in rows:
        starts.add(place)
        place += len(row)
    ends = cut(text, 500, name="a.csv")[:-1]
    assert len([end for end in ends if end not in starts]) <= 1
    assert profile(text).structure[0].startswith("csv: 300 rows")
