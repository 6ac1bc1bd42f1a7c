"""Journals as files: what is written is what is read, and what is no whole journal says what is wrong with it."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import (
    JOURNAL_SCHEMA,
    RLM,
    Budget,
    InputError,
    ReplayChatModel,
    RLMResult,
    load_journal,
    result_to_html,
    save_journal,
)
from langchain_rlm.context.pieces import Span
from langchain_rlm.journal.excerpts import EXCERPT, UNKNOWN, KnownText, known_texts
from langchain_rlm.journal.files import check_writable, write_whole
from langchain_rlm.journal.header import Excerpt
from langchain_rlm.journal.reading import answered_calls, begun, notes, spans
from tests.server.client import ModelServer
from tests.unit.report import records

WORDS = [" ".join(f"word{number * 7919 % 9973}" for number in range(at, at + 1_000)) for at in (0, 1_000)]
QUESTION = "What is there?"
THREAD: Any = {"configurable": {"thread_id": "1"}}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *replies: Any, rules: list[dict[str, str]] | None = None, **settings: Any) -> RLM:
    root: dict[str, Any] = {"kind": "script", "replies": list(replies)}
    if rules is not None:
        root = {"kind": "rules", "rules": rules, "default": replies[0]}
    server.configure(models={"root": root, "sub": {"kind": "echo", **settings.pop("sub", {})}})
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(*models, **{"route": "rlm", **settings})


def simple(server: ModelServer) -> RLMResult:
    """Two sub-queries over two documents."""
    code = "said = llm_query_batched([context[0][:2000], 'Read: ' + context[1][500:3500]])\nprint(said)\nFINAL(said)"
    return rlm_of(server, cell(code)).invoke({"question": QUESTION, "context": WORDS})


def recursive(server: ModelServer) -> RLMResult:
    """A recursive run over pieces of both documents, which sends parts of them on."""
    code = "FINAL(rlm_query('Below', ['Begin. ' + context[0][1000:3000] + context[1][:2000]]))"
    below = [{"match": r"<question>\nBelow", "reply": cell("FINAL(llm_query('Part: ' + context[0][1500:3500]))")}]
    rlm = rlm_of(server, cell(code), rules=below, budget=Budget(depth=2))
    return rlm.invoke({"question": QUESTION, "context": WORDS})


@tool
def price(name: str) -> dict[str, Any]:
    """What it costs."""
    return {"name": name, "price": 3}


def with_tool(server: ModelServer) -> RLMResult:
    rlm = rlm_of(server, cell("print(price(name='ham'), budget())"), cell("FINAL([1, None])"), tools=[price])
    return rlm.invoke({"question": QUESTION, "context": WORDS})


def forked(server: ModelServer) -> RLMResult:
    """A fork, then a further question, in a run of which a cell failed."""
    code = "said = llm_query_batched(['a', 'b'])\nprint(said)"
    rlm = rlm_of(server, cell(code), cell("oh no"), cell("FINAL(said[0])"), checkpointer=InMemorySaver())
    rlm.invoke({"question": QUESTION, "context": WORDS}, THREAD)
    rlm.invoke(None, rlm.fork(THREAD, call="1", answer="other"))
    return rlm.invoke({"question": "And then?"}, THREAD)


def direct(server: ModelServer) -> RLMResult:
    return rlm_of(server, "It is there.", route="direct").invoke({"question": QUESTION, "context": WORDS[0]})


def failing(server: ModelServer) -> RLMResult:
    """A sub-query that fails, a reply without a cell, and no answer before the budget ends."""
    replies = [cell("llm_query('x')"), "Hm.", cell("print(2)"), cell("print(3)")]
    sub = {"faults": [{"kind": "content_filter"}]}
    rlm = rlm_of(server, *replies, sub=sub, budget=Budget(turns=4))
    return rlm.invoke({"question": QUESTION, "context": WORDS})


def refused(server: ModelServer) -> RLMResult:
    """More sub-queries than the budget has, and a citation."""
    code = "print(llm_query_batched(['a'] * 9, on_error='return')[8].type)\nprint(cite(context[0][50:120]))"
    rlm = rlm_of(server, cell(code), cell("FINAL('It is there [1]')"), budget=Budget(sub_queries=3))
    return rlm.invoke({"question": QUESTION, "context": WORDS})


RUNS = [refused, simple, recursive, with_tool, forked, direct, failing]


@pytest.mark.parametrize("run", RUNS)
def test_a_run_is_read_as_it_was_written(model_server: ModelServer, tmp_path: Path, run: Any) -> None:
    result, file = run(model_server), tmp_path / "run.jsonl"
    save_journal(result, file)
    read = load_journal(file)
    assert read.journal == result["journal"]
    for name in ("question", "answer", "value", "stop_reason", "usage"):
        assert getattr(read, name) == result[name]
    assert (list(read.citations), read.coverage) == (result["citations"], dict(result).get("coverage"))
    assert read.context == begun(result["journal"])["context"]
    again = tmp_path / "again.jsonl"
    save_journal(read, again)
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("run", RUNS)
def test_every_line_of_a_file_fits_the_schema(model_server: ModelServer, tmp_path: Path, run: Any) -> None:
    save_journal(run(model_server), tmp_path / "run.jsonl", context=WORDS[0] if run is direct else WORDS)
    Draft202012Validator.check_schema(JOURNAL_SCHEMA)
    fits = Draft202012Validator(JOURNAL_SCHEMA)
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    for line in lines:
        assert list(fits.iter_errors(line)) == []
    for line in lines:
        for name in sorted({"format", "kind", "id", "text", "calls", "code", "hash", "started"}.intersection(line)):
            if (line.get("kind"), name) not in {("answer", "text"), ("end", "hash"), ("note", "kind")}:
                assert not fits.is_valid({key: value for key, value in line.items() if key != name}), (line, name)


def test_what_utf_8_cannot_carry_is_replaced_and_what_ends_lines_elsewhere_comes_back(tmp_path: Path) -> None:
    texts = ["one\ud800two", "line\u2028line\x85line\r\nline", "naïve 😀"]
    journal = [records.run_entry(QUESTION), *({"kind": "note", "text": t} for t in texts)]
    save_journal({"journal": journal}, tmp_path / "run.jsonl")
    texts[0] = "one\N{REPLACEMENT CHARACTER}two"
    assert [note["text"] for note in notes(load_journal(tmp_path / "run.jsonl").journal)] == texts
    written = (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    assert "naïve 😀" in written
    (tmp_path / "run.jsonl").write_text(written.replace(texts[0], "one\\uD800two"), encoding="utf-8")
    assert [note["text"] for note in notes(load_journal(tmp_path / "run.jsonl").journal)] == texts


# -- excerpts -----------------------------------------------------------------------------------------------------


def excerpt(start: int, end: int, text: str, document: int = 0) -> Excerpt:
    return {"kind": "excerpt", "document": document, "start": start, "end": end, "text": text}


def spans_sent(result: RLMResult) -> list[Span]:
    """The spans that the first run sent to models."""
    return [span for call, _ in answered_calls(result["journal"]) for span in spans(call)]


@pytest.mark.parametrize("run", [simple, recursive])
def test_both_ends_of_what_was_sent_are_kept_and_the_middle_is_not(
    model_server: ModelServer, tmp_path: Path, run: Any
) -> None:
    result, file = run(model_server), tmp_path / "run.jsonl"
    save_journal(result, file)
    read = load_journal(file)
    assert read.texts is not None
    known = {(e["document"], place) for e in read.excerpts for place in range(e["start"], e["end"])}
    for excerpt in read.excerpts:
        assert excerpt["text"] == WORDS[excerpt["document"]][excerpt["start"] : excerpt["end"]]
    sent = spans_sent(result)
    assert len(sent) == 2
    for document, start, end in sent:
        for low, high in ((start, start + EXCERPT), (end - EXCERPT, end)):
            assert read.texts[document][low:high] == WORDS[document][low:high]
    assert (0, 1000 + EXCERPT) not in known
    assert [d["name"] for d in read.documents] == ["text", "text 2"]


def test_what_a_recursive_run_sent_is_kept_where_it_is_in_the_first_context(
    model_server: ModelServer, tmp_path: Path
) -> None:
    save_journal(recursive(model_server), tmp_path / "run.jsonl", context=WORDS)
    texts = load_journal(tmp_path / "run.jsonl").texts
    assert texts is not None
    begins = 1000 + 1500 - len("Begin. ")  # in the first document; the rest is in the second
    ends = 3500 - len("Begin. ") - 2000
    assert texts[0][begins : begins + EXCERPT] == WORDS[0][begins : begins + EXCERPT]
    assert texts[1][ends - EXCERPT : ends] == WORDS[1][ends - EXCERPT : ends]


def test_without_texts_or_when_not_wanted_there_are_no_excerpts(model_server: ModelServer, tmp_path: Path) -> None:
    result = dict(simple(model_server))  # a copy has no texts
    settings: list[dict[str, Any]] = [{}, {"context": WORDS, "excerpts": False}]
    for setting in settings:
        save_journal(result, tmp_path / "run.jsonl", **setting)
        read = load_journal(tmp_path / "run.jsonl")
        assert (list(read.excerpts), read.texts) == ([], None)


@given(st.text(st.characters(exclude_characters=UNKNOWN), min_size=1, max_size=60), st.data())
def test_a_text_known_in_part_gives_what_it_knows_and_keeps_its_length(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    stretches = data.draw(st.lists(st.tuples(place, place).map(sorted).filter(lambda s: s[0] < s[1]), min_size=1))
    start, end = sorted((data.draw(place), data.draw(place)))
    known = KnownText([excerpt(low, high, text[low:high]) for low, high in stretches])
    shown = known[start:end]
    inside = [any(low <= index < high for low, high in stretches) for index in range(start, min(end, len(known)))]
    assert shown == ("".join(
        text[start + index] if is_known else UNKNOWN for index, is_known in enumerate(inside)
    ) if any(inside) else "")  # fmt: skip


def test_another_context_is_refused_with_both_hashes_and_a_renamed_one_is_the_same(
    model_server: ModelServer, tmp_path: Path
) -> None:
    result = simple(model_server)
    with pytest.raises(InputError) as refused:
        save_journal(result, tmp_path / "run.jsonl", context=[WORDS[0], "other"])
    assert begun(result["journal"])["context"] in str(refused.value)
    assert "2 documents" in str(refused.value)
    assert len(set(re.findall("sha256:[0-9a-f]{64}", str(refused.value)))) == 2
    assert not (tmp_path / "run.jsonl").exists()
    save_journal(result, tmp_path / "run.jsonl", context=WORDS)
    save_journal(
        load_journal(tmp_path / "run.jsonl"), tmp_path / "b.jsonl", context=dict(zip("ab", WORDS, strict=True))
    )
    assert [d["name"] for d in load_journal(tmp_path / "b.jsonl").documents] == ["text", "text 2"]


# -- bad files ----------------------------------------------------------------------------------------------------


def test_a_file_cut_off_anywhere_says_how_many_entries_are_there(model_server: ModelServer, tmp_path: Path) -> None:
    save_journal(simple(model_server), tmp_path / "run.jsonl", context=WORDS)
    data, file = (tmp_path / "run.jsonl").read_bytes(), tmp_path / "cut.jsonl"
    entries = len(load_journal(tmp_path / "run.jsonl").journal)
    for end in [*range(40, len(data), 97), len(data) - 2]:
        file.write_bytes(data[:end])
        there = min(entries, max(0, data[:end].count(b"\n") - 1))
        with pytest.raises(InputError, match=rf"cut off: {there} whole entries"):
            load_journal(file)


@pytest.mark.parametrize(
    "edited",
    [lambda data: data[:-1], lambda data: codecs.BOM_UTF8 + data, lambda data: data.replace(b"\n", b"\r\n")],
    ids=["no last line break", "byte order mark", "line ends"],
)
def test_what_an_editor_does_to_a_file_does_not_matter(
    model_server: ModelServer, tmp_path: Path, edited: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "run.jsonl"
    save_journal(simple(model_server), file, context=WORDS)
    before = load_journal(file)
    file.write_bytes(edited(file.read_bytes()))
    after = load_journal(file)
    assert (after.journal, after.answer, after.excerpts) == (before.journal, before.answer, before.excerpts)


def damage(change: Callable[[dict[str, list[dict[str, Any]]]], Any]) -> Callable[[list[dict[str, Any]]], None]:
    """A change to the lines of a file, which it gets by their kinds."""

    def changed(lines: list[dict[str, Any]]) -> None:
        by_kind: dict[str, list[dict[str, Any]]] = {"header": lines[:1]}
        for line in lines[1:]:
            by_kind.setdefault(line["kind"], []).append(line)
        change(by_kind)

    return changed


FAR = 10**12
DAMAGED: dict[str, tuple[Any, str]] = {
    "nothing of the run": (lambda by: by["run"][0].pop("seed"), "line 2: seed is missing"),
    "no run": (lambda by: by["run"][0].update(kind="note", text=""), 'line 2: kind is "note", and a journal begins'),
    "no time": (lambda by: by["run"][0].update(started="now"), 'line 2: started is "now", not a time'),
    "unknown kind": (lambda by: by["note"][0].update(kind="telegram"), 'kind is "telegram", not one of "run"'),
    "header": (lambda by: by["header"][0].update(usage=[]), "line 1: usage is a list, not an object"),
    "version": (lambda by: by["header"][0].update(version="x"), 'line 1: version is "x", not 1'),
    "context": (
        lambda by: by["header"][0].update(context="sha256:1"),
        'line 1: context is "sha256:1", and the run has',
    ),
    "citation": (
        lambda by: by["header"][0].update(citations=[[None]]),
        "line 1: citations[0] is a list, not an object",
    ),
    "citation nowhere": (
        lambda by: by["header"][0]["citations"][0].update(document="x"),
        'line 1: citations[0].document is "x", not the id of one',
    ),
    "citation far": (
        lambda by: by["header"][0]["citations"][0].update(document="d7"),
        "line 1: citations[0].document is 7, and the run has 2",
    ),
    "citation other": (
        lambda by: by["header"][0]["citations"][0].update(text="x"),
        "citations[0].text has 1 characters",
    ),
    "coverage": (
        lambda by: by["header"][0]["coverage"]["documents"][0].update(read_ranges=[[0]]),
        "line 1: coverage.documents[0].read_ranges[0] has 1 items, not 2 or more",
    ),
    "excerpt of nothing": (lambda by: by["excerpt"][0].pop("end"), ": end is missing"),
    "excerpt of words": (lambda by: by["excerpt"][0].update(start="x"), ': start is "x", not a whole number'),
    "excerpt below": (lambda by: by["excerpt"][0].update(document=-1), ": document is -1, not 0 or more"),
    "excerpt of no document": (
        lambda by: by["excerpt"][0].update(document=FAR),
        f": document is {FAR}, and the run has 2",
    ),
    "excerpt beyond": (lambda by: by["excerpt"][0].update(end=FAR), f": end is {FAR}, and the context has "),
    "excerpt turned": (lambda by: by["excerpt"][0].update(start=9_000), ": start is 9000, and end is "),
    "excerpt cut": (lambda by: by["excerpt"][0].update(text="x"), ": text has 1 characters, and start to end are "),
    "piece": (lambda by: by["asked"][0]["calls"][0]["pieces"].append([0, 1]), "].pieces[1] has 2 items, not 3 or more"),
    "piece elsewhere": (
        lambda by: by["asked"][0]["calls"][0]["pieces"].append([5, 0, 1]),
        ": calls[0].pieces[1]: document is 5, and the run has 2",
    ),
    "two calls": (
        lambda by: by["asked"][0]["calls"].append(by["asked"][0]["calls"][0]),
        ': calls[2].id is "1", which another call has',
    ),
    "no answer": (
        lambda by: by["answer"][0].update(id="x"),
        ': calls[0].id is "1", which no answer has, and the cell goes on',
    ),
    "a tool that is none": (
        lambda by: by["asked"][0]["calls"][0].update(tool="a b", arguments=[[], {}]),
        ': calls[0].tool is "a b", not the name of a function',
    ),
    "refused of nothing": (
        lambda by: by["asked"][0].update(refused={}, count=1, digest=""),
        ": refused.error is missing",
    ),
    "refused count": (
        lambda by: by["asked"][0].update(refused={"error": {"type": "", "message": ""}}),
        "count is missing",
    ),
    "reply": (lambda by: by["reply"][0].pop("last"), ": last is missing"),
    "answer of nothing": (lambda by: by["answer"][0].pop("text"), ": has none of text, value, error"),
    "run below": (
        lambda by: by["answer"][0].update(run={"turns": 1, "stop_reason": "", "journal": [{"kind": "end"}]}),
        ": run.journal[0].stop_reason is missing",
    ),
    "run below of others": (
        lambda by: by["answer"][0].update(
            run={
                "turns": 1,
                "stop_reason": "",
                "journal": [{**by["run"][0], "documents": 9}],
                "over": "all",
                "marks": "1",
            }
        ),
        ": run.journal[0].documents is 9, and the run was given 2",
    ),
}


@pytest.fixture(scope="module")
def whole(model_server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a file with something of most that there is."""
    file = tmp_path_factory.mktemp("whole") / "run.jsonl"
    code = "print(llm_query_batched([context[0][:900], context[1][:900]]))\nprint(cite(context[0][50:120]))"
    rlm = rlm_of(model_server, "Hm.", cell(code), cell("FINAL('It is there')"))
    save_journal(rlm.invoke({"question": QUESTION, "context": WORDS}), file)
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_line_is_named_with_what_is_wrong_in_it(
    whole: list[dict[str, Any]], tmp_path: Path, case: str
) -> None:
    change, said = DAMAGED[case]
    lines, file = json.loads(json.dumps(whole)), tmp_path / "bad.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    load_journal(file)
    damage(change)(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(InputError) as refused:
        load_journal(file)
    text = str(refused.value)
    assert re.fullmatch(rf"{re.escape(str(file))}: the journal is damaged: line \d+: .+\. Copy it again, or .+", text)
    assert said in text


def test_runs_nested_without_end_are_refused(whole: list[dict[str, Any]], tmp_path: Path) -> None:
    begun = {**whole[1], "documents": 1}
    journal = [begun]
    for levels in range(1, 61):
        run = {"turns": 0, "stop_reason": "", "journal": journal, "over": "all", "marks": "1"}
        journal = [begun, records.asked(records.call("1", "x")), records.answer("1", run=run)]
        lines = [{**whole[0], "citations": [], "coverage": None}, *journal, {"kind": "file_end", "entries": 3}]
        (tmp_path / f"{levels}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert len(load_journal(tmp_path / "50.jsonl").journal) == 3
    for levels in (51, 60):
        with pytest.raises(InputError, match=r"damaged: line 4: .*recursive runs are nested more than 50 deep"):
            load_journal(tmp_path / f"{levels}.jsonl")


def test_what_is_known_of_a_far_document_costs_no_memory_for_those_before_it() -> None:
    texts = known_texts([excerpt(FAR, FAR + 2, "ab", document=FAR)])
    assert texts is not None
    assert (len(texts), texts[0], texts[:1]) == (FAR + 1, "", [""])
    assert texts[FAR][FAR : FAR + 5] == "ab"


def test_a_file_that_cannot_be_read_or_written_is_named_with_the_reason(
    model_server: ModelServer, tmp_path: Path
) -> None:
    for path, said in (
        (tmp_path / "none.jsonl", "this file does not exist"),
        (tmp_path, "cannot be read (Is a directory)"),
    ):
        with pytest.raises(InputError, match=re.escape(f"{path}: {said}")):
            load_journal(path)
    (tmp_path / "file").write_text("x")
    result = simple(model_server)
    for path in (tmp_path / "no" / "run.jsonl", tmp_path / "file" / "run.jsonl", tmp_path):
        for write in (lambda path: save_journal(result, path), check_writable):
            with pytest.raises(InputError, match=re.escape(f"{path}: cannot be written (")):
                write(path)
    with pytest.raises(InputError, match="has no entries"):
        save_journal({"answer": "x"}, tmp_path / "run.jsonl")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "wrong",
    [None, 5, "x", [{"kind": "run"}], {}, {"answer": "x"}, {"journal": "x"}, {"journal": 5}, {"journal": [1]}],
    ids=repr,
)
def test_what_is_no_run_is_refused_with_what_to_pass(tmp_path: Path, wrong: Any) -> None:
    uses: list[Callable[[Any], Any]] = [lambda run: save_journal(run, tmp_path / "run.jsonl"), result_to_html]
    if not isinstance(wrong, str | list):  # a file, and a journal
        uses.append(ReplayChatModel.from_journal)
    for use in uses:
        with pytest.raises(InputError, match=r"Pass what RLM\.invoke returned"):
            use(wrong)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_path_is_refused(model_server: ModelServer) -> None:
    result = simple(model_server)
    uses: list[Callable[[Any], Any]] = [load_journal, lambda path: save_journal(result, path)]
    for use in uses:
        for wrong in (5, None, b"run.jsonl"):
            with pytest.raises(InputError, match=re.escape(f"path={wrong!r}: name a file")):
                use(wrong)


def test_a_run_read_from_a_file_has_a_page(model_server: ModelServer, tmp_path: Path) -> None:
    result = simple(model_server)
    save_journal(result, tmp_path / "run.jsonl")
    for page in (result_to_html(load_journal(tmp_path / "run.jsonl")), result_to_html(dict(result), context=WORDS)):
        assert WORDS[0][:80] in page


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    file, link = tmp_path / "run.jsonl", tmp_path / "link"
    file.write_text("before")
    link.symlink_to(file)

    def parts() -> Iterator[str]:
        yield "x" * 1_000_000
        message = "no more"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="no more"):
        write_whole(link, parts())
    assert (file.read_text(), sorted(tmp_path.iterdir())) == ("before", [link, file])
    write_whole(link, ["after"])
    assert (file.read_text(), link.is_symlink()) == ("after", True)
