"""Which examples are most alike a question."""

from langchain_rlm.plans.nearest import nearest

EXAMPLES = [
    ("Which bridge is the longest?", "most"), ("How many of the reviews are negative?", "count"),
    ("Who wrote each letter?", "each"),
]  # fmt: skip


def test_the_best_one_stands_last() -> None:
    assert nearest("Which lake is the deepest?", EXAMPLES, 2)[-1] == 0
    assert nearest("How many of the mails are rude?", EXAMPLES, 3)[-1] == 1
    assert nearest("who painted each picture", EXAMPLES, 1) == [2]


def test_the_end_of_a_long_word_counts_by_itself() -> None:
    examples = [("negative", "count"), ("longest", "most"), ("letters", "each")]
    assert nearest("deepest", examples, 1) == [1]


def test_a_question_like_no_example_takes_the_first_ones() -> None:
    assert nearest("", EXAMPLES, 2) == [1, 0]
    assert nearest("Wo?", [], 2) == []


def test_a_denial_is_one_however_it_is_written() -> None:
    examples = [(f"Which people {can} swim?", can) for can in ("can", "cannot", "did not")]
    assert nearest("Which people can\u2019t swim?", examples, 1) == [1]
    assert nearest("Which people didn't swim?", examples, 1) == [2]


def test_the_frame_of_small_words_counts_more_than_what_is_asked_about() -> None:
    examples = [("How many rooms does the inn have?", "fact"), ("How many of the lamps are broken?", "count")]
    assert nearest("How many lamps does the barn have?", examples, 1) == [0]
    assert nearest("How many of the rooms are free?", examples, 1) == [1]


def test_words_that_all_kinds_have_tell_nothing() -> None:
    examples = [("Tell me of the mill: whose is it?", "fact"), ("Tell me of the mill: add the rents", "sum")]
    assert nearest("Tell me of the mill and add what was paid", examples, 1) == [1]


def test_among_examples_of_one_kind_the_words_themselves_count() -> None:
    examples = [("Which walk is the shortest?", "most"), ("Which barn is the oldest?", "most")]
    assert nearest("Which mill is the oldest?", examples, 1) == [1]
    assert nearest("Which mill is the shortest?", examples, 1) == [0]
