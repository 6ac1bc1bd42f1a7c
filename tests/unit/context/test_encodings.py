"""Bytes that are text, in which encoding, and what is said where a guess was needed."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.encodings import BLOCK, decoded, decoded_in_blocks, is_known
from langchain_rlm.context.load import load_corpus
from langchain_rlm.errors import InputError

TEXTS = {
    "cp1252": "Der Vertrag läuft über größere Räume, gültig für alle Häuser.\n",
    "cp1251": "Привет, как дела? Сегодня хорошая погода, и мы идём гулять.\n",
    "shift_jis": "これは日本語の文章です。契約は三月に終わります。\n",
    "gb18030": "这是一份合同,租金每月五百元,三月到期。\n",
}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_any_utf_8_is_read_as_it_is_and_nothing_is_guessed(text: str) -> None:
    assert decoded(text.encode(), "a") == (text, None)


@pytest.mark.parametrize("encoding", TEXTS)
def test_another_encoding_is_guessed_and_named(encoding: str) -> None:
    text, guess = decoded(TEXTS[encoding].encode(encoding), "a")
    assert text == TEXTS[encoding]
    assert guess is not None
    assert is_known(guess)


@pytest.mark.parametrize("data", [b"caf\xe9 is open\n", b"na\xefve", b"\x93smart\x94 quotes"])
def test_a_short_western_text_is_taken_for_one(data: bytes) -> None:
    assert decoded(data, "a") == (data.decode("cp1252"), "cp1252")


def test_a_long_text_is_read_whole_in_the_encoding_of_its_beginning() -> None:
    text = TEXTS["shift_jis"] * 20_000
    assert decoded(text.encode("shift_jis"), "a")[0] == text


def test_the_encoding_that_is_named_is_used() -> None:
    assert decoded("é".encode("cp437"), "a", "cp437") == ("é", None)
    assert decoded("é and more".encode("utf-16-le"), "a", "utf-16-le") == ("é and more", None)


@pytest.mark.parametrize(("data", "encoding", "said"), [
    (b"\xff\xfe\xff", "ascii", "not UTF-16-LE"),
    (b"ab\xe9", "ascii", "a.txt: not ASCII: byte 2 is 0xe9"),
    (b"\xef\xbb\xbfab\xe9", None, "byte 5 is 0xe9"),
    (b"PK\x03\x04\0\0", None, "a.txt: this is a binary file"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_place_and_a_remedy(
    data: bytes, encoding: str | None, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        decoded(data, "a.txt", encoding)
    assert said in str(caught.value)
    assert "Convert" in str(caught.value) or "encoding=" in str(caught.value)


# -- large files ------------------------------------------------------------------------------------------------------

LARGE = "aé漢😀\r\n" * (2 * BLOCK // 11)


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_large_file_is_read_in_blocks_wherever_they_end(shift: int, encoding: str) -> None:
    text = "x" * shift + LARGE
    assert decoded_in_blocks(io.BytesIO(text.encode(encoding))) == text


def test_a_large_file_in_another_encoding_is_guessed_or_read_as_named(tmp_path: Path) -> None:
    text = TEXTS["cp1252"] * (BLOCK // 50)
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("cp1252"))
    (document,) = load_corpus(path).documents
    assert (document.text, document.metadata["encoding"]) == (text, "cp1252")
    with path.open("rb") as file:
        assert decoded_in_blocks(file, "cp1252") == text


@pytest.mark.parametrize(
    ("data", "said"), [(b"ab\0", "this is a binary file"), (b"\xef\xbb\xbfab\xe9", "byte 5 is 0xe9")]
)
def test_a_large_file_that_cannot_be_read_is_refused_as_a_small_one_is(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data + b"a" * BLOCK)
    with pytest.raises(InputError, match=said):
        load_corpus(path)
