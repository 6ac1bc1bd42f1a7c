"""Pages of a PDF without text: told to the root model, shown to a sub-model as pictures, kept on record by number."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, Budget, load_journal, save_journal
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.text import whole
from langchain_rlm.runtime.replay import Replay
from langchain_rlm.testing.replay_model import ReplayChatModel
from tests.server.client import ModelServer
from tests.unit.context.made_files import pdf_of

pytest.importorskip("pypdfium2")
QUESTION = "What does the scan show?"
PAGES = ["Alpha is here", "", "Beta is there", "", ""]


def cell(code: str) -> str:
    return f"Next.\n```repl\n{code}\n```"


def rlm_with(server: ModelServer, *replies: str, sub: Any = None, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": sub or {"kind": "echo"}})
    return RLM(server.chat_model("root"), settings.pop("sub_model", server.chat_model("sub")), **settings)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of(PAGES, picture="dots"))
    return path


def sent(server: ModelServer) -> list[Any]:
    """What sub-models were asked."""
    return [entry["messages"][-1]["content"] for entry in server.log() if entry["model"] == "sub"]


@pytest.mark.parametrize("repl", ["monty", "cpython"])
def test_a_page_without_text_is_shown_to_a_sub_model_counts_as_read_and_replays(
    model_server: ModelServer, scan: Path, tmp_path: Path, repl: Any
) -> None:
    code = "one = page(4)\nprint(one)\nFINAL(llm_query('What is this?', images=[one, page(5, document='scan.pdf')]))"
    result: Any = rlm_with(model_server, cell(code), repl=repl).invoke({"question": QUESTION, "context": scan})
    assert result["answer"] == "echo: What is this? (13 characters)"
    (content,) = sent(model_server)
    assert content[0] == {"type": "text", "text": "What is this?"}
    kind, data = content[1]["image_url"]["url"].split(",")
    assert (kind, base64.b64decode(data)[:4], len(content)) == ("data:image/png;base64", b"\x89PNG", 3)
    first = model_server.log()[0]["messages"][1]["content"]
    assert "scan.pdf: pages 2, 4-5 have no text.\n`llm_query(prompt, images=[page(2)])` shows it to a sub-mo" in first
    (asked,) = [entry for entry in result["journal"] if entry["kind"] == "asked"]
    text = whole(load_corpus(scan).texts[0])
    start = text.index("[page 4 has")
    assert asked["calls"][0]["images"] == [
        {"document": 0, "page": 4, "span": [0, start, start + 20]},
        {"document": 0, "page": 5, "span": [0, start + 21, start + 41]},
    ]
    assert result["coverage"]["documents"][0]["read_ranges"] == [[start, start + 41]]
    save_journal(result, tmp_path / "run.jsonl")
    assert data[:40] not in (tmp_path / "run.jsonl").read_text()
    replay = Replay(load_journal(tmp_path / "run.jsonl"), load_corpus(scan), lambda _: None)
    replay.run()
    assert (replay.cells, replay.is_answered) == (1, True)


def size_of_picture(messages: Any) -> str:
    return f"{len(messages[-1]['content'][1]['image_url']['url'])} characters"


def test_a_replay_model_gives_the_answers_by_page(model_server: ModelServer, scan: Path) -> None:
    code = cell("pages = [[page(n)] for n in (3, 2)]\nFINAL(llm_query_batched(['Read.'] * 2, images=pages))")
    sub = {"kind": "function", "function": f"{__name__}:size_of_picture"}
    result: Any = rlm_with(model_server, code, sub=sub).invoke({"question": QUESTION, "context": scan})
    assert len(set(result["value"])) == 2
    model = ReplayChatModel.from_journal(result)
    again: Any = RLM(model, model).invoke({"question": QUESTION, "context": scan})
    assert again["value"] == result["value"]
    assert again["coverage"] == result["coverage"]


def test_an_answer_in_a_form_is_asked_of_a_picture(model_server: ModelServer, scan: Path) -> None:
    code = cell("FINAL(llm_query('How many?', schema=int, images=page(2)))")
    sub = {"kind": "rules", "rules": [{"match": "cannot be used", "reply": "3"}], "default": "many"}
    assert rlm_with(model_server, code, sub=sub).invoke({"question": QUESTION, "context": scan})["answer"] == "3"
    assert [[part["type"] for part in content] for content in sent(model_server)] == [["text", "image_url"]] * 2


def error_of(rlm: RLM, context: Any) -> str:
    result: Any = rlm.invoke({"question": QUESTION, "context": context})
    (end, *_) = [entry for entry in result["journal"] if entry["kind"] == "cell_end"]
    return str(end["error"]).splitlines()[-1]


@pytest.mark.parametrize(("code", "said"), [
    ("page(6)", "ValueError: page: scan.pdf has pages 1 to 5; there is no page 6."),
    ("page(0)", "ValueError: page: scan.pdf has pages 1 to 5; there is no page 0."),
    ("page('3')", "TypeError: page: the number must be an int, from 1 on, not '3'."),
    ("page(3, 'x.pdf')", "ValueError: page: there is no PDF file 'x.pdf' here, only: scan.pdf."),
    ("llm_query('?', images=[3])", "TypeError: llm_query: images must be a list of pages, such as [page(3)], not int."),
    ("llm_query('?', images=[page(2)] * 11)", "ValueError: llm_query: 11 images with one prompt; 10 is the most."),
    ("llm_query_batched(['?'], images=[])", "ValueError: llm_query_batched: images must have a list for each prompt."),
])  # fmt: skip
def test_what_is_no_page_is_an_error_in_the_cell(model_server: ModelServer, scan: Path, code: str, said: str) -> None:
    assert error_of(rlm_with(model_server, cell(code), cell("FINAL(1)")), scan) == said
    assert sent(model_server) == []


def test_a_text_has_no_pages(model_server: ModelServer) -> None:
    said = error_of(rlm_with(model_server, cell("page(1)"), cell("FINAL(1)"), route="rlm"), "Some text.")
    assert said == "ValueError: page: no document here is a PDF file whose pages can be shown."
    assert "have no text" not in model_server.log()[0]["messages"][1]["content"]


def test_a_sub_model_that_takes_no_images_is_not_asked(model_server: ModelServer, scan: Path) -> None:
    blind = model_server.chat_model("sub", profile={"image_inputs": False})
    code = cell("llm_query('?', images=[page(2)])")
    said = error_of(rlm_with(model_server, code, cell("FINAL(1)"), sub_model=blind, route="rlm"), scan)
    assert said.startswith("ValueError: sub-query failed (invalid): The sub-model 'sub' takes no images. Pass a sub-")
    assert sent(model_server) == []
    first = model_server.log()[0]["messages"][1]["content"]
    assert "have no text." in first
    assert "images=" not in first


def test_a_provider_that_refuses_images_is_told_with_what_helps(model_server: ModelServer, scan: Path) -> None:
    reply = {"status": 400, "body": {"error": {"message": "image_url is not supported", "type": "invalid_request"}}}
    code = cell("llm_query('?', images=[page(2)])")
    rlm = rlm_with(model_server, code, cell("FINAL(1)"), sub={"kind": "script", "replies": [reply]})
    said = error_of(rlm, scan)
    assert (
        "sub-query failed (invalid): OpenAIInvalidRequestError: image_url is not supported. The prompt had images"
        in said
    )
    assert "run OCR on the file." in said


def test_a_file_that_is_gone_or_has_changed_is_an_error_in_the_cell(model_server: ModelServer, scan: Path) -> None:
    code = cell("llm_query('?', images=[page(2)])")
    context = load_corpus(scan)
    os.utime(scan, (1, 1))
    changed = error_of(rlm_with(model_server, code, cell("FINAL(1)")), context)
    assert f"scan.pdf, page 2: the file {scan} has changed since it was read" in changed
    scan.unlink()
    gone = error_of(rlm_with(model_server, code, cell("FINAL(1)")), context)
    assert f"the file {scan} cannot be read (No such file or directory). Put it back" in gone
    assert sent(model_server) == []


def test_a_scan_without_any_text_is_loaded_and_not_asked_about_directly(model_server: ModelServer, scan: Path) -> None:
    scan.write_bytes(pdf_of(["", ""], picture="dots"))
    rlm = rlm_with(model_server, cell("FINAL(llm_query('Read it.', images=[page(1), page(2)]))"))
    result: Any = rlm.invoke({"question": QUESTION, "context": scan})
    assert result["answer"].startswith("echo: Read it.")
    assert result["coverage"]["read"] == 1.0
    assert "scan.pdf: pages 1-2 have no text." in model_server.log()[0]["messages"][1]["content"]


def test_pictures_count_for_the_budget(model_server: ModelServer, scan: Path) -> None:
    code = cell("FINAL(llm_query('?', images=[page(2)] * 5))")
    rlm = rlm_with(model_server, code, cell("FINAL(1)"), budget=Budget(tokens=8_000))
    assert "sub-query failed (budget): A call of about 8," in error_of(rlm, scan)
    assert sent(model_server) == []


def test_a_loop_over_pages_asks_each_once(model_server: ModelServer, scan: Path) -> None:
    code = "found = []\nfor n in [2, 4]:\n    found.append(llm_query('Read.', images=[page(n)]))\nFINAL(found)"
    result: Any = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": scan})
    assert result["value"] == ["echo: Read. (5 characters)"] * 2
    assert [len(content) for content in sent(model_server)] == [2, 2]


async def test_code_that_awaits_asks_about_pages_too(model_server: ModelServer, scan: Path) -> None:
    code = (
        "import asyncio\nasync def one(n):\n    return await asyncio.to_thread(llm_query, 'Read.', images=[page(n)])\n"
    )
    code += "async def main():\n    return await asyncio.gather(*[one(n) for n in (2, 4)])\nFINAL(asyncio.run(main()))"
    result: Any = await rlm_with(model_server, cell(code)).ainvoke({"question": QUESTION, "context": scan})
    assert result["value"] == ["echo: Read. (5 characters)"] * 2
    (asked,) = [entry for entry in result["journal"] if entry["kind"] == "asked"]
    assert [call["images"][0]["page"] for call in asked["calls"]] == [2, 4]


def test_two_files_are_told_apart(model_server: ModelServer, scan: Path) -> None:
    other = scan.with_name("other.pdf")
    other.write_bytes(pdf_of(["Words", ""], picture="dots"))
    code = "llm_query('One.', images=[page(2, document=1)])\npage(2)"
    result: Any = rlm_with(model_server, cell(code), cell("FINAL(1)"), route="rlm").invoke(
        {"question": QUESTION, "context": [scan, other]}
    )
    (asked,) = [entry for entry in result["journal"] if entry["kind"] == "asked"]
    assert [(image["document"], image["page"]) for image in asked["calls"][0]["images"]] == [(1, 2)]
    (end, *_) = [entry for entry in result["journal"] if entry["kind"] == "cell_end"]
    assert end["error"].endswith("page: say which document with document=. There are: scan.pdf, other.pdf.")
