"""The programs by name, with what code hands over checked: it may be anything."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from langchain_rlm.repl.protocol import Host, ReplContext
from langchain_rlm.repl.typed.asking import Program, as_text
from langchain_rlm.repl.typed.forms import Form
from langchain_rlm.repl.typed.labels import Labels
from langchain_rlm.repl.typed.mapping import Task, mapped
from langchain_rlm.repl.typed.queries import queried
from langchain_rlm.repl.typed.quoting import quoted
from langchain_rlm.repl.values import read_images


def program(name: str, given: Mapping[str, Any], host: Host, context: ReplContext) -> Program:
    """The program of that name; the context says what suits a sub-model.

    Raises:
        TypeError, ValueError, FormError: What was given cannot be used; the message tells the code why.
    """
    return _PROGRAMS[name](given, host, context)


def _query(given: Mapping[str, Any], _: Host, __: ReplContext) -> Program:
    prompts = [_text(prompt, "llm_query: the prompt") for prompt in _list(given["prompts"], "llm_query: prompts")]
    images = read_images(given.get("images"), len(prompts))
    if images is None:
        msg = "llm_query: images must be lists of pages."
        raise TypeError(msg)
    return queried(prompts, Form.of(given["schema"]), _model(given), images)


def _map(given: Mapping[str, Any], _: Host, context: ReplContext) -> Program:
    items = [as_text(item) for item in _list(given["items"], "llm_map: items")]
    labels, schema, batch = given["labels"], given["schema"], given["batch"]
    if labels is not None and schema is not None:
        msg = "llm_map: give labels or a schema, not both."
        raise ValueError(msg)
    batch = context.batch if batch is None else batch
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        msg = f"llm_map: batch must be a number of items, at least 1, not {batch!r:.80}."
        raise ValueError(msg)
    text, each = given["task"], list[str]()
    if isinstance(text, list):
        if len(text) != len(items):
            msg = f"llm_map: {len(text):,} tasks for {len(items):,} items: give one task for all, or one for each."
            raise ValueError(msg)
        each, text = [_text(one, "llm_map: a task") for one in text], "each has its own"
    task = Task(_text(text, "llm_map: the task"), form=None if schema is None else Form.of(schema))
    if labels is not None:
        task = _labelled(task.text, labels)
    task = replace(task, each=each)
    if given.get("weigh"):
        if task.labels is None or len(task.labels) != 2:  # noqa: PLR2004  # one, or the other
            msg = "llm_map: weigh=True needs two labels, such as ['yes', 'no']."
            raise ValueError(msg)
        first, second = task.labels
        task = replace(task, weighed=(first, second))
    return mapped(items, task, batch=batch, room=context.chunk_size, model=_model(given))


def _labelled(text: str, given: Any) -> Task:
    meanings = given if isinstance(given, dict) else {}
    listed = list(given) if isinstance(given, dict) else _list(given, "llm_map: labels")
    labels = {as_text(label): as_text(meanings.get(label) or "") for label in listed}
    if not labels or not all(map(str.strip, labels)) or not Labels(listed).are_apart:
        msg = f"llm_map: labels must be a list of different words, such as ['yes', 'no'], not {given!r:.200}."
        raise ValueError(msg)
    return Task(text, labels, listed)


def _quotes(given: Mapping[str, Any], host: Host, _: ReplContext) -> Program:
    texts = [
        _text(text, "llm_quotes: a text", may_be_empty=True) for text in _list(given["texts"], "llm_quotes: texts")
    ]
    question = _text(given["question"], "llm_quotes: the question")
    return quoted(question, texts, partial(_cited, host), _model(given))


def _cited(host: Host, quote: str, within: Any) -> Any:
    return host("cite", quote, within, None)


_PROGRAMS: Mapping[str, Callable[[Mapping[str, Any], Host, ReplContext], Program]] = {
    "query": _query, "map": _map, "quotes": _quotes,
}  # fmt: skip
NAMES = frozenset(_PROGRAMS)


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        msg = f"{what} must be a list, not {type(value).__name__}."
        raise TypeError(msg)
    return value


def _text(value: Any, what: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        msg = f"{what} must be a str, not {type(value).__name__}."
        raise TypeError(msg)
    if not value.strip() and not may_be_empty:
        msg = f"{what} is empty."
        raise ValueError(msg)
    return value


def _model(given: Mapping[str, Any]) -> str | None:
    model = given["model"]
    return None if model is None else _text(model, "the model")
