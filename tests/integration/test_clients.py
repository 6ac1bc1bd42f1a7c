"""The user's model object is used as it is: its streaming, its HTTP clients, its retries, by many runs, on any loop."""

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel, SimpleChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_openai import AzureChatOpenAI, ChatOpenAI

from langchain_rlm import RLM, Budget, ChatRLM, ModelError, RLMInput
from langchain_rlm.models import calls, clients
from tests.resources import soon
from tests.server.client import ModelServer
from tests.streaming import COUNTED, StreamingServer, streaming_server

GIVEN: RLMInput = {"question": "Why?", "context": "The kettle is on the stove."}
KEY: Any = "key-of-twelve"
CELL = "```repl\nFINAL('fine')\n```"
REFUSALS = (
    "Unrecognized request argument supplied: stream_options",
    "body.stream_options: Extra inputs are not permitted",
)


def rlm_of(model: Any, **settings: Any) -> RLM:
    return RLM(model, **{"route": "rlm", **settings})


@pytest.fixture
def streaming(monkeypatch: pytest.MonkeyPatch) -> Iterator[StreamingServer]:
    monkeypatch.setattr(calls, "BACKOFF", 0.001)
    with streaming_server(lambda _: CELL) as server:
        yield server


def openai(url: str, **given: Any) -> Any:
    return ChatOpenAI(model="m", base_url=f"{url}/v1", api_key=KEY, **given)


def azure(url: str, **given: Any) -> Any:
    return AzureChatOpenAI(azure_deployment="m", azure_endpoint=url, api_version="2024-10-21", api_key=KEY, **given)


def anthropic(url: str, **given: Any) -> Any:
    from langchain_anthropic import ChatAnthropic  # slow to import

    return ChatAnthropic(model_name="m", base_url=url, api_key=KEY, **given)


def gemini(url: str, **given: Any) -> Any:
    from langchain_google_genai import ChatGoogleGenerativeAI  # slow to import

    return ChatGoogleGenerativeAI(model="m", base_url=url, api_key=KEY, **given)


def from_package(package: str, name: str, **given: Any) -> Callable[..., Any]:
    """A model of a package that is there or not; addresses begin at the server's."""

    def make(url: str) -> Any:
        kind = getattr(pytest.importorskip(package), name)
        return kind(
            model="m", **{key: url + value if str(value).startswith("/") else value for key, value in given.items()}
        )

    return make


STREAMING: dict[str, Callable[[str], Any]] = {
    "openai": lambda url: openai(url, streaming=True),
    "responses": lambda url: openai(url, streaming=True, use_responses_api=True),
    "azure": lambda url: azure(url, streaming=True),
    "model_kwargs": lambda url: openai(url, model_kwargs={"stream": True}),
    "bind": lambda url: openai(url).bind(stream=True),
    "anthropic": lambda url: anthropic(url, streaming=True),
    "gemini": lambda url: gemini(url, streaming=True),
    "ollama": from_package("langchain_ollama", "ChatOllama", base_url="/"),
    "deepseek": from_package("langchain_deepseek", "ChatDeepSeek", api_base="/v1", api_key=KEY, streaming=True),
}
UNCOUNTED: dict[str, Callable[[str], Any]] = {
    "mistral": from_package("langchain_mistralai", "ChatMistralAI", base_url="/v1", api_key=KEY, streaming=True),
    "groq": from_package("langchain_groq", "ChatGroq", base_url="/", api_key=KEY, streaming=True),
}
"""Servers that count in a field of their own."""

# -- streaming --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", STREAMING)
def test_a_model_that_streams_is_streamed_and_put_together_with_its_usage(
    streaming: StreamingServer, client: str
) -> None:
    result = rlm_of(STREAMING[client](streaming.url)).invoke(GIVEN)
    usage = result["usage"]
    assert (result["answer"], len(streaming.asked)) == ("fine", 1)
    assert (usage["input_tokens"], usage["output_tokens"], usage["estimated_calls"]) == (*COUNTED, 0)


@pytest.mark.parametrize("how", ["stops", "breaks"])
@pytest.mark.parametrize("client", [*STREAMING, *UNCOUNTED])
def test_a_stream_that_stops_in_the_middle_is_a_failure_that_is_asked_again(
    streaming: StreamingServer, client: str, how: str
) -> None:
    setattr(streaming, how, 1)
    result = rlm_of({**STREAMING, **UNCOUNTED}[client](streaming.url)).invoke(GIVEN)
    assert (result["answer"], len(streaming.asked)) == ("fine", 2)


def test_a_stream_that_counts_with_every_part_is_counted_once(streaming: StreamingServer) -> None:
    streaming.counts_each = True
    result = rlm_of(openai(streaming.url, streaming=True)).invoke(GIVEN)
    assert (result["usage"]["input_tokens"], result["usage"]["output_tokens"]) == COUNTED


def test_a_stream_that_ends_with_its_count_is_whole(streaming: StreamingServer) -> None:
    streaming.says_no_reason = True
    assert rlm_of(openai(streaming.url, streaming=True)).invoke(GIVEN)["answer"] == "fine"
    assert len(streaming.asked) == 1


def test_a_stream_that_always_stops_is_an_error_and_no_short_answer(streaming: StreamingServer) -> None:
    streaming.stops = 10
    with pytest.raises(ModelError, match=r"\(server\): .*stopped before its end"):
        rlm_of(openai(streaming.url, streaming=True)).invoke(GIVEN)
    assert len(streaming.asked) == calls.ATTEMPTS


@pytest.mark.parametrize("said", REFUSALS)
@pytest.mark.parametrize("client", ["openai", "azure", "bind"])
def test_a_server_that_refuses_to_say_the_usage_is_not_asked_for_it_again(
    streaming: StreamingServer, monkeypatch: pytest.MonkeyPatch, client: str, said: str
) -> None:
    monkeypatch.setattr(clients, "IDLE", 60.0)  # it is known as long as the client is kept
    streaming.refuses = said
    rlm = rlm_of(STREAMING[client](streaming.url))
    results = [rlm.invoke(GIVEN), rlm.invoke(GIVEN)]
    assert [result["answer"] for result in results] == ["fine"] * 2
    assert [result["usage"]["estimated_calls"] for result in results] == [1, 1]
    assert ["stream_options" in asked for asked in streaming.asked] == [True, False, False]


def test_a_model_that_must_not_stream_does_not(model_server: ModelServer) -> None:
    model_server.configure(models={"m": {"kind": "rules", "default": CELL}})
    for given in ({"streaming": True, "disable_streaming": True}, {"streaming": False}, {}):
        model = model_server.chat_model("m", **given)
        assert [*rlm_of(model).stream(GIVEN, stream_mode=["messages", "values"])][-1][1]["answer"] == "fine"
    assert [entry["request"]["stream"] for entry in model_server.log()] == [False] * 3


# -- clients ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [*STREAMING, *UNCOUNTED])
def test_one_model_works_on_two_loops_one_after_the_other_and_side_by_side(
    streaming: StreamingServer, client: str
) -> None:
    rlm = rlm_of({**STREAMING, **UNCOUNTED}[client](streaming.url))

    async def side_by_side() -> list[Any]:
        there = (asyncio.to_thread(rlm.invoke, GIVEN) for _ in range(3))
        return list(await asyncio.gather(*there, *(rlm.ainvoke(GIVEN) for _ in range(3))))

    results = [rlm.invoke(GIVEN), asyncio.run(rlm.ainvoke(GIVEN)), asyncio.run(rlm.ainvoke(GIVEN)), rlm.invoke(GIVEN)]
    results += asyncio.run(side_by_side())
    assert [result["answer"] for result in results] == ["fine"] * 10


def test_runs_share_a_connection_which_ends_with_its_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "IDLE", 60.0)
    with streaming_server(lambda _: CELL) as server:
        rlm = rlm_of(openai(server.url, streaming=True))

        async def three() -> None:
            for _ in range(3):
                await rlm.ainvoke(GIVEN)
            await RLM(rlm.settings.model, route="rlm").ainvoke(GIVEN)

        asyncio.run(three())
        assert [*server.connections.values()] == [4]
        assert soon(lambda: server.open == 0)
    assert [view for view in clients._views.values() if view.loop.is_closed()] == []


def test_a_loop_that_ends_just_when_a_connection_does_reports_nothing(
    streaming: StreamingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "IDLE", 60.0)
    reported: list[Any] = []

    async def once() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reported.append(context))
        await rlm_of(openai(streaming.url, streaming=True)).ainvoke(GIVEN)
        (view,) = (view for view in clients._views.values() if view.loop is loop)
        view.stack.push_async_callback(asyncio.sleep, 0.3)  # its end takes a while, and meanwhile its time is up
        assert view.timer is not None
        view.timer.cancel()
        view.timer = loop.call_later(0.05, view.end)

    asyncio.run(once())
    gc.collect()
    assert reported == []
    assert soon(lambda: streaming.open == 0)


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
@pytest.mark.filterwarnings("error::ResourceWarning")
def test_a_loop_that_is_shut_down_while_a_client_ends_leaves_no_connection(
    streaming: StreamingServer, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(clients, "IDLE", 60.0)

    async def once() -> None:
        loop, rlm = asyncio.get_running_loop(), rlm_of(openai(streaming.url, streaming=True))
        await asyncio.gather(*(rlm.ainvoke(GIVEN) for _ in range(3)))
        (view,) = (view for view in clients._views.values() if view.loop is loop)
        view.end()
        for _ in range(steps):
            await asyncio.sleep(0)

    asyncio.run(once())
    gc.collect()
    assert soon(lambda: streaming.open == 0)
    assert not clients._ending


def test_a_loop_that_is_shut_down_when_the_time_of_a_client_is_up_closes_it_once(
    streaming: StreamingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "IDLE", 60.0)
    endings: list[Any] = []

    async def once() -> None:
        loop = asyncio.get_running_loop()
        await rlm_of(openai(streaming.url, streaming=True)).ainvoke(GIVEN)
        (view,) = (view for view in clients._views.values() if view.loop is loop)
        closing = asyncio.create_task(loop.shutdown_asyncgens())
        await asyncio.sleep(0)
        view.end()
        assert view.ending is not None
        endings.extend(await asyncio.gather(view.ending, closing, return_exceptions=True))

    asyncio.run(once())
    assert endings == [None, None]
    assert soon(lambda: streaming.open == 0)


async def test_connections_that_nobody_uses_end_by_themselves(
    streaming: StreamingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "IDLE", 3.0)  # so that a busy machine sees it open, too
    await rlm_of(openai(streaming.url, streaming=True)).ainvoke(GIVEN)
    assert streaming.open == 1
    assert await asyncio.to_thread(soon, lambda: streaming.open == 0)


def test_a_setting_that_changes_between_runs_is_sent(model_server: ModelServer) -> None:
    model_server.configure(models={"m": {"kind": "rules", "default": CELL}})
    model = model_server.chat_model("m")
    rlm = rlm_of(model)
    for heat in (0.1, 0.9):
        model.temperature = heat
        rlm.invoke(GIVEN)
    assert [entry["request"]["temperature"] for entry in model_server.log()] == [0.1, 0.9]


def test_the_users_own_http_client_is_used_and_stays_open(streaming: StreamingServer) -> None:
    from langchain_openai._compat import httpx  # the one its clients are made of

    seen: list[str] = []

    async def hook(request: Any) -> None:
        seen.append(str(request.url))

    async def twice() -> None:
        own = httpx.AsyncClient(proxy=streaming.url, event_hooks={"request": [hook]}, headers={"x-own": "yes"})
        rlm = rlm_of(openai("http://nowhere.invalid", streaming=True, http_async_client=own))
        assert (await rlm.ainvoke(GIVEN))["answer"] == (await asyncio.to_thread(rlm.invoke, GIVEN))["answer"] == "fine"
        assert (await rlm.settings.model.ainvoke("mine")).text == CELL
        await own.aclose()

    asyncio.run(twice())
    assert streaming.paths == seen == ["http://nowhere.invalid/v1/chat/completions"] * 3
    assert [headers["x-own"] for headers in streaming.headers] == ["yes"] * 3


def test_a_synchronous_http_client_alone_is_used_too(streaming: StreamingServer) -> None:
    from langchain_openai._compat import httpx  # the one its clients are made of

    with httpx.Client(proxy=streaming.url) as own:
        rlm = rlm_of(openai("http://nowhere.invalid", streaming=True, http_client=own))
        results = [rlm.invoke(GIVEN), asyncio.run(rlm.ainvoke(GIVEN))]
    assert [result["answer"] for result in results] == ["fine"] * 2
    assert [result["usage"]["estimated_calls"] for result in results] == [0, 0]


@pytest.mark.parametrize("client", ["openai", "anthropic"])
def test_a_proxy_is_gone_through(streaming: StreamingServer, client: str) -> None:
    make, option = {"openai": (openai, "openai_proxy"), "anthropic": (anthropic, "anthropic_proxy")}[client]
    model = make("http://nowhere.invalid", streaming=True, default_headers={"x-own": "yes"}, **{option: streaming.url})
    assert rlm_of(model).invoke(GIVEN)["answer"] == "fine"
    assert streaming.paths[0].startswith("http://nowhere.invalid/v1/")
    assert streaming.headers[0]["x-own"] == "yes"


# -- retries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_model", "of_rlm", "asked"),
    [(None, None, 4), (0, None, 4), (2, None, 3), (None, 0, 1), (None, 1, 2), (0, 5, 6), (1, 1, 4)],
)
def test_who_repeats_a_call_and_how_often(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, of_model: int | None, of_rlm: int | None, asked: int
) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.001)
    headers = {"retry-after-ms": "1"}
    model_server.configure(models={"m": {"kind": "rules", "default": {"status": 500, "headers": headers}}})
    given: Any = {} if of_model is None else {"max_retries": of_model}
    model = ChatOpenAI(model="m", base_url=model_server.url, api_key=KEY, **given)
    with pytest.raises(ModelError):
        rlm_of(model, max_retries=of_rlm).invoke(GIVEN)
    assert model_server.stats()["requests"] == asked


# -- models that block ------------------------------------------------------------------------------------------------


class Blocking(BaseChatModel):
    """Has a synchronous call alone, which ends once as many are in flight as there should be."""

    together: int
    met: Any = None

    @property
    def _llm_type(self) -> str:
        return "blocking"

    def model_post_init(self, _: Any) -> None:
        self.met = threading.Barrier(self.together, timeout=20)

    def _generate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
        is_root = messages[0].type == "system"
        if not is_root:
            self.met.wait()
        text = "```repl\nFINAL(len(llm_query_batched([str(i) for i in range(48)])))\n```" if is_root else "said"
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


@pytest.mark.parametrize("call", ["invoke", "ainvoke"])
def test_as_many_synchronous_calls_are_in_flight_as_may_be_on_threads_that_end(call: str) -> None:
    rlm = rlm_of(Blocking(together=24), max_concurrency=24)
    result = rlm.invoke(GIVEN) if call == "invoke" else asyncio.run(rlm.ainvoke(GIVEN))
    assert result["value"] == 48
    assert soon(lambda: not any(thread.name == "rlm-call" for thread in threading.enumerate()))


async def test_a_run_that_is_cancelled_does_not_wait_for_a_synchronous_call() -> None:
    model = Blocking(together=3)
    task = asyncio.create_task(rlm_of(model, max_concurrency=2).ainvoke(GIVEN))
    assert await asyncio.to_thread(soon, lambda: model.met.n_waiting == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.met.n_waiting == 2  # they are there still, and nobody else comes
    model.met.abort()


class Simple(SimpleChatModel):
    @property
    def _llm_type(self) -> str:
        return "simple"

    def _call(self, *_: Any, **__: Any) -> str:
        assert threading.current_thread().name == "rlm-call"
        return CELL


class Streams(Simple):
    """Says nothing but in a stream."""

    streaming: bool = False

    def _call(self, *_: Any, **__: Any) -> str:
        raise NotImplementedError


class StreamsHere(Streams):
    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for part in (CELL[:9], CELL[9:]):
            yield ChatGenerationChunk(message=AIMessageChunk(content=part))


class StreamsThere(Streams):
    async def _astream(self, *_: Any, **__: Any) -> Any:
        for part in (CELL[:9], CELL[9:]):
            yield ChatGenerationChunk(message=AIMessageChunk(content=part))


@pytest.mark.parametrize(
    "model", [Simple(), StreamsHere(), StreamsThere(), StreamsHere(streaming=True), StreamsThere(streaming=True)]
)
def test_a_model_with_one_way_to_answer_is_asked_in_that_way(model: BaseChatModel) -> None:
    assert rlm_of(model).invoke(GIVEN)["answer"] == "fine"


def test_a_model_with_no_way_to_answer_is_an_error() -> None:
    with pytest.raises(ModelError, match="NotImplementedError"):
        rlm_of(Streams()).invoke(GIVEN)


# -- models with settings and fallbacks -------------------------------------------------------------------------------


@pytest.fixture
def two(model_server: ModelServer) -> tuple[Any, Any]:
    """A model that answers, and one that fails."""
    model_server.configure(
        models={"good": {"kind": "rules", "default": CELL}, "bad": {"kind": "echo", "faults": [{"kind": "500"}]}}
    )
    return model_server.chat_model("good"), model_server.chat_model("bad")


def test_what_is_bound_is_sent_with_each_call(model_server: ModelServer, two: tuple[Any, Any]) -> None:
    bound = two[0].bind(temperature=0.25).with_config(tags=["mine"]).with_retry()
    rlm = rlm_of(bound, sub_models={"large": bound})
    assert rlm.invoke(GIVEN)["answer"] == "fine"
    assert model_server.log()[0]["request"]["temperature"] == 0.25
    assert repr(rlm) == "RLM(model='good', sub_models={'large': 'good'}, route='rlm')"
    assert ChatRLM(rlm=rlm).invoke("hello").text == CELL
    assert model_server.log()[1]["request"]["temperature"] == 0.25


def test_a_fallback_answers_when_the_first_model_fails_and_its_tokens_are_its_own(two: tuple[Any, Any]) -> None:
    good, bad = two
    result = rlm_of(bad.with_fallbacks([good.bind(temperature=0.5)])).invoke(GIVEN)
    assert result["answer"] == "fine"
    assert [*result["usage"]["models"]] == ["good"]


def test_a_fallback_has_its_own_price_whatever_its_server_calls_it(streaming: StreamingServer) -> None:
    first = openai(streaming.url)  # refused: this server only streams, and calls all models "m"
    other = ChatOpenAI(model="other", base_url=f"{streaming.url}/v1", api_key=KEY, streaming=True)
    prices: Any = {"m": {"input": 9, "output": 9}, "other": {"input": 1, "output": 1}}
    result = rlm_of(first.with_fallbacks([other.with_fallbacks([first])]), prices=prices).invoke(GIVEN)
    assert [*result["usage"]["models"]] == ["other"]
    assert result["usage"]["cost"] == pytest.approx(sum(COUNTED) / 1e6)


def test_a_fallback_without_a_price_is_warned_of(model_server: ModelServer) -> None:
    known = model_server.chat_model("gpt-4o-mini")
    with pytest.warns(UserWarning, match="does not limit every call: no price is known for own"):
        RLM(known.with_fallbacks([model_server.chat_model("own")]), budget=Budget(cost=1))


def test_a_name_that_is_bound_is_the_models_name(two: tuple[Any, Any]) -> None:
    good, bad = two
    result = rlm_of(bad.bind(model="good"), sub_model=good).invoke(GIVEN)
    assert [*result["usage"]["models"]] == ["good"]


@pytest.mark.parametrize(
    "bound", [{"extra_headers": {"X-Key": "secret-of-ours"}}, {"extra_body": {"api_key": "secret-of-ours"}}]
)
def test_a_secret_that_is_bound_is_not_said(model_server: ModelServer, bound: dict[str, Any]) -> None:
    body = {"error": {"message": "You sent secret-of-ours", "type": "invalid_request_error"}}
    model_server.configure(models={"bad": {"kind": "rules", "default": {"status": 400, "body": body}}})
    model = model_server.chat_model("bad").bind(**bound)
    with pytest.raises(ModelError, match=r"You sent \[secret\]"):
        rlm_of(model.with_fallbacks([model])).invoke(GIVEN)


def test_when_all_fallbacks_fail_no_key_is_said(model_server: ModelServer) -> None:
    body = {"error": {"message": "You sent key-of-the-other", "type": "invalid_request_error"}}
    model_server.configure(models={"bad": {"kind": "rules", "default": {"status": 400, "body": body}}})
    first, other = (model_server.chat_model("bad", api_key=key) for key in ("key-of-the-first", "key-of-the-other"))
    with pytest.raises(ModelError, match=r"You sent \[secret\]"):
        rlm_of(first.with_fallbacks([other])).invoke(GIVEN)


def test_the_journal_says_what_a_bound_model_was(two: tuple[Any, Any]) -> None:
    result = rlm_of(two[0].bind(temperature=0.25)).invoke(GIVEN)
    assert json.dumps(result["journal"]).count('"good"') >= 1
