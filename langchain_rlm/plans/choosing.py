"""How a root model chooses a plan: a digit from a menu, then parameters, on one line. Pure functions over text.

Examples are turns of a conversation: weak models go on with a pattern better than they follow a rule. Those that are
worded like the question are shown, the most alike last.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from langchain_rlm.plans.kinds import choices, read
from langchain_rlm.plans.library import FALLBACK
from langchain_rlm.plans.nearest import nearest
from langchain_rlm.plans.plan import Plan

TITLE = "Questions are asked about texts that you do not see. Choose for each the way in which it is to be answered."
SHOWN = 10
"""Examples in the menu: a 1.5B model chose 36 of 40 rightly with the ten most alike, 25 with the same 24 for all."""
AGREED = 8
"""Of the examples shown, those of one way that outweigh a weak model which chooses a way that none of them has: of the
questions for which they agree so, 94 in 100 are of that way."""
AGREED_WITHOUT = 5
"""Of the examples shown, those of one way that are enough where a question has no word of the plan that was chosen."""
_WORDS = {
    "extremes": r"\b(?:\w{2,}est|most|least|first|last|final(?:ly)?|now|current(?:ly)?|end(?:s|ed)? up|in the end|more|"
    r"less|top|best|worst|record|end|earlier|later|recent|since|until|older|newer|maximum|minimum|peak|leads?|led|won|winner|still|before|after|today|recently|"
    r"at present|at the moment|nowadays|so far|as \w+ as|baby|favou?rite)\b",
    "total": r"\b(?:how (?:much|many|long|far|large|heavy)|totals?|totall?ed|tot|sums?|add(?:s|ed|ing)?|altogether|"
    r"in all|overall|together|combined|costs?|spen[dt]|amounts?|figure|bill|worth|expenses?|owe[ds]?|earn(?:ed|s)?|"
    r"takings|income|turnover|revenue|all told|number of|counts?|comes?|came|pa(?:y|ys|id)|bring|brought)\b",
    "summarize": r"summar|overview|gist|\bsum\b|tl;?dr|about|main|key|brief|outline|describe|essential|takeaway|"
    r"condense|boil|happen|going on|know|finding|topic|message|in short|important|big picture|fill me|points?\b|"
    r"nutshell|roughly|tell us|what's in|short|broad|story|plot|deal with|contain|said|say",
    "map": r"how (?:many|often|much)|number of|\bcount|\btally|break .* down|\bmost|main|per ?cent|%|share|"
    r"proportion|fraction|majority|more|often|\bor\b|usual|common|frequen|rather|ratio|overall|tone|mood|half|"
    r"predominant|fewest|least|positive|negative|sentiment|classif|categor|label|kinds?\b",
}
"""Words of which a question for a plan has one: each of the plan's examples does, and few of most others' do."""
_ENGLISH = re.compile(r"\b(?:the|what|which|who|whom|whose|where|when|why|how|does|did|were)\b", re.IGNORECASE)
_WANTED = re.compile(
    r"(?:please\W+)?(?:list|name|give|tell|show|compare|put|count|find|say|sum|summari[sz]e)\b", re.IGNORECASE
)
"""How a sentence begins that wants something without a question mark."""
_OF_FORM = re.compile(r"(?:please\W+)?(?:just|only|answer)\b[^?]*\Z", re.IGNORECASE)
"""A sentence behind a question that tells how it is to be answered: with the number alone."""
_NUMBER = re.compile(r"\A[^\w\n]*(?:(?:way|plan|answer|option|number)\W*)?(\d{1,2})\b(?!\s*(?:of|%))", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """A plan, and the parameters that were chosen for it."""

    plan: Plan
    parameters: Mapping[str, Any]


def menu(question: str, plans: Sequence[Plan], *, documents: int = 1) -> list[BaseMessage]:
    """Asks for a plan by its number, and for its parameters."""
    ways = [f"{number}. {plan.purpose.partition(chr(10))[0]}{_wants(plan)}" for number, plan in enumerate(plans, 1)]
    asked = "Answer with the number of the way, and behind it what stands in its parentheses. One line, nothing else."
    above = "\n".join([TITLE, "", "The ways:", *ways, "", asked, "", ""])
    messages: list[BaseMessage] = []
    for said, way in _shown(question, plans):
        messages += [HumanMessage(f"{above}Question: {said}"), AIMessage(way)]
        above = ""
    many = f" (The text is a list of {documents:,} documents.)" if documents > 1 else ""
    return [*messages, HumanMessage(f"{above}Question: {question}{many}")]


def agreed(question: str, reply: str, plans: Sequence[Plan]) -> Choice | None:
    """The plan that outweighs the one which a reply chooses, by the examples that are worded like the question.

    Of those nearly all are of one plan, and none is of the chosen one; or the question has no word of that one: then
    half of the others are enough, and where they are not, a fact is looked for.
    """
    ways = Counter(shown.partition(";")[0] for _, shown in _shown(question, plans))
    said = chosen(reply, plans)
    number = str(plans.index(said.plan) + 1) if said is not None else ""
    is_odd = said is not None and lacks_words(question, said.plan)
    if is_odd:
        ways.pop(number, None)
    elif number in ways:
        return None
    way, count = ways.most_common(1)[0] if ways else ("", 0)
    behind = _NUMBER.sub("", reply.strip(), count=1)
    if is_odd and count < AGREED_WITHOUT:
        return Choice(next((plan for plan in plans if plan.name == FALLBACK), plans[0]), {})
    return chosen(f"{way}; {behind}", plans) if count >= (AGREED_WITHOUT if is_odd else AGREED) else None


def lacks_words(question: str, plan: Plan) -> bool:
    """Whether an English question has none of the words that questions for a plan have."""
    return bool(_ENGLISH.search(question)) and not re.search(_WORDS.get(plan.name, ""), question, re.IGNORECASE)


def _shown(question: str, plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """The examples that are worded like a question, the most alike last."""
    examples = list(_examples(plans))
    of_ways = [(asked_in(said), way.partition(";")[0]) for said, way in examples]
    return [examples[place] for place in nearest(asked_in(question), of_ways, SHOWN)]


def asked_in(question: str) -> str:
    """A question without what is told before it asks, or wants something; all of it where nothing does."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", question.strip())
    first = next((at for at, one in enumerate(sentences) if one.endswith("?") or _WANTED.match(one)), 0)
    asks, *behind = sentences[first:]
    told = [one for one in behind if not (asks.endswith("?") and _OF_FORM.match(one))]
    return " ".join([asks, *told])


def _wants(plan: Plan) -> str:
    """What a way may be told."""
    parts = [
        f"{name}: {' or '.join(filter(None, allowed))}" if (allowed := choices(one.kind)) else f"{name}: ..."
        for name, one in plan.own.items()
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def _examples(plans: Sequence[Plan]) -> Iterator[tuple[str, str]]:
    """The examples of all plans, each a question and what it is answered."""
    for number, plan in enumerate(plans, 1):
        for example in plan.purpose.split("\n\n")[1:]:
            question, *lines = example.strip().splitlines()
            yield question, "; ".join([str(number), *lines])


def chosen(reply: str, plans: Sequence[Plan]) -> Choice | None:
    """The plan that a reply chooses; None when it chooses none, or lacks a parameter that the plan must be given."""
    number = _NUMBER.search(reply.strip())
    if number is None or not 1 <= int(number[1]) <= len(plans):
        return None
    plan = plans[int(number[1]) - 1]
    parameters = {}
    for name, one in plan.own.items():
        try:
            parameters[name] = read(one.kind, _said(name, reply, [*plan.own]))
        except ValueError:
            if not one.default:
                return None
    return Choice(plan, parameters)


def _said(name: str, reply: str, names: Sequence[str]) -> str:
    """What a reply says behind the name of a parameter, up to the next one or the end of the line."""
    others = "|".join(map(re.escape, names))
    found = re.search(
        rf"\b{re.escape(name)}\W*[:=]\s*(.+?)\s*(?:[;\n]|[,;]?\s*\b(?:{others})\W*[:=]|\Z)", reply, re.IGNORECASE
    )
    return found[1] if found else ""
