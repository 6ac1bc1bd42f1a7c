"""Citations and coverage of real runs, and answers that are refused without them."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import JOURNAL_SCHEMA, RLM, Budget, InputError
from tests.server.client import ModelServer

LINES = [f"Line {number}: the {number * 7919 % 9973} geese have landed.\n" for number in range(600)]
TEXT = "".join(LINES)
DOCUMENTS = {"first.txt": TEXT[:8_000], "second.txt": TEXT[8_000:]}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, route="rlm", **settings)


def ask(rlm: RLM, context: Any = DOCUMENTS, **config: Any) -> Any:
    return rlm.invoke({"question": "How many geese?", "context": context}, config or None)  # type: ignore[arg-type]


def output(result: Any, number: int = 0) -> str:
    ends = [entry for entry in result["journal"] if entry["kind"] == "cell_end"]
    return str(ends[number]["output"]) + (ends[number]["error"] or "")


# -- citations --------------------------------------------------------------------------------------------------------


def test_marks_of_an_answer_stand_for_passages(model_server: ModelServer) -> None:
    code = f"a = cite({LINES[300].strip()!r})\nb = cite('Line 3:   the\\n3811 geese', source='first.txt')\n"
    result = ask(rlm_of(model_server, cell(code + "FINAL(f\"Many {b['mark']}, more {a['mark']} and {b['mark']}.\")")))
    assert result["answer"] == "Many [1], more [2] and [1]."
    first, second = result["citations"]
    assert (first["mark"], first["name"], first["document"], first["line"]) == (1, "first.txt", "d0", 4)
    assert first["text"] == "Line 3: the 3811 geese"
    assert DOCUMENTS["first.txt"][first["start"] : first["end"]] == first["text"]
    assert (second["name"], second["text"]) == ("second.txt", LINES[300].strip())
    assert DOCUMENTS["second.txt"][second["start"] : second["end"]] == second["text"]


def test_a_quote_that_is_not_there_raises_with_the_nearest_passage(model_server: ModelServer) -> None:
    result = ask(rlm_of(model_server, cell("cite('Line 300: the ducks have landed')"), cell("FINAL('x')")))
    assert "is not in the text. The nearest passage is in second.txt at" in output(result)
    assert "geese have landed" in output(result)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("cite('')", "the quote is empty"),
        ("cite('  ')", "the quote is empty"),
        ("cite(5)", "must be a str"),
        ("cite('geese', source='third.txt')", "no source 'third.txt'. Give the `id` or `name`"),
        ("cite('geese', 2)", "no source 2"),
        ("cite('zebra crossing')", "The text has nothing like it"),
        ("cite('geese', near='5')", "near must be an offset"),
        ("cite('x' * 30_000)", "Cite the sentences that matter"),
    ],
)
def test_what_cannot_be_cited_says_why(model_server: ModelServer, call: str, said: str) -> None:
    assert said in output(ask(rlm_of(model_server, cell(call), cell("FINAL('x')"))))


def test_a_quote_that_is_in_many_places_lists_them_and_takes_the_nearest(model_server: ModelServer) -> None:
    code = "near = cite('Line 100:')\nc = cite('geese have landed')\nprint(c['start'] - near['end'], len(c['others']))"
    result = ask(rlm_of(model_server, cell(code), cell("FINAL('See ' + c['mark'])")))
    distance, others = map(int, output(result).splitlines()[-1].split())
    assert 0 < distance < 40
    assert others >= 19
    assert len(result["citations"][0]["others"]) == others


def test_an_offset_says_which_place_is_meant_and_without_one_the_code_is_told(model_server: ModelServer) -> None:
    at = TEXT.index("Line 400:")
    code = f"c = cite('geese have landed', near={at})\nprint(c['line'])\nd = cite('geese have landed')"
    result = ask(rlm_of(model_server, cell(code), cell("FINAL('See ' + c['mark'])")), TEXT)
    assert output(result).startswith("401\n[cite: these words are in ")
    assert "Give near=offset or more words" in output(result)


def test_marks_of_recursive_runs_are_resolved_above(model_server: ModelServer) -> None:
    start = TEXT.index("Line 200:")
    rules = [
        {"match": r"<question>\nBelow", "reply": cell("FINAL('Geese ' + cite('Line 205:')['mark'])")},
    ]
    default = cell(
        f"FINAL(rlm_query('Below', 'Note: ' + context[{start}:{start + 1000}]) + ' ' + cite('Line 7:')['mark'])"
    )
    rlm = rlm_of(model_server, "", budget=Budget(depth=2))
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, "sub": {"kind": "echo"}}
    )
    result = ask(rlm, TEXT)
    assert result["answer"] == "Geese [1] [2]"
    below, above = result["citations"]
    assert (below["text"], TEXT[below["start"] : below["end"]]) == ("Line 205:", "Line 205:")
    assert (above["text"], above["line"]) == ("Line 7:", 8)


def test_several_marks_in_one_pair_of_brackets_are_numbered(model_server: ModelServer) -> None:
    code = "a, b, c = [cite(f'Line {n}:')['mark'][1:-1] for n in (1, 2, 3)]\nFINAL(f'A [{c}]. B [{a}, {b}; {c}].')"
    result = ask(rlm_of(model_server, cell(code)))
    assert result["answer"] == "A [1]. B [2, 3, 1]."
    assert [each["text"] for each in result["citations"]] == ["Line 3:", "Line 1:", "Line 2:"]


def test_what_can_only_be_searched_cannot_be_cited_and_says_so(model_server: ModelServer) -> None:
    class Source(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            return [Document(f"{query} {bool(run_manager)}")]

    with pytest.raises(InputError, match="require_citations needs a context that can be read"):
        ask(rlm_of(model_server, cell("FINAL('x')"), require_citations=True), Source())
    result = ask(rlm_of(model_server, cell("cite('x')"), cell("FINAL('x')")), Source())
    assert "this context can only be searched" in output(result)


def test_numbers_in_brackets_that_are_no_marks_stay(model_server: ModelServer) -> None:
    below = cell("FINAL('[7]' if 'list' in context else 'a[0] = 5 in [2024]')")
    rules = [{"match": r"<question>\nBelow", "reply": below}]
    code = "x = rlm_query_batched(['Below', 'Below'], ['a list', 'a text'])\nm = cite('Line 5:')['mark']\n"
    default = cell(code + "import json\nFINAL(f'{json.loads(x[0])} {x[1]} {m} [3.14] section [2.1]')")
    rlm = rlm_of(model_server, "", budget=Budget(depth=2))
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, "sub": {"kind": "echo"}}
    )
    assert ask(rlm, TEXT)["answer"] == "[7] a[0] = 5 in [2024] [1] [3.14] section [2.1]"


def test_a_further_question_does_not_list_what_the_first_one_cited(model_server: ModelServer) -> None:
    rlm = rlm_of(
        model_server, cell("c = cite('Line 5:')\nFINAL('one')"), cell("FINAL(4)"), checkpointer=InMemorySaver()
    )
    thread: Any = {"configurable": {"thread_id": "1"}}
    assert len(rlm.invoke({"question": "First?", "context": TEXT}, thread)["citations"]) == 1
    assert rlm.invoke({"question": "2 + 2?"}, thread)["citations"] == []


def test_an_answer_without_citations_is_refused_when_they_are_required(model_server: ModelServer) -> None:
    rlm = rlm_of(
        model_server, cell("FINAL('Many geese [c1].')"), cell("FINAL('Many ' + cite('Line 5:')['mark'])"),
        require_citations=True,
    )  # fmt: skip
    result = ask(rlm)
    assert (result["answer"], result["turns"], len(result["citations"])) == ("Many [1]", 2, 1)
    assert "it cites nothing" in model_server.log()[-1]["messages"][-1]["content"]


def test_citations_survive_a_replay(model_server: ModelServer) -> None:
    rlm = rlm_of(
        model_server, cell("c = cite('Line 5:')\nFINAL('first')"),
        cell("d = cite('Line 9:')\nFINAL(c['mark'] + d['mark'])"), checkpointer=InMemorySaver(),
    )  # fmt: skip
    thread: Any = {"configurable": {"thread_id": "1"}}
    rlm.invoke({"question": "First?", "context": TEXT}, thread)
    result = rlm.invoke({"question": "Second?"}, thread)
    assert [each["text"] for each in result["citations"]] == ["Line 5:", "Line 9:"]


# -- coverage ---------------------------------------------------------------------------------------------------------

HALF = "llm_query_batched(['Judge:\\n' + c for c in chunks(context[0], size=1000)])"


def test_coverage_is_exact_to_the_character(model_server: ModelServer) -> None:
    code = f"{HALF}\nllm_query('Read>' + context[1][1_000:2_345])\nprint(context[1][4_000:4_500])"
    result = ask(rlm_of(model_server, cell(code), cell("FINAL('x')")))
    first, second = result["coverage"]["documents"]
    assert (first["read"], first["read_ranges"], first["unread"]) == (1.0, [[0, 8_000]], [])
    assert second["read_ranges"] == [[1_000, 2_345]]
    assert second["printed_ranges"] == [[4_000, 4_500]]
    size = len(DOCUMENTS["second.txt"])
    assert second["unread"] == [[0, 1_000], [2_345, 4_000], [4_500, size]]
    assert result["coverage"]["read"] == pytest.approx((8_000 + 1_345) / (8_000 + size), abs=1e-6)


LOOPED = """half = chunks(size=90)
half = half[:len(half) // 2]
for piece in half:
    llm_query("Read.\\nText:\\n" + piece)
FINAL(len("".join(half)))"""


def test_a_walk_over_pieces_of_a_text_that_repeats_itself_is_complete(model_server: ModelServer) -> None:
    text = "".join(f"{'  schema:' * (number % 3)}\n    type: string\n  text:\n" * 9 for number in range(15))
    code = (
        "for size in (90, 400):\n    llm_query_batched(['Read.\\nText:\\n' + p for p in chunks(size=size)])\nFINAL('x')"
    )
    found = ask(rlm_of(model_server, cell(code)), context=text)["coverage"]
    assert (found["read"], found["seen"]) == (1.0, 1.0)
    result = ask(rlm_of(model_server, cell(LOOPED)), context=text)
    assert result["coverage"]["documents"][0]["read_ranges"] == [[0, int(result["answer"])]]


NOTES = {f"note {number}.txt": f"Note {number}: {number * 7919} geese.\n" * (number % 3 + 1) for number in range(90)}
PACKED = """pieces = chunks(size=900)
answers = llm_query_batched(["Which notes tell of geese?\\n" + piece for piece in pieces])
quote = cite("Note 41: 324679 geese.", source=41, near=0)
below = rlm_query("How many?", pieces[0])
FINAL(f"{len(pieces)} pieces, {max([len(p) for p in pieces])} characters, {quote['mark']}")"""


def test_documents_that_are_packed_are_read_named_and_cited(model_server: ModelServer) -> None:
    notes = {**NOTES, "long.txt": "".join(f"Line {number} is long.\n" for number in range(200))}
    result = ask(rlm_of(model_server, cell(PACKED), cell("FINAL('below')"), budget=Budget(depth=2)), context=notes)
    assert result["answer"] == "13 pieces, 891 characters, [1]"
    assert (result["coverage"]["read"], len(result["context"])) == (1.0, 91)
    (citation,) = result["citations"]
    assert (citation["name"], citation["start"], citation["text"]) == ("note 41.txt", 0, "Note 41: 324679 geese.")
    prompts = [entry["messages"][-1]["content"] for entry in model_server.log() if entry["model"] == "sub"]
    assert sum("=== 41: note 41.txt ===\nNote 41: 324679 geese.\n" in prompt for prompt in prompts) == 1
    assert sum("=== 90: long.txt, part 2 of 5 ===\nLine" in prompt for prompt in prompts) == 1


def test_coverage_goes_through_recursive_runs(model_server: ModelServer) -> None:
    below = cell("llm_query('Deep: ' + context[100:1_100])\nFINAL('ok')")
    default = cell("rlm_query('Below', context[0][2_000:5_000])\nFINAL('x')")
    rlm = rlm_of(model_server, "", budget=Budget(depth=2))
    rules = [{"match": r"<question>\nBelow", "reply": below}]
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, "sub": {"kind": "echo"}}
    )
    first = ask(rlm)["coverage"]["documents"][0]
    assert [2_100, 3_100] in first["read_ranges"] or first["read_ranges"][0][0] == 2_000
    read = {n for start, end in first["read_ranges"] for n in range(start, end)}
    assert set(range(2_100, 3_100)) <= read
    assert read <= set(range(2_000, 5_000))


def test_what_was_printed_counts_when_the_root_model_is_shown_it(model_server: ModelServer) -> None:
    two = cell("print(context)") + "\n" + cell("FINAL('x')")
    never = ask(rlm_of(model_server, two), TEXT[:3_000])
    assert never["coverage"]["printed"] < 0.5
    replies = (cell("print(context)\nFINAL('early')"), cell("FINAL('late')"))
    shown = ask(rlm_of(model_server, *replies, require_coverage=1.0), TEXT[:3_000])
    assert (shown["answer"], shown["coverage"]["printed"]) == ("late", 1.0)


def test_an_ended_run_gives_the_same_coverage_again(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell("FINAL('x')"), checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    first = rlm.invoke({"question": "How many?", "context": DOCUMENTS}, thread)
    assert rlm.invoke(None, thread)["coverage"] == first["coverage"]


def test_an_answer_before_all_is_read_is_refused_with_what_is_unread(model_server: ModelServer) -> None:
    rlm = rlm_of(
        model_server, cell(f"{HALF}\nFINAL('half')"),
        cell("llm_query_batched(['Judge:\\n' + c for c in chunks(size=1000)])\nFINAL('all')"), require_coverage=0.99,
    )  # fmt: skip
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("all", "answered", 2)
    told = model_server.log()[-1]["messages"]
    asked = next(
        m["content"] for entry in model_server.log() for m in entry["messages"] if "99.0% is required" in m["content"]
    )
    assert told
    assert f"document 1 0-{len(DOCUMENTS['second.txt']):,}" in asked
    assert (result["coverage"]["required"], result["coverage"]["is_reached"]) == (0.99, True)


def test_out_of_budget_the_answer_is_taken_and_says_how_far(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell("FINAL('early')"), require_coverage=1.0, budget=Budget(turns=2))
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"]) == ("early", "budget:turns")
    assert result["coverage"]["is_reached"] is False
    assert result["coverage"]["seen"] < 0.1
    assert [len(document["unread"]) for document in result["coverage"]["documents"]] == [1, 1]


@pytest.mark.parametrize(
    "prompts",
    [
        "[f'Classify: {line}' for line in text.splitlines()]",
        "[' '.join(text.split())]",
        "[json.dumps(text.splitlines())]",
    ],
)
def test_what_was_sent_line_by_line_is_read_without_the_line_breaks(model_server: ModelServer, prompts: str) -> None:
    code = f"import json\nfor text in context:\n    llm_query_batched({prompts})\nFINAL('all')"
    documents = ["".join(LINES[:60]), "\n" + "\n".join(LINES[60:120])]
    result = ask(rlm_of(model_server, cell(code), require_coverage=0.999), documents)
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("all", "answered", 1)
    found = result["coverage"]
    assert (found["read"], found["seen"], found["is_reached"]) == (1.0, 1.0, True)
    assert [document["unread"] for document in found["documents"]] == [[], []]


@pytest.mark.parametrize(
    "calls",
    [
        "llm_query_batched(['Read: ' + text for text in context])",
        "[llm_query('Read: ' + text) for text in context]",
        "llm_query('\\n'.join(context))",
    ],
)
def test_equal_documents_in_a_row_are_all_read_when_all_were_sent(model_server: ModelServer, calls: str) -> None:
    complaint = "No answer from the server, please help asap."
    tickets = [f"Ticket {number}: the printer on floor {number % 7} is jammed." for number in range(12)]
    result = ask(
        rlm_of(model_server, cell(f"{calls}\nFINAL('all')"), require_coverage=1.0),
        [*tickets[:6], *[complaint] * 5, *tickets[6:], complaint, complaint],
    )
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("all", "answered", 1)
    assert result["coverage"]["read"] == 1.0


@pytest.mark.parametrize("value", ["early", 0, ["a", {"b": 1.5}]])
@pytest.mark.parametrize("required", [{"require_coverage": 0.9}, {"require_citations": True}])
def test_an_answer_that_was_refused_is_the_answer_when_the_budget_is_over(
    model_server: ModelServer, value: Any, required: Any
) -> None:
    code = f"print('output')\nllm_query('x')\nFINAL({value!r})"
    result = ask(rlm_of(model_server, cell(code), budget=Budget(turns=3), **required))
    assert (result["value"], result["stop_reason"], result["turns"]) == (value, "budget:turns", 3)
    assert result["coverage"].get("is_reached") in (None, False)
    notes = [entry for entry in result["journal"] if entry["kind"] == "note"]
    assert [note["refused_answer"] for note in notes] == [value, value]
    assert all(Draft202012Validator(JOURNAL_SCHEMA).is_valid(entry) for entry in result["journal"])


def test_out_of_sub_queries_the_refused_answer_is_given(model_server: ModelServer) -> None:
    rlm = rlm_of(
        model_server, cell("llm_query_batched(list('abcdefghij'))\nFINAL('early')"), require_coverage=0.9,
        budget=Budget(sub_queries=15, turns=4),
    )  # fmt: skip
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"]) == ("early", "budget:turns")


def test_the_newest_of_what_was_refused_and_the_draft_is_the_answer(model_server: ModelServer) -> None:
    def best(*codes: str) -> str:
        rlm = rlm_of(
            model_server, *map(cell, codes), cell("print(1)"), require_coverage=0.9, budget=Budget(turns=len(codes) + 1)
        )
        return str(ask(rlm)["answer"])

    assert best("answer['content'] = 'a draft'", "FINAL('whole')") == "whole"
    assert best("FINAL('first')", "FINAL('second')") == "second"
    assert best("FINAL('whole')", "answer['content'] = 'better'") == "better"
    assert best("FINAL('whole')", "x = 'no answer'") == "whole"


def test_an_answer_that_was_refused_survives_a_resume(model_server: ModelServer) -> None:
    settings: Any = {"require_coverage": 0.9, "budget": Budget(turns=2), "checkpointer": InMemorySaver()}
    thread: Any = {"configurable": {"thread_id": "1"}}
    rlm = rlm_of(model_server, cell("FINAL('early')"), cell("FINAL('late')"), **settings)
    assert rlm.invoke({"question": "How many?", "context": DOCUMENTS}, thread)["answer"] == "late"
    again = rlm_of(model_server, cell("1 / 0"), **settings)
    result: Any = again.invoke({"context": DOCUMENTS}, again.fork(thread, turn=2, code="llm_query('x')"))
    assert (result["answer"], result["stop_reason"]) == ("early", "budget:turns")
    assert result["coverage"]["is_reached"] is False


def test_a_further_question_is_not_answered_with_what_the_first_one_was_refused(model_server: ModelServer) -> None:
    settings: Any = {"require_citations": True, "budget": Budget(turns=2), "checkpointer": InMemorySaver()}
    rlm = rlm_of(model_server, cell("llm_query('x')\nFINAL('early')"), **settings)
    thread: Any = {"configurable": {"thread_id": "1"}}
    assert rlm.invoke({"question": "First?", "context": TEXT}, thread)["answer"] == "early"
    model_server.configure(models={"root": {"kind": "script", "replies": [cell("1 / 0")]}, "sub": {"kind": "echo"}})
    assert "early" not in rlm.invoke({"question": "Second?"}, thread)["answer"]


EQUAL = (TEXT[:2_000], TEXT[:2_000], TEXT[2_000:4_000], TEXT[:2_000])


@pytest.mark.parametrize(
    "code",
    [
        "rlm_query('Below', context)",
        "rlm_query_batched(['Below'] * 4, context)",
        "for text in context:\n    rlm_query('Below', text)",
        "for at in (0, 2):\n    rlm_query_batched(['Below'] * 2, context[at:at + 2])",
        "rlm_query_batched(['Below'] * 4, list(reversed(context)))",
    ],
)
def test_recursive_runs_over_equal_documents_read_them_all(model_server: ModelServer, code: str) -> None:
    below = cell("llm_query_batched([context] if isinstance(context, str) else context)\nFINAL('ok')")
    rules = [{"match": r"<question>\nBelow", "reply": below}]
    rlm = rlm_of(model_server, "", budget=Budget(depth=2, turns=40))
    root = {"kind": "rules", "rules": rules, "default": cell(f"{code}\nFINAL('x')")}
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    found = ask(rlm, list(EQUAL))["coverage"]
    assert [document["read"] for document in found["documents"]] == [1.0] * 4


def test_a_passage_that_documents_share_is_cited_from_the_one_that_was_handed_over(model_server: ModelServer) -> None:
    shared = "\n\nThis agreement is governed by the laws of New York. " + "All notices must be in writing. " * 3
    texts = {f"{at}.txt": TEXT[at : at + 1_000] + shared.rstrip() for at in range(0, 3_000, 1_000)}
    texts["last.txt"] = TEXT[5_000:5_500] + shared.rstrip() + "\n\nAnnex\n" + TEXT[6_000:6_100]
    rules = [{"match": r"<question>\nBelow", "reply": cell("FINAL(cite('the laws of New York')['mark'])")}]
    default = cell("FINAL(rlm_query('Below', 'Read:\\n' + context[1] + '\\n\\nEnd of file'))")
    rlm = rlm_of(model_server, "", budget=Budget(depth=2))
    root = {"kind": "rules", "rules": rules, "default": default}
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    (citation,) = ask(rlm, texts)["citations"]
    assert (citation["name"], citation["text"]) == ("1000.txt", "the laws of New York")


@pytest.mark.parametrize("share", [0, -1, 1.1, True, "all", float("nan")])
def test_a_share_out_of_range_is_refused(share: Any) -> None:
    with pytest.raises(InputError, match="require_coverage="):
        RLM("offline", require_coverage=share)


def test_citations_need_the_repl() -> None:
    with pytest.raises(InputError, match="needs the REPL"):
        RLM("offline", route="direct", require_citations=True)


# -- the result -------------------------------------------------------------------------------------------------------


def test_a_result_shows_itself_and_is_plain_when_it_is_kept(model_server: ModelServer, tmp_path: Path) -> None:
    result = ask(rlm_of(model_server, cell("FINAL('Geese <b>' + cite('Line 5:')['mark'])")))
    shown = result._repr_html_()
    assert "Geese &lt;b&gt;" in shown
    assert "Line 5:" in shown
    assert type(pickle.loads(pickle.dumps(result))) is dict  # noqa: S301  # our own
    (tmp_path / "result.json").write_text(json.dumps({key: result[key] for key in ("answer", "citations", "coverage")}))
