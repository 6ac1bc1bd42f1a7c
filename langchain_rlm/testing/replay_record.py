"""What a run on record was asked and told, in order for look-ups: for `ReplayChatModel`.

A request to the root model is known by the question it begins with, and its place in the conversation says which reply
is due. A sub-query is known by the digest of its prompt, so the text of the context is not needed. Equal requests are
counted: they get their answers in the order in which they were asked on record, and then from the first again.
"""

import re
import threading
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any, Self, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata

from langchain_rlm import prompts
from langchain_rlm.context.pieces import Piece, length
from langchain_rlm.errors import InputError, ReplayError
from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.entries import AnswerEntry, Entry, ReplyEntry
from langchain_rlm.journal.excerpts import EXCERPT, UNKNOWN
from langchain_rlm.journal.parts import Call as Recorded
from langchain_rlm.journal.reading import answered_calls, begun, replies
from langchain_rlm.models.failures import Failure, ModelCallError
from langchain_rlm.models.messages import pages_in
from langchain_rlm.models.weights import labels_in
from langchain_rlm.plans.choosing import TITLE
from langchain_rlm.repl.protocol import Call, Passed

QUOTED = 200
"""Characters of a request that an error quotes."""
COMPARED = 400
"""Characters by which the nearest request on record is found."""
ASKED = re.compile(r"<question>\n(.*?)\n</question>", re.DOTALL)
FITS = re.compile(r" \((?:[^()]*: )?send at most about ([\d,]+) characters\)$")
"""What the engine adds to the message of a prompt that did not fit; it will add it again."""
MISSING = "is not on record"


class NotOnRecordError(ReplayError, ModelCallError):
    """The run on record was never asked this. The engine does not ask again, as that would not help."""

    def __init__(self, message: str) -> None:
        ModelCallError.__init__(self, Failure("invalid", message, is_final=True))


@dataclass(frozen=True)
class _RootRun:
    """A run of the tree: what its root model said, in order."""

    question: str
    route: str
    characters: int
    replies: tuple[ReplyEntry, ...]
    stop_reason: str
    beginning: str = ""
    """The beginning of its first document, as far as it is known."""
    did_not_fit: bool = False
    """It took the direct route first, and its context was too long for that."""
    choices: tuple[ReplyEntry, ...] = ()
    """The plans that the root model chose."""

    @classmethod
    def of(cls, journal: Sequence[Entry], texts: Sequence[str]) -> Self:
        run, said = begun(journal), tuple(reply for reply in replies(journal) if "plan" not in reply)
        choices = tuple(reply for reply in replies(journal) if "said" in reply.get("plan", {}))
        ends = [entry["stop_reason"] for entry in journal if entry["kind"] == "end"]
        beginning = _beginning([(0, 0, run["characters"])], texts[:1])
        end = ends[-1] if ends else ""
        left = run["route"] == "direct" and any(entry["kind"] == "route" for entry in journal)
        return cls(run["question"], run["route"], run["characters"], said, end, beginning, left, choices)

    def begins(self, prompt: str, *, direct: bool) -> bool:
        """Whether a conversation that begins with this prompt is about this question."""
        if direct:
            return prompt.startswith(prompts.direct_prompt(self.question, [("", "")]).partition("\n\n<context>\n")[0])
        return prompt.startswith(f"<question>\n{self.question}\n</question>\n")

    def is_over(self, prompt: str, *, direct: bool) -> bool:
        """Whether the context has the size and the beginning that it had on record."""
        if direct:
            return len(prompt) >= self.characters
        if self.characters and f", {self.characters:,} characters in all" not in prompt:
            return False
        return prompt.partition("\n<head>\n")[2].startswith(self.beginning)

    def agrees(self, said: Sequence[str]) -> bool:
        return all(text == reply["text"] for text, reply in zip(said, self.replies, strict=False))


class Record:
    """What was asked and said in a tree of runs."""

    def __init__(self, journal: Sequence[Entry], texts: Sequence[str]) -> None:
        self.roots: list[_RootRun] = []
        self.answered: list[tuple[Recorded, AnswerEntry]] = []
        """Sub-queries with their answers, in the order asked."""
        self.places: dict[tuple[bool, str], list[int]] = {}
        """Where in `answered` a digest is. Answers that the run was given a second time (True) are used only when the
        first ones are not on record."""
        self._served = _Served()
        self._read(journal, texts)
        calls = [call for call, _ in self.answered]
        self.names = {None, *(call["model"] for call in calls)}
        self.sizes = {  # of prompts and the texts beside them, to tell where one ends and the other begins
            tuple(sum(map(length, pieces)) for pieces in (call["pieces"], *call["context"])): call["single"]
            for call in calls
            if call.get("context") is not None
        }

    def _read(self, journal: Sequence[Entry], texts: Sequence[str]) -> None:
        if journal[0]["kind"] != "run":
            msg = f"The journal begins with {journal[0]['kind']!r}, not with the run. Pass the whole journal."
            raise InputError(msg)
        root = _RootRun.of(journal, texts)
        if root.route != "samples":  # else its samples are asked
            self.roots.append(root)
        cut_off = {call["id"] for entry in journal if entry["kind"] == "fork" for call in entry["calls"]}
        for call, answer in answered_calls(journal):
            if answer is None or "tool" in call or answer.get("refused"):
                continue
            if call["id"] in cut_off and "error" in answer:  # it was asked again after the fork
                continue
            if not answer.get("run"):
                self.places.setdefault(("reused" in call, call["digest"]), []).append(len(self.answered))
                self.answered.append((call, answer))
            elif "reused" not in call:
                documents = documents_below(call, answer["run"]["over"])
                below = texts if documents is None else [_beginning(pieces, texts) for pieces in documents]
                self._read(answer["run"]["journal"], below)

    def reply(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """What the model said to this on record. What failed there, or was not asked, is a `ModelCallError`."""
        first = next((message.text for message in messages if isinstance(message, HumanMessage)), "")
        if messages and isinstance(messages[0], SystemMessage) and first.startswith("<question>\n"):
            return self._root(messages, first, direct=False)
        if first.startswith(TITLE):
            return self._choice(messages)
        if any(root.route == "direct" and root.begins(first, direct=True) for root in self.roots):
            return self._root(messages, first, direct=True)
        return self._sub(messages)

    def _choice(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """What the root model said to the menu of plans."""
        asked = messages[-1].text.rpartition("Question: ")[2]
        said = [reply for root in self.roots for reply in root.choices if asked.startswith(root.question)]
        if not said:
            raise _missing(asked, [root.question for root in self.roots], what="question")
        return _message(self._served.next(asked, said))

    def _root(self, messages: Sequence[BaseMessage], first: str, *, direct: bool) -> AIMessage:
        said = [message.text for message in messages if isinstance(message, AIMessage)]
        seen = messages[-1].text
        if MISSING in seen:  # the cell was told that a sub-query is not on record: all that follows would be wrong
            line = next(line for line in seen.splitlines() if MISSING in line)
            msg = f"the run left the record: {line.strip()}"
            raise NotOnRecordError(msg)
        asked = [root for root in self.roots if root.begins(first, direct=direct)]
        roots = [root for root in asked if root.is_over(first, direct=direct)]
        if not roots:
            raise self._unknown_question(first, asked)
        roots = [root for root in roots if root.agrees(said)] or roots
        root = self._served.next((tuple(map(id, roots)), *said), roots)
        if direct and root.did_not_fit:
            raise ModelCallError(Failure("overflow", "the context was too long here on record too", is_final=True))
        if said and len(said) <= len(root.replies) and seen == prompts.CONTINUE:
            return AIMessage("", response_metadata={"finish_reason": "length"})  # it could not be continued on record
        if len(said) >= len(root.replies):
            raise _no_more(root)
        return _message(root.replies[len(said)])

    def _sub(self, messages: Sequence[BaseMessage]) -> AIMessage:
        prompt = messages[-1].text if len(messages) == 1 else "\n\n".join(message.text for message in messages)
        digests = list(self._digests(prompt, pages_in(messages[-1]), labels_in(messages)))
        for is_spare in (False, True):
            found = [place for digest in digests for place in self.places.get((is_spare, digest), ())]
            if found:  # one prompt may have been asked of several models
                return _message(self.answered[self._served.next(prompt, sorted(found))][1])
        if any(root.route == "rlm" and root.begins(prompt, direct=True) for root in self.roots):
            raise _asked_directly(prompt)
        raise _missing(prompt, [_words(call) for call, _ in self.answered])

    def _digests(
        self, prompt: str, images: tuple[tuple[int, int], ...], labels: tuple[str, str] | None
    ) -> Iterator[str]:
        for name in self.names:
            yield Call("llm", prompt, name, images=images, labels=labels).digest()
        for sizes, single in self.sizes.items():
            if sum(sizes) + 2 * (len(sizes) - 1) == len(prompt):
                parts: list[Passed] = list(_cut(prompt, sizes))
                for name in self.names:
                    yield Call("rlm", str(parts[0]), name, parts[1] if single else parts[1:]).digest()
        for name in self.names:
            yield Call("rlm", prompt, name).digest()

    def _unknown_question(self, first: str, asked: Sequence[_RootRun]) -> NotOnRecordError:
        if asked:
            sizes = " or ".join(sorted({f"{root.characters:,}" for root in asked}))
            known = f"the question {_quoted(asked[0].question)} is on record over {sizes} characters of context"
            return NotOnRecordError(f"{known}, and this context {MISSING}: is it the same one?")
        found = ASKED.match(first)
        return _missing(found[1] if found else first, [root.question for root in self.roots], what="question")


class _Served:
    """Gives out the answers to equal requests one after the other, from any thread; a copy begins anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Hashable] = Counter()

    def __reduce__(self) -> tuple[Any, ...]:
        return _Served, ()

    def next(self, request: Hashable, answers: Sequence[Any]) -> Any:
        with self._lock:
            count = self._counts[request]
            self._counts[request] += 1
        return answers[count % len(answers)]


def _message(entry: ReplyEntry | AnswerEntry) -> AIMessage:
    """A reply or an answer as the model gave it; when it gave an error, that is raised."""
    if entry["kind"] == "answer" and "error" in entry:
        error = entry["error"]
        fits = FITS.search(error["message"])
        limit = int(fits[1].replace(",", "")) // 3 if fits else None
        kind, said = cast("Any", error["type"]), FITS.sub("", error["message"])
        raise ModelCallError(Failure(kind, said, limit=limit, is_final=True))
    finish = "length" if entry.get("cut_off") else "stop"
    metadata = {"model_name": entry.get("model") or "replay", "finish_reason": finish}
    said = entry["plan"]["said"] if entry["kind"] == "reply" and "plan" in entry else entry["text"]
    return AIMessage(said, response_metadata=metadata, usage_metadata=_usage(entry.get("usage")))


def _usage(usage: Mapping[str, Any] | None) -> UsageMetadata | None:
    if not usage or usage.get("estimated_calls"):
        return None
    tokens_in, tokens_out = usage["input_tokens"], usage["output_tokens"]
    counts = UsageMetadata(input_tokens=tokens_in, output_tokens=tokens_out, total_tokens=tokens_in + tokens_out)
    read, wrote, thought = (usage.get(f"{kind}_tokens", 0) for kind in ("cache_read", "cache_write", "reasoning"))
    if read or wrote:
        counts["input_token_details"] = {"cache_read": read, "cache_creation": wrote}
    if thought:
        counts["output_token_details"] = {"reasoning": thought}
    return counts


def _beginning(pieces: Sequence[Piece], texts: Sequence[str]) -> str:
    """The beginning of a text made of pieces, up to the first unknown part."""

    def begins(piece: Piece) -> str:
        if isinstance(piece, str):
            return piece
        size = min(EXCERPT, length(piece))
        known = texts[piece[0]][piece[1] : piece[1] + size] if piece[0] < len(texts) else ""
        return known.ljust(size, UNKNOWN)

    return "".join(map(begins, pieces))[:EXCERPT].partition(UNKNOWN)[0]


def _cut(prompt: str, sizes: Sequence[int]) -> Iterator[str]:
    at = 0
    for size in sizes:
        yield prompt[at : at + size]
        at += size + 2


def _words(call: Recorded) -> str:
    return "".join(piece if isinstance(piece, str) else f" [{length(piece):,} characters] " for piece in call["pieces"])


def _no_more(root: _RootRun) -> ModelCallError:
    if root.stop_reason == "gave_up":
        return ModelCallError(Failure("empty", "the root model gave no reply here on record either", is_final=True))
    ended = f"ended ({root.stop_reason})" if root.stop_reason else "broke off"
    turn = f"turn {len(root.replies) + 1} of {_quoted(root.question)}"
    return NotOnRecordError(f"{turn} {MISSING}: the run {ended} after {len(root.replies)}")


def _asked_directly(prompt: str) -> NotOnRecordError:
    question = ASKED.search(prompt)
    call = f"a direct call for {_quoted(question[1] if question else prompt)}"
    return NotOnRecordError(f"{call} {MISSING}: the run took the route 'rlm'. Use RLM(model, route='rlm')")


def _missing(asked: str, known: Sequence[str], what: str = "sub-query") -> NotOnRecordError:
    nearest = max(known, key=partial(_likeness, asked), default=None)
    told = ", nor is any other" if nearest is None else f"; the nearest one there: {_quoted(nearest)}"
    return NotOnRecordError(f"the {what} {_quoted(asked)} {MISSING}{told}")


def _likeness(asked: str, candidate: str) -> float:
    return SequenceMatcher(None, candidate[:COMPARED], asked[:COMPARED], autojunk=False).quick_ratio()


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= QUOTED else f"{line[:QUOTED]}...")
