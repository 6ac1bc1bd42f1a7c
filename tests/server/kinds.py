"""What each kind of model says. All but the script are pure functions of the request."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from tests.server import bodies
from tests.server.config import ModelConfig, Turn, parse_reply
from tests.server.outcome import Outcome, last_user_text, text_of
from tests.server.reader import read

Messages = Sequence[Mapping[str, Any]]

GROUP = re.compile(r"\\(?:g<(\w+)>|(\d+))")


def expand(template: str, match: re.Match[str]) -> str:
    r"""Fill `\1` and `\g<name>` in. Any other backslash stays, unlike in `Match.expand`: replies hold code."""

    def fill(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        group: int | str = int(name) if name.isdigit() else name
        try:
            return match[group] or ""
        except IndexError:
            return reference[0]

    return GROUP.sub(fill, template)


def by_rules(model: ModelConfig, messages: Messages) -> Outcome:
    if model.continues and len(messages) > 2 and messages[-2].get("role") == "assistant":
        whole = by_rules(model, messages[:-2])
        return replace(whole, content=(whole.content or "").removeprefix(text_of(messages[-2])))
    text = last_user_text(messages)
    for rule in model.rules:
        match = rule.match.search(text)
        if match:
            content = rule.reply.content
            return replace(rule.reply, content=None if content is None else expand(content, match))
    return model.default


def by_reading(_: ModelConfig, messages: Messages) -> Outcome:
    return Outcome(content=read("\n".join(text_of(each) for each in messages if each.get("role") != "assistant")))


def by_echo(_: ModelConfig, messages: Messages) -> Outcome:
    text = last_user_text(messages)
    return Outcome(content=f"echo: {text[:100]} ({len(text)} characters)")


def by_function(model: ModelConfig, messages: Messages, tools: Sequence[str] = ()) -> Outcome:
    """What a function says; the names of the tools that a request offers are an argument when there are any."""
    module, _, name = model.function.partition(":")
    offered = {"tools": tools} if tools else {}
    try:
        return parse_reply(getattr(import_module(module), name)(messages, **model.given, **offered), model.function)
    except Exception as error:  # noqa: BLE001  # a client that is told nothing waits for ever
        return Outcome(status=500, body=bodies.openai_error(repr(error), "server_error", None), fault="function")


PURE_KINDS: dict[str, Callable[[ModelConfig, Messages], Outcome]] = {
    "rules": by_rules,
    "reader": by_reading,
    "echo": by_echo,
}


def turn_of(model: ModelConfig, messages: Messages) -> tuple[int, Turn]:
    """The turn a script is at: counted by the assistant messages, so that a retry stays on its turn."""
    index = min(sum(message.get("role") == "assistant" for message in messages), len(model.turns) - 1)
    return index, model.turns[index]


def of_turn(turn: Turn, happened: int) -> Outcome:
    """What a turn gives when it was asked `happened` times before."""
    for outcome, times in turn.before:
        if happened < times:
            return outcome
        happened -= times
    return turn.reply
