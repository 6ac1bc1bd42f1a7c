"""Which examples are most alike a question."""

from langchain_rlm.plans.nearest import nearest

EXAMPLES = ["Which bridge is the longest?", "How many of the reviews are negative?", "Who wrote each letter?"]


def test_the_best_one_stands_last() -> None:
    assert nearest("Which lake is the deepest?", EXAMPLES, 2)[-1] == 0
    assert nearest("How many of the mails are rude?", EXAMPLES, 3)[-1] == 1
    assert nearest("who painted each picture", EXAMPLES, 1) == [2]


def test_the_end_of_a_long_word_counts_by_itself() -> None:
    assert nearest("deepest", ["negative", "longest", "letters"], 1) == [1]


def test_a_question_like_no_example_takes_the_first_ones() -> None:
    assert nearest("", EXAMPLES, 2) == [1, 0]
    assert nearest("Wo?", [], 2) == []


def test_a_denial_is_one_however_it_is_written() -> None:
    examples = ["Which people can swim?", "Which people cannot swim?", "Which people did not swim?"]
    assert nearest("Which people can\u2019t swim?", examples, 1) == [1]
    assert nearest("Which people didn't swim?", examples, 1) == [2]
