"""Records of two or three files that have to be joined by their keys, and added up."""

from collections.abc import Sequence
from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn
from langchain_rlm.testing.quality.words import DESCRIBED, KIND_OF, persons

HOMES = 12
A_LOAN, A_MEMBER = 24, 32
"""Characters of a row, about."""
LOANS_OF_ONE = 8
_PLACES = ("Hill", "Mill", "Cross", "Gate", "Green", "Lane")
_NUMBERS = ("{}", "no. {}", "m{}", "# {}")
"""How a member's number is written when the keys differ."""


def join(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """What the loans of the members of one place cost, in two files, or in three with the prices apart."""
    items = rng.sample(sorted(KIND_OF), 12)
    price = {item: 5 * rng.randint(1, 40) for item in items}
    words = rng.sample(sorted(DESCRIBED), HOMES)
    homes = [f"{word.title()} {rng.choice(_PLACES)}" for word in words]
    target = homes[0]
    has_prices_apart = rng.random() < 0.5
    apart = "item,cents a day\n" + "".join(f"{_spelt(item, is_searchable)},{price[item]}\n" for item in items)
    left = size - 60 - len(apart) * has_prices_apart
    count = max(4, left // (A_MEMBER + LOANS_OF_ONE * A_LOAN))
    people = persons(rng)
    members = {number: (next(people), rng.choice(homes)) for number in rng.sample(range(10_000, 100_000), count)}
    numbers = [*members]
    members[numbers[0]] = (members[numbers[0]][0], target)
    rows = [f"M-{number},{person},{home}" for number, (person, home) in members.items()]
    left -= sum(len(row) + 1 for row in rows)
    loans, total = list[str](), 0
    evidence = [row for row, (_, home) in zip(rows, members.values(), strict=True) if home == target]
    while left > A_LOAN // 2:
        number = rng.choice(numbers) if loans else numbers[0]
        item, days = rng.choice(items), rng.randint(1, 30)
        key = f"M-{number}" if is_searchable else rng.choice(_NUMBERS).format(number)
        cost = "" if has_prices_apart else f",{price[item]}"
        loans.append(f"L{len(loans) + 1:05},{key},{item},{days}{cost}")
        left -= len(loans[-1]) + 1
        if members[number][1] == target:
            total += days * price[item]
            evidence.append(loans[-1])
    context = {"members.csv": _csv("member,person,home", rows)}
    context["loans.csv"] = _csv("loan,member,item,days" + ("" if has_prices_apart else ",cents a day"), loans)
    if has_prices_apart:
        context["prices.csv"] = apart
    asked = f"of {target}" if is_searchable else f'of the place that is called after "{DESCRIBED[words[0]]}"'
    question = (
        f"What do all loans of the members {asked} cost together? A loan costs its days times the cents a day of its "
        'item. Answer with "Answer: " and the number of cents.'
    )
    return Drawn(question, context, total, tuple(evidence))


def _csv(head: str, rows: Sequence[str]) -> str:
    return "\n".join([head, *rows, ""])


def _spelt(item: str, is_searchable: bool) -> str:  # noqa: FBT001  # of one use
    return item if is_searchable else item.upper()
