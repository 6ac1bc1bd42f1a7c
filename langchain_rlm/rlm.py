"""`RLM`: the state machine as a LangChain Runnable."""

import pickle
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Literal, Self, cast, get_args, get_type_hints, overload
from uuid import uuid4

from langchain_core.messages import AIMessage
from langchain_core.runnables import ConfigurableFieldSpec, Runnable, RunnableConfig, ensure_config
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command, StreamMode
from pydantic import BaseModel

from langchain_rlm.budget import Budget
from langchain_rlm.call import Call, is_hosted
from langchain_rlm.context.blobs import open_store
from langchain_rlm.context.store import ContextStore
from langchain_rlm.errors import InputError
from langchain_rlm.events import ProgressEvent
from langchain_rlm.graph import SUPERSTEPS, Graph, build_graph
from langchain_rlm.models.prices import Prices, Pricing
from langchain_rlm.models.profiles import Profile, profile_of
from langchain_rlm.models.resolve import Model, name_of, resolve_model
from langchain_rlm.plans.library import plan_of
from langchain_rlm.plans.plan import Plan
from langchain_rlm.repl.kinds import sandboxes_of
from langchain_rlm.repl.protocol import ReplLimits, SandboxFactory
from langchain_rlm.repl.tools import repl_tools
from langchain_rlm.response_format import ResponseFormat
from langchain_rlm.runtime.fork import fork
from langchain_rlm.runtime.given import check_arguments, check_config
from langchain_rlm.runtime.host import host_saver
from langchain_rlm.runtime.lease import leased
from langchain_rlm.runtime.loop import (
    Batched,
    iterate_on_background_loop,
    refuse_to_block,
    run_on_background_loop,
)
from langchain_rlm.runtime.registry import NAMESPACE, RunRegistry
from langchain_rlm.runtime.savers import usable_by_async
from langchain_rlm.settings import PREFIX, CallSettings, OnBusy, Settings, WayIn, check_settings
from langchain_rlm.state import RLMInput, RLMQuestion, RLMResult

Mode = StreamMode | Literal["tools"]  # LangGraph takes "tools", though its type leaves it out
MODES = (*get_args(StreamMode), "tools")

RLMAsk = RLMInput | Command[Any] | None
"""What a run is called with."""


class RLM(Batched, Runnable[RLMAsk, RLMResult]):
    """Answers questions over contexts larger than any model's window.

    The context stays outside the model, as a variable in a REPL. The root model writes code that looks at it, cuts it
    up, asks sub-models about the pieces and puts their answers together (arXiv 2512.24601).

    Args:
        model: The root model: a chat model, also one with `bind` or `with_fallbacks`, or a name such as
            `"openai:gpt-5"` or `"offline"`. Its streaming and its HTTP clients are used as they are.
        sub_model: The model that answers sub-queries. Default: the root model.
        budget: What a run may spend, for the whole tree of recursive runs.
        max_concurrency: Model calls in flight at once, for the whole tree.
        max_retries: How often a model call that failed in passing is made again. Default: 3, and 6 at a rate limit; 0
            for what a model's own client repeats, because `max_retries` of the model is set.
        route: `"rlm"`, `"direct"` (one call with the whole context), `"plan"` (a ready program, which the root model
            chooses in one short call), or `"auto"`: direct below `direct_below`, and a plan where the root model writes
            no code.
        plan: The plan that answers every question, without a call of the root model: the name of a shipped one
            (`find`, `map`, `gather`, `total`, `extremes`, `compare`, `each`, `summarize`), a plan's file, or a `Plan`.
        plan_parameters: Its parameters by name.
        direct_below: Estimated tokens of context below which one direct call is made.
        sub_models: Further sub-models by name, for `llm_query(prompt, model=name)`.
        model_window: Input window of the root model in tokens, when its profile does not say.
        sub_model_window: The same for the sub-model.
        checkpointer: A LangGraph checkpointer, synchronous or asynchronous.
        on_busy: What a call does when another run, in any process, goes on with its thread: `"error"` raises
            `ThreadBusyError`, `"wait"` waits for its end, for the seconds of the budget at most.
        context_store: Where contexts are kept for runs that go on in another `RLM` object or process: a directory, an
            address such as `"s3://bucket/prefix"` (extra `cloud`), a LangChain `ByteStore` or a LangGraph `BaseStore`.
            What is old is deleted by `langchain-rlm contexts prune` alone. Without it, this object keeps the newest
            eight (or 50 million characters); the graph of an `RLM` that a server runs uses the server's store.
        repl_limits: Time, memory and output of the REPL.
        tools: Functions of the REPL: LangChain tools and plain functions, synchronous or asynchronous.
        require_coverage: Share of the context, up to 1, that models must have seen before an answer is taken: for
            questions that count or list everything. Out of budget, the answer is taken and `coverage` says how much.
        require_citations: Take no answer without a citation.
        response_format: A pydantic model, or a type that pydantic validates, that the answer must fit; the instance is
            `structured_response` of the result.
        prices: US dollars a million tokens by the model's name: `{"my-model": {"input": 0.5, "output": 2.0}}`, also
            `cached`, `cache_write` and `reasoning` (see `Prices`). They win over the prices that are known.
        instructions: What the root model is told beside the question, in every run of the tree: the domain, the style,
            the form of the answer.
        profile: What suits the models: a `Profile`, or the name of a shipped one (`"default"`, `"small"`,
            `"reasoning"`, `"rlm"`). Default: chosen by the root model's name (how much a sub-model gets at once, by the
            sub-model's); the result says which.
        samples: Independent runs for each question, at once and under one budget. The answer is the one on which most
            agree; where texts differ, one call of the root model says which; ties go to the run with fewer turns. A
            further question on a thread begins anew.
        repl: What runs the code: `"monty"`, an interpreter that can reach nothing; `"cpython"` or
            `CPython(packages=["pandas"])`, full Python with packages, in a jail of the operating system (Linux).

    Raises:
        InputError: A setting is out of range, or of another type; or a limit on dollars is set that cannot hold.
        ModelError: A model's name or provider is unknown, or its key is missing.
    """

    def __init__(
        self,
        model: Model | str,
        sub_model: Model | str | None = None,
        *,
        budget: Budget | None = None,
        max_concurrency: int = 32,
        max_retries: int | None = None,
        route: WayIn = "auto",
        plan: Plan | str | Path | None = None,
        plan_parameters: Mapping[str, Any] | None = None,
        direct_below: int = 16_000,
        sub_models: Mapping[str, Model | str] | None = None,
        model_window: int | None = None,
        sub_model_window: int | None = None,
        checkpointer: "BaseCheckpointSaver[Any] | None" = None,
        on_busy: OnBusy = "error",
        context_store: Any = None,
        repl_limits: ReplLimits | None = None,
        tools: Sequence[Any] = (),
        response_format: Any = None,
        prices: Mapping[str, Prices] | None = None,
        require_coverage: float | None = None,
        require_citations: bool = False,
        instructions: str | None = None,
        profile: Profile | str | None = None,
        samples: int = 1,
        repl: SandboxFactory | Literal["monty", "cpython"] = "monty",
    ) -> None:
        self._given = {name: value for name, value in locals().items() if name not in {"self", "__class__"}}
        check_settings(self._given)
        root = resolve_model(model)
        self._settings = Settings(
            model=root,
            sub_model=root if sub_model is None else resolve_model(sub_model, "sub_model"),
            sub_models={name: resolve_model(one, f"sub_models[{name!r}]") for name, one in (sub_models or {}).items()},
            budget=budget or Budget(), max_concurrency=max_concurrency, max_retries=max_retries, route=route,
            direct_below=direct_below, model_window=model_window,
            sub_model_window=model_window if sub_model is None and sub_model_window is None else sub_model_window,
            limits=repl_limits or ReplLimits(), prices=Pricing.of(prices), sandboxes=sandboxes_of(repl),
            plan=None if plan is None else plan_of(plan), plan_parameters=dict(plan_parameters or {}),
            tools=repl_tools(tools),
            response_format=None if response_format is None else ResponseFormat.of(response_format),
            require_coverage=require_coverage, require_citations=require_citations, instructions=instructions,
            given_profile=profile_of(profile), samples=samples,
            is_saved=checkpointer is not None, on_busy=on_busy,
        )  # fmt: skip
        self._settings.check_prices()
        blobs = open_store(context_store, setting="context_store", namespace=NAMESPACE)
        self._registry = RunRegistry(self._settings, ContextStore(blobs) if blobs else None)
        saver = usable_by_async(checkpointer)
        self._graph = build_graph(self._registry, checkpointer=saver)
        # inside a host graph, a run without a checkpointer of its own must not take the host's: it may be a
        # synchronous one, and would store every superstep of the run
        self._run_graph = self._graph if saver else build_graph(self._registry, checkpointer=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the arguments: a compiled graph cannot be pickled."""
        for name, value in self._given.items():
            try:
                pickle.dumps(value)
            except Exception as error:
                remedy = "Name the model, as in 'openai:gpt-5'" if "model" in name else "Make the RLM where it is used"
                what = f"its {name}, a {type(value).__name__}, cannot ({error})"
                msg = f"This RLM cannot be pickled, for {what}. {remedy}."
                raise InputError(msg) from error
        return _rebuild, (type(self), self._given)

    def __copy__(self) -> Self:
        return type(self)(**self._given)

    def __deepcopy__(self, _: Any) -> Self:
        """Another RLM of the same models, checkpointer and tools: they belong to whoever made them."""
        return type(self)(**self._given)

    def __repr__(self) -> str:
        settings = self._settings
        shown: dict[str, Any] = {"model": name_of(settings.model)}
        if settings.sub_model is not settings.model:
            shown["sub_model"] = name_of(settings.sub_model)
        if settings.sub_models:
            shown["sub_models"] = {name: name_of(model) for name, model in settings.sub_models.items()}
        shown["route"] = settings.route
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    @property
    def settings(self) -> Settings:
        """How this RLM was set up, with its models resolved."""
        return self._settings

    @property
    def graph(self) -> Graph:
        """The compiled state machine, to compose or to serve."""
        return self._graph

    def refuse_to_block(self, config: RunnableConfig | None, instead: str) -> None:
        """Stop a synchronous call from the event loop that a checkpointer needs: it would wait for ever."""
        check_config(config)
        refuse_to_block(self._graph.checkpointer, instead)
        if is_hosted(self._settings, config):
            refuse_to_block(host_saver(config), instead)

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:  # noqa: ARG002  # LangChain's
        """What a run begins with. `as_tool` and servers read it; `invoke` takes more, to go on with a run."""
        return RLMQuestion

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """The keys of `config["configurable"]` that count: settings for one call."""
        kinds = get_type_hints(CallSettings, include_extras=True)
        return [ConfigurableFieldSpec(id=f"{PREFIX}{name}", annotation=kind) for name, kind in kinds.items()]

    # -- the Runnable interface -----------------------------------------------------------------------------------

    def invoke(self, input: RLMAsk, config: RunnableConfig | None = None, **kwargs: Any) -> RLMResult:  # noqa: A002  # LangChain's name
        """Answer a question.

        Args:
            input: `question` and `context`: `str`, `Document`, a list of either, a `Path` or list of paths (text
                files, directories, patterns), a mapping of names to texts, the hash of a context that the context
                store has (`sha256:...`), or an address that `LANGCHAIN_RLM_ADDRESSES` allows. On a thread of a
                checkpointer also: None, to go on with a run that was stopped; `{"context": ...}`, to do so where its
                text is not at hand; a `Command(resume=...)`, to go on after an interrupt; `{"question": ...}`, to ask a
                further question in the same REPL. Other keys are ignored beside both, but refused beside one: the other
                may be misspelt.
            config: Callbacks, tags, metadata, with a checkpointer `{"configurable": {"thread_id": ...}}`; there too
                settings for this call: `rlm_model`, `rlm_sub_model`, `rlm_budget`, `rlm_route`, `rlm_instructions`,
                `rlm_max_concurrency` (`langchain_rlm.settings.CallSettings`). A run that goes on has those of the call
                it goes on with.
            **kwargs: `durability`, as LangGraph has it.

        Returns:
            The answer with its usage, the documents touched, why the run stopped, and its journal.

        Raises:
            InputError: The question or the context cannot be used.
            ModelError: The root model cannot be used.
            ThreadBusyError: Another run goes on with the thread.
            HostError: The machine lacks what a run needs, or the checkpointer's SQLite or PostgreSQL failed.
            Exception: Another error of the checkpointer, unchanged.
        """
        self.refuse_to_block(config, "ainvoke")
        config = ensure_config(config)
        return run_on_background_loop(self.ainvoke(input, config, **kwargs))

    async def ainvoke(self, input: RLMAsk, config: RunnableConfig | None = None, **kwargs: Any) -> RLMResult:  # noqa: A002  # LangChain's name
        """Like `invoke`, on the caller's event loop."""
        result: RLMResult | None = None
        async with aclosing(self._call(config, ["values"], kwargs).events(input)) as items:
            async for _, _, data in items:
                result = data
        assert result is not None  # noqa: S101  # the last event is the result
        return result

    @overload
    def stream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Literal["values"] | None = None,
        **kwargs: Any,
    ) -> Iterator[RLMResult]: ...  # fmt: skip
    @overload
    def stream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Literal["custom"], **kwargs: Any,
    ) -> Iterator[ProgressEvent]: ...  # fmt: skip
    @overload
    def stream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Mode, **kwargs: Any,
    ) -> Iterator[Any]: ...  # fmt: skip
    @overload
    def stream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Sequence[Mode], **kwargs: Any,
    ) -> Iterator[tuple[str, Any]]: ...  # fmt: skip
    def stream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Mode | Sequence[Mode] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> Iterator[Any]:  # fmt: skip
        """Run and yield what happens.

        Args:
            input: As for `invoke`.
            config: As for `invoke`.
            stream_mode: None yields the result once, at the end. `"custom"` yields progress events (see
                `langchain_rlm.events`), of which the last is `{"event": "result", "result": ...}`. `"messages"` yields
                the answer as pairs of message and metadata: on the direct route as the model writes it, attempts that
                `response_format` refuses included; else whole, at the end, since code makes it. A list of LangGraph's
                modes yields pairs of mode and data; `"values"` is the result.
            **kwargs: As for `invoke`.

        Raises:
            InputError: The question, the context or a mode cannot be used.
            ModelError: The root model cannot be used.
        """
        self.refuse_to_block(config, "astream")
        config = ensure_config(config)
        yield from iterate_on_background_loop(self.astream(input, config, stream_mode=stream_mode, **kwargs))

    @overload
    def astream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Literal["values"] | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[RLMResult, None]: ...  # fmt: skip
    @overload
    def astream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Literal["custom"], **kwargs: Any,
    ) -> AsyncGenerator[ProgressEvent, None]: ...  # fmt: skip
    @overload
    def astream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Mode, **kwargs: Any,
    ) -> AsyncGenerator[Any, None]: ...  # fmt: skip
    @overload
    def astream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Sequence[Mode], **kwargs: Any,
    ) -> AsyncGenerator[tuple[str, Any], None]: ...  # fmt: skip
    async def astream(
        self, input: RLMAsk, config: RunnableConfig | None = None, *, stream_mode: Mode | Sequence[Mode] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> AsyncGenerator[Any, None]:  # fmt: skip
        """Like `stream`, on the caller's event loop."""
        modes = _modes(stream_mode)
        wanted = modes if "values" in modes else [*modes, "values"]
        is_alone, is_shown = isinstance(stream_mode, str), False
        async with aclosing(self._call(config, wanted, kwargs).events(input)) as items:
            async for is_result, mode, data in items:
                if not is_result:
                    is_shown |= mode == "messages" and data[1].get("langgraph_node") == "decompose"
                    yield data if is_alone else (mode, data)
                    continue
                if "messages" in modes and not is_shown and data["answer"]:
                    said = AIMessage(data["answer"], id=str(uuid4())), {"rlm_depth": 0}
                    yield said if is_alone else ("messages", said)
                if stream_mode is None or stream_mode == "values":
                    yield data
                elif stream_mode == "custom":
                    yield {"event": "result", "result": data}
                elif not is_alone and "values" in modes:
                    yield "values", data

    def _call(self, config: RunnableConfig | None, modes: list[str], kwargs: Mapping[str, Any]) -> Call:
        check_config(config)
        check_arguments(kwargs)
        config = cast("RunnableConfig", {"run_name": "RLM", **ensure_config(config), "recursion_limit": SUPERSTEPS})
        return Call(self._registry, self._run_graph, config, modes, kwargs)

    # -- going on from elsewhere ----------------------------------------------------------------------------------

    def fork(self, config: RunnableConfig, **change: Any) -> RunnableConfig:
        """Change a cell or an answer of a run on record, and go on from there: `rlm.invoke(None, rlm.fork(...))`.

        What the run asked after that place is kept aside: a sub-query that is asked again word for word costs nothing.

        Args:
            config: The thread; with a `checkpoint_id`, as it was then (`rlm.graph.get_state_history(config)`).
            **change: Either `turn` (from 1, of the newest question), `code` and, for a reply of several cells, `cell`
                (from 0); or `call`, the id of a sub-query, and `answer`. With `new_budget=True` nothing counts that the
                run has spent before; else all of it does, also what is cut off.

        Returns:
            The configuration to go on with. The thread is at the changed place now.

        Raises:
            InputError: The run, turn, cell or sub-query does not exist.
        """
        self.refuse_to_block(config, "afork")
        return run_on_background_loop(self.afork(config, **change))

    async def afork(self, config: RunnableConfig, **change: Any) -> RunnableConfig:
        """Like `fork`, on the caller's event loop."""
        if not self._settings.is_saved:
            msg = "There is no run to fork: this RLM has no checkpointer. Pass RLM(checkpointer=...)."
            raise InputError(msg)
        check_config(config)
        async with leased(self._graph.checkpointer, config or {}, self._settings) as (held, _):
            return await fork(self._graph, held, **change)


def _rebuild(kind: type[RLM], given: dict[str, Any]) -> RLM:
    return kind(**given)


def _modes(given: Any) -> list[str]:
    modes = ["values"] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(modes, Sequence) or not modes or any(mode not in MODES for mode in modes):
        msg = f"stream_mode={given!r:.80}: use None, or one or more of {', '.join(map(repr, MODES))}."
        raise InputError(msg)
    return [*modes]
