"""What a root model's reply to the menu chooses, and that other replies choose nothing."""

from typing import Any

import pytest

from langchain_rlm.plans.choosing import SHOWN, agreed, asked_in, chosen, lacks_words, menu
from langchain_rlm.plans.library import fitting, shipped
from langchain_rlm.plans.plan import Plan

PLANS = [
    Plan(name="find", purpose="A fact.", cell="FINAL(1)"),
    Plan(name="map", purpose="Counts.", parameters={"labels": "list[str]", "question": str}, cell="FINAL(1)"),
    Plan(name="top", purpose="Most.", parameters={"which": "Literal['first', 'last']", "n": int}, cell="FINAL(1)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "name", "parameters"),
    [
        ("1", "find", {}),
        ("**1.** A fact", "find", {}),
        ("Way: 2; labels: good, bad and ugly", "map", {"labels": ["good", "bad", "ugly"]}),
        ("2\nlabels: ['good', 'bad']", "map", {"labels": ["good", "bad"]}),
        ("2 (labels: good and bad)", "map", {"labels": ["good", "bad"]}),
        ("3; which: the first one; n: 4", "top", {"which": "first", "n": 4}),
        ("3, n = 4, which = LAST", "top", {"which": "last", "n": 4}),
    ],
)
def test_a_digit_and_the_parameters_behind_it_choose_a_plan(reply: str, name: str, parameters: Any) -> None:
    choice = chosen(reply, PLANS)
    assert choice is not None
    assert (choice.plan.name, choice.parameters) == (name, parameters)


@pytest.mark.parametrize(
    "reply",
    [
        "", "I would look for it.", "4", "0", "12", "1984 was the year", "3 of them", "2", "3; which: both",
        "3; which: first; n: many",
    ],
)  # fmt: skip
def test_prose_other_numbers_and_parameters_of_another_type_choose_none(reply: str) -> None:
    assert chosen(reply, PLANS) is None


def test_the_menu_is_a_conversation_of_examples_that_are_read_as_they_are_meant() -> None:
    plans = fitting(2)
    said = menu("Who rang?", plans, documents=2)
    assert said[-1].text == "Question: Who rang? (The text is a list of 2 documents.)"
    assert [message.type for message in said[:2]] == ["human", "ai"]
    for answer in said[1::2]:
        choice = chosen(answer.text, plans)
        assert choice is not None
        assert len(choice.parameters) == answer.text.count(":")
    assert "each" not in {plan.name for plan in fitting(1)}


@pytest.mark.parametrize("plan", fitting(2), ids=lambda plan: plan.name)
def test_every_example_is_read_as_it_is_meant(plan: Plan) -> None:
    examples = plan.purpose.split("\n\n")[1:]
    assert len(examples) == len({example.splitlines()[0] for example in examples}) > 18
    for example in examples:
        asked, *lines = example.splitlines()
        told = "; ".join(lines)
        choice = chosen(f"1; {told}" if told else "1", [plan])
        assert choice is not None, asked
        said = {
            name: ", ".join(value) if isinstance(value, list) else value for name, value in choice.parameters.items()
        }
        assert "; ".join(f"{name}: {value}" for name, value in said.items()) == told, asked


def test_the_examples_that_are_worded_like_a_question_stand_right_before_it() -> None:
    plans = fitting(1)
    said = [message.text.rpartition("Question: ")[2] for message in menu("Which barn is the oldest?", plans)]
    assert len(said) == 2 * SHOWN + 1
    assert all(text.startswith("5; which: ") for text in said[-8::2])
    assert "which: oldest" in "".join(said[-8::2])
    other = [message.text for message in menu("How many of the letters are friendly?", plans)]
    assert other[-3].startswith("Question: How many of the ")
    assert other[-2].startswith("2; statement: this ")


@pytest.mark.parametrize("question", ["", "???", "Wie viele Briefe sind freundlich?", "何通の手紙がありますか"])
def test_a_question_like_no_example_has_a_whole_menu(question: str) -> None:
    assert len(menu(question, fitting(1))) == 2 * SHOWN + 1


def test_what_is_told_beside_a_question_does_not_choose_its_examples() -> None:
    asked = "How many metres is the pool from the hut?"
    told = f"My mother is not good on her feet. {asked}"
    assert asked_in(told) == asked
    examples = [message.text for message in menu(told, [*shipped().values()]) if message.type == "human"][:-1]
    assert examples == [message.text for message in menu(asked, [*shipped().values()]) if message.type == "human"][:-1]


@pytest.mark.parametrize(
    "question",
    [
        "Name all the huts.",
        "The huts of the valley",
        "Which huts are open? I need those in the valley.",
        "Please compare two huts. Which one is dearer?",
        "",
    ],
)
def test_what_is_wanted_stays(question: str) -> None:
    assert asked_in(question) == question


@pytest.mark.parametrize(
    "form", ["Just give me all the names.", "Please answer in one word.", "Only the number please."]
)
def test_how_an_answer_is_to_be_given_does_not_count(form: str) -> None:
    assert asked_in(f"Which huts are open? {form}") == "Which huts are open?"


def test_a_wish_without_a_question_mark_asks_too() -> None:
    assert asked_in("We go on Friday. Name all the huts.") == "Name all the huts."


@pytest.mark.parametrize(
    ("question", "reply", "name"),
    [
        ("Which of the stallholders sell musical instruments?", "7", "gather"),
        ("What did Zachary lose at the pontoon?", "4; statement: money was lost", "find"),
        ("Where was the tent?", "5; which: last", "find"),
        ("Which of the boats have a leak?", "2; statement: a boat leaks", "gather"),
        ("Which tower is the tallest?", "5; which: highest", None),
        ("Who paid for the last boat?", "5; which: last", None),
        ("Welcher Turm ist der h\u00f6chste?", "5; which: highest", None), ("Fasse den Bericht zusammen.", "7", None),
    ],
)  # fmt: skip
def test_a_plan_of_which_a_question_has_no_word_is_outweighed(question: str, reply: str, name: str | None) -> None:
    choice = agreed(question, reply, fitting(1))
    assert (choice and choice.plan.name) == name


@pytest.mark.parametrize("plan", fitting(2), ids=lambda plan: plan.name)
def test_every_example_of_a_plan_has_a_word_of_it(plan: Plan) -> None:
    examples = [example.splitlines()[0] for example in plan.purpose.split("\n\n")[1:]]
    assert [asked for asked in examples if lacks_words(asked, plan)] == []
