"""What calls cost over real HTTP: prices by kind of token, limits that hold, models without a price, bad counts."""

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from langchain_rlm import RLM, Budget, InputError, ReplayChatModel, load_journal, save_journal
from tests import forked
from tests.server.client import ModelServer

PRICED, UNPRICED = "gpt-5", "a-model-of-our-own"
OWN = {UNPRICED: {"input": 10.0, "output": 100.0, "cached": 1.0}}
THREAD: Any = {"configurable": {"thread_id": "1"}}
ASKED: Any = {"question": "What?", "context": "text"}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


END = cell("FINAL('done')")


def counted(tokens_in: Any, tokens_out: Any = 9, **details: Any) -> dict[str, Any]:
    total = tokens_in + tokens_out if isinstance(tokens_in, int) else None
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": total, **details}


def reply(usage: Any, content: str = END, **more: Any) -> dict[str, Any]:
    return {"content": content, "usage": usage, **more}


def rlm_of(server: ModelServer, *replies: Any, root: str = PRICED, sub: str | None = None, **settings: Any) -> RLM:
    """A scripted root model; a sub-model that echoes."""
    models: dict[str, Any] = {root: {"kind": "script", "replies": [*replies]}}
    if sub is not None:
        models[sub] = {"kind": "echo"}
    server.configure(models=models)
    clients = [server.chat_model(name, keep_alive=True) for name in models]
    return RLM(*clients, **{"route": "rlm", **settings})


# -- kinds of tokens --------------------------------------------------------------------------------------------------


def test_cached_tokens_cost_their_own_price_and_are_in_the_usage(model_server: ModelServer, tmp_path: Path) -> None:
    usage = counted(10_000, 90, prompt_tokens_details={"cached_tokens": 9_900},
                    completion_tokens_details={"reasoning_tokens": 80})  # fmt: skip
    result = rlm_of(model_server, reply(usage)).invoke(ASKED)
    # openai.com/api/pricing: $1.25 a million tokens in, $0.125 from the cache, $10 out
    cost = pytest.approx((100 * 1.25 + 9_900 * 0.125 + 90 * 10) / 1e6)
    kinds = {"cache_read_tokens": 9_900, "reasoning_tokens": 80}
    expected = {"calls": 1, "input_tokens": 10_000, "output_tokens": 90, "cost": cost, "estimated_calls": 0, **kinds}
    assert result["usage"]["models"] == {PRICED: expected}
    assert {name: result["usage"].get(name) for name in expected} == expected
    assert [entry["usage"] for entry in result["journal"] if entry["kind"] == "reply"] == [expected]
    save_journal(result, tmp_path / "run.jsonl")
    assert load_journal(tmp_path / "run.jsonl").usage == result["usage"]
    replayed = RLM(ReplayChatModel.from_journal(tmp_path / "run.jsonl"), route="rlm").invoke(ASKED)
    assert replayed["usage"]["models"] == {"replay": {**expected, "cost": 0.0}}


def test_a_provider_that_leaves_cached_tokens_out_of_its_count_costs_the_same(model_server: ModelServer) -> None:
    usage = counted(100, 9, prompt_tokens_details={"cached_tokens": 9_900})
    result = rlm_of(model_server, reply(usage)).invoke(ASKED)
    assert result["usage"]["input_tokens"] == 10_000
    assert result["usage"]["cost"] == pytest.approx((100 * 1.25 + 9_900 * 0.125 + 9 * 10) / 1e6)


def test_own_prices_hold_by_kind_and_win(model_server: ModelServer) -> None:
    usage = counted(1_000, 10, prompt_tokens_details={"cached_tokens": 900})
    for name in (UNPRICED, PRICED):
        result = rlm_of(model_server, reply(usage), root=name, prices={name: OWN[UNPRICED]}).invoke(ASKED)
        assert result["usage"]["cost"] == pytest.approx((100 * 10 + 900 * 1 + 10 * 100) / 1e6)
        assert result["usage"]["unpriced_models"] == []


def test_a_limit_holds_with_own_prices(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, reply(counted(1_000), cell("print(1)")), root=UNPRICED, prices=OWN,
                 budget=Budget(cost=0.06))  # fmt: skip
    result = rlm.invoke(ASKED)
    assert result["stop_reason"] == "budget:cost"
    assert 0.02 < (result["usage"]["cost"] or 0) <= 0.06


# -- models without a price -------------------------------------------------------------------------------------------


def test_a_limit_that_was_set_is_refused_when_no_model_has_a_price() -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model=UNPRICED, api_key="none")  # type: ignore[arg-type]  # a str is taken too
    for limit in (0.0001, 2.0):
        with pytest.raises(InputError, match=rf"Budget\(cost={limit:g}\) cannot hold: no price is known for a-model-of"
                           r".*prices={'a-model-of-our-own': .*Budget\(cost=None\)"):  # fmt: skip
            RLM(model, budget=Budget(cost=limit))
    free: Any = {UNPRICED: {"input": 0, "output": 0}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RLM(model, budget=Budget(cost=0.0001), prices=free)
        RLM(model, budget=Budget(cost=None))
        RLM("offline", budget=Budget(cost=0.0001))


def test_the_default_limit_warns_once_of_each_model_that_it_leaves_out(model_server: ModelServer) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("default")
        made = [rlm_of(model_server, cell("FINAL(llm_query('x'))"), root=UNPRICED, sub="another") for _ in range(3)]
    result = made[-1].invoke(ASKED)
    said = [str(warning.message) for warning in warned]
    assert len(said) == 2
    assert all(f"no price is known for {name}. Pass prices={{'{name}'" in one
               for name, one in zip((UNPRICED, "another"), said, strict=True))  # fmt: skip
    assert (result["usage"]["cost"], result["usage"]["unpriced_models"]) == (None, [UNPRICED, "another"])


def test_a_limit_holds_for_what_is_priced_and_warns_of_the_rest(model_server: ModelServer) -> None:
    with pytest.warns(UserWarning, match=r"Budget\(cost=0.01\) does not limit every call: .* for a-model-of-our-own"):
        rlm = rlm_of(model_server, cell("for i in range(99): llm_query('word ' * 300)"), root=UNPRICED, sub=PRICED,
                     budget=Budget(cost=0.01))  # fmt: skip
    result = rlm.invoke(ASKED)
    assert 0 < (result["usage"]["cost"] or 0) <= 0.01
    assert result["usage"]["unpriced_models"] == [UNPRICED]
    assert model_server.stats()["by_model"][PRICED] < 20


def test_a_model_of_ollama_has_no_price_and_no_warning() -> None:
    ollama = pytest.importorskip("langchain_ollama").ChatOllama(model="deepseek-r1:8b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RLM(ollama)
    with pytest.raises(InputError, match="no price is known for deepseek-r1:8b"):
        RLM(ollama, budget=Budget(cost=1.0))


def test_an_unknown_price_asks_and_a_limit_in_dollars_approves_none_of_it(model_server: ModelServer) -> None:
    code = cell("FINAL([str(x) for x in llm_query_batched(['a', 'b'], on_error='return')])")
    settings: Any = {"budget": Budget(confirm_above=100.0), "checkpointer": InMemorySaver()}
    rlm = rlm_of(model_server, code, sub=UNPRICED, **settings)
    (asked,) = rlm.invoke(ASKED, THREAD)["__interrupt__"]
    assert (asked.value["cost"], asked.value["unpriced_models"], asked.value["calls"]) == (None, [UNPRICED], 2)
    result = rlm.invoke(Command(resume={"limit": 5.0}), THREAD)
    assert "the quote of an unknown amount (no price is known for a-model-of-our-own) for 2" in result["answer"]
    assert UNPRICED not in model_server.stats()["by_model"]
    rlm = rlm_of(model_server, code, sub=UNPRICED, prices={UNPRICED: {"input": 0, "output": 0}}, **settings)
    assert rlm.invoke(ASKED, {"configurable": {"thread_id": "2"}})["stop_reason"] == "answered"


# -- counts that are none ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", ["many", -50_000, None, -0.5, 10**30])
def test_what_is_no_count_is_estimated_and_never_gives_budget_back(model_server: ModelServer, count: Any) -> None:
    rlm = rlm_of(model_server, reply(counted(count, count), cell("print('word ' * 500)")), budget=Budget(tokens=9_000))
    result = rlm.invoke(ASKED)
    assert result["stop_reason"] == "budget:tokens"
    usage = result["usage"]
    assert usage["estimated_calls"] == usage["calls"] == model_server.stats()["requests"] > 2
    assert 3_000 < usage["input_tokens"] + usage["output_tokens"] <= 9_000


def test_details_that_are_no_counts_cost_nothing(model_server: ModelServer) -> None:
    usage = counted(1_000, 9, prompt_tokens_details={"cached_tokens": -5_000})
    result = rlm_of(model_server, reply(usage)).invoke(ASKED)
    assert result["usage"]["cost"] == pytest.approx((1_000 * 1.25 + 9 * 10) / 1e6)
    assert "cache_read_tokens" not in result["usage"]


def test_64_long_answers_at_once_stay_within_the_budget(model_server: ModelServer) -> None:
    code = "FINAL(len(llm_query_batched([f'Write {i}' for i in range(64)], on_error='return')))"
    rlm = rlm_of(model_server, cell(code), sub="sub", max_concurrency=64, budget=Budget(tokens=100_000, cost=None))
    long = {"match": "^Write", "reply": {"content": "word " * 24_000}}
    model_server.configure(models={PRICED: {"kind": "script", "replies": [cell(code)]},
                                   "sub": {"kind": "rules", "rules": [long]}})  # fmt: skip
    result = rlm.invoke(ASKED)
    used = [entry["usage"]["total_tokens"] for entry in model_server.log() if entry["usage"]]
    assert result["value"] == 64
    assert 50_000 < sum(used) <= 110_000
    assert all(entry["request"]["max_completion_tokens"] > 0 for entry in model_server.log())


# -- failures ---------------------------------------------------------------------------------------------------------


def test_what_was_paid_for_failures_is_in_the_usage(model_server: ModelServer) -> None:
    error = {"status": 500, "body": {"error": {"message": "no"}, "usage": counted(500, 30)}, "times": 1}
    result = rlm_of(model_server, error, reply(counted(1_000, 400), "", times=1), reply(counted(1_000, 9))).invoke(
        ASKED
    )
    usage = result["usage"]
    assert (usage["calls"], usage["input_tokens"], usage["output_tokens"]) == (3, 2_500, 439)
    assert usage["cost"] == pytest.approx((2_500 * 1.25 + 439 * 10) / 1e6)


# -- estimates --------------------------------------------------------------------------------------------------------


def test_later_estimates_are_learnt_from_counted_calls(model_server: ModelServer) -> None:
    """A provider whose tokens are short counts twice as many; the calls that it does not count are estimated so."""
    text = "word " * 8_000
    code = "llm_query('count ' + context)\nllm_query('skip ' + context)\nFINAL('done')"
    rules = [
        {"match": "^count", "reply": {"content": "yes", "usage": counted(20_000, 1)}},
        {"match": "^skip", "reply": {"content": "yes", "usage": None}},
    ]
    rlm = rlm_of(model_server, cell(code), sub="sub")
    model_server.configure(models={PRICED: {"kind": "script", "replies": [cell(code)]},
                                   "sub": {"kind": "rules", "rules": rules}})  # fmt: skip
    usage = rlm.invoke({"question": "What?", "context": text})["usage"]
    assert usage["models"]["sub"]["estimated_calls"] == 1
    assert usage["models"]["sub"]["input_tokens"] - 20_000 == pytest.approx(20_000, rel=0.1)


# -- the command line -------------------------------------------------------------------------------------------------


def ask(server: ModelServer, folder: Path, *arguments: str) -> Any:
    server.configure(models={UNPRICED: {"kind": "script", "replies": [reply(counted(1_000, 10))]}})
    (folder / "text.txt").write_text("words")
    env = {**os.environ, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": server.url}
    command = ("ask", "text.txt", "-q", "What?", "--route", "rlm", "--model", f"openai:{UNPRICED}", *arguments)
    return forked.run(*command, env=env, cwd=folder, timeout=60)


def test_the_command_takes_prices_and_says_what_has_none(model_server: ModelServer, tmp_path: Path) -> None:
    unpriced = ask(model_server, tmp_path)
    assert unpriced.stderr.splitlines()[-1].count(f"no price is known for {UNPRICED}") == 1
    priced = ask(model_server, tmp_path, "--prices", json.dumps(OWN), "--budget", "cost=1", "--json")
    assert json.loads(priced.stdout)["usage"]["cost"] == pytest.approx((1_000 * 10 + 10 * 100) / 1e6)
    assert "$0.0110" in priced.stderr
    refused = ask(model_server, tmp_path, "--budget", "cost=1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "cannot hold: no price is known for a-model-of-our-own" in refused.stderr


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ("{", "this is not JSON"),
        ("3", "prices 3: pass dollars"),
        ('{"m": {"input": -1, "output": 1}}', "prices['m']={'input': -1, 'output': 1}: use"),
    ],
)
def test_prices_that_are_none_are_wrong_use(model_server: ModelServer, tmp_path: Path, prices: str, said: str) -> None:
    done = ask(model_server, tmp_path, "--prices", prices)
    assert done.returncode == 2
    assert said in done.stderr
