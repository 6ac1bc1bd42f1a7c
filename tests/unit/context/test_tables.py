"""What is a table, how it comes in, what is told of it, and what SQL may do."""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import Files, InputError, Tables
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.tables import database, directories
from langchain_rlm.context.tables.database import TableSet
from langchain_rlm.context.tables.table import told

duckdb: Any = pytest.importorskip("duckdb")


@pytest.fixture
def loaded() -> Iterator[Any]:
    """Loads contexts, and closes their tables."""
    sets: list[TableSet] = []

    def load(context: Any) -> Corpus:
        corpus = load_corpus(context)
        if corpus.tables is not None:
            corpus.tables.enter("test")
            sets.append(corpus.tables)
        return corpus

    yield load
    for one in sets:
        one.leave("test")


def sql(corpus: Corpus, query: str) -> Any:
    assert corpus.tables is not None
    return asyncio.run(corpus.tables.sql([query], {}, {}))


def rows(corpus: Corpus, *args: Any) -> Any:
    assert corpus.tables is not None
    return asyncio.run(corpus.tables.rows(args, {}, {}))


def names(corpus: Corpus) -> list[str]:
    return [table.name for table in corpus.tables.tables] if corpus.tables else []


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    return written(tmp_path / "numbers.csv", "n,half\n" + "".join(f"{n},{n / 2}\n" for n in range(1000)))


def sqlite_file(path: Path) -> Path:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE people (id INTEGER, name TEXT, weight REAL, photo BLOB, mixed)")
        rows = [(1, "Ann", 61.5, b"\xff\x00", 1), (2, 'B "b", \\N\nx', None, None, "two"), (3, "", 70.0, b"", None)]
        file.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
        file.execute('CREATE VIEW "of age" AS SELECT id FROM people')
    file.close()
    return path


def test_sqlite_tables_and_views_keep_their_values(loaded: Any, tmp_path: Path) -> None:
    corpus = loaded(sqlite_file(tmp_path / "people.db"))
    assert names(corpus) == ["people", "of_age"]
    assert sql(corpus, "SELECT * FROM people ORDER BY id") == [
        {"id": 1, "name": "Ann", "weight": 61.5, "photo": "ff00", "mixed": "1"},
        {"id": 2, "name": 'B "b", \\N\nx', "weight": None, "photo": None, "mixed": "two"},
        {"id": 3, "name": "", "weight": 70.0, "photo": "", "mixed": None},
    ]
    assert sql(corpus, "SELECT sum(id) AS s FROM of_age") == [{"s": 6}]


def test_sheets_of_a_workbook_are_tables_when_that_is_said(loaded: Any, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "First one"
    for row in (["day", "n", "n"], ["2026", 1, 1.5], ["x", 2, None]):
        book.active.append(row)
    book.create_sheet("Second").append(["only", "a head"])
    book.create_sheet("Empty")
    book.save(tmp_path / "book.xlsx")
    corpus = loaded(Files(tmp_path / "book.xlsx", tables=True))
    assert names(corpus) == ["book_First_one", "book_Second"]
    assert sql(corpus, "SELECT * FROM book_First_one") == [
        {"day": "2026", "n": 1, "n_2": 1.5},
        {"day": "x", "n": 2, "n_2": None},
    ]
    assert load_corpus(tmp_path / "book.xlsx").tables is None


def test_data_frames_are_tables_beside_texts(loaded: Any) -> None:
    pandas, polars, pyarrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    frames = {
        "p": pandas.DataFrame({"a": [1, 2], "b c": ["x", None]}), "q": polars.DataFrame({"a": [1.5, float("nan")]}),
        "r": pyarrow.table({"a": [[1, 2], None]}), "note": "A text.",
    }  # fmt: skip
    corpus = loaded(frames)
    assert names(corpus) == ["p", "q", "r"]
    assert corpus.texts == ("A text.",)
    assert sql(corpus, "SELECT * FROM p") == [{"a": 1, "b c": "x"}, {"a": 2, "b c": None}]
    assert sql(corpus, "SELECT * FROM q") == [{"a": 1.5}, {"a": None}]
    assert sql(corpus, "SELECT * FROM r") == [{"a": [1, 2]}, {"a": None}]
    assert names(loaded(frames["p"])) == ["data"]


def test_a_database_of_langchain_is_copied(loaded: Any, tmp_path: Path) -> None:
    utilities = pytest.importorskip("langchain_community.utilities")
    given = utilities.SQLDatabase.from_uri(
        f"sqlite:///{sqlite_file(tmp_path / 'people.db')}", include_tables=["people"]
    )
    corpus = loaded({"shop": given})
    assert names(corpus) == ["people"]
    assert sql(corpus, "SELECT name, weight FROM people WHERE id = 1") == [{"name": "Ann", "weight": 61.5}]


HOSTILE = {
    "INSERT INTO numbers VALUES (1, 2)": "not INSERT",
    "CREATE TABLE x AS SELECT 1": "not CREATE",
    "SELECT 1; DROP TABLE numbers": "not SELECT, DROP",
    "ATTACH '{there}' AS x": "not ATTACH",
    "COPY numbers TO '{there}'": "not COPY",
    "PRAGMA threads = 1": "one statement that only reads",
    "VACUUM": "not VACUUM",
    "SET memory_limit = '100GB'": "not SET",
    "INSTALL httpfs": "not LOAD",
    "EXPLAIN ANALYZE SELECT 1": "not EXPLAIN",
    "SELECT * FROM read_csv('{there}')": "disabled by configuration",
    "SELECT * FROM '{there}'": "disabled by configuration",
    "SELECT * FROM read_text('/etc/passwd')": "disabled by configuration",
    "SELECT * FROM glob('/etc/*')": "disabled by configuration",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')": "disabled by configuration",
    "SELECT getenv('HOME')": "does not exist",
    "SELECT * FROM connection": "does not exist",
    "SELECT nn FROM numbers": 'Candidate bindings: "n"',
    "SELECT * FROM number": 'Did you mean "numbers"',
    "SELECT * FROM range(1000000000000)": "more than 10,000 rows",
    "SELECT repeat('x', 3000000)": "more than 2,000,000 characters",
    "": "pass one query",
    "-- nothing": "the query is empty",
}


def test_sql_only_reads_the_tables(loaded: Any, numbers: Path, tmp_path: Path) -> None:
    there = written(tmp_path / "secret.csv", "a,b\n1,2\n")
    corpus = loaded(Files(numbers, tables=True))
    for query, said in HOSTILE.items():
        with pytest.raises((ValueError, TypeError)) as error:
            sql(corpus, query.format(there=there))
        assert said in str(error.value), query
    assert sql(corpus, "SELECT count(*) AS n FROM numbers") == [{"n": 1000}]
    assert there.read_text() == "a,b\n1,2\n"


def test_a_query_that_takes_too_long_or_too_much_ends_and_the_next_one_runs(
    loaded: Any, numbers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SECONDS", 1.0)
    corpus = loaded(Files(numbers, tables=True))
    endless = (
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT length(repeat('a', 4000000000))",
    )
    for query in endless:
        with pytest.raises(ValueError, match=r"longer than 1 seconds|too much memory"):
            sql(corpus, query)
    monkeypatch.setattr(database, "SECONDS", 60.0)
    assert sql(corpus, "SELECT max(n) AS n FROM numbers") == [{"n": 999}]


def test_rows_are_numbered_from_one_and_named_as_they_are_cited(loaded: Any, numbers: Path) -> None:
    corpus = loaded(Files(numbers, tables=True))
    assert rows(corpus, "numbers", 9, 11).splitlines() == [
        "numbers, rows 10-11 of 1,000:", "row | n | half", "10 | 9 | 4.5", "11 | 10 | 5.0",
    ]  # fmt: skip
    assert rows(corpus, "NUMBERS", -1, None).splitlines()[-1] == "1000 | 999 | 499.5"
    assert len(rows(corpus, "numbers", 0, 5000).splitlines()) == 1002
    wrong = {("numbers", 1000, 1001): "none of them", ("x", 0, 1): "are: numbers", ("numbers", "a", 1): "whole numbers"}
    for args, said in wrong.items():
        with pytest.raises((ValueError, KeyError, TypeError), match=said):
            rows(corpus, *args)


BAD = {
    "ragged.csv": ("a,b\n1,2\n3,4,5\n", "line 3 has 3 columns, and the first has 2"),
    "short.csv": ("a,b,c\n1,2,3\n4,5\n", "line 3 has 2 columns, and the first has 3"),
    "broken.parquet": ("PAR1 and no more PAR1", "cannot be read as a table"),
    "late.csv": ("a,b\n" + "1,2\n" * 30_000 + "3\n", "line 30,002: Expected Number of Columns: 2 Found: 1"),
    "latin.csv": ("", "not utf-8 encoded"),
    "cut.jsonl": ('{"a": 1}\n{"a":', "cannot be read as a table"),
    "no.sqlite": ("SQLite format 3\0 and no more", "cannot be read as a table"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_is_named_and_left_out_of_a_directory(name: str, loaded: Any, tmp_path: Path) -> None:
    text, said = BAD[name]
    path = written(tmp_path / name, text)
    if name == "latin.csv":
        path.write_bytes("a,b\nKöln,2\n".encode("cp1252"))
    with pytest.raises(InputError, match=said) as error:
        load_corpus(Files(path, tables=True))
    assert str(path) in str(error.value)
    written(tmp_path / "good.csv", "a\n1\n")
    corpus = loaded(Files(tmp_path, tables=True))
    assert names(corpus) == ["good"]
    assert [(one.name, said in one.reason) for one in corpus.left_out] == [(name, True)]


def test_names_are_made_fit_for_sql_and_told_with_quotes_where_they_need_them(loaded: Any, tmp_path: Path) -> None:
    for name in ("order.csv", "Größe 1.csv", "2026.csv", "Order .csv"):
        written(tmp_path / name, 'a,"a","x ""y""",Straße\n1,2,3,4\n')
    corpus = loaded(Files(tmp_path, tables=True))
    assert names(corpus) == ["t_2026", "Größe_1", "Order_", "order__2"]
    assert sql(corpus, 'SELECT a, a_1, "x ""y""", Straße FROM Größe_1') == [{"a": 1, "a_1": 2, 'x "y"': 3, "Straße": 4}]
    assert sql(corpus, "SELECT a AS x, a_1 AS x FROM order_") == [{"x": 1, "x_2": 2}]
    assert any('"x ""y""" BIGINT 3 to 3' in line for line in told(corpus.tables.tables))


def test_wide_empty_and_huge_tables(loaded: Any, tmp_path: Path) -> None:
    wide = ",".join(f"c{n}" for n in range(2000))
    written(tmp_path / "wide.csv", wide + "\n" + ",".join("1" * 2000) + "\n")
    written(tmp_path / "empty.csv", "a,b\n")
    written(tmp_path / "huge.csv", "id,text\n1," + "x" * 5_000_000 + "\n")
    corpus = loaded(Files(tmp_path, tables=True))
    assert [(table.name, table.rows, len(table.columns)) for table in corpus.tables.tables] == [
        ("empty", 0, 2), ("huge", 1, 2), ("wide", 1, 2000),
    ]  # fmt: skip
    assert len("\n".join(told(corpus.tables.tables))) < 6_000
    assert sql(corpus, "SELECT length(text) AS n FROM huge") == [{"n": 5_000_000}]
    for asked in (lambda: rows(corpus, "huge", 0, 1), lambda: sql(corpus, "SELECT text FROM huge")):
        with pytest.raises(ValueError, match="more than 2,000,000 characters"):
            asked()  # type: ignore[no-untyped-call]
    assert sql(corpus, "SELECT * FROM empty") == []


def test_values_are_plain_data(loaded: Any, numbers: Path) -> None:
    query = (
        "SELECT DATE '2026-01-02' AS d, TIMESTAMP '2026-01-02 03:04:05' AS t, 1.50::DECIMAL(9, 2) AS m, "
        "'a'::BLOB AS b, 'NaN'::DOUBLE AS nan, 'inf'::DOUBLE AS inf, [1, 2] AS l, {'x': DATE '2026-01-02'} AS s, "
        "170141183460469231731687303715884105727::HUGEINT AS h"
    )
    assert sql(loaded(Files(numbers, tables=True)), query) == [{
        "d": "2026-01-02", "t": "2026-01-02T03:04:05", "m": 1.5, "b": "61", "nan": None, "inf": "inf", "l": [1, 2],
        "s": {"x": "2026-01-02"}, "h": 2**127 - 1,
    }]  # fmt: skip


def test_types_that_the_first_rows_do_not_show_are_found(loaded: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "late.csv", "a,b\n" + "1,2\n" * 30_000 + "x,2\n")
    assert sql(loaded(Files(path, tables=True)), "SELECT a FROM late WHERE a <> '1'") == [{"a": "x"}]


def test_what_is_a_table_follows_kind_then_setting_then_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.csv", "a\n1\n")
    assert load_corpus(path).tables is None
    assert names(load_corpus(Tables({"mine": path}))) == ["mine"]
    monkeypatch.setattr("langchain_rlm.context.tables.kinds.LARGE", 3)
    assert names(load_corpus(path)) == ["a"]
    assert load_corpus(Files(path, tables=False)).tables is None


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "name each table"), ({"a": 1}, "a int is no table"), ({"a": Path("/no/such.csv")}, "there is no file")],
)
def test_what_is_no_table_is_refused(given: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Tables(given)


def test_a_parquet_file_that_changes_is_an_error(loaded: Any, tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    duckdb.sql("SELECT range AS n FROM range(10)").write_parquet(str(path))
    corpus = loaded(path)
    assert rows(corpus, "p", 3, 4).splitlines()[-1] == "4 | 3"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match="has changed since the run began"):
        sql(corpus, "SELECT * FROM p")


def test_nothing_is_left_when_the_last_user_leaves_and_tables_come_back_when_one_returns(numbers: Path) -> None:
    corpus = load_corpus(Files(numbers, tables=True))
    assert corpus.tables is not None
    corpus.tables.enter("one")
    corpus.tables.enter("two")
    assert sql(corpus, "SELECT 1 AS n") == [{"n": 1}]
    assert corpus.tables.intake is not None
    directory, worker = corpus.tables.intake.directory, corpus.tables._worker
    assert worker is not None
    corpus.tables.leave("one")
    assert directory.exists()
    corpus.tables.leave("two")
    assert not directory.exists()
    assert worker.returncode is not None
    corpus.tables.enter("three")
    assert sql(corpus, "SELECT count(*) AS n FROM numbers") == [{"n": 1000}]
    corpus.tables.leave("three")
    numbers.write_text("n,half\n1,2\n")
    with pytest.raises(InputError, match="is not what it was when the run began"):
        corpus.tables.enter("four")


def test_what_a_killed_process_left_is_removed_by_the_next_one_and_not_what_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(directories, "YOUNG", -1.0)
    left = tmp_path / f"{directories.PREFIX}left"
    left.mkdir()
    (left / directories.LOCK).touch()
    used = load_corpus(Files(numbers, tables=True)).tables
    assert used is not None
    assert not left.exists()
    other = load_corpus(Files(numbers, tables=True)).tables
    assert used.intake is not None
    assert used.intake.directory.exists()
    del other


def test_loading_that_is_stopped_ends_what_is_copied_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = sqlite_file(tmp_path / "endless.db")
    with closing(sqlite3.connect(path)) as file:
        file.execute(
            "CREATE VIEW endless AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r"
        )
        file.commit()
    loading = Loading()
    threading.Timer(0.5, loading.stop).start()
    with pytest.raises(InputError, match="interrupted"):
        load_corpus(path, loading=loading)
    assert [*tmp_path.iterdir()] == [path]


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    written(tmp_path / "a.parquet", "PAR1")
    written(tmp_path / "b.txt", "A text.")
    with pytest.raises(InputError, match=r"a.parquet: .* pip install 'langchain-rlm\[tables\]'"):
        load_corpus(tmp_path / "a.parquet")
    (left,) = load_corpus(tmp_path).left_out
    assert "langchain-rlm[tables]" in left.reason


def test_the_command_line_reads_tables_beside_texts(numbers: Path, tmp_path: Path) -> None:
    note = written(tmp_path / "note.txt", "A text.")
    with Loading() as loading:
        corpus = read_sources((str(numbers), str(note)), loading, tables=True)
    assert (names(corpus), corpus.texts) == (["numbers"], ("A text.",))
    with Loading() as loading:
        assert read_sources((str(numbers),), loading).tables is None


def test_what_the_model_is_told_of_a_table(tmp_path: Path, loaded: Any) -> None:
    path = written(tmp_path / "sales.csv", "id,order,day,note\n1,new,2026-01-02,\n2,sent,2026-02-03,a|b\n3,new,,c\n")
    first, columns, rows_shown = told(loaded(Files(path, tables=True)).tables.tables)
    assert first == "Tables for `sql` and `rows` (DuckDB); they are not in `context`: 1."
    assert columns == (
        "`sales` (sales.csv): 3 rows, 4 columns: id BIGINT 1 to 3; \"order\" VARCHAR 'new', 'sent'; day DATE "
        "2026-01-02 to 2026-02-03, 1 empty; note VARCHAR 'a|b', 'c', 1 empty."
    )
    assert rows_shown.splitlines()[1:4] == [
        "row | id | order | day | note", "1 | 1 | new | 2026-01-02 | ", "2 | 2 | sent | 2026-02-03 | a\\|b",
    ]  # fmt: skip
