"""The failures of sixteen providers over real HTTP, each through the client that its users have.

The table is in `tests/providers/failures.py`: what a provider answers -> what kind it is, how often it was asked, what
is said. What an RLM makes of such answers is here too.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel

from langchain_rlm import RLM, Budget, ModelError
from langchain_rlm.models import calls
from langchain_rlm.models.failures import Failure
from tests.providers.asking import Asking
from tests.providers.clients import CLIENTS, model_of
from tests.providers.failures import PROVIDERS, ROWS, Row, openai
from tests.server.client import ModelServer


def rlm_of(
    server: ModelServer, code: str, models: dict[str, Any], subs: dict[str, BaseChatModel], **settings: Any
) -> RLM:
    root = {"kind": "script", "replies": [f"```repl\n{code}\n```"]}
    server.configure(models={"root": root, **models})
    return RLM(model_of(server, "openai", "root"), sub_models=subs, route="rlm", **settings)


def ask(rlm: RLM) -> Any:
    return rlm.invoke({"question": "What does it say?", "context": "text"})["value"]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[tuple[str, str], tuple[Failure, int]]]:
    """Every row asked, all at once: its failure, and how often it was asked."""
    rules: dict[str, list[Any]] = {name: [] for name in PROVIDERS}
    for row in ROWS:
        reply = {"status": row.status, "body": row.body, "headers": row.headers}
        rules[row.provider].append({"match": f"^{re.escape(row.name)}$", "reply": reply})
    models = {name: {"kind": "rules", "rules": found} for name, found in rules.items()}
    with pytest.MonkeyPatch.context() as patch, ModelServer(models=models) as server:
        patch.setattr(calls, "BACKOFF", 0.001)
        failures = asyncio.run(Asking(server).failures([(row.provider, row.name) for row in ROWS]))
        asked = Counter((entry["model"], last_text(entry["messages"])) for entry in server.log())
        yield {key: (failure, asked[key]) for key, failure in failures.items()}


def last_text(messages: Any) -> str:
    content = messages[-1]["content"]
    return content if isinstance(content, str) else content[-1]["text"]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.provider}-{row.name}" for row in ROWS])
def test_a_failure_has_its_kind_is_retried_where_that_helps_and_says_what_fits(
    outcomes: dict[tuple[str, str], tuple[Failure, int]], row: Row
) -> None:
    failure, asked = outcomes[row.provider, row.name]
    assert (failure.kind, asked) == (row.kind, row.asked), failure.message
    assert re.search(row.says, failure.message)
    if row.fits is not None:
        assert f"send at most about {row.fits:,} characters" in failure.message
    if row.kind == "rate_limit" and row.asked == 1:
        assert "not waited for" in failure.message


UNWEIGHED = {"responses", "anthropic", "gemini", "bedrock", "mistral", "groq"}
"""Those whose clients have no names for log probabilities, or not of this kind."""


@pytest.mark.parametrize("provider", CLIENTS)
def test_every_client_answers_where_log_probabilities_are_wanted(model_server: ModelServer, provider: str) -> None:
    weighed = {"content": "Yes.", "logprobs": {"Yes": -0.1054, "No": -2.3026}}
    models = {provider: {"kind": "rules", "rules": [{"match": "dog", "reply": weighed}], "default": "?"}}
    code = "FINAL(llm_map(['a dog'], 'Is this an animal?', ['yes', 'no'], model='sub', weigh=True))"
    rlm = rlm_of(model_server, code, models, {"sub": model_of(model_server, provider)}, budget=Budget(cost=None))
    [(label, share)] = ask(rlm)
    assert label == "yes"
    asked = [entry["request"].get("logprobs") for entry in model_server.log() if entry["model"] == provider]
    assert asked[0] is (None if provider in UNWEIGHED else True)
    assert provider in UNWEIGHED or round(share, 2) == 0.9


@pytest.mark.parametrize("provider", CLIENTS)
def test_each_provider_has_a_row_for_what_its_users_meet(provider: str) -> None:
    kinds = {row.kind for row in ROWS if row.provider == provider}
    hosted = provider not in {"vllm", "llamacpp", "ollama"}
    assert kinds >= {"overflow", "rate_limit", "authentication", "not_found", *(["quota"] if hosted else [])}
    assert json.dumps([row._asdict() for row in ROWS])


@pytest.mark.parametrize("provider", ["openai", "responses", "anthropic", "gemini"])
class TestAnswers:
    """What comes with status 200, in each of the four wire formats."""

    def test_an_answer_cut_off_is_continued_and_stitched_and_its_tokens_are_counted(
        self, model_server: ModelServer, provider: str
    ) -> None:
        rules = [
            {"match": "^Tell it all$", "reply": {"content": "the first half,", "finish_reason": "length"}},
            {"match": "^Your reply was cut off", "reply": " the second half"},
        ]
        subs = {"sub": model_of(model_server, provider, "sub")}
        code = "FINAL(llm_query('Tell it all', model='sub'))"
        rlm = rlm_of(model_server, code, {"sub": {"kind": "rules", "rules": rules}}, subs)
        result = rlm.invoke({"question": "What?", "context": "text"})
        assert result["answer"] == "the first half, the second half"
        assert result["usage"]["models"]["sub"]["estimated_calls"] == 0
        assert result["usage"]["models"]["sub"]["calls"] == 2

    def test_nothing_more_to_say_after_a_cut_is_no_failure(self, model_server: ModelServer, provider: str) -> None:
        rules = [
            {"match": "^Tell it all$", "reply": {"content": "all of it", "finish_reason": "length"}},
            {"match": "^Your reply was cut off", "reply": ""},
        ]
        subs = {"sub": model_of(model_server, provider, "sub")}
        code = "FINAL(llm_query('Tell it all', model='sub'))"
        assert ask(rlm_of(model_server, code, {"sub": {"kind": "rules", "rules": rules}}, subs)) == "all of it"
        assert model_server.stats()["by_model"]["sub"] == 2

    def test_what_the_provider_filters_is_refused_and_asked_once(
        self, model_server: ModelServer, provider: str
    ) -> None:
        filtered = {"kind": "rules", "default": {"content": "", "finish_reason": "content_filter"}}
        code = "FINAL(llm_query_batched(['a'], model='sub', on_error='return')[0].type)"
        subs = {"sub": model_of(model_server, provider, "sub")}
        assert ask(rlm_of(model_server, code, {"sub": filtered}, subs)) == "refused"
        assert model_server.stats()["by_model"]["sub"] == 1

    def test_one_model_serves_runs_one_after_the_other(self, model_server: ModelServer, provider: str) -> None:
        code = "FINAL(llm_query('hello', model='sub'))"
        subs = {"sub": model_of(model_server, provider, "sub")}
        rlm = rlm_of(model_server, code, {"sub": {"kind": "echo"}}, subs)
        for _ in range(3):
            assert ask(rlm) == "echo: hello (5 characters)"


def test_a_refusal_of_the_responses_api_is_one(model_server: ModelServer) -> None:
    code = "out = llm_query_batched(['a'], model='sub', on_error='return')[0]\nFINAL([out.type, out.message])"
    subs = {"sub": model_of(model_server, "responses", "sub")}
    refusing = {"kind": "rules", "default": {"refusal": "I will not."}}
    kind, message = ask(rlm_of(model_server, code, {"sub": refusing}, subs))
    assert kind == "refused"
    assert "I will not." in message
    assert model_server.stats()["by_model"]["sub"] == 1


def test_an_answer_that_the_provider_broke_off_is_asked_for_again(model_server: ModelServer) -> None:
    replies = [{"content": "half", "finish_reason": "insufficient_system_resource", "times": 1}, "whole"]
    subs = {"sub": model_of(model_server, "deepseek", "sub")}
    code = "FINAL(llm_query('a', model='sub'))"
    assert ask(rlm_of(model_server, code, {"sub": {"kind": "script", "replies": replies}}, subs)) == "whole"


class TestPromptsCutWithoutAWord:
    """Ollama answers from the part of a prompt that fits, and counts that part."""

    @staticmethod
    def run(server: ModelServer, code: str, **sub: Any) -> Any:
        subs = {"sub": model_of(server, "openai", "sub")}  # Ollama has such an address too
        small = {"kind": "echo", "window": 4096, "dialect": "ollama", **sub}
        return rlm_of(server, code, {"sub": small}, subs).invoke({"question": "What?", "context": "text"})

    def test_the_same_count_for_prompts_of_three_sizes_is_noted_in_the_usage(self, model_server: ModelServer) -> None:
        code = "FINAL([llm_query(f'{n} words ' * n * 5_000, model='sub')[:4] for n in (1, 2, 3)])"
        result = self.run(model_server, code)
        assert result["value"] == ["echo"] * 3
        assert result["usage"]["models"]["sub"]["suspected_window"] == 4096

    def test_one_count_or_the_same_size_again_is_no_sign(self, model_server: ModelServer) -> None:
        code = "FINAL([llm_query(f'{n} words ' * 5_000, model='sub')[:4] for n in (1, 2, 3, 1)])"
        result = self.run(model_server, code)
        assert result["value"] == ["echo"] * 4
        assert "suspected_window" not in result["usage"]["models"]["sub"]

    def test_an_empty_answer_to_such_a_prompt_is_an_overflow_that_says_what_fits(
        self, model_server: ModelServer
    ) -> None:
        code = """
for n in (1, 2):
    llm_query(f'{n} words ' * n * 5_000, model='sub')
x = llm_query_batched(['silent ' * 20_000], model='sub', on_error='return')[0]
FINAL([x.type, x.message])"""
        kind, message = self.run(model_server, code, faults=[{"kind": "empty", "match": "silent"}])["value"]
        assert kind == "overflow"
        assert "at most about 12,288 characters" in message
        assert model_server.stats()["by_model"]["sub"] == 3


def test_a_prompt_over_a_known_window_is_not_sent_and_the_code_may_use_the_size_it_is_told(
    model_server: ModelServer,
) -> None:
    code = """
import re
try:
    llm_query('word ' * 2000)
except ValueError as error:
    most = int(re.search(r'at most about ([0-9,]+) characters', str(error)).group(1).replace(',', ''))
    FINAL(llm_query(('word ' * 2000)[:most])[-19:])"""
    model_server.configure(models={"root": {"kind": "script", "replies": [f"```repl\n{code}\n```"]}, "sub": {}})
    sub = model_of(model_server, "openai", "sub")
    rlm = RLM(model_of(model_server, "openai", "root"), sub, route="rlm", sub_model_window=1_000)
    assert ask(rlm).endswith("(3000 characters)")
    assert model_server.stats()["by_model"]["sub"] == 1


@pytest.mark.parametrize("text", ["'-' * 40_000", "'|' + ' ' * 20_000", "'漢' * 2_000"])
def test_what_may_fit_a_known_window_is_for_the_provider_to_judge(model_server: ModelServer, text: str) -> None:
    """Rules and blanks are few tokens, and so may Chinese be."""
    models = {"root": {"kind": "script", "replies": [f"```repl\nFINAL(llm_query({text})[:4])\n```"]}, "sub": {}}
    model_server.configure(models=models)
    sub = model_of(model_server, "openai", "sub")
    assert ask(RLM(model_of(model_server, "openai", "root"), sub, route="rlm", sub_model_window=1_000)) == "echo"


@pytest.mark.parametrize("counted", [{"prompt_tokens": 1}, {"prompt_tokens": 1_100}])
def test_counts_without_what_came_from_a_cache_end_no_run_and_name_no_window(
    model_server: ModelServer, counted: dict[str, int]
) -> None:
    usage = {"completion_tokens": 9, "total_tokens": sum(counted.values()) + 9, **counted}
    codes = [*["print(context[:4_000])"] * 5, "FINAL('42')"]
    replies = [{"content": f"```repl\n{code}\n```", "usage": usage} for code in codes]
    model_server.configure(models={"root": {"kind": "script", "replies": replies}})
    rlm = RLM(model_of(model_server, "openai", "root"), route="rlm")
    result = rlm.invoke({"question": "What does it say?", "context": "the quick brown fox " * 2_000})
    assert (result["answer"], result["turns"]) == ("42", 6)
    assert "suspected_window" not in result["usage"]["models"]["root"]


class TestStrictServers:
    """Chat templates that know two roles in turns, as of Mistral and Gemma."""

    REFUSED = openai("System role not supported", None)

    def test_the_roles_of_every_request_alternate_on_the_last_turn_too(self, model_server: ModelServer) -> None:
        replies = ["```repl\nprint(1)\n```", "only words", "```repl\nFINAL('best')\n```"]
        model_server.configure(models={"root": {"kind": "script", "replies": replies}})
        rlm = RLM(model_of(model_server, "openai", "root"), route="rlm", budget=Budget(turns=3))
        result = rlm.invoke({"question": "What does it say?", "context": "text"})
        assert (result["answer"], result["stop_reason"]) == ("best", "budget:turns")
        asked = [[message["role"] for message in entry["messages"]] for entry in model_server.log()]
        assert asked == [["system", "user", *["assistant", "user"] * turn] for turn in range(3)]

    def test_a_system_message_that_is_refused_begins_the_users_from_then_on(self, model_server: ModelServer) -> None:
        cells = [f"```repl\n{code}\n```" for code in ("print('seen')", "FINAL('42')")]
        rules = [{"match": "^You answer", "reply": cells[0]}, {"match": "^seen", "reply": cells[1]}]
        default = {"status": 400, "body": self.REFUSED}
        model_server.configure(models={"root": {"kind": "rules", "rules": rules, "default": default}})
        rlm = RLM(model_of(model_server, "openai", "root"), route="rlm")
        result = rlm.invoke({"question": "What does it say?", "context": "text"})
        assert (result["answer"], result["turns"]) == ("42", 2)
        asked = [[message["role"] for message in entry["messages"]] for entry in model_server.log()]
        assert asked == [["system", "user"], ["user"], ["user", "assistant", "user"]]

    def test_a_server_that_refuses_either_way_is_asked_twice(self, model_server: ModelServer) -> None:
        default = {"status": 400, "body": self.REFUSED}
        model_server.configure(models={"root": {"kind": "rules", "default": default}})
        with pytest.raises(ModelError, match="System role not supported"):
            ask(RLM(model_of(model_server, "openai", "root"), route="rlm"))
        assert model_server.stats()["requests"] == 2


class TestRateLimits:
    def test_the_whole_tree_holds_back_until_the_time_the_provider_named(self, model_server: ModelServer) -> None:
        """By the server's clock: nothing comes between the end of the 429 and the time it named."""
        wait = 0.8
        code = "FINAL(len(llm_query_batched(['the same'] * 6)))"
        sub = {"kind": "echo", "faults": [{"kind": "429", "first": 1, "retry_after": wait}]}
        model_server.configure(models={"root": {"kind": "script", "replies": [f"```repl\n{code}\n```"]}, "sub": sub})
        rlm = RLM(
            model_of(model_server, "openai", "root"), model_of(model_server, "openai", "sub"), route="rlm",
            max_concurrency=1,
        )  # fmt: skip
        assert ask(rlm) == 6
        asked = [entry for entry in model_server.log() if entry["model"] == "sub"]
        assert [entry["status"] for entry in asked] == [429] + [200] * 6
        assert asked[0]["end"] is not None
        assert asked[1]["start"] - asked[0]["end"] >= wait

    def test_a_wait_longer_than_a_run_can_wait_fails_the_calls_after_it_unsent(self, model_server: ModelServer) -> None:
        faults = [{"kind": "429", "retry_after": 3600}]
        code = """
kinds = []
for n in range(3):
    x = llm_query_batched([f'ask {n} {kinds}'], model='sub', on_error='return')[0]
    kinds.append([x.type, 'not waited for' in x.message])
FINAL([kinds, llm_query('still there', model='other')])"""
        subs = {name: model_of(model_server, "openai", name) for name in ("sub", "other")}
        models = {"sub": {"kind": "echo", "faults": faults}, "other": {"kind": "echo"}}
        kinds, other = ask(rlm_of(model_server, code, models, subs))
        assert kinds == [["rate_limit", True]] * 3
        assert "still there" in other
        assert model_server.stats()["by_model"] == {"root": 1, "sub": 1, "other": 1}

    def test_many_calls_behind_one_limit_are_all_answered_in_the_end(self, model_server: ModelServer) -> None:
        """More refusals of one call than other failures are forgiven."""
        faults = [{"kind": "429", "first": 5, "retry_after": 0.02}]
        code = "FINAL(len(llm_query_batched(['ask ' + str(n) for n in range(5)], model='sub')))"
        subs = {"sub": model_of(model_server, "openai", "sub")}
        assert ask(rlm_of(model_server, code, {"sub": {"kind": "echo", "faults": faults}}, subs)) == 5
        assert model_server.stats()["by_model"]["sub"] == 30
