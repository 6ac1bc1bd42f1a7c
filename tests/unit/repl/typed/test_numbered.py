"""Which line of a reply answers which item, in any dress; what is in doubt is not answered."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_rlm.repl.typed.labels import Labels
from langchain_rlm.repl.typed.numbered import answers, numbers

LABELS = ["billing", "technical question", "not spam", "spam"]
Line = tuple[int, str]
LINES: dict[str, Callable[[int, str], str]] = {
    "point": lambda n, a: f"{n}. {a}",
    "bracket": lambda n, a: f"{n}) {a}",
    "colon": lambda n, a: f"{n}: {a}",
    "space": lambda n, a: f"{n} {a}",
    "tab": lambda n, a: f"{n}\t{a}",
    "comma": lambda n, a: f"{n}, {a}",
    "dash": lambda n, a: f"{n} - {a}",
    "long dash": lambda n, a: f"{n} \u2013 {a}",
    "arrow": lambda n, a: f"{n} -> {a}",
    "equals": lambda n, a: f"{n} = {a}",
    "hash": lambda n, a: f"#{n}: {a}",
    "square": lambda n, a: f"[{n}] {a}",
    "round": lambda n, a: f"({n}) {a}",
    "bold number": lambda n, a: f"**{n}**: {a}",
    "bold point": lambda n, a: f"**{n}.** {a}",
    "all bold": lambda n, a: f"**{n}: {a}**",
    "bold label": lambda n, a: f"{n}. **{a}**",
    "quoted label": lambda n, a: f'{n}: "{a}"',
    "code": lambda n, a: f"{n}: `{a}`",
    "bullet": lambda n, a: f"- {n}: {a}",
    "star": lambda n, a: f"* **{n}** - {a}",
    "item": lambda n, a: f"Item {n} - {a}",
    "bold item": lambda n, a: f"**Item {n}:** {a}",
    "number word": lambda n, a: f"Number {n}: {a}",
    "heading": lambda n, a: f"### {n}.\n{a}\n",
    "named": lambda n, a: f"{n}. Label: {a}",
    "table": lambda n, a: f"| {n} | {a} |",
    "table with text": lambda n, a: f"| {n} | My order has not come | {a} |",
    "json line": lambda n, a: json.dumps({"number": n, "label": a}),
    "item json": lambda n, a: json.dumps({"item": f"Item {n}", "text": "My order", "category": a}),
    "echo": lambda n, a: f'{n}. "My order has not come" -> {a}',
    "nested": lambda n, a: f"  {n}.  {a}  ",
    "reason": lambda n, a: f"{n}. {a} - since it says so",
    "reason in brackets": lambda n, a: f"{n}: {a} (it is about an order)",
    "because": lambda n, a: f"{n}. {a} because of what the customer says",
    "reason below": lambda n, a: f"{n}. {a}\n   The customer says so.",
    "capitals": lambda n, a: f"{n}. {a.upper()}.",
    "underscores": lambda n, a: f"{n}. {a.replace(' ', '_')}",
    "sentence": lambda n, a: f"{n}. The label is {a}.",
}
WHOLE: dict[str, Callable[[list[Line]], str]] = {
    "object": lambda lines: "{" + ", ".join(f'"{n}": "{a}"' for n, a in lines) + "}",
    "indented object": lambda lines: "{\n" + ",\n".join(f'  "{n}": "{a}"' for n, a in lines) + "\n}",
    "list": lambda lines: json.dumps([{"id": n, "answer": a} for n, a in lines]),
    "indented list": lambda lines: json.dumps([{"number": n, "label": a} for n, a in lines], indent=2),
    "pairs": lambda lines: json.dumps([[n, a] for n, a in lines]),
    "within": lambda lines: json.dumps({"labels": [{"number": n, "label": a} for n, a in lines]}),
    "python": lambda lines: "{" + ", ".join(f"{n}: '{a}'" for n, a in lines) + "}",
    "slips": lambda lines: "[\n" + "".join(f"  {{'number': {n}, 'label': '{a}',}},\n" for n, a in lines) + "]",
    "one line": lambda lines: ", ".join(f"{n}: {a}" for n, a in lines),
    "one line of points": lambda lines: " ".join(f"{n}. {a}" for n, a in lines),
}
BEFORE = ["", "Sure! Here are the labels for the 4 items:\n\n", "| Number | Label |\n|---|---|\n", "```\n", "```json\n"]
AFTER = ["", "\n\nLet me know if you need anything else about these 12 items.", "\n```"]


def dressed(dress: str, lines: list[Line]) -> str:
    return WHOLE[dress](lines) if dress in WHOLE else "\n".join(LINES[dress](*line) for line in lines)


def read(reply: str, count: int) -> list[str | None]:
    """The labels that a reply gives to so many items."""
    wanted = numbers(count)
    found = answers(reply, wanted, short=True)
    matched = [[Labels(LABELS).match(said) for said in found.get(n, ()) if isinstance(said, str)] for n in wanted]
    return [next((one[0] for one in each if one), None) for each in matched]


given_labels = st.lists(st.sampled_from(LABELS), min_size=2, max_size=12)
each_dress = pytest.mark.parametrize("dress", [*LINES, *WHOLE])


@each_dress
@settings(max_examples=10)
@given(labels=given_labels, before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER))
def test_every_line_is_read_in_every_dress(dress: str, labels: list[str], before: str, after: str) -> None:
    lines = list(zip(numbers(len(labels)), labels, strict=True))
    assert read(before + dressed(dress, lines) + after, len(labels)) == labels


@settings(max_examples=4 * settings().max_examples)  # each is short
@given(dress=st.sampled_from([*LINES, *WHOLE]), labels=given_labels, faults=st.data())
def test_what_is_lost_doubled_or_miscounted_is_never_another_items(
    dress: str, labels: list[str], faults: st.DataObject
) -> None:
    lines: list[Line] = []
    for line in zip(numbers(len(labels)), labels, strict=True):
        number, label = line
        match faults.draw(st.sampled_from(["right", "right", "right", "dropped", "doubled", "miscounted"])):
            case "right":
                lines.append(line)
            case "doubled":
                lines += [line, (number, faults.draw(st.sampled_from(LABELS)))]
            case "miscounted":
                lines.append((number + faults.draw(st.sampled_from([-1, 1])), label))
    found = zip(read(dressed(dress, lines), len(labels)), labels, strict=True)
    assert [one for one in found if one[0] not in (one[1], None)] == []


def test_a_line_out_of_order_is_in_doubt() -> None:
    a, b, c, d = numbers(4)
    assert read(f"{a}: spam\n{d}: billing\n{b}: spam\n{c}: spam", 4) == ["spam", "spam", "spam", None]


def test_text_of_several_lines_belongs_to_the_number_before_it() -> None:
    a, b, c = numbers(3)
    reply = f"Here:\n\n{a}: One thing\n12 people said so.\n\n**{b}.** Two\n{b + 1}: of no item\nand more\n\n{c}: Three"
    reply += "\n\nBye."
    assert answers(reply, [a, b, c], short=False) == {a: ["One thing\n12 people said so."], b: ["Two"], c: ["Three"]}
