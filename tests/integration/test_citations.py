"""Citations of real runs: marks in any form of answer, and passages that recursive runs cite."""

from typing import Any

import pytest
from langchain_core.documents import Document
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM, Budget
from tests.server.client import ModelServer

LINES = [f"Line {number}: the {number * 7919 % 9973} geese have landed near the old mill." for number in range(200)]
TEXT = "\n".join(LINES)


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, code: str, below: str = "", **settings: Any) -> RLM:
    rules = [{"match": r"<question>\nBelow", "reply": cell(below)}]
    root = {"kind": "rules", "rules": rules, "default": cell(code)}
    server.configure(models={"root": root, "sub": {"kind": "echo"}})
    root_model, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root_model, sub, route="rlm", budget=Budget(depth=2, turns=4), **settings)


def ask(rlm: RLM, context: Any = TEXT) -> Any:
    return rlm.invoke({"question": "How many geese?", "context": context})


@pytest.mark.parametrize(
    ("final", "value"),
    [
        ("{a['mark']: 'why'}", {"[1]": "why"}),
        ("{a['mark']}", ["[1]"]),
        ("({a['mark']: {a['mark']}},)", [{"[1]": ["[1]"]}]),
    ],
)
def test_marks_in_keys_and_sets_are_resolved_and_count(model_server: ModelServer, final: str, value: Any) -> None:
    result = ask(rlm_of(model_server, f"a = cite('Line 7:')\nFINAL({final})", require_citations=True))
    assert (result["value"], result["stop_reason"]) == (value, "answered")
    assert [each["text"] for each in result["citations"]] == ["Line 7:"]


def test_words_that_are_not_there_may_give_none_so_that_the_answer_stands(model_server: ModelServer) -> None:
    code = (
        "found = [cite(words, missing='none') for words in ('Line 7:', 'no swans at all', 'Line 8:')]\n"
        "try:\n    cite('Line 7:', missing=None)\nexcept ValueError as e:\n    print(e)\n"
        "FINAL([one and one['mark'] for one in found])"
    )
    result = ask(rlm_of(model_server, code))
    assert result["value"] == ["[1]", None, "[2]"]
    (output,) = [entry["output"] for entry in result["journal"] if entry["kind"] == "cell_end"]
    assert "[cite: 'no swans at all' is not in the text." in output
    assert "cite: missing must be 'raise' or 'none', not None." in output


@pytest.mark.parametrize("given", ["' '.join(context.split())", "'\\n\\n'.join(context.splitlines())"])
def test_what_a_recursive_run_cites_over_lines_that_were_joined_is_resolved(
    model_server: ModelServer, given: str
) -> None:
    quote = "near the old mill. Line 61: the"
    below = f"FINAL('Geese ' + cite({quote!r})['mark'])"
    result = ask(rlm_of(model_server, f"FINAL(rlm_query('Below', {given}))", below, require_citations=True))
    assert (result["answer"], result["stop_reason"]) == ("Geese [1]", "answered")
    (citation,) = result["citations"]
    assert citation["text"] == "near the old mill.\nLine 61: the" == TEXT[citation["start"] : citation["end"]]
    assert citation["line"] == 61


PAPER = "In 1990 it was proved by Smith [1] that birds exist.\nOther text says the sky is green today.\n"
SMITH, SKY = "proved by Smith [1]", "the sky is green"
TWO = f"a, b = cite({SMITH!r}), cite({SKY!r})\n"


@pytest.mark.parametrize(
    ("final", "answer", "cited"),
    [
        ("FINAL(f\"It was {a['text']}. Also {b['mark']}\")", f"It was {SMITH}. Also [2]", [(2, SKY)]),
        ("FINAL(b['mark'] + a['mark'] + a['text'])", f"[2][3]{SMITH}", [(2, SKY), (3, SMITH)]),
        ("FINAL('x [1]')", "x [1]", [(2, SMITH), (3, SKY)]),
        ("FINAL([a['text'], {b['mark']: [2]}])", f'["{SMITH}", {{"[3]": [2]}}]', [(3, SKY)]),
        ("answer['content'] = 'Draft [1] ' + b['mark']", "Draft [1] [2]", [(2, SKY)]),
        ("FINAL(rlm_query('Below') + a['mark'])", f"{SMITH} [2][3]", [(2, SKY), (3, SMITH)]),
    ],
)
def test_numbers_in_brackets_that_the_text_has_stand_for_no_citation(
    model_server: ModelServer, final: str, answer: str, cited: list[tuple[int, str]]
) -> None:
    below = f"c = cite({SKY!r})\nFINAL({SMITH!r} + ' ' + c['mark'])"
    result = ask(rlm_of(model_server, TWO + final, below), PAPER)
    assert (result["answer"], [(each["mark"], each["text"]) for each in result["citations"]]) == (answer, cited)


def test_marks_of_an_earlier_answer_that_code_repeats_stand_for_no_new_citation(model_server: ModelServer) -> None:
    first, second = (cell(f"a = cite({words!r})\nFINAL('So it is ' + a['mark'])") for words in (SMITH, SKY))
    second = second.replace("'So it is '", "'As I said: So it is [1]. And '")
    model_server.configure(models={"root": {"kind": "script", "replies": [first, second]}, "sub": {"kind": "echo"}})
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    assert rlm.invoke({"question": "First?", "context": PAPER}, thread)["answer"] == "So it is [1]"
    result = rlm.invoke({"question": "And then?"}, thread)
    assert result["answer"] == "As I said: So it is [1]. And [2]"
    assert [(each["mark"], each["text"]) for each in result["citations"]] == [(2, SKY)]


def test_a_quote_with_other_quotation_marks_and_dashes_has_its_exact_place(model_server: ModelServer) -> None:
    text = "Il dit «\u202foui\u202f» et part. The agree\u00ad\nment \u2014 ``so'' \u2014 ends."
    code = "a, b = cite('dit \"oui\" et'), cite('agreement -- \"so\"')\nFINAL([a['mark'], b['mark']])"
    result = ask(rlm_of(model_server, code), text)
    first, second = result["citations"]
    assert first["text"] == "dit «\u202foui\u202f» et" == text[first["start"] : first["end"]]
    assert second["text"] == "agree\u00ad\nment \u2014 ``so''" == text[second["start"] : second["end"]]


def test_documents_that_only_calls_before_a_fork_were_sent_are_listed(model_server: ModelServer) -> None:
    model_server.configure(
        models={
            "root": {"kind": "script", "replies": [cell("x = llm_query(context[1])\nprint(x)"), cell("FINAL('end')")]},
            "sub": {"kind": "echo"},
        }
    )
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    rlm.invoke({"question": "How many geese?", "context": [TEXT[:500], TEXT[500:]]}, thread)
    result = rlm.invoke(None, rlm.fork(thread, turn=1, code="FINAL('at once')"))
    assert result["answer"] == "at once"
    assert result["coverage"] is not None
    assert result["coverage"]["documents"][-1]["read"] == 1.0
    assert [document.metadata["spans"] for document in result["context"]] == [[[0, 500]], [[0, len(TEXT) - 500]]]


def test_of_a_quote_in_other_forms_in_very_many_places_the_one_that_is_meant_is_cited(
    model_server: ModelServer,
) -> None:
    text = "\n".join(f"row {number} says “the phrase” again" for number in range(5_000))
    code = (
        "at = context.index('row 3000')\na = cite('says \"the phrase\" again', near=at)\n"
        "b = cite('row 4000')\nc = cite('says \"the phrase\" again')\nFINAL([a['mark'], c['mark']])"
    )
    result = ask(rlm_of(model_server, code), text)
    assert [(entry["line"], entry["has_more"]) for entry in result["citations"]] == [(3001, True), (4001, True)]


@pytest.mark.parametrize("quote", ["Payment is due within thirty days.", "Payment is  due within thirty days."])
def test_of_very_many_documents_the_one_cited_last_is_cited(model_server: ModelServer, quote: str) -> None:
    texts = {f"c{n:03d}": f"Contract {n}. Payment is due within thirty days. Number {n * 7}." for n in range(200)}
    result = ask(rlm_of(model_server, f"cite('Number 1050.')\nFINAL(cite({quote!r})['mark'])"), texts)
    (entry,) = result["citations"]
    assert (entry["name"], entry["has_more"]) == ("c150", True)
    (told,) = [entry["output"] for entry in result["journal"] if entry["kind"] == "cell_end"]
    assert "[cite: these words are in at least 1" in told


def test_pages_are_those_of_the_loader_and_a_quote_over_two_of_them_is_told(model_server: ModelServer) -> None:
    pages = [
        Document("the end of the sentence is on", metadata={"page": 0, "page_label": "1", "source": "x.pdf"}),
        Document("the next page of the file.", metadata={"page": 1, "page_label": "2", "source": "x.pdf"}),
    ]
    code = "a = cite('page of the file')\ntry:\n    cite('is on the next')\nexcept ValueError as e:\n    print(e)\n"
    result = ask(rlm_of(model_server, code + "FINAL(a['mark'])"), pages)
    assert [entry["page"] for entry in result["citations"]] == [2]
    said = next(entry["output"] for entry in result["journal"] if entry["kind"] == "cell_end")
    assert "begins at the end of x.pdf and goes on in x.pdf (2): cite the part of each on its own" in said
