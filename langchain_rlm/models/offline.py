"""A chat model that needs no network: extractive, without reasoning. For demos, baselines and dry runs.

As the root of a run it writes fixed programs (search, ask about the best pieces, gather); as a sub-model it quotes the
sentences that share most words with the question. Words count by BM25 and are known by their English stems, so it finds
what is said in the question's own words and nothing else.
"""

import math
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import pairwise
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, ModelProfile
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from langchain_rlm.context.formats import estimate_tokens

NOTHING_FOUND = "NONE: no sentence of this text bears on the question."

_K1 = 1.5
_B = 0.75
_QUOTES = 3
_ENOUGH_WORDS = 2
_MAX_WORDS = 40
_SHORTEST_STEM = 3
_SHORT_SENTENCE_WORDS = 5
_LONG_SENTENCE_CHARACTERS = 400
_QUESTION_PARAGRAPH_CHARACTERS = 500

_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about an and any are as at be been by can could describe did do does explain for from had has have how i in"
        " into is it its may me mean means might must my of on or our shall should tell that the their them there these"
        " they this those to was we were what when where which who whom whose why will work works would you your",
    )
)
_SUFFIXES = ("ings", "ing", "ions", "ion", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e", "y")
_ENDING = rf"(?:[bdglmnprt]?(?:{'|'.join(_SUFFIXES)}|d))?"
_MATCHES_NOTHING = r"(a\bb)"
_QUOTED = re.compile("[\"“`']([^\"”`'\n]{1,200})[\"”`'](?!\\w)")
_COUNTING = re.compile(r"\b(?:how many|how often|count|number of)\b", re.IGNORECASE)
_SENTENCE_BREAK = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[\"“‘'(\[*A-Z0-9])|(?<=[.!?][\"”)])\s+(?=[\"“(A-Z0-9])|(?<=[。！？])"  # noqa: RUF001
    r"|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)"
)
_RULE_LINE = re.compile(r"(?m)^[ \t]*[=*~^_#-]{3,}[ \t]*$")

# The programs. Plain code, which the sandbox runs as it stands; the constants in capitals are written before them.
_SEARCH = r'''
import math
import re


def rank(texts):
    """(score, index) of each text by BM25 of the question's words and word pairs, best first."""
    found = []
    for text in texts:
        text = text.lower()
        words = re.findall(WORDS, text)
        for pair, pattern in PAIRS.items():
            words += [pair] * len(re.findall(pattern, text))
        found.append(words)
    average = max(1, sum([len(text) for text in texts]) / max(1, len(texts)))
    rarity = {}
    for term in TERMS:
        texts_with_it = sum([1 for words in found if term in words])
        rarity[term] = math.log(1 + (len(texts) - texts_with_it + 0.5) / (texts_with_it + 0.5))
    scores = []
    for index, words in enumerate(found):
        length = 1.5 * (0.25 + 0.75 * len(texts[index]) / average)
        score = 0.0
        for term in TERMS:
            count = words.count(term)
            score += rarity[term] * count * 2.5 / (count + length)
        short = texts[index].count(" ") + 1 < 5
        scores.append((score / 2 if short else score, index))
    return sorted(scores, key=lambda pair: (-pair[0], pair[1]))


texts = [context] if isinstance(context, str) else context
pieces = []
places = []
names = []
for number, text in enumerate(texts):
    source = sources[number] if number < len(sources) else {}
    names.append(str(source.get("name") or source.get("id") or f"text {number + 1}"))
    for piece in chunks(text):
        pieces.append(piece)
        places.append(number)
ranked = rank(pieces)
print(f"{len(pieces)} pieces; the best by the words of the question:")
for score, index in ranked[:5]:
    print(f"{score:.2f} piece {index} of {names[places[index]]}: {pieces[index][:160]!r}")
'''

_MAP = r"""
chosen = list(range(len(pieces)))
if len(pieces) > 40:
    chosen = [index for score, index in ranked[:24] if score > 0]
prompts = []
for index in chosen:
    prompts.append(INSTRUCTION + "\nQuestion: " + QUESTION + "\nText:\n" + pieces[index])
replies = llm_query_batched(prompts, on_error="return") if prompts else []
quotes = []
failed = 0
for index, reply in zip(chosen, replies):
    if not isinstance(reply, str):
        failed += 1
    elif not reply.startswith("NONE"):
        quotes.extend([(places[index], line.strip()) for line in reply.splitlines() if line.strip()])
print(f"{len(chosen)} pieces asked, {failed} failed, {len(quotes)} sentences quoted")
"""

_GATHER = r"""
try:
    quotes
except NameError:
    quotes = []
    for score, index in ranked[:5]:
        for sentence in re.findall(r"\b\w[^.!?]{10,400}[.!?]", pieces[index]) if score > 0 else []:
            quotes.append((places[index], " ".join(sentence.split())))
origin = {}
for place, quote in quotes:
    if quote not in origin:
        origin[quote] = place
candidates = list(origin)
scored = [(score, candidates[index]) for score, index in rank(candidates) if score > 0]
best = [quote for score, quote in scored[:3]] + [quote for score, quote in scored[3:5] if score >= scored[0][0] / 2]
if best:
    result = "Passages that bear on the question (extractive model: quoted, not reasoned):"
    for quote in best:
        try:
            mark = " " + cite(quote, origin[quote])["mark"]
        except (NameError, ValueError):
            mark = ""
        result += f"\n{quote} [{names[origin[quote]]}]{mark}"
else:
    result = "The offline model found no sentence that bears on the question."
FINAL(result)
"""

_COUNT = r"""
texts = [context] if isinstance(context, str) else context
count = 0
for text in texts:
    if UNIT == "lines":
        count += sum([1 for line in text.splitlines() if NEEDLE in line])
    elif UNIT == "paragraphs":
        count += sum([1 for paragraph in text.split("\n\n") if NEEDLE in paragraph])
    elif UNIT == "documents":
        count += 1 if NEEDLE in text else 0
    else:
        count += text.count(NEEDLE)
FINAL(f"{count} {UNIT} of {NEEDLE!r}" if UNIT == "occurrences" else f"{count} {UNIT} contain {NEEDLE!r}")
"""

_INSTRUCTION = "Quote the sentences of the text that bear on the question, or answer NONE."


class OfflineChatModel(BaseChatModel):
    """A deterministic chat model in this process: it quotes, it does not reason, and it costs nothing.

    Token counts are estimates (characters / 4).
    """

    model_name: str = "offline (extractive, no reasoning)"

    @property
    def _llm_type(self) -> str:
        return "offline-extractive"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _resolve_model_profile(self) -> ModelProfile:
        return ModelProfile(max_input_tokens=32_000, text_inputs=True, text_outputs=True)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class passes it
        **_: Any,
    ) -> ChatResult:
        text = _until_stop(reply(messages), stop)
        message = AIMessage(text, response_metadata=_response_metadata(), usage_metadata=_usage(messages, text))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class passes it
        **_: Any,
    ) -> ChatResult:
        return self._generate(messages, stop)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _streamed(messages, stop):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _streamed(messages, stop):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


def reply(messages: Sequence[BaseMessage]) -> str:
    """Answer a conversation: with a program as the root model of a run, else with quotes from the prompt."""
    if _is_root(messages):
        return _root_reply(messages)
    question, text = _question_and_text(_last_human(messages))
    return "\n".join(extract(question, text)) or NOTHING_FOUND


def extract(question: str, text: str, *, limit: int = _QUOTES) -> list[str]:
    """Quote the sentences of a text that share most with a question.

    Args:
        question: Whose content words count.
        text: Is searched.
        limit: The most sentences to quote.

    Returns:
        The best sentences, best first, line breaks in them made spaces; none when the text has fewer than two (and
        fewer than half) of the question's content words.
    """
    words = content_words(question)
    found = set(re.findall(_word_pattern(words), text.lower()))
    if not words or len(found) < min(_ENOUGH_WORDS, (len(words) + 1) // 2):
        return []
    parts = list(dict.fromkeys(sentences(text)))
    ranked = sorted(zip(_bm25(parts, question), parts, strict=True), key=lambda pair: -pair[0])
    return [part for score, part in ranked[:limit] if score > 0]


def sentences(text: str) -> list[str]:
    """Divide a text into sentences (and lines, where a long stretch has no sentence ends), each on one line."""
    found = []
    for part in _SENTENCE_BREAK.split(_RULE_LINE.sub("\n", text)):
        lines = part.splitlines() if len(part) > _LONG_SENTENCE_CHARACTERS else [part]
        found += [" ".join(line.split()) for line in lines if line and not line.isspace()]
    return found


def content_words(question: str) -> list[str]:
    """The stems of the words of a question that carry its content, in order, each once."""
    words = re.findall(r"\w+", question.lower())
    return list(dict.fromkeys(map(_stem, [word for word in words if word not in _STOP_WORDS] or words)))[:_MAX_WORDS]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= _SHORTEST_STEM:
            stem = word[: -len(suffix)]
            doubled = stem[-1] == stem[-2] and stem[-1] in "bdgmnprt" and len(stem) > _SHORTEST_STEM
            return stem[:-1] if doubled else stem
    return word


def _word_pattern(stems: Sequence[str]) -> str:
    """A pattern for the words with these stems in lower-case text; its one group is the stem."""
    return rf"\b({'|'.join(map(re.escape, stems))}){_ENDING}\b" if stems else _MATCHES_NOTHING


def _pair_patterns(question: str) -> dict[str, str]:
    """Patterns for content words that stand side by side in the question, by the stem of the first and a plus sign.

    A pair found together says more than its words apart: "import statement" is not any statement and some import.
    """
    pairs = pairwise(re.findall(r"\w+", question.lower()))
    stems = [(_stem(one), _stem(two)) for one, two in pairs if one not in _STOP_WORDS and two not in _STOP_WORDS]
    return {f"{one}+": rf"\b{re.escape(one)}{_ENDING}\W{{1,3}}{re.escape(two)}" for one, two in stems[:_MAX_WORDS]}


def _bm25(texts: Sequence[str], question: str) -> list[float]:
    words, pairs = _word_pattern(content_words(question)), _pair_patterns(question)
    counts = [_counted(text.lower(), words, pairs) for text in texts]
    containing = Counter(term for count in counts for term in count)
    rarity = {term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for term, n in containing.items()}
    average = max(1.0, sum(map(len, texts)) / max(1, len(texts)))
    return [
        sum(rarity[term] * n * (_K1 + 1) / (n + _K1 * (1 - _B + _B * len(text) / average)) for term, n in count.items())
        * (0.5 if text.count(" ") + 1 < _SHORT_SENTENCE_WORDS else 1)
        for text, count in zip(texts, counts, strict=True)
    ]


def _counted(text: str, words: str, pairs: dict[str, str]) -> dict[str, int]:
    counts = Counter(re.findall(words, text))
    together = {term: len(re.findall(pattern, text)) for term, pattern in pairs.items() if term[:-1] in counts}
    return counts | {term: count for term, count in together.items() if count}


def _is_root(messages: Sequence[BaseMessage]) -> bool:
    system = "\n".join(str(message.text) for message in messages if isinstance(message, SystemMessage))
    return "llm_query" in system and "REPL" in system


def _root_reply(messages: Sequence[BaseMessage]) -> str:
    question = _root_question(messages)
    turn = sum(isinstance(message, AIMessage) for message in messages)
    if needle := _counted_text(question):
        return _cell("Count with code.", {"NEEDLE": needle, "UNIT": _counted_unit(question)}, _COUNT)
    if "final answer now" in _last_human(messages).lower():
        return _cell("Answer with what is known.", _terms(question), _GATHER if turn else _SEARCH + _GATHER)
    programs: tuple[tuple[str, dict[str, object], str], ...] = (
        ("Search: rank the pieces by the words of the question.", _terms(question), _SEARCH),
        ("Ask about the best pieces.", {"INSTRUCTION": _INSTRUCTION, "QUESTION": question}, _MAP),
        ("Gather the quotes.", {}, _GATHER),
        ("Search again and gather.", _terms(question), _SEARCH + _GATHER),
    )
    return _cell(*programs[min(turn, len(programs) - 1)])


def _terms(question: str) -> dict[str, object]:
    words, pairs = content_words(question), _pair_patterns(question)
    return {"WORDS": _word_pattern(words), "PAIRS": pairs, "TERMS": words + list(pairs)}


def _cell(remark: str, constants: dict[str, object], program: str) -> str:
    # A literal is written in ASCII and without backticks: nothing in a question can end the fence.
    values = "".join(f"{name} = {value!a}\n".replace("`", "\\x60") for name, value in constants.items())
    return f"{remark}\n\n```repl\n{values}{program.strip()}\n```"


def _root_question(messages: Sequence[BaseMessage]) -> str:
    first = next((str(message.text) for message in messages if isinstance(message, HumanMessage)), "")
    return _tagged("question", first) or first


def _counted_text(question: str) -> str:
    """What a counting question wants counted: the first thing in quotes, else an empty string."""
    quoted = _QUOTED.search(question)
    return quoted.group(1) if quoted and _COUNTING.search(question) else ""


def _counted_unit(question: str) -> str:
    for unit, words in (("lines", "lines?"), ("paragraphs", "paragraphs?"), ("documents", "documents?|files?|texts?")):
        if re.search(rf"(?i)\b(?:many|count|number of)\s+(?:\w+\s+){{0,2}}(?:{words})\b", question):
            return unit
    return "occurrences"


def _last_human(messages: Sequence[BaseMessage]) -> str:
    return next((str(message.text) for message in reversed(messages) if isinstance(message, HumanMessage)), "")


def _question_and_text(prompt: str) -> tuple[str, str]:
    """The two parts of a prompt: as `Question:` and `Text:`, in tags, or by paragraphs."""
    asked = re.search(r"(?m)^Question:[ \t]*(.+)$", prompt)
    tagged = _tagged("question", prompt), _tagged("context", prompt)
    if all(tagged) and not (asked and asked.start() < prompt.index("<question>")):
        return tagged
    if asked:
        before, rest = prompt[: asked.start()], prompt[asked.end() :]
        _, marker, text = rest.partition("\nText:")
        return asked.group(1), text if marker else f"{before}\n{rest}"
    first, _, after_first = prompt.strip().partition("\n\n")
    before_last, _, last = prompt.strip().rpartition("\n\n")
    if "?" in first or "?" not in last[-_QUESTION_PARAGRAPH_CHARACTERS:]:
        return first[:_QUESTION_PARAGRAPH_CHARACTERS], after_first
    return last[-_QUESTION_PARAGRAPH_CHARACTERS:], before_last


def _tagged(tag: str, prompt: str) -> str:
    """What stands between the first opening tag and the last closing one, each at a line start."""
    match = re.search(rf"(?ms)^<{tag}\b[^>\n]*>(.*)^</{tag}>", prompt)
    return match.group(1).strip() if match else ""


def _until_stop(text: str, stop: Sequence[str] | None) -> str:
    ends = [text.find(mark) for mark in stop or () if mark in text]
    return text[: min(ends)] if ends else text


def _streamed(messages: Sequence[BaseMessage], stop: Sequence[str] | None) -> Iterator[ChatGenerationChunk]:
    text = _until_stop(reply(messages), stop)
    for line in text.splitlines(keepends=True):
        yield ChatGenerationChunk(message=AIMessageChunk(content=line))
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            response_metadata=_response_metadata(),
            usage_metadata=_usage(messages, text),
            chunk_position="last",
        )
    )


def _response_metadata() -> dict[str, Any]:
    return {"model_name": "offline", "finish_reason": "stop"}


def _usage(messages: Sequence[BaseMessage], text: str) -> UsageMetadata:
    given = estimate_tokens(sum(len(message.text) for message in messages))
    made = estimate_tokens(len(text))
    return UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
