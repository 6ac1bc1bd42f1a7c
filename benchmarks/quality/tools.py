"""What the reader does when it is offered file tools: it lists the files, searches or reads them, then answers.

Where the words of the question lead to the evidence it greps for them and for what it finds, else it reads page by
page. A script that was written beforehand, for tools as deepagents has them. It stops after so many turns, or when
what it holds fills its window, and answers from what it has seen: with the mistakes of a prompt as long as the
conversation.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.quality.answers import Form, asked_in
from benchmarks.quality.facts import Fact, facts_in
from benchmarks.quality.reading import read
from benchmarks.quality.rot import Luck
from langchain_rlm.testing.quality.words import KIND_OF
from tests.server.outcome import first_user_text, text_of

NEEDED = frozenset({"ls", "grep", "read_file"})
TURNS, AT_ONCE, PAGE = 40, 10, 200
"""Turns, calls in a turn, and lines of a page, at most."""
ROOM = 440_000
"""Characters of a conversation, at most: 110,000 tokens of a window of 128,000."""
MOST_WORDS = 24
"""Words that are searched for, of those that a question gives; with more it is shorter to read."""
_NAME = re.compile(r"'([^'\n]+)'")
_HEAD = re.compile(r"^@@ lines (\d+)-\d+ of (\d+)(?: \| next offset (\d+))?.*@@\n", re.MULTILINE)
_MATCHES = re.compile(r"^(/.+):\n((?: +\d+: .*(?:\n|\Z))+)", re.MULTILINE)
_MATCH = re.compile(r"^ +(\d+): (.*)$", re.MULTILINE)
Call = dict[str, Any]


@dataclass
class Seen:
    """What the tools have shown so far."""

    turns: int = 0
    characters: int = 0
    """Of the conversation."""
    largest: int = 0
    """Characters of one result, of a search or of a page."""
    lines: dict[str, dict[int, str]] = field(default_factory=dict)
    """By file and number."""
    ahead: dict[str, set[int]] = field(default_factory=dict)
    """Where the pages begin that are not read; of a file of which nothing is read, where the first one does."""
    searched: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The lines in their order, however they were come by."""
        return "\n\n".join("\n".join(of[number] for number in sorted(of)) for of in self.lines.values() if of)

    @property
    def calls_left(self) -> int:
        """How many calls may be made in this turn: one to see how large results are, then what there is room for."""
        if self.turns >= TURNS:
            return 0
        return min(AT_ONCE, (ROOM - self.characters) // self.largest) if self.largest else 1


def agent_reply(messages: Sequence[Mapping[str, Any]], luck: Luck) -> str | dict[str, Any]:
    """The calls of the next turn, or the answer."""
    seen, question = seen_in(messages), first_user_text(messages)
    calls = [call for call, _ in zip(_wanted(question, seen, luck), range(seen.calls_left), strict=False)]
    return {"tool_calls": calls} if calls else read(f"{question}\n\n{seen.text}", luck)


def seen_in(messages: Sequence[Mapping[str, Any]]) -> Seen:
    """What a conversation has seen."""
    seen, made = Seen(), dict[str, Call]()
    for message in messages:
        seen.characters += len(text_of(message))
        if message.get("role") == "assistant":
            seen.turns += 1
            made |= {call["id"]: call["function"] for call in message.get("tool_calls") or ()}
        elif message.get("role") == "tool":
            call = made[message["tool_call_id"]]
            _note(seen, call["name"], json.loads(call["arguments"]), text_of(message))
    return seen


def _note(seen: Seen, name: str, asked: Mapping[str, Any], result: str) -> None:
    """Take down what one call has shown."""
    if name == "ls":
        for file in _NAME.findall(result):
            seen.lines[file], seen.ahead[file] = {}, {0}
        return
    seen.largest = max(seen.largest, len(result))
    if name == "grep":
        seen.searched.add(asked["pattern"])
        for file, matches in _MATCHES.findall(result):
            seen.lines.setdefault(file, {}).update({int(number): line for number, line in _MATCH.findall(matches)})
        return
    head, file = _HEAD.search(result), asked["file_path"]
    lines, ahead = seen.lines[file], seen.ahead[file]
    ahead.discard(asked["offset"])
    if head:
        lines |= dict(enumerate(result[head.end() :].split("\n"), int(head[1])))
        if head[3] and int(head[3]) + 1 not in lines:  # the first page tells how many there are
            ahead |= {int(head[3])} if ahead else {*range(int(head[3]), int(head[2]), PAGE)}


def _wanted(question: str, seen: Seen, luck: Luck) -> Iterator[Call]:
    """The calls that are left to make, the next ones first."""
    if not seen.turns:
        yield _call("ls", path="/")
        return
    asked = asked_in(question)
    if asked and _words(*asked, ()):
        form, match = asked
        answer, used = form.answer(match, facts_in(seen.text, form.relations, luck))
        words = [word for word in _words(form, match, used) if word not in seen.searched]
        found = [_call("grep", pattern=word, output_mode="content") for word in words]
        if form.kind == "code":  # a line does not tell of which function it is
            found += [page for file in seen.ahead if seen.lines[file] for page in _pages(file, seen)]
        yield from found
        if answer or found:
            return
    yield from (page for file in seen.ahead for page in _pages(file, seen))


def _words(form: Form, match: re.Match[str], used: Sequence[Fact]) -> list[str]:
    """The words that lead to the evidence: those of the question, and those that were found by them."""
    first = match[1] if match.re.groups else ""
    match form.kind:
        case "needle":
            words = re.findall(r"the (\w+ depot)", match[0])
        case "hops" if first:
            start = first.removeprefix("the firm that employs ")
            words = [start, *(fact.value for fact in used if fact.relation != "river")]
        case "code" if first or match["constant"]:
            words = [first or match["constant"], *(fact.subject for fact in used if fact.relation == "call")]
        case "table" if first:
            words = re.split(", | and ", first)
        case "count" | "compare" | "pairs":
            words = [word for word in dict.fromkeys(re.findall(r"\w+", match[0])) if word in KIND_OF]
            words = words if len(words) <= MOST_WORDS else []
        case _:
            words = []
    return words


def _pages(file: str, seen: Seen) -> list[Call]:
    return [_call("read_file", file_path=file, offset=start, limit=PAGE) for start in sorted(seen.ahead[file])]


def _call(name: str, **arguments: Any) -> Call:
    return {"name": name, "args": arguments}
