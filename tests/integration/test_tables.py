"""Tables as a context: asked with SQL, read by rows, beside texts."""

from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, Files
from tests.server.client import ModelServer

pytest.importorskip("duckdb")
QUESTION = "What do the orders say?"


def cell(code: str) -> str:
    return f"Next.\n```repl\n{code}\n```"


def rlm_with(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": {"kind": "echo"}})
    return RLM(server.chat_model("root"), server.chat_model("sub"), route="rlm", **settings)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    lines = (f"{n},{'AT' if n % 3 else 'CH'},{n * 1.5},2026-01-{n % 28 + 1:02}" for n in range(1, 201))
    path.write_text("\n".join(["id,country,total,day", *lines]))
    return path


def test_a_table_is_profiled_asked_with_sql_and_read_by_rows(model_server: ModelServer, orders: Path) -> None:
    code = (
        "found = sql('SELECT country, count(*) AS n FROM orders GROUP BY country ORDER BY n')\n"
        "text = rows('orders', 119, 121)\n"
        "FINAL([found, text, llm_query('read: ' + text)])"
    )
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": Files(orders, tables=True)})
    found, text, _ = result["value"]
    assert found == [{"country": "CH", "n": 66}, {"country": "AT", "n": 134}]
    head, columns, *rows = text.splitlines()
    assert head == "orders, rows 120-121 of 200:"
    assert columns == "row | id | country | total | day"
    assert rows == ["120 | 120 | CH | 180.0 | 2026-01-09", "121 | 121 | AT | 181.5 | 2026-01-10"]
