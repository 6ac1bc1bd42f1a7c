"""Keys and headers stay with the client: a provider that says them back is not repeated anywhere."""

import json
import logging
import traceback
from typing import Any
from urllib.parse import quote

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatResult
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from langchain_rlm import RLM, ModelError, RLMInput
from langchain_rlm.models.resolve import secrets_of
from tests.server.client import ModelServer

KEY = "sk-MARKED-0123456789+ab/cdef"
TOKEN = "MARKED-header-fedcba9876543210"  # noqa: S105  # made up
MARK = "MARKED"
QUESTION: RLMInput = {"question": "What does it say?", "context": "text"}
CELLS = """```repl
out = llm_query_batched(['ask a', 'ask b'], on_error='return')
print([x.type for x in out], [x.message for x in out], out)
```"""
SHOWN = "```repl\nSHOW_VARS()\nprint(answer, budget(), sources)\nllm_query('ask c')\n```"


def marked(server: ModelServer, provider: str, name: str) -> BaseChatModel:
    """A client with a marked key and a marked header."""
    headers = {"X-Gateway": f"Bearer {TOKEN}", "Connection": "close"}
    root = server.url.removesuffix("/v1")
    if provider == "anthropic":
        return ChatAnthropic(model=name, base_url=root, api_key=KEY, default_headers=headers)  # type: ignore[call-arg,arg-type]
    if provider == "gemini":
        return ChatGoogleGenerativeAI(model=name, base_url=root, api_key=KEY, additional_headers=headers)
    return ChatOpenAI(model=name, base_url=server.url, api_key=KEY, default_headers=headers)  # type: ignore[arg-type]


def echoing(status: int, *, before: str = "") -> dict[str, Any]:
    """A provider that says back what it was sent, as gateways do in their errors."""
    message = f"{before}You sent authorization: Bearer {KEY} and x-gateway: Bearer {TOKEN}"
    error = {"message": message, "type": "invalid_request_error", "code": max(status, 400), "sent": {"key": KEY}}
    return {"kind": "rules", "default": {"status": status, "body": {"error": error}}}


def records(caplog: pytest.LogCaptureFixture) -> str:
    own = [record for record in caplog.records if record.name.startswith("langchain_rlm")]
    return json.dumps([[record.getMessage(), record.exc_text, repr(record.args)] for record in own])


@pytest.mark.parametrize(
    ("provider", "status"),
    [*((provider, status) for provider in ("openai", "anthropic", "gemini") for status in (422, 400)), ("openai", 200)],
)
def test_a_failed_sub_query_says_no_secret_to_the_code_the_journal_the_events_or_the_log(
    model_server: ModelServer, caplog: pytest.LogCaptureFixture, provider: str, status: int
) -> None:
    replies = [CELLS, SHOWN, "```repl\nFINAL([x.message for x in out])\n```"]
    model_server.configure(models={"root": {"kind": "script", "replies": replies}, "sub": echoing(status)})
    rlm = RLM(marked(model_server, "openai", "root"), marked(model_server, provider, "sub"), route="rlm")
    with caplog.at_level(logging.DEBUG, logger="langchain_rlm"):
        events = [*rlm.stream(QUESTION, stream_mode=["custom", "updates", "values", "tasks", "debug"])]
        result = rlm.invoke(QUESTION)
    assert len(result["value"]) == 2
    assert all("[secret]" in message for message in result["value"])
    assert MARK not in json.dumps(events, default=repr)
    assert MARK not in json.dumps(result, default=repr)
    assert repr(rlm) == "RLM(model='root', sub_model='sub', route='rlm')"
    assert MARK not in records(caplog)
    assert MARK not in json.dumps([entry["messages"] for entry in model_server.log()])  # what the root model saw


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
@pytest.mark.parametrize(("role", "status"), [("root", 401), ("root", 400), ("sub", 401)])
def test_a_model_that_cannot_be_used_raises_an_error_whose_whole_traceback_says_no_secret(
    model_server: ModelServer, caplog: pytest.LogCaptureFixture, provider: str, role: str, status: int
) -> None:
    root = {"kind": "script", "replies": [CELLS]}
    model_server.configure(models={"root": root, "sub": echoing(status), role: echoing(status)})
    models = {"root": "openai", "sub": "openai", role: provider}
    rlm = RLM(*(marked(model_server, kind, name) for name, kind in models.items()), route="rlm")
    with caplog.at_level(logging.DEBUG, logger="langchain_rlm"), pytest.raises(ModelError) as caught:
        rlm.invoke(QUESTION)
    said = [str(caught.value), repr(caught.value), *traceback.format_exception(caught.value), records(caplog)]
    assert MARK not in "".join(said)
    assert "[secret]" in str(caught.value)


def test_a_secret_that_a_message_is_cut_in_is_not_shown_in_part(model_server: ModelServer) -> None:
    model_server.configure(
        models={"root": echoing(400, before="x" * (300 - len("You sent authorization: Bearer ") - 9))}
    )
    with pytest.raises(ModelError) as caught:
        RLM(marked(model_server, "openai", "root"), route="rlm").invoke(QUESTION)
    assert "sk-" not in str(caught.value)


def test_an_error_without_a_secret_keeps_where_it_came_from(model_server: ModelServer) -> None:
    model_server.configure(models={"root": {"kind": "echo", "faults": [{"kind": "quota"}]}})
    with pytest.raises(ModelError) as caught:
        RLM(marked(model_server, "openai", "root"), route="rlm").invoke(QUESTION)
    assert "RateLimitError" in "".join(traceback.format_exception(caught.value))


def test_the_secrets_of_a_model_are_its_keys_and_its_headers(model_server: ModelServer) -> None:
    quoted = {quote(KEY), quote(KEY, safe="")}
    expected = {KEY, TOKEN, f"Bearer {TOKEN}", f"Bearer%20{TOKEN}", *quoted}
    for provider in ("openai", "anthropic", "gemini"):
        assert set(secrets_of(marked(model_server, provider, "m"))) == expected
    extra = ChatOpenAI(model="m", api_key=KEY, model_kwargs={"extra_headers": {"X-Gateway": TOKEN}})  # type: ignore[arg-type]
    assert set(secrets_of(extra)) == {KEY, TOKEN, *quoted}


def echoed(text: str) -> dict[str, Any]:
    body = {"error": {"message": f"You sent {text}", "type": "invalid_request_error"}}
    return {"kind": "rules", "default": {"status": 400, "body": body}}


@pytest.mark.parametrize(
    "client",
    [
        {"api_key": lambda: KEY},
        {"default_query": {"key": KEY}},
        {"extra_body": {"api_key": KEY}},
        {"default_headers": {"X-Key": KEY}},
    ],
    ids=["from a function", "in the address", "in the body", "in a header"],
)
@pytest.mark.parametrize("key", [KEY, quote(KEY, safe="")], ids=["plain", "quoted"])
def test_a_key_is_struck_out_wherever_it_is_kept(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, client: Any, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another-key")
    model_server.configure(models={"root": echoed(key)})
    with pytest.raises(ModelError, match=r"You sent \[secret\]") as caught:
        RLM(ChatOpenAI(model="root", base_url=model_server.url, **client), route="rlm").invoke(QUESTION)
    assert MARK not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("where", ["model", "environment"])
@pytest.mark.parametrize("key", [KEY, quote(KEY, safe="")], ids=["plain", "quoted"])
def test_a_key_in_the_address_is_struck_out(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, where: str, key: str
) -> None:
    url = model_server.url.replace("//", f"//someone:{quote(KEY, safe='')}@")
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    given: dict[str, Any] = {"api_key": "another-key", **({"base_url": url} if where == "model" else {})}
    model_server.configure(models={"root": echoed(key)})
    with pytest.raises(ModelError, match=r"You sent \[secret\]") as caught:
        RLM(ChatOpenAI(model="root", **given), route="rlm").invoke(QUESTION)
    assert MARK not in "".join(traceback.format_exception(caught.value))
    in_query = ChatOpenAI(model="root", **{**given, "base_url": f"{model_server.url}?key={key}"})
    assert {KEY, quote(KEY, safe="")} <= set(secrets_of(in_query))


class Failing(BaseChatModel):
    """Raises, as a client of one's own may."""

    api_key: SecretStr = SecretStr(KEY)
    error: Any

    @property
    def _llm_type(self) -> str:
        return "failing"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise self.error


def noted() -> Exception:
    error = ValueError("as it was sent")
    error.add_note(f"with {KEY}")
    return error


@pytest.mark.parametrize("error", [TimeoutError(f"POST /?key={KEY} timed out"), noted()], ids=["timeout", "note"])
def test_what_a_client_raises_says_no_key(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr("langchain_rlm.models.calls.BACKOFF", 0.001)
    with pytest.raises(ModelError) as caught:
        RLM(Failing(error=error), route="rlm").invoke(QUESTION)
    assert MARK not in "".join(traceback.format_exception(caught.value))
