"""What the models are told. The system prompts are reviewed as files: UPDATE_SNAPSHOTS=1 writes them anew."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.budget import Budget, Ledger
from langchain_rlm.context.formats import TextProfile, profile
from langchain_rlm.models.profiles import PROFILES
from langchain_rlm.prompts import (
    budget_line,
    direct_prompt,
    last_turn_message,
    left_line,
    task_message,
    unknown_final,
)
from langchain_rlm.prompts.documents import LISTED_DOCUMENTS
from langchain_rlm.repl.replies import parse_reply

"""How fast a loaded machine is proves nothing."""

SNAPSHOTS = Path(__file__).parent / "snapshots"
LEFT = {"turns": 30, "sub_queries": 500, "tokens": None, "cost": 2.0, "seconds": 540.0}
MOST_TOKENS = 1_020
VARIANTS: dict[str, Any] = {
    "with_sub_calls": {"sub_calls": True, "recursion": False, "text": True},
    "with_recursion": {"sub_calls": True, "recursion": True, "text": True},
    "alone": {"sub_calls": False, "recursion": False, "text": True},
    "searching": {"sub_calls": True, "recursion": False, "text": False},
}


def task(
    *texts: str,
    question: str = "Which clauses conflict?",
    single: bool = True,
    chunk_size: int | None = 50_000,
    models: tuple[str, ...] = (),
) -> str:
    profiles: list[tuple[str, TextProfile]] = [(f"name-{n}.md", profile(text)) for n, text in enumerate(texts)]
    return task_message(
        question, profiles, single=single, shown=12_000, chunk_size=chunk_size, models=models, left=LEFT
    )


# -- system prompts ---------------------------------------------------------------------------------------------------


def told(name: str, variant: str, instructions: str | None = None) -> str:
    return PROFILES[name].prompt(**VARIANTS[variant], instructions=instructions)


EACH = [(name, variant) for name in PROFILES for variant in VARIANTS]


@pytest.mark.parametrize(("name", "variant"), EACH)
def test_a_system_prompt_is_the_one_that_was_reviewed(name: str, variant: str) -> None:
    path = SNAPSHOTS / f"{name}_{variant}.md"
    text = told(name, variant) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "variant"), EACH)
def test_a_system_prompt_is_short_and_has_no_gap_left_open(name: str, variant: str) -> None:
    text = told(name, variant)
    assert len(text) / 4 < MOST_TOKENS
    assert len(told("reasoning", variant)) < len(told("default", variant))
    assert "{{" not in text
    assert "}}" not in text
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


def test_instructions_end_the_system_prompt_and_begin_the_direct_one_word_for_word() -> None:
    words = "Use {braces} and {{functions}}, {{end}}, \\1 and \N{GRINNING FACE}."
    ending = f"\n\nThe user's instructions:\n<instructions>\n{words}\n</instructions>"
    for name, variant in EACH:
        assert told(name, variant, words) == told(name, variant) + ending
    direct = direct_prompt("Why?", [("a", "text")], instructions=words)
    assert direct.replace(ending, "") == direct_prompt("Why?", [("a", "text")])
    assert direct.index(words) < direct.index("<question>")


@pytest.mark.parametrize("name", PROFILES)
def test_a_prompt_names_only_what_the_run_has(name: str) -> None:
    with_calls, with_recursion, alone, searching = (told(name, variant) for variant in VARIANTS)
    assert "llm_query_batched(prompts)" in with_calls
    assert "llm_query_batched(prompts)" in with_recursion
    assert "rlm_query" in with_recursion
    assert "rlm_query" not in with_calls
    assert not re.search("llm_|rlm_", alone)
    assert "`cite(" in with_calls
    assert "`cite(" not in searching


@pytest.mark.parametrize(("name", "variant"), EACH)
def test_the_examples_in_a_prompt_are_cells_as_the_reader_reads_them(name: str, variant: str) -> None:
    text = told(name, variant)
    reply = parse_reply(text, PROFILES[name].fences)
    assert len(reply.cells) == text.count("\n```repl\n") > 0
    assert reply.final is None


# -- the task ---------------------------------------------------------------------------------------------------------


def test_the_task_of_one_text_tells_its_size_shape_begin_and_end() -> None:
    text = "# Begin\n" + "".join(f"## Part {n}\n\nSome words here.\n\n" for n in range(500)) + "The very end."
    said = task(text)
    assert said.startswith("<question>\nWhich clauses conflict?\n</question>\n")
    assert f"`context` is one `str`, {len(text):,} characters in all (about {-(-len(text) // 4):,} tokens)." in said
    assert "name-0.md: markdown, 2,002 lines; " in said
    assert "<head>\n# Begin\n" in said
    assert "The very end.\n</tail>" in said
    assert "up to 12,000 characters of output" in said
    assert "up to 50,000 characters of text well" in said
    assert said.endswith("Budget: 30 turns, 500 sub-queries, $2.00, 540 seconds.")


def test_the_task_of_many_documents_lists_them_by_position() -> None:
    said = task("first text", "second one", "third", single=False)
    assert "`context` is a `list` of 3 documents, 25 characters in all" in said
    for index, size in enumerate((10, 10, 5)):
        assert f"{index} name-{index}.md {size}" in said
    assert "<head>\nfirst text\n</head>" in said
    assert "second one" not in said


def test_the_task_tells_that_pieces_hold_several_documents_when_most_are_short() -> None:
    told = "hold several: have answers say which document"
    assert told in task("first text", "second one", "third " * 20_000, single=False)
    assert told not in task("first text", "second " * 20_000, "third " * 20_000, single=False)
    assert told not in task("first text", single=False)
    assert told not in task("first text", "second one", single=False, chunk_size=None)


def test_of_very_many_documents_the_first_are_listed_and_the_rest_counted() -> None:
    said = task(*["text"] * (LISTED_DOCUMENTS + 1_234), single=False)
    assert f" name-{LISTED_DOCUMENTS - 1}.md" in said
    assert f" name-{LISTED_DOCUMENTS}.md" not in said
    assert "1,234 more" in said
    assert len(said) < 8_000


def test_a_list_of_one_document_is_told_as_a_list_and_shown_like_one_text() -> None:
    said = task("the only text", single=False)
    assert "`list`" in said
    assert "`str`" not in said
    assert "<tail>\nthe only text\n</tail>" in said


def test_sub_models_are_told_only_where_there_are_some() -> None:
    assert "Sub-models to choose from with `llm_query(prompt, model=...)`: small, large." in task(
        "x", models=("small", "large")
    )
    assert "Sub-models to choose" not in task("x")
    assert "sub-model reads" not in task("x", chunk_size=None)


@pytest.mark.parametrize(
    "question", ["What is {context}?", "{{sub_calls}} {{plan}}", "{0} {} {{}}", "100 % of %s", "\\1 \\g<0>", "$x ${y}"]
)
def test_braces_and_other_marks_in_a_question_survive(question: str) -> None:
    assert f"<question>\n{question}\n</question>" in task("x", question=question)
    assert f"<question>\n{question}\n</question>" in direct_prompt(question, [("name", "text {{plan}}")])


@given(question=st.text(), text=st.text(min_size=1))
def test_a_task_holds_any_question_and_any_text(question: str, text: str) -> None:
    assert f"<question>\n{question}\n</question>" in task(text, question=question)


def test_a_large_text_makes_no_large_task() -> None:
    assert len(task("word " * 2_000_000)) < 4_000


# -- the budget -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (LEFT, "30 turns, 500 sub-queries, $2.00, 540 seconds"),
        ({"turns": 1_000, "sub_queries": None, "tokens": 1_500_000, "cost": None}, "1,000 turns, 1,500,000 tokens"),
        ({"turns": 0, "sub_queries": 0, "tokens": 0, "cost": 0.0, "seconds": 0.0},
         "0 turns, 0 sub-queries, 0 tokens, $0.00, 0 seconds"),
        ({"turns": 3, "cost": 1.239, "seconds": 9.6}, "3 turns, $1.24, 10 seconds"),
    ],
)  # fmt: skip
def test_the_budget_is_told_in_words_without_what_has_no_limit(left: dict[str, int | float | None], said: str) -> None:
    assert budget_line(left) == said


def test_whatever_the_ledger_says_is_left_can_be_told() -> None:
    said = budget_line(Ledger(Budget(tokens=5_000)).left())
    assert said.startswith("30 turns, 500 sub-queries, 4,500 tokens, $1.80, ")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"turns": 28, "seconds": 300.0}, "28 turns, 300 seconds; seconds run out first, in about 2 turns like these]"),
        ({"turns": 28, "seconds": 595.0, "sub_queries": 400}, "; sub-queries run out first, in about 8 turns like"),
        ({"turns": 20, "cost": 1.99}, "20 turns, $1.99; turns run out first]"),
        ({"turns": 20, "cost": 0.0}, "$0.00; dollars run out first, in about 0 turns"),
        ({"turns": 30, "tokens": None}, "[left: 30 turns; turns run out first]"),
    ],
)
def test_what_runs_out_first_at_the_rate_so_far_is_named(left: dict[str, int | float | None], said: str) -> None:
    whole = {"turns": 30, "sub_queries": 500, "tokens": None, "cost": 2.0, "seconds": 600.0}
    assert said in left_line(left, whole)


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_the_direct_prompt_holds_the_documents_whole() -> None:
    one = direct_prompt("why?", [("a.md", "text of a")])
    assert one.endswith("<context>\ntext of a\n</context>")
    two = direct_prompt("why?", [("a.md", "text of a"), ("b.md", "text of b")])
    assert "[0] a.md\ntext of a\n\n[1] b.md\ntext of b" in two


def test_messages_name_what_they_are_about() -> None:
    assert "(tokens)" in last_turn_message("tokens")
    assert "'missing'" in unknown_final("missing")
