"""`llm_map`: one answer for each item, or an error that names the item."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl.protocol import Result
from tests.unit.repl.typed.programs import MAP, done

LABELS = ["even", "odd"]
ITEM = re.compile(r"^(\d+): (\d+)$", re.MULTILINE)


def task(items: list[Any], **more: Any) -> dict[str, Any]:
    return {**MAP, "items": items, "task": "Even or odd?", **more}


def parity(number: str) -> str:
    return LABELS[int(number) % 2]


def labelled(prompt: str) -> str:
    """A model without fault."""
    items = ITEM.findall(prompt)
    if items:
        return "\n".join(f"{number}: {parity(item)}" for number, item in items)
    found = re.search(r"(?:\A|\n\n)\"(\d+)\"\n\nEven or odd\?\n\nAnswer", prompt)
    return f"It is {parity(found[1])}." if found else ""


def test_no_item_asks_nothing() -> None:
    assert done("map", task([], labels=LABELS), labelled) == ([], [])


@given(st.lists(st.integers(0, 99), max_size=40), st.integers(1, 12))
def test_every_item_is_answered_in_its_place(items: list[int], batch: int) -> None:
    results, rounds = done("map", task(items, labels=LABELS, batch=batch), labelled)
    assert results == [("ok", parity(str(item))) for item in items]
    assert [len(prompts) for prompts in rounds] == ([-(-len(items) // batch)] if items else [])


@given(st.lists(st.integers(0, 99), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_what_a_model_loses_is_asked_again_and_never_guessed(items: list[int], draw: Any) -> None:
    def lossy(prompt: str) -> str:
        lines = [line for line in labelled(prompt).splitlines() if draw.random() > 0.4]
        return "\n".join(lines + [line for line in lines if draw.random() < 0.2])

    results, rounds = done("map", task(items, labels=LABELS), lossy)
    assert [r for r, item in zip(results, items, strict=True) if r[0] == "ok" and r[1] != parity(str(item))] == []
    assert len(rounds) <= 6
    sizes = [max(max(len(ITEM.findall(prompt)), 1) for prompt in prompts) for prompts in rounds]
    assert sizes == sorted(sizes, reverse=True)


def test_labels_come_as_they_were_given_and_say_what_they_mean() -> None:
    given_labels = {"A+": "very good", "B": ""}
    results, rounds = done("map", task(["x", "y"], labels=given_labels), lambda _: "11: a+\n14: b")
    assert results == [("ok", "A+"), ("ok", "B")]
    assert "- A+: very good\n- B\n" in rounds[0][0]
    assert done("map", task(["x"], labels=[1, 2]), lambda _: "2.")[0] == [("ok", 2)]


@pytest.mark.parametrize(
    ("labels", "item", "prompt"),
    [
        (["yes", "no"], "a dog", '"a dog"\n\nEven or odd?\n\nAnswer yes or no.'),
        (["a", "b", "c"], "a dog", '"a dog"\n\nEven or odd?\n\nWhich fits best: a, b or c? Answer with one word.'),
        (["a", "b c"], "a dog", '"a dog"\n\nEven or odd?\n\nAnswer a or b c.'),
        (["a", "b c", "d"], "x\ny",
         "<text>\nx\ny\n</text>\n\nEven or odd?\n\nWhich fits best: a, b c or d? Answer with one of them alone."),
    ],
)  # fmt: skip
def test_an_item_alone_stands_first_and_the_labels_last(labels: list[str], item: str, prompt: str) -> None:
    results, rounds = done("map", task([item], labels=labels, batch=1), lambda _: labels[1])
    assert (results, rounds) == ([("ok", labels[1])], [[prompt]])


def test_a_label_in_another_language_is_told_with_what_was_said() -> None:
    said = {True: "11: even\n14: gerade", False: "gerade"}
    results, rounds = done("map", task([1, 2], labels=LABELS), lambda prompt: said["14:" in prompt])
    assert results[0] == ("ok", "even")
    assert results[1][:2] == ("failed", "form")
    assert "the last one: gerade" in results[1][2]
    assert "An earlier answer could not be used: gerade" in rounds[1][0]


def test_a_line_that_says_the_item_again_is_no_answer() -> None:
    items = ["The odd lamp is broken", "Even now it works"]

    def echo(prompt: str) -> str:
        both = f"11: {items[0]}\n14: {items[1]}"
        return both if all(item in prompt for item in items) else items["Even" in prompt]

    results, _ = done("map", task(items, labels=["odd", "now"]), echo)
    assert [result[0] for result in results] == ["failed", "failed"]


def test_data_and_text_may_be_asked_for() -> None:
    said = '11: {"n": 1}\n14. ```{"n": "2"}```\n\n{"number": 19, "n": 3}'
    assert done("map", task([1, 2], schema={"n": "int"}), lambda _: said)[0] == [("ok", {"n": 1}), ("ok", {"n": 2})]
    listed = json.dumps([{"item": 11, "answer": {"n": 1}}, {"item": 14, "n": 2}])
    assert done("map", task([1, 2], schema={"n": "int"}), lambda _: listed)[0] == [("ok", {"n": 1}), ("ok", {"n": 2})]
    assert done("map", task([1, 2]), lambda _: "11: one\n**14:** two")[0] == [("ok", "one"), ("ok", "two")]
    assert done("map", task([1]), lambda _: "Two\n\nparagraphs")[0] == [("ok", "Two\n\nparagraphs")]


def test_items_of_any_kind_are_written_out() -> None:
    _, rounds = done("map", task([{"a": "ö"}, None, 3, "two\nlines"]), lambda _: "11: a\n14: b\n19: c\n23: d")
    assert '<item 11>\n{"a": "ö"}\n</item 11>\n<item 14>\nnull\n</item 14>' in rounds[0][0]


def test_a_prompt_holds_what_fits_and_a_long_item_stands_alone() -> None:
    items = ["a" * 400, "b" * 400, "c" * 1_000_000, "d"]

    def model(prompt: str) -> str | Result:
        if "ccc" in prompt:
            return ("failed", "overflow", "too long")
        return "11: yes\n14: yes" if "14:" in prompt else "yes"

    results, rounds = done("map", task(items, labels=["yes", "no"]), model, room=1_000)
    assert [len(prompt) < 1_500 or len(prompt) > 1_000_000 for prompt in rounds[0]] == [True] * 3
    assert [result[0] for result in results] == ["ok", "ok", "failed", "ok"]
    assert (
        results[2][2]
        == "it has 1,000,000 characters, more than the sub-model reads at once. Cut it with chunks() first"
    )
    assert len(rounds) == 1


def test_a_group_that_is_too_long_for_the_model_is_made_smaller() -> None:
    def model(prompt: str) -> str | Result:
        return ("failed", "overflow", "too long") if len(ITEM.findall(prompt)) > 4 else labelled(prompt)

    results, _ = done("map", task([*range(20)], labels=LABELS), model)
    assert results == [("ok", parity(str(item))) for item in range(20)]


def test_what_fails_otherwise_is_told_and_not_asked_again() -> None:
    results, rounds = done("map", task([1, 2], labels=LABELS), lambda _: ("failed", "budget", "nothing is left"))
    assert results == [("failed", "budget", "nothing is left")] * 2
    assert len(rounds) == 1


@pytest.mark.parametrize(
    ("given_task", "problem"),
    [
        ({"labels": LABELS, "schema": "str"}, "not both"),
        ({"labels": []}, "labels must be"),
        ({"labels": ["a", "A"]}, "labels must be"),
        ({"labels": ["a", " "]}, "labels must be"),
        ({"batch": 0}, "batch must be"),
        ({"batch": True}, "batch must be"),
        ({"schema": "no such"}, "is no type"),
        ({"task": " "}, "the task is empty"),
        ({"task": 3}, "the task must be a str"),
        ({"items": "abc"}, "items must be a list"),
        ({"model": 3}, "the model must be a str"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_asked(given_task: dict[str, Any], problem: str) -> None:
    with pytest.raises((TypeError, ValueError), match=problem):
        done("map", task([1], **given_task) if "items" not in given_task else {**task([1]), **given_task}, labelled)


def test_with_a_weight_each_item_is_asked_alone_and_tells_how_probable_the_first_label_is() -> None:
    said = {"a": "Yes. (yes: 91.5 %)", "b": "no", "c": "No (yes: 0.0021 %)"}
    given_task = task([*said], labels=["yes", "no"], weigh=True, batch=10)
    results, rounds = done("map", given_task, lambda prompt: said[prompt[1]])
    assert results == [("ok", ["yes", 0.915]), ("ok", ["no", None]), ("ok", ["no", 2.1e-05])]
    assert [len(prompts) for prompts in rounds] == [3]


def test_each_item_may_have_a_task_of_its_own() -> None:
    given_task = task(["x", "y"], labels=["yes", "no"]) | {"task": ["Is it big?", "Is it old?"]}
    results, rounds = done("map", given_task, lambda prompt: "yes" if '"y"' in prompt and "old" in prompt else "no")
    assert results == [("ok", "no"), ("ok", "yes")]
    assert rounds == [['"x"\n\nIs it big?\n\nAnswer yes or no.', '"y"\n\nIs it old?\n\nAnswer yes or no.']]
    assert done("map", task([], labels=["yes", "no"]) | {"task": []}, labelled) == ([], [])


@pytest.mark.parametrize(
    ("given_task", "told"),
    [
        (task(["x"], labels=["a", "b", "c"], weigh=True), "weigh=True needs two labels"),
        (task(["x"], weigh=True), "weigh=True needs two labels"),
        (task(["x", "y"]) | {"task": ["Is it big?"]}, "1 tasks for 2 items"),
        (task(["x", "y"]) | {"task": ["Is it big?", ""]}, "a task is empty"),
        (task(["x"]) | {"task": [3]}, "a task must be a str"),
    ],
)
def test_a_weight_or_tasks_that_do_not_fit_are_refused(given_task: dict[str, Any], told: str) -> None:
    with pytest.raises((ValueError, TypeError), match=told):
        done("map", given_task, labelled)
