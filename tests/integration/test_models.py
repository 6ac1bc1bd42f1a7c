"""What models and their providers do wrong, over real HTTP: what is asked again, what fails, and who hears of it."""

import json
import socket
import traceback
from collections import Counter
from typing import Any

import pytest
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM, Budget, ModelError, RLMResult
from langchain_rlm.journal.paid import spending
from langchain_rlm.models import calls
from tests.server.client import ModelServer

KEY = "sk-marker-5f1c9a7e"
ECHO_WORD = {"match": r"^ask (\w+)$", "reply": r"ok \1"}
DIALECTS = ("openai", "gpt5", "vllm", "deepseek", "openrouter", "llamacpp", "anthropic", "gemini")


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def fault(kind: str, **how: Any) -> dict[str, Any]:
    """A fault that hits the prompt `ask <kind>`."""
    return {"kind": kind, "match": f"^ask {kind}$", **how}


def rlm_of(
    server: ModelServer, *replies: str, sub: Any = None, root: Any = None, client: Any = None, **settings: Any
) -> RLM:
    """A scripted root and a sub-model that says `ok word` to `ask word`."""
    models = {
        "root": {"kind": "script", "replies": [*replies], **(root or {})},
        "sub": {"kind": "rules", "rules": [ECHO_WORD], **(sub or {})},
        **settings.pop("models", {}),
    }
    server.configure(models=models)
    root_model, sub_model = (server.chat_model(name, keep_alive=True, **(client or {})) for name in ("root", "sub"))
    return RLM(root_model, sub_model, **{"route": "rlm", **settings})


def ask(rlm: RLM, context: Any = "text") -> RLMResult:
    return rlm.invoke({"question": "What does it say?", "context": context})


def asked_of(server: ModelServer, model: str = "sub") -> Counter[str]:
    """How often each prompt was sent."""
    return Counter(str(entry["messages"][-1]["content"]) for entry in server.log() if entry["model"] == model)


PASSING = ("429", "500", "502", "503", "529", "html", "error_in_200", "reset", "truncated_json", "choices_null",
           "choices_empty", "empty", "stall")  # fmt: skip


def test_faults_that_pass_are_asked_again(model_server: ModelServer) -> None:
    code = f"FINAL(llm_query_batched(['ask ' + word for word in {PASSING}]))"
    sub = {"faults": [fault(kind, first=1) for kind in PASSING]}
    result = ask(rlm_of(model_server, cell(code), sub=sub, client={"timeout": 1}))
    assert result["value"] == [f"ok {kind}" for kind in PASSING]
    assert asked_of(model_server) == {f"ask {kind}": 2 for kind in PASSING}
    assert model_server.stats()["by_fault"] == dict.fromkeys(PASSING, 1)


def test_what_fails_for_good_is_a_failed_answer_of_its_kind_and_its_siblings_are_answered(
    model_server: ModelServer,
) -> None:
    kinds = {
        "401": ("authentication", 1), "quota": ("quota", 1), "too_large_tpm": ("too_large", 1), "413": ("overflow", 1),
        "refusal": ("refused", 1), "content_filter": ("refused", 1), "500": ("server", 4), "empty": ("empty", 4),
    }  # fmt: skip
    words = [*kinds, "fine"]
    code = f"""
out = llm_query_batched(['ask ' + word for word in {words}], on_error='return')
FINAL([x if isinstance(x, str) else x.type for x in out])"""
    result = ask(rlm_of(model_server, cell(code), sub={"faults": [fault(kind) for kind in kinds]}))
    assert result["value"] == [*(kind for kind, _ in kinds.values()), "ok fine"]
    assert asked_of(model_server) == {**{f"ask {word}": n for word, (_, n) in kinds.items()}, "ask fine": 1}
    assert result["usage"]["models"]["sub"]["calls"] >= 1


@pytest.mark.parametrize("kind", ["429", "truncated_json"])
def test_the_root_model_too_is_asked_again(model_server: ModelServer, kind: str) -> None:
    rlm = rlm_of(model_server, cell("FINAL('fine')"), root={"faults": [{"kind": kind, "first": 1}]})
    assert ask(rlm)["answer"] == "fine"
    assert model_server.stats()["by_model"] == {"root": 2}


def test_after_a_429_nothing_is_sent_before_the_time_that_the_provider_named(model_server: ModelServer) -> None:
    slow = {"faults": [fault("429", first=1, retry_after=0.9)]}
    assert ask(rlm_of(model_server, cell("FINAL(llm_query('ask 429'))"), sub=slow))["answer"] == "ok 429"
    first, second = [entry for entry in model_server.log() if entry["model"] == "sub"]
    assert first["end"] is not None
    assert second["start"] - first["end"] >= 0.9


def test_a_provider_that_says_to_come_back_at_once_is_not_asked_the_harder(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.2)
    busy = {"faults": [fault("429", first=3, retry_after=0)]}
    assert ask(rlm_of(model_server, cell("FINAL(llm_query('ask 429'))"), sub=busy))["answer"] == "ok 429"
    asked = [entry["start"] for entry in model_server.log() if entry["model"] == "sub"]
    assert [later - sooner > wait for sooner, later, wait in zip(asked, asked[1:], (0.2, 0.4, 0.8), strict=False)] == [
        True
    ] * 3


def test_the_time_that_a_call_waited_for_its_place_is_on_record(model_server: ModelServer) -> None:
    code = "FINAL(llm_query_batched(['ask ' + word for word in ['one', 'two', 'three']]))"
    result = ask(rlm_of(model_server, cell(code), sub={"latency": 0.2}, max_concurrency=1))
    answers = [entry for entry in result["journal"] if entry["kind"] == "answer"]
    waited = sorted(entry.get("waited", 0.0) for entry in answers)
    assert [wait >= least for wait, least in zip(waited, (0.0, 0.2, 0.4), strict=True)] == [True] * 3
    assert all(entry["seconds"] - entry.get("waited", 0.0) >= 0.19 for entry in answers)


@pytest.mark.parametrize("failing", [{"kind": "429", "retry_after": 20}, {"kind": "500"}], ids=["told to wait", "down"])
def test_a_run_without_the_time_to_ask_its_root_again_ends_with_its_draft(
    model_server: ModelServer, failing: dict[str, Any]
) -> None:
    draft = cell("answer['content'] = llm_query('ask draft')\nprint('drafted')")
    later = {**failing, "match": "^drafted"}
    rlm = rlm_of(model_server, draft, root={"faults": [later]}, budget=Budget(seconds=3))
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"]) == ("ok draft", "budget:seconds")


@pytest.mark.parametrize("kind", ["empty", "refusal"])
def test_what_a_failed_call_cost_is_in_the_journal(model_server: ModelServer, kind: str) -> None:
    code = f"FINAL(llm_query_batched(['ask {kind}', 'ask fine'], on_error='return')[0].type)"
    result = ask(rlm_of(model_server, cell(code), sub={"faults": [fault(kind)]}))
    spent = spending(result["journal"]).calls
    for name in ("input_tokens", "output_tokens"):
        assert sum(usage[name] for _, usage in spent) == result["usage"][name] > 0
    assert sum(usage.get("calls", 1) for _, usage in spent) == result["usage"]["calls"] == (6 if kind == "empty" else 3)


@pytest.mark.parametrize(
    ("kind", "said", "remedy"),
    [
        ("401", "authentication", ". Check its key."),
        ("quota", "quota", ". Look at the account's quota and credit at the provider."),
        ("refusal", "refused", ". Ask in other words, or use another model."),
        ("404", "not_found", ". Check the model's name, its address, and that the account may use it."),
    ],
)
def test_a_root_model_that_cannot_be_used_is_a_model_error_with_what_to_do(
    model_server: ModelServer, kind: str, said: str, remedy: str
) -> None:
    rlm = rlm_of(model_server, "never said", root={"faults": [{"kind": kind}]})
    with pytest.raises(ModelError, match=rf"The root model 'root' cannot be used \({said}\): ") as caught:
        ask(rlm)
    assert str(caught.value).endswith(remedy)
    assert model_server.stats()["requests"] == 1
    assert rlm._registry.trees == {}


@pytest.mark.parametrize("route", ["rlm", "direct"])
def test_a_model_that_nothing_answers_for_is_named_with_its_host_and_no_more_of_its_address(
    monkeypatch: pytest.MonkeyPatch, route: Any
) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.001)
    with socket.socket() as taken:  # bound, and not listened at
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        url = f"http://user-{KEY}:{KEY}@{host}/v1?key={KEY}"
        model = ChatOpenAI(model="m", base_url=url, api_key="no-key-at-all")  # type: ignore[arg-type]
        with pytest.raises(ModelError, match=r"model 'm' cannot be used \(server\): ") as caught:
            ask(RLM(model, route=route))
    assert f"Nothing answered at {host}: check the address" in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_model_that_does_not_answer_in_time_is_named_with_its_host(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "ATTEMPTS", 1)
    rlm = rlm_of(model_server, "never said", root={"faults": [{"kind": "stall"}]}, client={"timeout": 0.2})
    with pytest.raises(ModelError, match=rf"127\.0\.0\.1:{model_server.port} did not answer in time: "):
        ask(rlm)


@pytest.mark.parametrize("given", [{}, {"api_key": "another-key"}], ids=["from the environment", "passed"])
def test_the_variable_of_a_wrong_key_is_named_when_the_key_is_from_it(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model_server.configure(models={"root": {"kind": "echo", "faults": [{"kind": "401"}]}})
    with pytest.raises(ModelError) as caught:
        ask(RLM(ChatOpenAI(model="root", base_url=model_server.url, **given), route="rlm"))
    assert str(caught.value).endswith("Check its key." if given else "the environment variable OPENAI_API_KEY.")


def test_a_failed_sub_query_is_an_exception_with_its_kind_in_the_cell(model_server: ModelServer) -> None:
    code = "llm_query('ask a')\ntry:\n    llm_query('ask 401')\nexcept RuntimeError as error:\n    FINAL(str(error))"
    answer = ask(rlm_of(model_server, cell(code), sub={"faults": [fault("401")]}))["answer"]
    assert answer.startswith("sub-query failed (authentication)")


def test_an_answer_that_was_cut_off_is_continued_and_stitched(model_server: ModelServer) -> None:
    rules = [
        {"match": "^Tell it all$", "reply": {"content": "the first half,", "finish_reason": "length"}},
        {"match": "^Your reply was cut off", "reply": " the second half"},
    ]
    result = ask(rlm_of(model_server, cell("FINAL(llm_query('Tell it all'))"), sub={"rules": rules}))
    assert result["answer"] == "the first half, the second half"
    assert result["usage"]["models"]["sub"]["calls"] == 2


def test_an_answer_that_never_ends_is_a_failure_and_no_half_answer(model_server: ModelServer) -> None:
    code = "x = llm_query_batched(['Tell it all'], on_error='return')[0]\nFINAL([x.type, x.message])"
    endless = {"kind": "rules", "default": {"content": "and on ", "finish_reason": "length"}}
    kind, message = ask(rlm_of(model_server, cell(code), sub=endless))["value"]
    assert kind == "cut_off"
    assert "ask for less" in message


def test_an_answer_that_is_one_line_again_and_again_is_not_continued(model_server: ModelServer) -> None:
    code = "x = llm_query_batched(['Tell it all'], on_error='return')[0]\nFINAL([x.type, x.message])"
    content = "- The mill has a wheel.\n" * 12 + "- The"
    result = ask(rlm_of(model_server, cell(code), sub={"default": {"content": content, "finish_reason": "length"}}))
    kind, message = result["value"]
    assert kind == "cut_off"
    assert "ends with one line 12 times: ask for less" in message
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 1}


def test_a_prompt_over_the_window_is_an_overflow_in_every_dialect(model_server: ModelServer) -> None:
    code = f"""
kinds = {{}}
for name in {DIALECTS}:
    try:
        kinds[name] = llm_query('word ' * 4000, model=name)
    except ValueError as error:
        kinds[name] = str(error).split(':')[0]
FINAL(kinds)"""
    small = {name: {"kind": "echo", "window": 500, "dialect": name} for name in DIALECTS}
    named = {name: model_server.chat_model(name, keep_alive=True) for name in DIALECTS}
    value = ask(rlm_of(model_server, cell(code), models=small, sub_models=named))["value"]
    assert value == dict.fromkeys(DIALECTS, "sub-query failed (overflow)")
    assert model_server.stats()["by_model"] == {"root": 1, **dict.fromkeys(DIALECTS, 1)}


def test_a_cell_may_ask_in_smaller_parts_after_an_overflow(model_server: ModelServer) -> None:
    code = """
def ask(text):
    try:
        return llm_query(text)
    except ValueError:
        half = len(text) // 2
        return ask(text[:half]) + ask(text[half:])
FINAL(ask('word ' * 2000).count('echo'))"""
    assert ask(rlm_of(model_server, cell(code), sub={"kind": "echo", "rules": [], "window": 1000}))["value"] == 4


def test_a_direct_call_over_the_window_goes_on_as_rlm(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell("FINAL(len(context))"), root={"window": 4000}, route="auto")
    result = ask(rlm, "word " * 8000)
    assert (result["value"], result["stop_reason"], result["turns"]) == (40_000, "answered", 1)


def test_a_conversation_over_the_window_is_folded_and_goes_on(model_server: ModelServer) -> None:
    replies = [cell(f"print({turn}, 'seen ' * 1000)") for turn in range(7)]
    result = ask(rlm_of(model_server, *replies, cell("FINAL('done')"), root={"window": 9000}))
    assert (result["answer"], result["turns"]) == ("done", 8)
    assert "older output" in str(model_server.log()[-1]["messages"])


def test_calls_without_usage_are_estimated_and_marked(model_server: ModelServer) -> None:
    code = "FINAL(llm_query('ask this') + llm_query('ask no_usage'))"
    usage = ask(rlm_of(model_server, cell(code), sub={"faults": [fault("no_usage")]}))["usage"]
    assert usage["models"]["sub"]["estimated_calls"] == usage["estimated_calls"] == 1
    counted = [entry["usage"] for entry in model_server.log() if entry["model"] == "sub"]
    assert usage["models"]["sub"]["calls"] == len(counted) == 2
    assert usage["models"]["sub"]["input_tokens"] > sum(given["prompt_tokens"] for given in counted if given)


def test_a_cell_chooses_among_the_named_sub_models(model_server: ModelServer) -> None:
    code = "FINAL([llm_query('ask a'), llm_query('ask b', model='large'), llm_query_batched(['ask c'], model='large')])"
    large = model_server.chat_model("big-1", keep_alive=True)
    models = {"big-1": {"kind": "rules", "default": "large answer"}}
    result = ask(rlm_of(model_server, cell(code), models=models, sub_models={"large": large}))
    assert result["value"] == ["ok a", "large answer", ["large answer"]]
    assert result["usage"]["models"]["big-1"]["calls"] == 2
    assert "large" in model_server.log()[0]["messages"][1]["content"]


def test_an_unknown_sub_model_is_an_exception_that_names_the_known_ones(model_server: ModelServer) -> None:
    code = "try:\n    llm_query('ask a', model='huge')\nexcept ValueError as error:\n    FINAL(str(error))"
    named = {"large": model_server.chat_model("sub")}
    answer = ask(rlm_of(model_server, cell(code), sub_models=named))["answer"]
    assert "no sub-model 'huge'. Known: large." in answer
    assert model_server.stats()["by_model"] == {"root": 1}


BATCH = "out = llm_query_batched(['ask one', 'ask 401', 'ask three'])\nFINAL(out)"
AGAIN = f"try:\n    llm_query_batched(['ask one', 'ask 401', 'ask three'])\nexcept RuntimeError:\n    pass\n{BATCH}"


@pytest.mark.parametrize(("replies", "turns"), [((cell(BATCH),), 2), ((cell(AGAIN),), 1)], ids=["next cell", "same"])
def test_the_same_batch_asked_again_pays_only_for_what_failed(
    model_server: ModelServer, replies: tuple[str, ...], turns: int
) -> None:
    result = ask(rlm_of(model_server, *replies, sub={"faults": [fault("401", first=1)]}))
    assert (result["value"], result["turns"]) == (["ok one", "ok 401", "ok three"], turns)
    assert asked_of(model_server) == {"ask one": 1, "ask 401": 2, "ask three": 1}
    assert result["usage"]["models"]["sub"]["calls"] == 3


def test_the_same_question_asked_twice_on_purpose_is_asked_twice(model_server: ModelServer) -> None:
    code = "FINAL(llm_query_batched(['ask vote', 'ask vote']) + [llm_query('ask vote')])"
    assert ask(rlm_of(model_server, cell(code)))["value"] == ["ok vote"] * 3
    assert asked_of(model_server) == {"ask vote": 3}


def test_no_key_gets_into_the_journal_the_events_or_an_error(model_server: ModelServer) -> None:
    code = "try:\n    llm_query('ask a')\nexcept RuntimeError as error:\n    FINAL(str(error))"
    rlm = rlm_of(model_server, cell(code), sub={"key": "another"}, root={"key": KEY}, client={"api_key": KEY})
    events: list[Any] = []
    with pytest.raises(ModelError, match=r"sub-model 'sub' cannot be used \(authentication") as caught:
        events.extend(rlm.stream({"question": "Why?", "context": "text"}, stream_mode=["custom", "updates", "values"]))
    assert "authentication" in json.dumps(events, default=repr)
    assert KEY not in json.dumps(events, default=repr) + str(caught.value) + json.dumps(caught.value.journal)
    assert KEY not in repr(rlm)
    locked_out = rlm_of(model_server, "never said", root={"key": "another"}, client={"api_key": KEY})
    with pytest.raises(ModelError, match="authentication") as caught:
        ask(locked_out)
    assert KEY not in str(caught.value)
