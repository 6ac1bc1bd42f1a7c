"""Of many documents the root model is told each kind, tables, and the names of files that are put together."""

from typing import Any

import pytest

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.prompts.documents import HEAD, KINDS, about_many, files_inside, heads

NOTE = "# Note\n\nThe geese came early, and nobody counted them.\n\n## Later\n\nThey left.\n"
ROWS = "name,count,place\n" + "\n".join(f"bird {n},{n},pond {n}" for n in range(40)) + "\n"
CODE = "import os\n\n\ndef first(x: int) -> int:\n    return x\n\n\nclass Goose:\n    def honk(self) -> None: ...\n"


def named(**texts: str) -> list[tuple[str, Any]]:
    return [(name.replace("_", "."), profile(text, name=name.replace("_", "."))) for name, text in texts.items()]


def corpus(text: str, *others: str) -> Corpus:
    return Corpus(tuple(SourceText(f"dump {n}" if n else "dump", each) for n, each in enumerate((text, *others))))


def test_each_kind_is_told_with_count_size_and_one_shape() -> None:
    said = "\n".join(about_many(named(a_md=NOTE, b_csv=ROWS, c_md=NOTE * 2, d_py=CODE, e_py=CODE)))
    assert f"Of the kind markdown (.md): 2 documents, {3 * len(NOTE)} characters.\nThe first, a.md: markdown" in said
    assert f"Of the kind csv (.csv): 1 document, {len(ROWS)} characters.\nThe first, b.csv: csv" in said
    assert "columns name, count, place" in said
    assert "bird 0,0,pond 0" in said
    assert "def first(x: int)" in said
    assert said.count("<head>") == said.count("</head>") == 3


def test_documents_of_one_kind_are_told_by_the_first() -> None:
    said = [*about_many(named(a_md=NOTE, b_md=NOTE))]
    assert said[1].startswith("The first, a.md: markdown")
    assert "Of the kind" not in "\n".join(said)


def test_other_tables_are_told_with_their_columns_and_a_row() -> None:
    said = "\n".join(about_many(named(a_csv=ROWS, b_csv=ROWS.replace("name", "kind"))))
    assert "1 b.csv: csv" in said
    assert "columns kind, count, place" in said
    assert r"It begins 'kind,count,place\nbird 0,0,pond 0\n'" in said


def test_very_many_documents_are_told_shortly_and_the_beginnings_shown_are_those_on_record() -> None:
    about = profile(NOTE * 100)
    many = [(f"{n}.t{n % 50}", about) for n in range(5_000)]
    lines = [*about_many(many)]
    assert sum(map(len, lines)) < 8_000
    assert f"Of {50 - KINDS} other kinds: " in "\n".join(lines)
    shown = heads(many)
    assert len(shown) == KINDS
    assert shown[0] == len(many[0][1].head)
    assert all(size <= HEAD for at, size in shown.items() if at)
    for at, size in shown.items():
        assert f"<head>\n{(NOTE * 100)[:size]}\n</head>" in lines, at


@pytest.mark.parametrize(
    "line",
    [
        "=== {} ===", "--- {} ---", "==== {} ====", "# file: {}", "// File: {}", "## File: {}", "FILE: {}",
        "==> {} <==",
        "diff --git a/{0} b/{0}", '<file path="{}">', "<document index='1' path=\"{}\">", "### File: `{}`",
        "-- filename: {}", "///// {} /////",
    ],
)  # fmt: skip
def test_files_that_are_put_together_are_counted_and_some_are_named(line: str) -> None:
    names = ["src/a.py", "src/deep/b_c.test.ts", *(f"docs/{n}.md" for n in range(10))]
    text = "\n".join(f"{line.format(name)}\nThe text of this one.\n--- not a file ---\n" for name in names)
    (said,) = files_inside(corpus(text, "other\ntext"))
    assert said.startswith("dump is 12 files put together")
    assert "src/a.py, src/deep/b_c.test.ts, docs/0.md" in said
    assert "docs/9.md" not in said


@pytest.mark.parametrize("text", [NOTE, ROWS, CODE, "=== Results ===\nNone.\n--- Summary ---\n", "----\n===\n# a\n"])
def test_other_texts_are_not_files_put_together(text: str) -> None:
    assert files_inside(corpus(text * 3)) == []


def test_rules_and_giant_lines_cost_little() -> None:
    assert files_inside(corpus("-" * 1_000_000 + "\n" + ("-" * 290 + "\n") * 3_000 + "--- " + "a-" * 500_000)) == []


def test_names_inside_are_looked_for_once() -> None:
    one = corpus("=== a.py ===\nx\n=== b.py ===\ny\n")
    assert files_inside(one) is files_inside(one)
