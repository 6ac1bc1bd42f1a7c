"""Whole runs over real HTTP: answers, what is counted, and how a run ends."""

from textwrap import dedent
from typing import Any

import pytest

from langchain_rlm import RLM, Budget, RLMResult
from langchain_rlm.models.calls import ATTEMPTS
from langchain_rlm.prompts import UNREAD
from tests.server.client import ModelServer

READER = {"kind": "reader"}
FACTS = {"harbour": "Elsinore", "captain": "Okonkwo", "cargo": "quicksilver", "year": "1871"}
ASK = "\\nQuestion: What is MAGIC {}?"
GOING_ON = "print('looked', len(context))"


def large_text(lines: int = 20_000) -> str:
    """A text of over a megabyte with the facts far apart."""
    text = [f"Line {number} is about the weather at sea, and tells nothing else." for number in range(lines)]
    for place, (key, value) in enumerate(FACTS.items()):
        text[(2 * place + 1) * lines // 8] = f"Somebody wrote here that MAGIC {key} = {value}."
    return "\n".join(text)


def cell(code: str) -> str:
    return f"One cell.\n```repl\n{dedent(code).strip()}\n```"


def scripted(server: ModelServer, *replies: Any, sub: dict[str, Any] | None = None, **settings: Any) -> RLM:
    """An RLM whose root says `replies`, one a turn, the last one for ever."""
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": sub or READER})
    root, leaf = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, leaf, **{"route": "rlm", **settings})


def ask(rlm: RLM, context: Any = "A text with MAGIC key = value in it.") -> RLMResult:
    return rlm.invoke({"question": "What does it say?", "context": context})


def test_facts_far_apart_in_a_large_text_are_found_over_several_turns(model_server: ModelServer) -> None:
    rlm = scripted(
        model_server,
        cell("import re\nprint(len(context), re.findall('MAGIC (.+?) =', context)[:1])"),
        cell(f"asked = [c + '{ASK.format('{}')}'.format('captain') for c in chunks(size=50_000)]\nprint(len(asked))"),
        cell("found = [a for a in llm_query_batched(asked) if a != 'not in the text']\nprint(found)"),
        cell("FINAL(found[0])"),
    )
    result = ask(rlm, large_text())
    assert result["answer"] == result["value"] == "Okonkwo"
    assert (result["stop_reason"], result["turns"]) == ("answered", 4)
    assert model_server.stats()["by_model"] == {"root": 4, "sub": 26}
    assert max(len(str(e["messages"])) for e in model_server.log() if e["model"] == "root") < 20_000


def test_a_result_has_the_documented_keys(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell("FINAL({'rows': [1, 2], 'total': 3})")))
    assert list(result) == [key for key in RLMResult.__annotations__ if key != "__interrupt__"]
    assert result["question"] == "What does it say?"
    assert (result["answer"], result["value"]) == ('{"rows": [1, 2], "total": 3}', {"rows": [1, 2], "total": 3})
    assert result["citations"] == []
    assert [entry["kind"] for entry in result["journal"]] == ["run", "reply", "cell", "cell_end", "end"]


def test_usage_by_model_is_what_the_server_counted(model_server: ModelServer) -> None:
    rlm = scripted(model_server, cell(f"a = [llm_query(c + '{ASK.format('year')}') for c in context]\nFINAL(a[1])"))
    result = ask(rlm, ["nothing here", "MAGIC year = 1871."])
    assert result["answer"] == "1871"
    log = model_server.log()
    for name in ("root", "sub"):
        counted = [entry["usage"] for entry in log if entry["model"] == name]
        part = result["usage"]["models"][name]
        assert part["calls"] == len(counted) > 0
        assert part["input_tokens"] == sum(usage["prompt_tokens"] for usage in counted if usage)
        assert part["output_tokens"] == sum(usage["completion_tokens"] for usage in counted if usage)
    assert result["usage"]["input_tokens"] == sum(e["usage"]["prompt_tokens"] for e in log if e["usage"])
    assert result["usage"]["estimated_calls"] == 0
    assert result["usage"]["unpriced_models"] == ["root", "sub"]


def test_only_documents_whose_text_was_sent_or_shown_are_listed_with_their_spans(model_server: ModelServer) -> None:
    texts = {name: f"{name}: " + " ".join(f"{name}{word}" for word in range(400)) for name in ("a", "b", "c")}
    code = "llm_query('Sum this up: ' + context[1][100:700])\nllm_query('And all of this: ' + context[2])\nFINAL('ok')"
    documents = ask(scripted(model_server, cell(code)), texts)["context"]
    assert [document.metadata["source"] for document in documents] == ["a", "b", "c"]
    head = [[0, 598]]  # the root model's first message shows it
    assert [d.metadata["spans"] for d in documents] == [head, [[100, 700]], [[0, len(texts["c"])]]]
    assert [document.metadata["characters"] for document in documents] == [len(text) for text in texts.values()]
    assert [document.page_content for document in documents] == [""] * 3


def test_a_small_context_is_answered_by_one_direct_call(model_server: ModelServer) -> None:
    rlm = scripted(model_server, "It says value.", route="auto")
    result = ask(rlm, "A short text.")
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("It says value.", "direct", 1)
    (entry,) = model_server.log()
    assert "A short text." in entry["messages"][0]["content"]
    assert result["context"][0].metadata["spans"] == [[0, 13]]


def test_a_second_reply_without_code_is_taken_as_the_answer(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, "Let me think.", "It is quicksilver."))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("It is quicksilver.", "no_code", 2)
    assert "has no cell" in model_server.log()[1]["messages"][-1]["content"]


def test_a_reply_that_is_nothing_but_thinking_is_asked_for_again_like_an_empty_one(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langchain_rlm.models.calls.BACKOFF", 0.001)
    result = ask(scripted(model_server, "Let me think.", "<think>What now?</think>"))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("", "gave_up", 1)
    assert model_server.stats()["requests"] == 1 + ATTEMPTS


@pytest.mark.parametrize("thought", ["<think>Yes or no?</think>\n\n", "[THINK]hm[/THINK]", "It is so.\n</think>\n"])
def test_thinking_is_in_no_answer_that_code_or_the_caller_gets(model_server: ModelServer, thought: str) -> None:
    sub = {"kind": "script", "replies": [f"{thought}yes"]}
    result = ask(scripted(model_server, cell("said = llm_query('So?')\nFINAL([said, said == 'yes'])"), sub=sub))
    assert result["value"] == ["yes", True]
    assert [entry["text"] for entry in result["journal"] if entry["kind"] == "answer"] == ["yes"]
    model_server.configure(models={"root": sub})
    direct = RLM(model_server.chat_model("root")).invoke({"question": "So?", "context": "A short text."})
    assert (direct["answer"], direct["stop_reason"]) == ("yes", "direct")


def test_an_answer_that_is_nothing_but_thinking_is_a_failure_in_the_cell(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langchain_rlm.models.calls.BACKOFF", 0.001)
    sub = {"kind": "script", "replies": ["<think>\nYes or"]}
    code = "try:\n    llm_query('So?')\nexcept Exception as error:\n    FINAL(str(error))"
    assert "empty answer" in ask(scripted(model_server, cell(code), sub=sub))["answer"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": ATTEMPTS}


CODE = "n = 2 + 3\nFINAL(n)"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (f"<execute>\n{CODE}\n</execute>", "5"),
        (f"> ```python\n> {CODE.replace(chr(10), chr(10) + '> ')}\n> ```", "5"),
        (f"<reasoning>\n{cell('FINAL(0)')}\n</reasoning>\n{CODE}", "5"),
        ("FINAL(len('12345'))", "5"),
        ("FINAL(Paris)", "Paris"),
        (f"```text\n{CODE}\n```", "asked again"),
        (f"<snippet>{CODE}</snippet>", "asked again"),
        ("FINAL(n)", "asked again"),
        ("FINAL(x) is what I will call at the end.", "asked again"),
        (cell("FINAL(answer)"), "asked again"),
        ("FINAL_VAR(answer)", "asked again"),
    ],
)
def test_code_runs_in_any_dress_and_what_is_no_clear_answer_is_asked_for_again(
    model_server: ModelServer, said: str, answer: str
) -> None:
    result = ask(scripted(model_server, said, cell("FINAL('asked again')")))
    assert (result["answer"], result["stop_reason"]) == (answer, "answered")


def test_code_that_nobody_can_read_never_becomes_the_answer(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, "Let me think.", f"```text\n{CODE}\n```", budget=Budget(turns=4)))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("", "gave_up", 4)
    assert model_server.log()[2]["messages"][-1]["content"].startswith(UNREAD)


def test_a_run_that_knows_nothing_at_its_end_has_given_up(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell("x = 1"), budget=Budget(turns=2)))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("", "gave_up", 2)


def test_out_of_turns_the_last_one_gives_the_best_answer(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, *[cell(GOING_ON)] * 2, cell("FINAL('best')"), budget=Budget(turns=3)))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("best", "budget:turns", 3)
    *earlier, last = [entry["messages"][-1]["content"] for entry in model_server.log()]
    assert "The budget is used up (turns)" in last
    assert not any("used up" in text for text in earlier)


def test_a_draft_in_the_answer_dict_is_the_best_answer_of_a_root_that_never_ends(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell("answer['content'] = 'a draft'\nprint(1)"), budget=Budget(turns=2)))
    assert (result["answer"], result["stop_reason"]) == ("a draft", "budget:turns")


def test_too_many_sub_queries_are_an_exception_that_the_cell_can_handle(model_server: ModelServer) -> None:
    code = """
        try:
            llm_query_batched([f"{i} apples?" for i in range(4)])
        except RuntimeError as error:
            said = str(error)
        three = llm_query_batched([f"{i} pears?" for i in range(3)])
        FINAL(said + str(len(three)) + str(budget()["sub_queries"]))
    """
    result = ask(scripted(model_server, cell(code), budget=Budget(sub_queries=3)))
    assert result["stop_reason"] == "answered"
    assert "3 left of 3" in result["answer"]
    assert result["answer"].endswith("30")
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 3}


def test_out_of_tokens_no_further_call_is_made_and_the_sum_stays_within_the_budget(model_server: ModelServer) -> None:
    code = "for i in range(100):\n    print(i, llm_query(f'{i} ' + 'word ' * 2000))"
    result = ask(scripted(model_server, cell(code), budget=Budget(tokens=40_000)))
    assert result["stop_reason"] == "budget:tokens"
    assert result["usage"]["input_tokens"] + result["usage"]["output_tokens"] <= 40_000
    assert model_server.stats()["by_model"]["sub"] > 5


def test_out_of_money_no_further_call_is_made_and_the_sum_stays_within_the_budget(model_server: ModelServer) -> None:
    model_server.configure(models={"gpt-5-mini": {"kind": "script", "replies": [cell(GOING_ON)]}})
    rlm = RLM(model_server.chat_model("gpt-5-mini", keep_alive=True), route="rlm", budget=Budget(cost=0.005))
    result = ask(rlm)
    assert result["stop_reason"] == "budget:cost"
    assert 0.002 < (result["usage"]["cost"] or 0.0) <= 0.005
    assert result["usage"]["unpriced_models"] == []
    assert model_server.stats()["requests"] == result["turns"] > 2


def test_out_of_time_a_run_ends_with_what_it_knows(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell(GOING_ON), budget=Budget(seconds=0.8, turns=10_000)))
    assert result["stop_reason"] == "budget:seconds"
    assert "looked" in result["answer"]


def test_time_is_up_for_a_sub_query_in_flight_too(model_server: ModelServer) -> None:
    code = "print('known so far')\nllm_query('Who?')"
    slow = {**READER, "latency": 30}
    result = ask(scripted(model_server, cell(code), sub=slow, budget=Budget(seconds=1.5)))
    assert result["stop_reason"] == "budget:seconds"
    assert "known so far" in result["answer"]
    assert [entry["cancelled"] for entry in model_server.log() if entry["model"] == "sub"] == [True]


def test_time_is_up_for_the_root_call_in_flight_too(model_server: ModelServer) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": ["late"], "latency": 30}})
    result = ask(RLM(model_server.chat_model("root"), route="rlm", budget=Budget(seconds=0.6)))
    assert (result["answer"], result["stop_reason"]) == ("", "gave_up")
    assert all(entry["cancelled"] for entry in model_server.log())


def test_at_depth_0_code_alone_finds_the_answer(model_server: ModelServer) -> None:
    code = """
        import re
        try:
            llm_query("Who?")
        except RuntimeError as error:
            FINAL(str(error) + re.search("MAGIC key = (\\\\w+)", context)[1])
    """
    result = ask(scripted(model_server, cell(code), budget=Budget(depth=0)))
    assert result["stop_reason"] == "answered"
    assert "switched off" in result["answer"]
    assert result["answer"].endswith("value")
    (entry,) = model_server.log()
    assert "llm_query" not in str(entry["messages"])


def test_several_cells_in_one_reply_run_in_order(model_server: ModelServer) -> None:
    replies = "\n".join(cell(code) for code in ("x = [1]", "x.append(llm_query('Two?'))", "x.append(3)\nFINAL(x)"))
    result = ask(scripted(model_server, replies, sub={"kind": "rules", "default": "two"}))
    assert (result["value"], result["turns"]) == ([1, "two", 3], 1)


def test_a_cell_after_a_failing_one_is_not_run(model_server: ModelServer) -> None:
    replies = [cell("x = 1\n1 / 0") + "\n" + cell("FINAL('ran')"), cell("FINAL(x)")]
    result = ask(scripted(model_server, *replies))
    assert (result["value"], result["turns"]) == (1, 2)
    shown = model_server.log()[1]["messages"][-1]["content"]
    assert "ZeroDivisionError" in shown
    assert "line 2" in shown


def test_a_reply_cut_off_in_a_cell_is_continued_and_run_whole(model_server: ModelServer) -> None:
    half = {"content": "```repl\nx = 'who", "finish_reason": "length"}
    result = ask(scripted(model_server, half, "le'\nFINAL(x)\n```"))
    assert (result["answer"], result["turns"]) == ("whole", 1)
    assert [entry["code"] for entry in result["journal"] if entry["kind"] == "cell"] == ["x = 'whole'\nFINAL(x)\n"]


def test_a_reply_that_is_cut_off_again_and_again_is_never_run_half(model_server: ModelServer) -> None:
    endless = {"content": "```repl\nFINAL('half')\nprint(", "finish_reason": "length"}
    again = {"match": "Write the cell again", "reply": cell("FINAL('whole')")}
    model_server.configure(models={"root": {"kind": "rules", "rules": [again], "default": endless}})
    assert ask(RLM(model_server.chat_model("root"), route="rlm"))["answer"] == "whole"


@pytest.mark.parametrize(
    "ending",
    [
        "FINAL(the value)",
        "I am done.\n\nFINAL_VAR(found)",
        cell("answer['content'] = found\nanswer['ready'] = True"),
        cell("SUBMIT(found)"),
        cell("FINAL_VAR('found')"),
        cell("FINAL(found)"),
    ],
)
def test_every_way_to_finish_ends_the_run(model_server: ModelServer, ending: str) -> None:
    result = ask(scripted(model_server, cell("found = 'the ' + 'value'"), ending))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("the value", "answered", 2)


IN_TURN = {
    "each after the one before": "out = []\nfor p in prompts:\n    out.append(llm_query(p + '?' * len(out)))",
}
TOGETHER = {
    "loop": "out = []\nfor p in prompts:\n    out.append(llm_query(p))",
    "comprehension": "out = [llm_query(p) for p in prompts]",
    "helper": "def ask(p):\n    return llm_query(p).strip()\nout = [ask(p) for p in prompts]",
    "batch": "out = llm_query_batched(prompts)",
    "pool": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(max_workers=5) as pool:\n    out = list(pool.map(llm_query, prompts))",
    "gather": "import asyncio\nasync def main():\n    return await asyncio.gather(*[llm_query(p) for p in prompts])\n"
    "out = asyncio.run(main())",
}


@pytest.mark.parametrize("way", [*IN_TURN, *TOGETHER])
def test_sub_queries_may_be_asked_in_any_way(model_server: ModelServer, way: str) -> None:
    prompts = "prompts = [f'MAGIC k{i} = v{i}\\nQuestion: What is MAGIC k{i}?' for i in range(5)]\n"
    code = prompts + {**IN_TURN, **TOGETHER}[way] + "\nFINAL(out)"
    at_once = 1 if way in IN_TURN else 5
    result = ask(scripted(model_server, cell(code), sub={**READER, "latency": 0.05, "together": at_once}))
    assert result["value"] == ["v0", "v1", "v2", "v3", "v4"]
    assert model_server.stats()["by_model"]["sub"] == 5
    assert model_server.stats()["max_in_flight"] == at_once


@pytest.mark.parametrize("said", ["n", " n\n", "found['n']", "len(found)"])
def test_a_name_or_an_expression_said_again_and_again_is_no_answer(model_server: ModelServer, said: str) -> None:
    code = cell("n = 3\nfound = {'n': n}\nprint('looked')")
    rlm = scripted(model_server, code, said, said, said, cell("FINAL(n)"))
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("3", "answered", 5)


def test_a_name_that_is_no_variable_is_a_word(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell("n = 3"), "Paris", "Paris"))
    assert (result["answer"], result["stop_reason"]) == ("Paris", "no_code")
