"""Tables as a context: asked with SQL, read by rows, beside texts."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM, Budget, Files, InputError, load_journal, result_to_html, save_journal
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


def test_rows_are_cited_by_their_name_and_by_words_of_theirs_and_count_as_read(
    model_server: ModelServer, orders: Path, tmp_path: Path
) -> None:
    code = (
        "text = rows('orders', 119, 140)\n"
        "a = cite('orders, rows 120-122')['mark']\n"
        "b = cite('126 | CH')['mark']\n"
        "none = cite('no such words', missing='none')\n"
        "FINAL(f'It rose {a}, and fell {b}.{none}')"
    )
    rlm = rlm_with(model_server, cell(code))
    result: Any = rlm.invoke({"question": QUESTION, "context": [Files(orders, tables=True), "A text beside it."]})
    assert result["answer"] == "It rose [1], and fell [2].None"
    places = [(one["document"], one["name"], one["start"], one["end"]) for one in result["citations"]]
    assert places == [("t0", "orders", 119, 122), ("t0", "orders", 125, 126)]
    assert "126 | 126 | CH | 189.0" in result["citations"][1]["text"]
    assert result["coverage"]["tables"] == [
        {"id": "t0", "name": "orders", "rows": 200, "read": 0.105, "read_ranges": [[119, 140]]}
    ]
    assert result["context"][-1].metadata["spans"] == [[119, 140]]
    save_journal(result, tmp_path / "run.jsonl")
    recording = load_journal(tmp_path / "run.jsonl")
    assert [one["document"] for one in recording.citations] == ["t0", "t0"]
    assert "orders, rows 120-122" in result_to_html(result)
    assert "orders, row 126" in result._repr_html_()


def test_a_run_with_tables_goes_on_where_its_tables_are_given_again(model_server: ModelServer, orders: Path) -> None:
    def context() -> Files:
        return Files(orders, tables=True)

    count = cell("n = sql('SELECT count(*) AS n FROM orders')[0]['n']\nFINAL(n)")
    again = cell("FINAL(n + len(sql('SELECT * FROM orders LIMIT 3')))")
    saver = InMemorySaver()
    config: Any = {"configurable": {"thread_id": "t"}}
    rlm = rlm_with(model_server, count, again, again, checkpointer=saver)
    assert rlm.invoke({"question": QUESTION, "context": context()}, config)["answer"] == "200"
    assert rlm.invoke({"question": "And then?"}, config)["answer"] == "203"
    other = rlm_with(model_server, again, again, checkpointer=saver)
    with pytest.raises(InputError, match="Pass it again"):
        other.invoke({"question": "And then?"}, config)
    assert other.invoke({"question": "And then?", "context": context()}, config)["answer"] == "203"
    orders.write_text(orders.read_text() + "\n201,AT,1.5,2026-01-01\n")
    with pytest.raises(InputError, match="is not what it was when the run began"):
        rlm.invoke({"question": "And then?"}, config)


def test_recursive_runs_ask_the_same_tables_and_cite_them(model_server: ModelServer, orders: Path) -> None:
    asks = cell("FINAL(rlm_query('Count.'))")
    total = "str(sql('SELECT sum(id) AS s FROM orders')[0]['s'])"
    counts = cell(f"rows('orders', 0, 2)\nFINAL({total} + cite('orders, row 2')['mark'])")
    rlm = rlm_with(model_server, asks, budget=Budget(depth=2))
    rules = [{"match": r"<question>\nCount", "reply": counts}]
    model_server.configure(models={"root": {"kind": "rules", "rules": rules, "default": asks}, "sub": {"kind": "echo"}})
    result: Any = rlm.invoke({"question": QUESTION, "context": Files(orders, tables=True)})
    assert result["answer"] == "20100[1]"
    assert [(one["document"], one["start"], one["end"]) for one in result["citations"]] == [("t0", 1, 2)]
    assert result["coverage"]["tables"][0]["read_ranges"] == [[0, 2]]
    assert result["coverage"]["read"] == 0.01


def test_no_process_and_no_file_outlives_a_run(
    model_server: ModelServer, orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    rlm = rlm_with(model_server, cell("sql('SELECT 1')\nsql('SELECT')"), cell("FINAL(1)"))
    result: Any = rlm.invoke({"question": QUESTION, "context": Files(orders, tables=True)})
    assert result["answer"] == "1"
    assert "selection list" in str(result["journal"])
    assert list((tmp_path / "temporary").glob("*tables*")) == []


def test_what_needs_text_is_refused_over_tables_alone(model_server: ModelServer, orders: Path) -> None:
    rlm = rlm_with(model_server, cell("FINAL(1)"), require_coverage=0.5)
    with pytest.raises(InputError, match="can only be asked with SQL"):
        rlm.invoke({"question": QUESTION, "context": Files(orders, tables=True)})


def test_a_process_that_is_interrupted_while_a_table_is_copied_ends_as_one(tmp_path: Path) -> None:
    """Whoever comes back from DuckDB when the interpreter has ended aborts the process."""
    with (tmp_path / "wide.csv").open("w") as file:
        file.writelines(f"{n},x{n % 7},{n * 1.5}\n" for n in range(1_500_000))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [str(Path(sys.executable).parent / "langchain-rlm"), "ask", "wide.csv", "--tables", "--model", "offline"]
    with subprocess.Popen(
        [*command, "--question", "How many?"], cwd=tmp_path, env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  # as a terminal
    ) as process:  # fmt: skip
        while not [*temporary.glob("*/tables.duckdb.wal"), *temporary.glob("*/tables.duckdb")]:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert [*temporary.iterdir()] == []


OPENING = """
import threading, duckdb
from langchain_rlm.context.tables.intake import Intake

is_in, connect, kept = threading.Event(), duckdb.connect, []

def opening(*given, **more):
    made = connect(*given, **more)
    is_in.set()
    made.execute("SELECT sum(hash(range)) FROM range(200_000_000)").fetchall()
    return made

duckdb.connect = opening
threading.Thread(target=lambda: kept.append(Intake()), daemon=True).start()
is_in.wait()
"""


def test_a_process_that_ends_while_tables_are_opened_waits_for_that(tmp_path: Path) -> None:
    """The first call of DuckDB is one that must come back before the interpreter ends, too."""
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", OPENING], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [*tmp_path.iterdir()] == []
