"""What is quoted of a text shares words with the question, in whatever form the words stand."""

import re

from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.models.extraction import content_words, extract, sentences


def test_one_of_two_words_is_enough() -> None:
    assert extract("Where do cats sleep?", "The cat is here.") == ["The cat is here."]


def test_word_forms_count_as_the_same_word() -> None:
    assert content_words("Which queries are running in the classes?") == content_words("query runs class")
    assert extract("running queries", "One query runs here.") == ["One query runs here."]


def test_lines_count_as_sentences_where_there_are_no_sentence_ends() -> None:
    log = "\n".join(f"10:{n} INFO request {n} handled" for n in range(60))
    assert extract("request 17 handled?", log, limit=1) == ["10:17 INFO request 17 handled"]


@given(text=st.text())
def test_sentences_keep_every_character_but_blanks_and_rules(text: str) -> None:
    kept = "".join("".join(sentence.split()) for sentence in sentences(text))
    assert kept == "".join(re.sub(r"(?m)^[ \t]*[=*~^_#-]{3,}[ \t]*$", "\n", text).split())
