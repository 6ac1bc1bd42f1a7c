"""An answer is matched with a label however it is dressed, and with none when that is in doubt."""

import pytest

from langchain_rlm.repl.typed.labels import Labels

SPAM = ["spam", "not spam", "unclear"]


@pytest.mark.parametrize(
    ("said", "labels", "meant"),
    [
        ("spam", SPAM, "spam"),
        ("SPAM.", SPAM, "spam"),
        ("**Not  Spam**", SPAM, "not spam"),
        ("not_spam", SPAM, "not spam"),
        ("Spam - it does not look like a letter", SPAM, "spam"),
        ("not spam, although 'spam' is said", SPAM, "not spam"),
        ("Category: unclear", SPAM, "unclear"),
        ("I would call this spam", SPAM, "spam"),
        ("The message is spam because it sells.", SPAM, "spam"),
        ("spam or not spam", SPAM, None),
        ("spam, unclear", SPAM, None),
        ("this isn't spam", SPAM, None),
        ("Let me see.\n\nThe label is **spam**", SPAM, "spam"),
        ("spam\nThough it is:\nunclear", SPAM, None),
        ("neither spam", SPAM, None),
        ("Werbung", SPAM, None),
        ("", SPAM, None),
        ("Yes.", ["yes", "no"], "yes"),
        ("No, it is not.", ["yes", "no"], "no"),
        ("no idea", ["yes", "no"], None),
        ("I do not know", ["yes", "no"], None),
        ("+1", ["+1", "-1"], "+1"),
        ("`-1`", ["+1", "-1"], "-1"),
        ("4 - good", [1, 2, 3, 4, 5], 4),
        ("True", [True, False], True),
        ("Größe", ["größe", "farbe"], "größe"),
    ],
)
def test_an_answer_is_the_label_that_it_says(said: str, labels: list[object], meant: object) -> None:
    found = Labels(labels).match(said)
    assert found == (None if meant is None else (meant,))


def test_labels_that_differ_in_case_and_marks_alone_are_not_apart() -> None:
    assert Labels(["yes", "no"]).are_apart
    assert Labels(["+", "-"]).are_apart
    assert not Labels(["yes", "Yes."]).are_apart
