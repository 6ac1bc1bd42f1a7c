"""What a model thought before it spoke, where it stands in the text itself: it is no part of any reply.

Servers without a parser for reasoning, and models told to think aloud, leave it in. It counts as thinking at the
beginning of a line; what is quoted in a sentence or in a block of code stays.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from langchain_rlm.repl.fences import Fences

_TAGS = (
    r"(?:ant|\w{1,20}[_-])?think(?:ing)?", "thoughts?", "thought[_-]?process", "reason(?:ing)?", "reflection",
    r"scratch[_-]?pad", "(?:inner|internal)(?:[_-]?(?:monologue|thoughts?))?", "monologue", "chain[_-]of[_-]thought",
    "cot", "analysis",
)  # fmt: skip
_CHANNEL, _KIND = r"(?:<\|start\|>assistant)?<\|channel\|>", r"(?:[^<\n]{0,40}<\|constrain\|>)?[^<\n]{0,40}"
FORMS = (
    *((rf"<(?:\w{{1,20}}:)?{tag}(?:\s[^<>\n]*+)?>", rf"</(?:\w{{1,20}}:)?{tag}\s*>") for tag in _TAGS),
    (r"\[THINK(?:ING)?\]", r"\[/THINK(?:ING)?\]"),
    ("◁think▷", "◁/think▷"),
    (r"<\|thinking\|>", r"<\|/thinking\|>"),
    ("<unused94>thought", "<unused95>"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>(?:\s*<\|begin_of_solution\|>)?"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>(?:\s*<\|START_RESPONSE\|>)?"),
    (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    (r"<\|channel>(?:thought|analysis)", r"<channel\|>"),
    (rf"{_CHANNEL}analysis<\|message\|>", rf"(?:<\|end\|>)?{_CHANNEL}final\b{_KIND}<\|message\|>|<\|end\|>"),
    ("(?-i:analysis(?=[A-Z]))", "(?-i:assistantfinal)"),  # the form above without its marks
)
"""How thinking opens and closes: most models; Magistral; Kimi; MedGemma; Open Thoughts; Cohere; Apertus;
Gemma; gpt-oss."""
_MARK = re.compile(
    r"(?=<[a-z/|]|\[/?T|◁|analysis|assistantfinal)(?:"
    + "|".join(f"(?P<o{n}>{opening})|(?P<c{n}>{closing})" for n, (opening, closing) in enumerate(FORMS))
    + ")",
    re.IGNORECASE,
)
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t\ufeff]{0,40}\Z")
_ENDS_LINE = re.compile(r"[ \t]*+(?:\n|`{3}|~{3}|\Z)")
_SAID_WITH_TAGS = re.compile(r"\s*+<(?:\w+:)?analysis\b", re.IGNORECASE)
"""A tag that answers are written in too: alone, it is the answer."""
_END_OF_TURN = re.compile(r"\s*+<\|(?:end_of_solution|END_RESPONSE|return|end|im_end|eot_id)\|>\s*+\Z")


def without_thinking(text: str, *, unclosed: bool = True) -> str:
    """The text without what its model thought, also where it began `unclosed` and never ended."""
    position, parts = 0, list[str]()
    for start, end in _thinking(text, unclosed=unclosed):
        parts.append(text[position:start])
        position = end
    if not parts:
        return text
    kept = _END_OF_TURN.sub("", "".join([*parts, text[position:]]))
    return text if not kept.strip() and _SAID_WITH_TAGS.match(text) else kept.lstrip()


def _thinking(text: str, *, unclosed: bool) -> Iterator[tuple[int, int]]:
    marks = list(_MARK.finditer(text))
    closings: dict[str, list[tuple[int, int]]] = {}
    for mark in marks:
        closings.setdefault(str(mark.lastgroup), []).append((mark.start(), mark.end()))
    fences = Fences(text if marks else "")
    position = looked = 0
    spoken, is_fresh, opened = False, True, set[str]()
    for mark in marks:
        while (fence := fences.next(position)) is not None and fence < mark.start():
            position, spoken, is_fresh = fences.block().end, True, False
        if mark.start() < position:
            continue
        if text[max(position, looked) : mark.start()].strip():
            spoken, is_fresh = True, False
        looked = mark.start()
        kind, form = str(mark.lastgroup)[0], str(mark.lastgroup)[1:]
        if kind == "c":
            begin, end = (0, mark.end()) if form not in opened and _is_left_alone(text, mark) else (0, 0)
        else:
            ends = closings.get(f"c{form}", [])
            later = bisect_left(ends, (mark.end(), 0))
            begin, end = mark.start(), ends[later][1] if later < len(ends) else 0
            if not end and unclosed and not spoken:
                yield begin, len(text)
                return
            end = end if is_fresh or _begins_line(text, mark) else 0
        opened.add(form)
        if end:
            yield begin, end
            position, is_fresh = end, True


def _begins_line(text: str, mark: re.Match[str]) -> bool:
    return _LINE_BEGINS.search(text[max(0, mark.start() - 41) : mark.start()]) is not None


def _is_left_alone(text: str, mark: re.Match[str]) -> bool:
    """Whether a closing mark ends thinking that the chat template opened, and is not quoted."""
    before, after = text[max(0, mark.start() - 1) : mark.start()], text[mark.end() : mark.end() + 1]
    ends_line = _ENDS_LINE.match(text, mark.end()) is not None
    is_glued = before in {*".!?:)…"} and after.isalnum()
    return (_begins_line(text, mark) or ends_line or is_glued) and bool(text[mark.end() :].strip())
