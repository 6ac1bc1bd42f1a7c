"""Quotes are found where their words are, whatever white space, quotation marks, hyphens and Unicode forms do."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.evidence import quotes
from langchain_rlm.evidence.folding import fold, unmarked
from langchain_rlm.evidence.markup import as_read
from langchain_rlm.evidence.quotes import MOST, Place, Quotes, find

TEXT = (
    "Chapter 1.\nThe well-known docu-\nment says: “Nothing   is certain” — not even naïve ﬁnancial\ncafé rules. "
    "It isn\u2019t 1,000 but 1.000 or 10-00.\nThe end of chapter 1."
)


def texts_of(quote: str, *texts: str) -> list[str]:
    return [texts[place.document][place.start : place.end] for place in find(quote, texts, range(len(texts)))]


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("Nothing   is certain", "Nothing   is certain"),
        ("Nothing is certain", "Nothing   is certain"),
        ('says: "Nothing is certain"', "says: “Nothing   is certain”"),
        ("The well-known document says", "The well-known docu-\nment says"),
        ("The wellknown document says", "The well-known docu-\nment says"),
        ("certain\u201d\u2013not even", "certain” — not even"),
        ("not even naïve financial café rules", "not even naïve ﬁnancial\ncafé rules"),
        (unicodedata.normalize("NFD", "naïve ﬁnancial café"), "naïve ﬁnancial\ncafé"),
        ("It isn't 1,000", "It isn\u2019t 1,000"),
        ("  It isn\u2019t  ", "It isn\u2019t"),
    ],
)
def test_what_may_differ_does_not_matter(quote: str, there: str) -> None:
    assert texts_of(quote, TEXT) == [there]


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        ("The agree\u00ad\nment shall", "agreement shall", "agree\u00ad\nment shall"),
        ("The agree\u00ad\r\n  ment shall", "The agreement", "The agree\u00ad\r\n  ment"),
        ("The agreement shall", "agree\u00ad ment shall", "agreement shall"),
        ("The agree\u00adment\u00ad, so", "agreement, so", "agree\u00adment\u00ad, so"),
        ("from 10\u00ad\n20 on", "from 10 20 on", "from 10\u00ad\n20 on"),
        (unicodedata.normalize("NFD", "blasé-\nness"), "blaséness", unicodedata.normalize("NFD", "blasé-\nness")),
        ("Il dit « oui » et part", 'Il dit "oui" et part', "Il dit « oui » et part"),
        ("Il dit «\u00a0oui\u202f» et part", 'dit "oui"', "dit «\u00a0oui\u202f»"),
        ('Il dit "oui" et part', "dit «\u202foui\u00a0» et", 'dit "oui" et'),
        ("Er sagte »ja« und ging", "sagte « ja » und", "sagte »ja« und"),
        ("so ``Yes'' he said", '"Yes" he said', "``Yes'' he said"),
        ("so ''Yes'' he said", 'so "Yes"', "so ''Yes''"),
        ("so “\u2018Yes\u2019 again” he", "so \"'Yes' again\" he", "so “\u2018Yes\u2019 again” he"),
        ("“one”“two”„three“„four“", '"two"', "“two”"),
        ("“one”“two”„three“„four“", '"three"', "„three“"),
        ("»one«»two«", '"two"', "»two«"),
        ("a 5‴ pipe", "a 5''' pipe", "a 5‴ pipe"),
        ("so \uff02yes\uff02 he", 'so "yes" he', "so \uff02yes\uff02 he"),
        ("yes—no", "yes--no", "yes—no"),
        ("so yes --- no", "yes — no", "yes --- no"),
        ("pages 10--20", "pages 10\u201320", "pages 10--20"),
        ("on 10--", "on 10—", "on 10--"),
        ("a ½ cup", "a 1/2 cup", "a ½ cup"),
        ("a 1/2 cup", "a ½ cup", "a 1/2 cup"),
        ("a 1\u20442 cup, é", "a 1/2 cup", "a 1\u20442 cup"),
        ("take 1½ cups", "take 1 1/2 cups", "take 1½ cups"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["", "É. ", "\u4e00\u4e8c" * 200 + "\n"])
def test_forms_of_marks_do_not_matter_and_the_place_is_exact(text: str, quote: str, there: str, around: str) -> None:
    assert texts_of(quote, around + text) == [there]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("take 1½ cups", "take 11/2 cups"),
        ("the agree\u00ad\nment", "the agreements"),
        ("one two", "one\u00ad, two"),
        ("one « two » three", "one two three"),
        ("one--2", "one2"),
        ("a 1\u20442 cup", "a 12 cup"),
    ],
)
def test_words_differ_where_marks_part_them(text: str, quote: str) -> None:
    assert texts_of(quote, text) == []


@pytest.mark.parametrize(
    "quote",
    ["Nothing was certain", "naive financial", "isnt", "1,000 or", "1000", "nothing is certain", "zebra", "..."],
)
def test_other_words_are_not_found(quote: str) -> None:
    assert texts_of(quote, TEXT) == []


def test_all_places_are_found_in_order_up_to_a_number() -> None:
    assert find("chapter 1", [TEXT, "x chapter 1 chapter 1"], [0, 1]) == [
        Place(0, TEXT.rindex("chapter 1"), len(TEXT) - 1), Place(1, 2, 11), Place(1, 12, 21),
    ]  # fmt: skip
    assert len(find("a b", ["a  b " * 100], [0])) == len(find("ab", ["ab" * 100], [0])) == MOST
    assert find("chapter 1", [TEXT, "chapter 1"], [1]) == [Place(1, 0, 9)]


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quote_that_stands_in_the_text_is_found(before: str, quote: str, after: str) -> None:
    if quote.strip():
        text = before + quote + after
        assert text.index(quote.strip()) == find(quote, [text], [0])[0].start


FILLER = "The committee considered the matter at length and resolved that the budget be amended accordingly.\n"


BEFORE = {"some": FILLER * 500, "much": FILLER * 210_000, "other letters": (FILLER + "“Ça va \u2013 naïve”\n") * 40_000}
HIDDEN = [
    ("a certain document says", "a certain docu-\n   ment says"),
    ("a certain document says", "a certain docu\u00ad\n   ment says"),
    ('Il répond "oui" sans façon', "Il répond «\u202foui\u202f» sans façon"),
    ('"no"--he said', "``no''—he said"),
    ("add 1/2 cup of flour", "add ½ cup of flour"),
    ("documentation", "documen-\ntation"),
    ("unbelievably long words", "un\u00adbe\u00adlievably long\u00a0words"),
    (unicodedata.normalize("NFD", "Šťastný déjà-vu"), "Šťastný déjà-\nvu"),
    ("Šťastný déjà-vu", unicodedata.normalize("NFD", "Šťastný déjà-vu")),
    ("the official financial staff", "the oﬃcial ﬁnancial sta\ufb00"),
    ('"It\'s here," they said', "\u201cIt\u2019s here,\u201d they said"),
    ("\u2018It\u2019s here\u2019 - they said", "'It's here' — they said"),
    ("three dots... and on", "three\tdots… and  on"),
    ("这是 另一句完全不同的话", "这是\u3000另一句完\n全不同的话"),
    ("東京へ。 が行く", unicodedata.normalize("NFD", "東京へ。\nが行く")),
    ("зебра пошла домой", "зебра\n  пошла " + unicodedata.normalize("NFD", "домой")),
    ("얼룩말이 길을 건넜다", "얼룩말이\n길을  건넜다"),
]
ONE_IN = 6
"""Of these quotes `make test` looks for one in so many in texts of megabytes, too."""


@pytest.mark.parametrize(
    ("quote", "there", "before"),
    [
        pytest.param(*row, before, marks=pytest.mark.slow if before != "some" and number % ONE_IN else ())
        for number, row in enumerate(HIDDEN)
        for before in BEFORE
    ],
)
def test_a_large_text_does_not_hide_a_quote(quote: str, there: str, before: str) -> None:
    start = len(BEFORE[before])
    text = BEFORE[before] + there + "\n" + FILLER * 100
    assert find(quote, [FILLER, text], [0, 1]) == [Place(1, start, start + len(there))]


PARTS = [
    "a",
    "b",
    "ab",
    "1",
    ",",
    ".",
    " ",
    "\n",
    "-",
    "\u00ad",
    "\u2019",
    "'",
    "“",
    "\u2013",
    "é",
    "e\u0301",
    "ﬁ",
    "fi",
    "…",
]
PARTS += ["--", "''", "«", " »", "½", "1/2", "\u2044", "\u00ad\n"]
PARTS += ["ж", "й", "и\u0306", "語", "が", "か\u3099", "\u3000", "\u00a0", "²", "가"]


@given(
    st.lists(st.sampled_from(PARTS), max_size=60), st.lists(st.sampled_from(PARTS), min_size=1, max_size=6), st.data()
)
def test_squeezing_finds_what_folding_finds(parts: list[str], quote: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    if text and data.draw(st.booleans()):
        low = data.draw(st.integers(0, len(text) - 1))
        part = text[low : data.draw(st.integers(low + 1, len(text)))]
        wanted = data.draw(
            st.sampled_from([part, unicodedata.normalize("NFC", part), unicodedata.normalize("NFD", part)])
        )
    else:
        wanted = "".join(quote)
    wanted = wanted.strip()
    folded = fold(wanted)[0].strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "CELL", data.draw(st.sampled_from([1, 3, 7, 1 << 16])))
        patch.setattr(quotes, "FORMS", quotes.FORMS[:1])
        found = find(wanted, [text], [0])
    if not wanted or wanted in text:
        return
    if not (wanted[0].isdigit() or wanted[-1].isdigit()):
        assert bool(found) == bool(folded and folded in fold(text)[0])
    assert all(folded in fold(text[place.start : place.end])[0] for place in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


def test_quotes_with_a_wrong_word_are_not_found_in_large_texts() -> None:
    near = (FILLER * 6).replace("resolved", "decided", 1)
    assert find(near, [FILLER * 5_000], [0]) == []
    assert find("the rapist", ["the patient saw the therapist. " * 10_000], [0]) == []
    assert find("wor dword", ["word " * 100_000], [0]) == []
    assert find("这是不存在的一句话", ["这是一个很长的文本。" * 10_000], [0]) == []
    assert find("x" * (quotes.LONGEST + 1), [FILLER], [0]) == []


def test_quotes_of_marks_only_are_found() -> None:
    assert texts_of("--", "one \u2013 — two", "“ ”") == ["\u2013", "—"]
    assert texts_of("''", "one \u2013 — two", "“”") == ["“”"]


def rows(form: str, count: int = 5_000) -> str:
    return "\n".join(f"row {number} says {form} again" for number in range(count))


@pytest.mark.parametrize(
    ("form", "quote"),
    [
        ("“the phrase”", 'says "the phrase" again'),
        ("the  \nphrase", "says the phrase again"),
        ("the phrase", "says the phrase again"),
        ("— “\u2018", "—\"'"),
        ("这是\n一句话", "这是一句话"),
    ],
)
@pytest.mark.parametrize("row", [0, pytest.param(1, marks=pytest.mark.slow), 2_500, 4_999])
def test_of_very_many_places_those_next_to_an_offset_are_given(form: str, quote: str, row: int) -> None:
    text = rows(form)
    near = text.index(f"row {row} ")
    found = Quotes([text]).look(quote, [0], (0, near))
    ahead = next(place for place in found.places if place.start >= near)
    assert text[near : ahead.end].startswith(f"row {row} says ")
    assert "\nrow" not in text[near : ahead.end]
    assert not found.are_all
    assert any(place.end <= near for place in found.places) == (row > 0)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found.places))


@pytest.mark.parametrize("behind", [True, False])
def test_the_nearest_place_may_be_far_on_either_side(*, behind: bool) -> None:
    many = "it says  the phrase\n" * 30
    gap = FILLER * 150_000
    text = many + gap if behind else "it says  the phrase\n" + gap + many + gap + many
    near = len(text) if behind else 10_000_000
    places = find("it says the phrase", [text], [0], (0, near))
    wanted = text.rindex("it says") if behind else text.index("it says", 100)
    assert wanted in [place.start for place in places]


@pytest.mark.parametrize("quote", ["Payment is due within thirty days.", "Payment is due  within thirty days."])
def test_of_very_many_documents_the_nearest_ones_are_looked_at_first(quote: str) -> None:
    texts = [f"Contract {number}. Payment is due within thirty days." for number in range(200)]
    found = Quotes(texts).look(quote, range(200), (150, 0))
    assert {place.document for place in found.places} >= set(range(142, 158))
    assert not found.are_all
    offset = texts[5].index("Payment")
    others = Quotes(["x" * 50 + text for text in texts[:-1]] + texts[5:6])
    given = others.look(quote, range(200), (0, offset), is_offset=True)
    assert Place(199, offset, len(texts[5])) in given.places


def test_all_places_are_known_unless_there_may_be_others() -> None:
    assert Quotes([rows("the phrase", MOST - 1)]).look("the phrase", [0]).are_all
    assert not Quotes([rows("the phrase", MOST + 1)]).look("the phrase", [0]).are_all
    assert Quotes([rows("the  phrase", MOST - 1)]).look("the phrase", [0]).are_all
    assert not Quotes([rows("the  phrase", MOST + 1)]).look("the phrase", [0]).are_all
    assert Quotes([rows("the  phrase", 3) + FILLER * 300_000]).look("the phrase", [0]).are_all


def test_at_an_offset_that_is_meant_another_form_counts_as_much() -> None:
    text = rows("the phrase", 3) + FILLER * 100 + rows("the\n  phrase", 3)
    near = text.index("the\n  phrase")
    assert near not in [place.start for place in find("the phrase", [text], [0], (0, near))]
    found = Quotes([text]).look("the phrase", [0], (0, near), is_offset=True)
    assert Place(0, near, near + len("the\n  phrase")) in found.places


@given(
    parts=st.lists(st.sampled_from(["a b", "a  b", "a\nb", "ab", "x", "é ", "“a b”"]), max_size=200),
    offset=st.integers(0, 700),
    is_offset=st.booleans(),
)
def test_the_places_next_to_an_offset_are_those_next_to_it(parts: list[str], offset: int, *, is_offset: bool) -> None:
    text = ".".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "BESIDE", 8)
        patch.setattr(quotes, "CELL", 64)
        patch.setattr(quotes, "MOST", 1_000_000)
        everything = [place.start for place in find("a \tb", [text], [0])]
        patch.setattr(quotes, "MOST", 2)
        found = [place.start for place in Quotes([text]).look("a \tb", [0], (0, offset), is_offset=is_offset).places]
    assert set(found) <= set(everything)
    if everything:
        assert min(abs(start - offset) for start in found) == min(abs(start - offset) for start in everything)


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        (
            "- The **tenant** shall pay [rent](/r.html) to `Acme` monthly.",
            "The tenant shall pay rent to Acme monthly.",
            "The **tenant** shall pay [rent](/r.html) to `Acme` monthly.",
        ),
        ("Userswhoinstallit are warned.", "Users who install it are warned", "Userswhoinstallit are warned"),
        ("มนุษย์ทั้งหลายเกิดมา\nมีอิสระ", "มนุษย์ทั้งหลายเกิดมามีอิสระ", "มนุษย์ทั้งหลายเกิดมา\nมีอิสระ"),
        ("> > first line\n> > second line", "first line second line", "first line\n> > second line"),
        ("# first line\n# second line", "first line second line", "first line\n# second line"),
        ("  /// first line\n  /// second line", "first line second line", "first line\n  /// second line"),
        ("| alpha | beta | gamma 17 |\n", "alpha beta gamma 17", "alpha | beta | gamma 17"),
        ('{"t": "so \\"yes\\".\\nThen he left."}', 'so "yes". Then he left.', 'so \\"yes\\".\\nThen he left.'),
        (
            "1\n00:00:01,000 --> 00:00:02,500\nHe said\n\n2\n00:00:03,000 --> 00:00:04,000\nthat he left.\n",
            "He said that he left.",
            "He said\n\n2\n00:00:03,000 --> 00:00:04,000\nthat he left.",
        ),
    ],
)
@pytest.mark.parametrize("before", ["", FILLER * 1_000])
def test_markup_and_what_conversion_did_to_white_space_do_not_matter(
    text: str, quote: str, there: str, before: str
) -> None:
    assert texts_of(quote, before + text) == [there]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("there were 1 000 geese seen", "there were 1000 geese seen"),
        ("there were **10**00 geese seen", "there were 10 00 geese seen"),
        ("of 2*35 geese seen there", "of 235 geese seen there"),
        ("then call each[name](event) now", "then call each[name](other) now"),
        ("then call each[name](event) now", "then call each[name] now"),
        ("the **tenant** shall not pay rent", "the tenant shall pay rent"),
        ("he saw the therapist there", "the rapist"),
        ("of 1,215 **geese** seen there", "215 geese seen there"),
        ("there were **geese** in 2019", "there were geese in 201"),
        ("there were **no** geese seen", "there were geese seen"),
        ("see [the page](http://x.y/1) now", "see [the page](http://x.y/2) now"),
        ("so it is[1] and [wide](/w.html)", "so it is[2] and wide"),
        ("the {\\it not} said thing of <not> here", "the said thing of here"),
        (r"a set \\not\\in the \\emph{other} one", "a set the other one"),
        ("if x <a and b> c then all of it", "if x c then all of it"),
        ("10<sup>6</sup> of them were seen", "106 of them were seen"),
        ("it is \n12\n of them that we saw", "it is of them that we saw"),
    ],
)
def test_without_markup_words_and_numbers_must_be_the_same(text: str, quote: str) -> None:
    assert texts_of(quote, text) == []


def test_a_form_that_is_stricter_goes_first() -> None:
    assert texts_of("the tenant shall pay", "the *tenant* shall pay", "the tenant  shall pay") == [
        "the tenant  shall pay"
    ]


def test_texts_are_squeezed_once_for_all_runs_over_a_context() -> None:
    corpus = Corpus((SourceText("a", "the  tenant"),))
    assert Quotes.of(corpus) is Quotes.of(corpus)
    with pytest.MonkeyPatch.context() as patch:
        assert Quotes.of(corpus).look("the tenant", [0]).places
        patch.setattr(quotes, "_Squeezed", None)
        assert Quotes.of(corpus).look("the tenant", [0]).places == [Place(0, 0, 11)]


def test_links_are_whole_wherever_a_text_is_cut_to_be_squeezed() -> None:
    text = "\n".join(f"line {number} [the tenant](/a/b.html) shall pay" for number in range(50))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "CELL", 100)
        assert all(texts_of(f"line {number} the tenant shall pay", text) for number in range(50))


AS_READ = {
    "link with a title": ('see [the **page**](/x.html "The *Page*, 5 > 3") now', "see the page now"),
    "link with brackets": ("see [it](https://e.org/a_(b)) now", "see it now"),
    "link by key": ("see [the page][key 1] and on", "see the page and on"),
    "address": ("see <https://e.org/a> or <me@e.org> now", "see https://e.org/a or me@e.org now"),
    "note": ("It is so.[^1] And `on`[^note], they say[12] it[[3]](#cite-3) is.", "It is so. And on, they say it is."),
    "note that is quoted": ("they say[[12]](#cite-12) [it](/it.html) is", "they say[12] it is"),
    "small number": ("It is so.\u00b9\u00b2 And on", "It is so. And on"),
    "tags": ('The <b>ten<i class="x">ant</i></b><sup>a</sup> pays<br/>rent &amp; all', "The tenanta pays rent & all"),
    "tags of blocks": ("<li>first line</li><li>second line</li>", "first line second line"),
    "comment": ("first <!-- not - this --> second word", "first second word"),
    "entities": (
        "caf&eacute;s &#8211; caf&#xe9;s said &quot;so&quot; there",
        'caf\u00e9s - caf\u00e9s said "so" there',
    ),
    "escapes of JSON": (r"He said \"caf\u00e9\".\nThen \ud83d\ude00 left", 'He said "caf\u00e9". Then \U0001f600 left'),
    "LaTeX": (r"as \emph{John~Smith} and \textbf{he}~\cite[p.~5]{key19} said", "as John Smith and he said"),
    "manual": (r"use \fBgrep\fP for this one", "use grep for this one"),
    "roles": ("call :py:func:`open` or `it <https://e.org>`_ now", "call open or it now"),
    "table": ("| one | two |\n|-----|:---:|\n| three | four |", "one two three four"),
    "bullets": ("as follows:\n# - the one\n# - the other", "as follows: the one the other"),
    "cues": (
        "first line\n\n00:03.000 --> 00:04.000 align:left\n<v Ann>second <00:03.500>line",
        "first line second line",
    ),
    "times": ("first line\n[00:12.50]second line", "first line second line"),
    "form feed": ("first line\f second line", "first line second line"),
    "page number": ("first line\n\n - 12 -\n\fsecond line", "first line second line"),
    "page mark": ("first line\n--- Page 3 of 9 ---\nsecond line", "first line second line"),
    "lost spaces": ("firstlineandthe sec ondline", "first line and the second line"),
    "wide and joined letters": ("\uff26irst \ufb01nal so\u00adft ze\u200bro", "First final soft zero"),
    "hyphen in a comment": ("// the docu-\n// ment says", "the document says"),
}
PREFIXES = ["> ", "> > ", "# ", "  // ", "/// ", "//! ", " * ", "-- ", ";; ", "% ", "! ", "| ", "** "]


@pytest.mark.parametrize("row", AS_READ)
@pytest.mark.parametrize("before", ["", FILLER * 100], ids=["alone", "far"])
def test_a_quote_as_it_is_read_is_found(row: str, before: str) -> None:
    text, quote = AS_READ[row]
    (there,) = texts_of(quote, before + text + "\n" + FILLER)
    assert there in text
    read, wanted = unmarked(as_read(there))[0].strip(), fold(quote)[0]
    assert (read[0], read[-1]) == (wanted[0], wanted[-1])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_lines_begin_with_is_not_read(prefix: str) -> None:
    text = f"{prefix}The first line says\n{prefix}so. The second one\n{prefix}does not."
    quote = "The first line says so. The second one does not."
    assert texts_of(quote, text) == [text[len(prefix) :]]
    assert texts_of(quote.replace("not", "now"), text) == []


def test_lines_that_stand_on_each_page_are_not_read() -> None:
    said = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    pages = [f"Annual Report 2019\nso {word} it is and\nthe {word} says\nACME  page {n}" for n, word in enumerate(said)]
    text = "\f".join(pages)
    there = "the gamma says\nACME  page 2\fAnnual Report 2019\nso delta it is"
    assert texts_of("the gamma says so delta it is", text) == [there]
    assert texts_of("the gamma says so zeta it is", text) == []
    assert texts_of("ACME page 2 Annual Report 2019", text) == ["ACME  page 2\fAnnual Report 2019"]


def test_an_escape_is_quoted_whole() -> None:
    assert texts_of("**the** first & last caf\u00e9", r"the first &amp; last caf\u00e9") == [
        r"the first &amp; last caf\u00e9"
    ]


SENTENCE = "On 12 May 2019 Ann Lee did not pay the 1,250 dollars that Mr. Stone had asked for in March."
WRAPS = [
    ("**", "**"),
    ("*", "*"),
    ("`", "`"),
    ("[", "](/a.html)"),
    ("<b>", "</b>"),
    ("", "[^1]"),
    ("_", "_"),
    ("~~", "~~"),
]
GAPS = [" ", "  ", "\n", "\n> ", "\n# ", "\r\n", "\u00a0", "&nbsp;", " <br> ", "\f"]


@given(st.data())
def test_under_any_markup_a_sentence_is_found_at_its_place_and_no_other_is(data: st.DataObject) -> None:
    words = SENTENCE.split()
    seen = ""
    for word in words:
        left, right = data.draw(st.sampled_from([("", ""), *WRAPS]))
        seen += f"{left}{word}{right}" + ("" if word == words[-1] else data.draw(st.sampled_from(GAPS)))
    before = data.draw(st.sampled_from(["", "It was so. ", FILLER * 50]))
    text = f"{before}{seen} Then he left."
    ((place),) = find(SENTENCE, [text], [0])
    assert len(before) <= place.start <= text.index("On", len(before))
    assert text.index("March.") + len("March.") <= place.end <= len(before) + len(seen)
    at = data.draw(st.integers(0, len(words) - 1))
    for changed in (["never"], [], [words[at], "never"], [words[at].replace("1", "7").replace("e", "u") + "7"]):
        other = " ".join([*words[:at], *changed, *words[at + 1 :]])
        if changed or 0 < at < len(words) - 1:
            assert find(other, [text], [0]) == []
