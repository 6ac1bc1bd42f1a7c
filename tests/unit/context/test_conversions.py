"""Files are converted in processes of their own, several at once, and once only."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from langchain_rlm import Files, InputError
from langchain_rlm.context import conversions
from langchain_rlm.context.conversions import Loading, kept
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.paths import CACHE
from tests.resources import Held, children, soon, ticks
from tests.unit.context.made_files import pdf_of

EXITS = "import os; os._exit(3)"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "converted"


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a module of one's own in the place of a package, also in processes that are started."""

    def put(package: str, code: str) -> None:
        (tmp_path / "stubs").mkdir()
        (tmp_path / "stubs" / f"{package}.py").write_text(code)
        monkeypatch.syspath_prepend(str(tmp_path / "stubs"))

    return put


def pages_in(directory: Path, count: int) -> Path:
    directory.mkdir()
    for number in range(count):
        (directory / f"{number:03}.html").write_text(f"<p>Page <b>{number}</b></p>")
    return directory


@pytest.fixture
def held() -> Iterator[None]:
    """No file, process or thread is left."""
    before = Held.now()
    yield
    assert not Held.now().is_more_than(before)


# -- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("held")
def test_many_files_are_converted_in_their_order_and_no_process_or_thread_is_left(tmp_path: Path) -> None:
    corpus = load_corpus(pages_in(tmp_path / "pages", 40))
    assert [d.text for d in corpus.documents] == [f"Page **{number}**\n" for number in range(40)]


@pytest.mark.usefixtures("held")
def test_nothing_is_left_when_who_reads_stops_in_the_middle(tmp_path: Path) -> None:
    reading = Files(pages_in(tmp_path / "pages", 40)).read()
    next(reading)
    reading.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.usefixtures("held")
def test_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    pages_in(tmp_path / "pages", 3)
    (tmp_path / "pages" / "z.docx").write_text("no zip")
    with pytest.raises(InputError, match=r"not a \.docx file"):
        load_corpus(Files(tmp_path / "pages", strict=True))


def test_what_is_stopped_converts_no_more(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>x</p>")
    with Loading() as loading:
        loading.stop()
        with pytest.raises(CancelledError):
            [*Files(tmp_path).read(loading)]


def test_a_file_over_which_the_process_ends_is_named_and_the_next_one_is_read(
    tmp_path: Path, stub: Callable[[str, str], None]
) -> None:
    pages_in(tmp_path / "pages", 2)
    (tmp_path / "pages" / "001.pdf").write_bytes(pdf_of(["x"]))
    stub("pypdf", EXITS)
    corpus = load_corpus(tmp_path / "pages")
    assert [d.name for d in corpus.documents] == ["000.html", "001.html"]
    assert [(one.name, one.reason) for one in corpus.left_out] == [
        ("001.pdf", "the file is damaged, or too large: what converts it ends with 3")
    ]


def test_a_machine_that_starts_no_process_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text("<p>x</p>")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"no process starts: No such file"):
        load_corpus(tmp_path / "a.html")


def test_a_process_ends_with_the_one_that_asks_also_when_that_is_killed(
    tmp_path: Path, stub: Callable[[str, str], None]
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(["x"]))
    stub("pypdf", "while True: pass")
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\nfrom pathlib import Path\nfrom langchain_rlm.context.load import *\n"
    )
    command = [sys.executable, "-c", f"{code}load_corpus(Path({str(tmp_path / 'a.pdf')!r}))"]
    with subprocess.Popen(command, cwd=Path.cwd()) as asking:
        assert soon(lambda: bool(children(asking.pid)))
        (converting,) = children(asking.pid)
        asking.kill()
    assert soon(lambda: not ticks(converting))


def test_a_script_that_guards_nothing_is_not_run_again(tmp_path: Path) -> None:
    pages_in(tmp_path / "pages", 3)
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom langchain_rlm.context.load import load_corpus\n"
        f"print(len(load_corpus(Path({str(tmp_path / 'pages')!r})).documents))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, cwd=Path.cwd(),
                          env={**os.environ, "PYTHONPATH": str(Path.cwd())})  # fmt: skip
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_modules_that_lie_beside_the_files_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text("<p>x</p>")
    for name in ("json", "html_to_markdown", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    assert load_corpus(Path("a.html")).documents[0].text == "x\n"
    assert not (tmp_path / "run").exists()


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_counts_the_files_that_are_read_and_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "TOLD", -1.0)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("x")
    told: list[tuple[int, int]] = []
    load_corpus(tmp_path, loading=Loading(lambda *counts: told.append(counts)))
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_progress_is_told_while_a_file_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stub: Callable[[str, str], None]
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(["x"]))
    stub("pypdf", f"import os\nwhile not os.path.exists({str(tmp_path / 'told')!r}): pass\nraise ValueError")
    monkeypatch.setattr(conversions, "TOLD", 0.01)

    def tell(*counts: int) -> None:
        (tmp_path / "told").write_text(str(counts))

    loading = Loading(tell)
    with pytest.raises(InputError, match="ValueError"):
        load_corpus(tmp_path / "a.pdf", loading=loading)
    assert (tmp_path / "told").read_text() == "(0, 1)"


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_the_same_bytes_are_not_converted_twice(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>Tea</p>")
    first = load_corpus(path).documents[0]
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    assert load_corpus(path).documents[0] == first
    assert cache.stat().st_mode & 0o777 == 0o700
    path.write_text("<p>Milk</p>")
    with pytest.raises(InputError, match="no process starts"):
        load_corpus(path)


def test_another_encoding_or_another_name_is_another_text(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.html").write_bytes("<p>\u044f</p>".encode("cp1251"))
    texts = [load_corpus(Files(tmp_path / "a.html", encoding=name)).documents[0].text for name in ("cp1251", "cp1252")]
    assert texts == ["\u044f\n", "ÿ\n"]
    assert len([*cache.iterdir()]) == 2


@pytest.mark.parametrize("damaged", [b"", b"no such thing", b"0" * 64 + b'{"text": "other"}'])
def test_a_damaged_entry_is_made_anew(tmp_path: Path, cache: Path, damaged: bytes) -> None:
    (tmp_path / "a.html").write_text("<p>Tea</p>")
    load_corpus(tmp_path / "a.html")
    (entry,) = cache.iterdir()
    entry.write_bytes(damaged)
    assert load_corpus(tmp_path / "a.html").documents[0].text == "Tea\n"
    assert b"Tea" in entry.read_bytes()


def test_the_oldest_entries_go_when_there_are_too_many(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_corpus(pages_in(tmp_path / "pages", 6))
    for number, entry in enumerate(sorted(cache.iterdir())):
        os.utime(entry, (number, number))
    newest = sorted(cache.iterdir())[-2:]
    monkeypatch.setattr(conversions, "KEPT", 3 * newest[0].stat().st_size + 20)
    (tmp_path / "new.html").write_text("<p>Page <b>9</b></p>")
    load_corpus(tmp_path / "new.html")
    assert {*newest} < {*cache.iterdir()}
    assert len([*cache.iterdir()]) == 3


def test_a_directory_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE, str(tmp_path / "file" / "cache"))
    (tmp_path / "a.html").write_text("<p>Tea</p>")
    assert load_corpus(tmp_path / "a.html").documents[0].text == "Tea\n"


def test_where_texts_are_kept_can_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, "off")
    assert kept() is None
    monkeypatch.delenv(CACHE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = kept()
    assert found is not None
    assert found.path == tmp_path / "langchain-rlm" / "converted"
