"""What can be configured. A mistake in it is a `ValueError` that names the place, never a silent default."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn, get_args

from tests.server.bodies import DIALECTS
from tests.server.outcome import Outcome

Json = Mapping[str, Any]
Kind = Literal["script", "rules", "reader", "echo", "function"]

FaultKind = Literal[
    "401", "404", "413", "429", "500", "502", "503", "529", "auth", "quota", "too_large_tpm", "html", "error_in_200",
    "reset", "stall", "empty", "refusal", "content_filter", "cut_off", "no_usage", "choices_null", "choices_empty",
    "truncated_json",
]  # fmt: skip
NO_RULE: Final = Outcome(content="no rule matches")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with some of a model's requests.

    `rate` alone draws anew for each attempt at a prompt. `first` alone fails the first attempts at every prompt. Both
    together pick prompts by `rate` and fail their first attempts. Neither fails every request.
    """

    kind: FaultKind
    rate: float | None = None
    seed: int = 0
    first: int | None = None
    match: re.Pattern[str] | None = None
    status: int | None = None
    retry_after: float = 0.02
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a script: what happens at first, each so many times, then the reply."""

    before: tuple[tuple[Outcome, int], ...]
    reply: Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    match: re.Pattern[str]
    reply: Outcome


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A model by its configuration. Windows, output and `tpm` are in tokens, times in seconds."""

    kind: Kind = "echo"
    turns: tuple[Turn, ...] = ()
    rules: tuple[Rule, ...] = ()
    default: Outcome = NO_RULE
    function: str = ""
    """`module:name` of what says the reply, as a script has it: called with the messages, with `given` by name, and
    with the names of the request's tools as `tools` when it offers some."""
    given: Json = field(default_factory=dict)
    window: int | None = None
    max_output: int | None = None
    dialect: str = "openai"
    rpm: int | None = None
    tpm: int | None = None
    latency: float = 0.0
    together: int = 0
    """It replies to nobody until so many requests have been in flight at once, for twenty seconds at most."""
    chunk_delay: float = 0.0
    continues: bool = False
    """A model with rules, asked to go on after a reply of its own, gives the rest of what it had to say."""
    key: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    models: Mapping[str, ModelConfig]
    key: str | None = None
    log: bool = True


def fail(where: str, problem: str) -> NoReturn:
    message = f"{where}: {problem}"
    raise ValueError(message)


def check_keys(value: Any, allowed: str, where: str) -> None:
    if not isinstance(value, dict):
        fail(where, f"an object is needed, this is {value!r}")
    unknown = sorted(set(value) - set(allowed.split()))
    if unknown:
        fail(where, f"unknown {unknown}; known are: {allowed}")


REPLY_KEYS = "content finish_reason logprobs refusal tool_calls usage status headers body delay reset times"


def parse_reply(value: Any, where: str) -> Outcome:
    if isinstance(value, str):
        return Outcome(content=value)
    check_keys(value, REPLY_KEYS, where)
    tool_calls = value.get("tool_calls", ())
    refusal = value.get("refusal")
    return Outcome(
        content=value.get("content", None if tool_calls or refusal else ""),
        finish_reason=value.get("finish_reason", "tool_calls" if tool_calls else "stop"),
        logprobs=value.get("logprobs"),
        refusal=refusal,
        tool_calls=tool_calls,
        usage=value.get("usage", "counted"),
        status=value.get("status", 200),
        headers=value.get("headers", {}),
        body=value.get("body"),
        delay=value.get("delay", 0.0),
        reset=value.get("reset", False),
    )


COMPLETION_KEYS = frozenset({"content", "finish_reason", "logprobs", "refusal", "tool_calls", "usage"})
FAULT_KEYS = frozenset({"status", "headers", "body", "reset"})


def parse_turns(replies: Any, where: str) -> tuple[Turn, ...]:
    """Group a script into turns.

    A reply with `times` happens that often and is no turn of its own: then comes its own `content` when it is a
    fault that has one, or else the next reply in the list.
    """
    turns: list[Turn] = []
    before: tuple[tuple[Outcome, int], ...] = ()
    if not isinstance(replies, list) or not replies:
        fail(where, "a list of replies is needed")
    for index, item in enumerate(replies):
        place = f"{where}[{index}]"
        reply = parse_reply(item, place)
        if isinstance(item, dict) and "times" in item:
            fault = item
            if FAULT_KEYS & set(item) and COMPLETION_KEYS & set(item):
                reply = parse_reply({key: item[key] for key in COMPLETION_KEYS & set(item)}, place)
                fault = {key: value for key, value in item.items() if key not in COMPLETION_KEYS}
            before += ((parse_reply(fault, place), int(item["times"])),)
            if fault is item:
                continue
        turns.append(Turn(before, reply))
        before = ()
    if before:
        fail(where, "the last reply has 'times' and nothing follows it")
    return tuple(turns)


def parse_rule(value: Any, where: str) -> Rule:
    check_keys(value, "match reply", where)
    if isinstance(value["reply"], dict) and "times" in value["reply"]:
        fail(where, "'times' is for scripts; use a fault with 'first'")
    return Rule(re.compile(value["match"], re.DOTALL), parse_reply(value["reply"], where))


def parse_fault(value: Any, where: str) -> Fault:
    check_keys(value, "kind rate seed first match status retry_after delay", where)
    if value.get("kind") not in get_args(FaultKind):
        fail(where, f"unknown kind {value.get('kind')!r}; known are: {' '.join(get_args(FaultKind))}")
    match = value.get("match")
    return Fault(**{**value, "match": None if match is None else re.compile(match, re.DOTALL)})


MODEL_KEYS = (  # as ModelConfig
    "kind replies rules default function given window max_output dialect rpm tpm latency together chunk_delay "
    "continues key faults"
)


def parse_model(value: Any, where: str) -> ModelConfig:
    check_keys(value, MODEL_KEYS, where)
    kind = value.get("kind", "echo")
    if kind not in get_args(Kind):
        fail(where, f"unknown kind {kind!r}; known are: {' '.join(get_args(Kind))}")
    if value.get("dialect", "openai") not in DIALECTS:
        fail(where, f"unknown dialect {value['dialect']!r}; known are: {' '.join(DIALECTS)}")
    plain = {key: value[key] for key in value if key not in {"replies", "rules", "default", "faults"}}
    if kind == "script":
        plain["turns"] = parse_turns(value.get("replies"), f"{where}.replies")
    if kind == "function" and not re.fullmatch(r"[\w.]+:\w+", str(value.get("function", ""))):
        fail(f"{where}.function", f"'module:name' is needed, this is {value.get('function')!r}")
    if "default" in value:
        plain["default"] = parse_reply(value["default"], f"{where}.default")
    return ModelConfig(
        **plain,
        rules=tuple(parse_rule(rule, f"{where}.rules[{i}]") for i, rule in enumerate(value.get("rules", ()))),
        faults=tuple(parse_fault(fault, f"{where}.faults[{i}]") for i, fault in enumerate(value.get("faults", ()))),
    )


def parse_config(value: Any) -> Config:
    check_keys(value, "models key log", "config")
    models = value.get("models", {})
    if not isinstance(models, dict):
        fail("models", f"an object is needed, this is {models!r}")
    return Config(
        models={name: parse_model(model, f"models.{name}") for name, model in models.items()},
        key=value.get("key"),
        log=value.get("log", True),
    )
