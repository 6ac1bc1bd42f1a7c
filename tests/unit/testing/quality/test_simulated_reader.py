"""The simulated reader is a function of its prompt and seed, knows words and no tasks, and errs as its curve says."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.quality.reading import read
from benchmarks.quality.rot import CURVES, Luck
from benchmarks.quality.simulated import reply, served
from langchain_rlm.repl.typed.forms import Form
from langchain_rlm.repl.typed.mapping import Task as MapTask
from langchain_rlm.testing.quality.tasks import KINDS, make
from tests.server.config import parse_config

MEASURED = {
    "gpt-5": (0.843, 0.855, 0.856, 0.845, 0.761, 0.612, 0.464, 0.400),
    "gpt-5-mini": (0.846, 0.846, 0.851, 0.776, 0.646, 0.501, 0.408, 0.400),
    "gpt-5-nano": (0.814, 0.773, 0.710, 0.545, 0.478, 0.410, 0.393, 0.365),
}
"""Means of OOLONG at 2,000 tokens, 4,000, and so on, to 256,000."""
SURE = Luck(1, "sub", CURVES["off"], 1_000)
QUESTION = make("count", 1, 4_000, is_searchable=False).question.replace("an animal?", "a tool?")
LINES = ["Mar 05, 2023 | 12345 | There is a hammer.", "Mar 06, 2023 | 12346 | There is an otter."]


def luck(seed: int = 1, model: str = "sub", tokens: int = 50_000) -> Luck:
    return Luck(seed, model, CURVES["gpt-5-mini"], tokens)


@pytest.mark.parametrize("name", MEASURED)
def test_the_curves_are_near_what_was_measured(name: str) -> None:
    for power, score in enumerate(MEASURED[name]):
        assert CURVES[name].at(2_000 * 2**power) == pytest.approx(score, abs=0.045)
    assert all(CURVES["off"].at(tokens) == 1 for tokens in (1, 10**6))


@pytest.mark.parametrize("tokens", [1_000, 40_000, 200_000])
def test_decisions_are_right_as_often_as_the_curve_says(tokens: int) -> None:
    right = sum(luck(tokens=tokens).is_right(f"line {number}") for number in range(4_000))
    assert right / 4_000 == pytest.approx(CURVES["gpt-5-mini"].at(tokens), abs=0.03)


@settings(max_examples=30)
@given(st.text(), st.lists(st.text(max_size=3), unique=True, min_size=1, max_size=5), st.integers(1, 10**7))
def test_a_wrong_decision_is_one_of_the_others_and_the_same_each_time(
    text: str, options: list[str], tokens: int
) -> None:
    other = luck(tokens=tokens).other(text, options[0], options)
    assert other == luck(tokens=tokens).other(text, options[0], options)
    assert other in options[1:] if options[1:] else other is None


def test_chance_follows_from_seed_model_words_and_about_how_long_the_prompt_is() -> None:
    def drawn(one: Luck) -> list[bool]:
        return [one.is_right(f"line {number}") for number in range(200)]

    assert drawn(luck()) == drawn(luck(tokens=50_001))
    assert drawn(luck()) not in (drawn(luck(seed=2)), drawn(luck(model="other")), drawn(luck(tokens=200_000)))


def test_labels_of_many_items_and_of_one_are_read_in_the_form_of_the_package() -> None:
    labels = {"animal": "", "tool": ""}
    many = MapTask("Which kind of thing does this line name?", labels, [*labels])
    assert read(many.prompt(LINES), SURE) == "11: tool\n14: animal"
    assert read(many.prompt(LINES[1:]), SURE) == "animal"
    counted = MapTask(f"Does this count for the question: {QUESTION}", {"yes": "", "no": ""}, ["yes", "no"])
    assert read(counted.prompt(LINES), SURE) == "11: yes\n14: no"
    assert read(counted.prompt(LINES[1:]), SURE) == "no"


def test_a_wrong_label_is_another_of_the_labels() -> None:
    task = MapTask("Which kind?", {"animal": "", "tool": ""}, ["animal", "tool"])
    items = [f"{line} {number}" for number in range(30) for line in LINES]
    said = [line.partition(": ")[2] for line in read(task.prompt(items), luck()).splitlines()]
    assert len(said) == 60
    assert 0 < sum(label != right for label, right in zip(said, ["tool", "animal"] * 30, strict=True)) < 8


def test_over_many_lines_the_labels_are_taken_for_others_as_often_as_the_curve_says() -> None:
    text = "\n".join(LINES)
    for tokens in (1_000, 50_000):
        said = [read(f"{text}\n{QUESTION}", luck(seed, tokens=tokens)) for seed in range(600)]
        share = sum(each == "Answer: 1" for each in said) / len(said)
        assert share == pytest.approx(luck(tokens=tokens).whole, abs=0.05)


def test_a_form_without_a_known_question_gets_empty_data() -> None:
    form = Form.of(["str"])
    assert form.read(read(f"Name all.\n\nAnswer with JSON alone, of {form.told}", SURE)) == []


def test_sentences_are_copied_word_for_word_or_there_are_none() -> None:
    task = make("needle", 1, 4_000, is_searchable=False)
    asked = f"Question: {task.question}\n\nCopy from the text below every sentence that helps, word for word.\n\n"
    assert isinstance(task.context, str)
    (line,) = read(f"{asked}<text>\n{task.context}\n</text>", SURE).splitlines()
    assert line in task.context
    assert task.gold[0] in line
    assert read(f"{asked}<text>\nIt rained.\n</text>", SURE) == "NOTHING"


def test_a_prompt_without_a_question_of_a_task_is_not_answered() -> None:
    assert read("What is the capital of France?\n\nParis is.", SURE) == "The text does not say."
    assert read(f"{QUESTION}\n\nNo line is here.", SURE) == "The text does not say."


def test_a_part_is_answered_with_notes_that_count_when_they_are_read_again() -> None:
    notes = read(f"Use the following portion of a long document.\n{LINES[0]}\nQuestion: {QUESTION}", SURE)
    assert notes == "- tally | tool | 1\nAnswer: 1"
    both = f"We have an existing answer: {notes}\n{LINES[0].replace('12345', '12347')}\n{QUESTION}"
    assert read(both, SURE).endswith("Answer: 2")
    last = f"{QUESTION}\n{notes}\n{notes}\nFINAL ANSWER:"
    assert read(last, SURE) == "Answer: 2"


OURS = "<question>\n{}\n</question>\n`context` is one `str`, 4,000 characters in all"
THEIRS = "Answer the following: {}\n\nYour context is a str of 4000 total characters."


@pytest.mark.parametrize("form", [OURS, THEIRS])
@pytest.mark.parametrize("kind", KINDS)
def test_a_root_model_looks_then_writes_a_program_then_gives_up(kind: str, form: str) -> None:
    task = make(kind, 1, 4_000)
    first = form.format(task.question)
    messages = [{"role": "user", "content": first}]
    said = []
    for _ in range(3):
        said.append(str(reply(messages, model="root", seed=1, rot="off")))
        messages += [{"role": "assistant", "content": said[-1]}, {"role": "user", "content": "output"}]
    assert ["print(" in said[0], "FINAL(" in said[1], "I do not know" in said[2]] == [True] * 3
    assert ("def llm_map(" in said[1]) == (form == THEIRS)
    for text in said:
        ast.parse(text.split("```repl\n")[1].split("```")[0])


def test_a_served_model_is_configured_as_the_server_wants_it() -> None:
    config = parse_config({"models": {"sub": served("sub", {"window": 900, "rot": "off"}, seed=4)}})
    assert config.models["sub"].given == {"model": "sub", "seed": 4, "rot": "off"}
    assert config.models["sub"].window == 900
    with pytest.raises(ValueError, match=r"models.sub.function: 'module:name' is needed, this is None"):
        parse_config({"models": {"sub": {"kind": "function"}}})


def test_the_reader_knows_words_and_no_task() -> None:
    for file in {*Path("benchmarks/quality").glob("*.py")} - {Path("benchmarks/quality/run.py")}:  # it runs the command
        tree = ast.parse(file.read_text("utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = {name for name in names if name.startswith("langchain_rlm")}
        assert ours <= {"langchain_rlm.testing.quality.words"}, file
