"""What comes out of the sandbox: model-written code may have put anything in its place.

Values are made plain here. The interpreter's text needs nothing: it is UTF-8, which has no lone surrogates.
"""

import re
from typing import Any

from langchain_rlm.repl.protocol import STORABLE, Asked, Call, usable

IMAGES = 10
"""Pages that are sent with one prompt, at most."""
_DOCUMENT = re.compile("d[0-9]{1,9}")


def read_asked(args: tuple[Any, ...]) -> Asked | None:
    """The calls in a host call's arguments, or None."""
    if len(args) not in (5, 6) or args[0] not in ("llm", "rlm") or not isinstance(args[1], list) or not args[1]:
        return None
    how, prompts, model, contexts, raises, images = (*args, None)[:6]
    if not all(isinstance(prompt, str) for prompt in prompts) or not isinstance(model, str | None):
        return None
    contexts = [None] * len(prompts) if contexts is None else contexts
    if not isinstance(contexts, list) or len(contexts) != len(prompts) or not all(map(_is_context, contexts)):
        return None
    pages = read_images(images, len(prompts))
    if pages is None:
        return None
    calls = zip(prompts, contexts, pages, strict=True)
    return Asked(tuple(Call(how, p, model, c, images=i) for p, c, i in calls), bool(raises))


def read_images(given: Any, count: int) -> list[tuple[tuple[int, int], ...]] | None:
    """The pages that go with each of so many prompts, as their documents' positions and their numbers, or None."""
    if given is None:
        return [()] * count
    if not isinstance(given, list) or len(given) != count or not all(map(_is_images, given)):
        return None
    return [tuple((int(document[1:]), page) for document, page in each or ()) for each in given]


def _is_images(value: Any) -> bool:
    return value is None or (isinstance(value, list) and len(value) <= IMAGES and all(map(_is_image, value)))


def _is_image(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2 or not isinstance(value[0], str):  # noqa: PLR2004  # a pair
        return False
    return _DOCUMENT.fullmatch(value[0]) is not None and type(value[1]) is int and 0 < value[1] < STORABLE.stop


def read_ahead(args: tuple[Any, ...]) -> Asked | None:
    """The calls that a loop will make, or None."""
    if len(args) != 1 or not isinstance(args[0], list):
        return None
    calls: list[Call] = []
    for call in args[0]:
        how, prompt, model, context = call[:4]
        context = list(context) if isinstance(context, tuple) else context
        asked = read_asked((how, [prompt], model, [context], False))
        if asked is None:
            return None
        calls += asked.calls
    return Asked(tuple(calls), raises=False, is_ahead=True)


def _is_context(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(text, str) or _is_number(text) for text in value)
    return isinstance(value, str | None) or _is_number(value)


def numbers_in(call: Call) -> list[int]:
    """The documents of the context that a call hands to a recursive run by number."""
    given = call.context if isinstance(call.context, list) else [call.context]
    return [one for one in given if isinstance(one, int)]


def _is_number(value: Any) -> bool:
    """Whether it may stand for a document of the context."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def read_tool_call(args: tuple[Any, ...], known: frozenset[str]) -> Asked | None:
    """The call of a tool in a host call's arguments, or None."""
    if len(args) != 3 or args[0] not in known or not isinstance(args[1], list) or not isinstance(args[2], dict):  # noqa: PLR2004
        return None
    given = usable(args[1:])
    return Asked((Call("tool", args[0], arguments=(given[0][0], given[0][1])),)) if given else None


def read_end(told: Any) -> tuple[tuple[Any] | None, tuple[tuple[str, str, int | None], ...]]:
    """How a cell ended, as the sandbox tells it: the answer when it is ready, and the variables."""
    if not isinstance(told, list) or len(told) != 2 or not isinstance(told[1], list):  # noqa: PLR2004  # a pair
        return None, ()
    ready, described = told
    is_ready = isinstance(ready, list) and len(ready) == 1
    return usable(ready[0]) if is_ready else None, tuple(row for row in described if _is_variable(row))


def _is_variable(row: Any) -> bool:
    kinds = (str, str, int | None)
    return isinstance(row, tuple) and len(row) == len(kinds) and all(map(isinstance, row, kinds))
