"""What a model thought before it spoke is no part of what it said, in whatever form; what it quotes is."""

import pytest

from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.repl.thinking import without_thinking

FORMS = [
    ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<THINK>", "</THINK>"), ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"), ("<reasoning>", "</reasoning>"), ("<reflection>", "</reflection>"),
    ("<scratchpad>", "</scratchpad>"), ("<analysis>", "</analysis>"), ("<seed:think>", "</seed:think>"),
    ("<antThinking>", "</antThinking>"), ("<inner_monologue>", "</inner_monologue>"), ("[THINK]", "[/THINK]"),
    ("<longcat_think>", "</longcat_think>"), ("<internal>", "</internal>"), ("<|thinking|>", "<|/thinking|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<unused94>thought", "<unused95>"), ("<reason>", "</reason>"), ("<monologue>", "</monologue>"),
    ('<think effort="high">', "</think>"), ("◁think▷", "◁/think▷"), ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"), ("<|channel>thought", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|start|>assistant<|channel|>analysis<|message|>", "<|end|>"), ("analysisWe see:", "assistantfinal"),
    ("", "</think>"), ("", "[/THINK]"), ("", "<|channel|>final <|constrain|>json<|message|>"),
]  # fmt: skip
every_form = pytest.mark.parametrize(("opening", "closing"), FORMS, ids=["".join(form) for form in FORMS])


@every_form
@pytest.mark.parametrize("glue", ["", "\n", "\n\n"])
def test_an_answer_comes_without_the_thinking_before_it(opening: str, closing: str, glue: str) -> None:
    said = f"{opening}{glue}Yes or no?\n```repl\nno()\n```\nI see.{glue}{closing}{glue}yes"
    assert without_thinking(said) == "yes"
    assert without_thinking(f"\n{said}\nIt is <b>so</b>.\n").strip() == "yes\nIt is <b>so</b>."


@every_form
def test_an_answer_that_is_nothing_but_thinking_is_empty(opening: str, closing: str) -> None:
    if opening and opening != "<analysis>":  # alone, that is how answers are written too
        assert without_thinking(f"{opening}\nYes or no?\n{closing}\n") == ""
        assert without_thinking(f"{opening}\nYes or no? I") == ""


def test_an_answer_in_the_tag_that_answers_have_too_stays() -> None:
    assert without_thinking("<analysis>\nIt is so.\n</analysis>") == "<analysis>\nIt is so.\n</analysis>"


def test_thinking_may_come_in_parts_and_in_between() -> None:
    assert without_thinking("<think>a</think>\n<reflection>b</reflection>\nyes\n<think>\nc\n</think>\nsurely") == (
        "yes\n\nsurely"
    )


@pytest.mark.parametrize(
    "text",
    [
        "yes", "", "  as it came \n", "The model writes <think> first and closes with </think> later.",
        "It says `<think>`\nand then `</think>`\nat the end.", "```\n<think>\nquoted\n</think>\n```\nThat is its form.",
        "The tags are:\n<think>\n<answer>", "x.split('</think>')[-1]", "Reasoning: a\nAnalysis: b", "analysis of it",
        "[THINKPAD] is a name", "a </reasoning> tag, as it were", "It ends with </think>",
        "```python\ns = '''\n```\n<think>\nmine\n</think>\n'''\n```\n",
    ],
)  # fmt: skip
def test_what_is_quoted_stays(text: str) -> None:
    assert without_thinking(text) == text


def test_a_part_that_goes_on_keeps_the_space_at_its_end() -> None:
    assert without_thinking("<think>a</think>\nThe first ") == "The first "


def test_marks_of_an_end_of_turn_go_with_the_thinking() -> None:
    assert without_thinking("<|channel|>final<|message|>yes<|return|>") == "yes"


@pytest.mark.parametrize("opening", [opening for opening, _ in FORMS if opening])
def test_of_a_root_models_thinking_that_never_ends_only_a_cell_counts(opening: str) -> None:
    if opening != "<analysis>":
        reply = parse_reply(f"{opening}\nprint(context)\nFINAL(so it is)\n")
        assert (reply.cells, reply.final, reply.prose) == ((), None, "")
    assert parse_reply(f"{opening}\nlet me\n```repl\nprint(1)\n```").cells == ("print(1)\n",)
