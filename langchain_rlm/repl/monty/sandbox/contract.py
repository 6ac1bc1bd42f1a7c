# What model-written code finds in the REPL. Runs in the sandbox: ordinary functions around a few host calls, so that
# wrong arguments fail like in any Python, and every name can be passed around.
# The host binds before this: context, sources, _rlm_settings, _rlm_numbers (of the documents).

import collections as _rlm_collections
import datetime as _rlm_datetime
import decimal as _rlm_decimal
import pathlib as _rlm_pathlib

_rlm_sources = sources
answer = {"content": "", "ready": False}
_rlm_printed = [0]
_rlm_builtin_print = print


def _rlm_contract_print(*values, sep=" ", end="\n", file=None, flush=False):
    text = (" " if sep is None else sep).join([str(value) for value in values]) + ("\n" if end is None else end)
    room = _rlm_settings["print_limit"] - _rlm_printed[0]
    _rlm_printed[0] += len(text)
    if len(text) <= room:
        _rlm_builtin_print(text, end="")
        return
    if room > 0:
        tail = room // 2
        _rlm_builtin_print(text[: room - tail] + text[len(text) - tail :], end="")
    raise RuntimeError(
        "output limit: this cell printed more than "
        + format(_rlm_settings["print_limit"], ",")
        + " characters. Keep text in variables and print counts, samples and results only."
    )


_rlm_b_print = _rlm_contract_print
_rlm_dated = (_rlm_datetime.date, _rlm_datetime.time, _rlm_datetime.timedelta, _rlm_decimal.Decimal, _rlm_pathlib.Path)
_rlm_groups = (list, tuple, set, frozenset, _rlm_collections.deque)


def _rlm_measured(name, value):
    # A value crosses to the host written out in full: what is shared here counts each time.
    items, size, rest, whole, long = 0, 0, [value], True, 10**19
    while rest:
        one = rest.pop()
        items += 1
        if isinstance(one, (str, bytes)):
            size += len(one)
        elif isinstance(one, int):
            if not -long < one < long:
                size += 2_000
                if not -(10**4300) < one < 10**4300:
                    raise ValueError(name + ": a number too long to hand over. Give it as text, or rounded.")
        elif isinstance(one, dict):
            rest += list(one.keys())
            rest += list(one.values())
        elif isinstance(one, _rlm_groups):
            rest += list(one)
            if isinstance(one, tuple) and type(one) is not tuple:
                size += len(type(one).__name__) + len("".join(one._fields))
        elif one is not None and not isinstance(one, float):
            whole = whole and isinstance(one, _rlm_dated)
            size += len(str(one))
        if items + len(rest) > 1_000_000 or size > 256_000_000:
            raise ValueError(
                name
                + ": too much to hand over: more than 1 million items or 256 million characters, repeated ones counted"
                + " each time. Pass less, or text."
            )
    return value if whole else _rlm_written(value)


def _rlm_written(value):
    # Objects of the cells' own classes and the like mean nothing to the host: they cross as their text.
    if isinstance(value, dict):
        return {_rlm_written(key): _rlm_written(value[key]) for key in value}
    if isinstance(value, (set, frozenset)):
        return {_rlm_written(one) for one in value}
    if isinstance(value, tuple):
        return tuple([_rlm_written(one) for one in value])
    if isinstance(value, _rlm_groups):
        return [_rlm_written(one) for one in value]
    return value if value is None or isinstance(value, (str, bytes, int, float, *_rlm_dated)) else str(value)


class SubQueryFailure:
    """A sub-query of a batch that failed (on_error='return'): has .type and .message, is no string."""

    def __init__(self, kind, message):
        self.type = kind
        self.message = message

    def __repr__(self):
        return "<sub-query failed: " + self.type + ": " + self.message + ">"


_rlm_SubQueryFailure = SubQueryFailure


class AnswerError:
    """Some answers could not be had in the form asked for: `answers` has the others, None for those in `missing`."""

    _rlm_carrier = RuntimeError
    _rlm_order = ["RuntimeError", "Exception", "BaseException", "object"]

    def __init__(self, message, answers, missing):
        self.args = (message,)
        self.answers = answers
        self.missing = missing

    def __str__(self):
        return self.args[0]

    def __repr__(self):
        return "AnswerError(" + repr(self.args[0]) + ")"


_rlm_AnswerError = AnswerError


def _rlm_prompt(name, prompt):
    if isinstance(prompt, str):
        if not prompt.strip():
            raise ValueError(name + ": the prompt is empty.")
        return prompt
    hint = " For many prompts use " + name + "_batched." if isinstance(prompt, (list, tuple)) else ""
    raise TypeError(name + ": the prompt must be a str, not " + type(prompt).__name__ + "." + hint)


def _rlm_prompts(name, prompts):
    if isinstance(prompts, str):
        raise TypeError(name + ": pass a list of prompts, not one str. For one prompt use " + name[:-8] + ".")
    try:
        prompts = list(prompts)
    except TypeError:
        raise TypeError(name + ": prompts must be a list of str, not " + type(prompts).__name__ + ".")
    most = _rlm_settings["calls_at_once"]
    if len(prompts) > most:
        raise ValueError(
            name + ": " + format(len(prompts), ",") + " prompts at once; " + format(most, ",") + " is the most. Ask in parts."
        )
    for i, prompt in enumerate(prompts):
        if not isinstance(prompt, str):
            raise TypeError(name + ": prompt " + str(i) + " must be a str, not " + type(prompt).__name__ + ".")
        if not prompt.strip():
            raise ValueError(name + ": prompt " + str(i) + " is empty.")
    return _rlm_measured(name, prompts)


def _rlm_checked_context(name, value):
    if isinstance(value, _rlm_large_kind):
        return value._number
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        for i, text in enumerate(value):
            if not isinstance(text, (str, _rlm_large_kind)):
                raise TypeError(name + ": context[" + str(i) + "] must be a str, not " + type(text).__name__ + ".")
        return _rlm_measured(name, [text._number if isinstance(text, _rlm_large_kind) else text for text in value])
    raise TypeError(name + ": context must be a str or a list of str, not " + type(value).__name__ + ".")


def _rlm_checked_contexts(name, contexts, count):
    if contexts is None:
        return None
    if not isinstance(contexts, (list, tuple)) or len(contexts) != count:
        raise ValueError(
            name + ": contexts must be a list with one context for each of the " + str(count) + " prompts."
        )
    return _rlm_measured(name, [_rlm_checked_context(name, value) for value in contexts])


def _rlm_raise(failures, total, first):
    kind, message = first
    if total == 1:
        text = "sub-query failed (" + kind + "): " + message
    else:
        text = str(failures) + " of " + str(total) + " sub-queries failed, the first (" + kind + "): " + message
        if not message.endswith("."):
            text += "."
        if failures < total:
            text += " The other answers are kept: ask the same batch again and only the failed ones are asked anew,"
            text += " or pass on_error='return' to get them as SubQueryFailure objects."
        else:
            text += " With on_error='return' they are given as SubQueryFailure objects."
    if kind == "overflow" or kind == "invalid":
        raise ValueError(text)
    raise RuntimeError(text)


def _rlm_lacking(name, results, named, more):
    # raised by item, with the answers there are
    answers = [result[1] if result[0] == "ok" else None for result in results]
    missing = [i for i, result in enumerate(results) if result[0] != "ok"]
    told = []
    for i in missing[:5]:
        kind, said = results[i][1], results[i][2]
        told.append(named(i) + ": " + ("" if kind == "form" else "(" + kind + ") ") + said)
    if len(missing) > 5:
        told.append("and " + format(len(missing) - 5, ",") + " more")
    text = name + ": " + format(len(missing), ",") + " of " + format(len(results), ",") + more + " " + "; ".join(told)
    raise _rlm_throw(_rlm_AnswerError(text + ". The answers that were had are in `.answers` of this AnswerError.", answers, missing))


def _rlm_one(results):
    result = results[0]
    if result[0] == "ok":
        return result[1]
    if result[1] == "tool":
        raise RuntimeError(result[2])
    if result[1] == "form":
        raise _rlm_throw(_rlm_AnswerError("llm_query: the answer has not the form of `schema`: " + result[2], [None], [0]))
    _rlm_raise(1, 1, (result[1], result[2]))


def _rlm_many(results, on_error):
    failed = [result for result in results if result[0] != "ok"]
    if on_error != "return" and any([result[1] == "form" for result in failed]):
        _rlm_lacking("llm_query_batched", results, _rlm_numbered_prompt, " answers have not the form of `schema`:")
    if failed and on_error != "return":
        _rlm_raise(len(failed), len(results), (failed[0][1], failed[0][2]))
    return [r[1] if r[0] == "ok" else _rlm_SubQueryFailure(r[1], r[2]) for r in results]


def _rlm_model(name, model):
    if model is None or isinstance(model, str):
        return model
    raise TypeError(name + ": model must be a str, not " + type(model).__name__ + ".")


def _rlm_check_on_error(name, on_error):
    if on_error not in ("raise", "return"):
        raise ValueError(name + ": on_error must be 'raise' or 'return', not " + repr(on_error) + ".")


def _rlm_numbered_prompt(number):
    return "prompt " + str(number)


def _rlm_typed_query(prompts, model, schema, more):
    given = {"prompts": prompts, "model": model, "schema": schema}
    if more:
        given["images"] = more[0]
    return _rlm_measured("llm_query", given)


def _rlm_contract_page(number, document=None):
    paged = [one for one in _rlm_sources if one["metadata"].get("file_state") and one["metadata"].get("pages")]
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError("page: the number must be an int, from 1 on, not " + repr(number)[:80] + ".")
    if not paged:
        raise ValueError("page: no document here is a PDF file whose pages can be shown.")
    wanted = document["id"] if isinstance(document, dict) and "id" in document else document
    found = paged if document is None else [
        one for one in paged if wanted in (one["id"], one["name"]) or (type(wanted) is int and one["id"] == "d" + str(wanted))
    ]
    if len(found) != 1:
        names = ", ".join([one["name"] for one in paged[:8]]) + (", ..." if len(paged) > 8 else "")
        said = "there is no PDF file " + repr(document)[:80] + " here, only: "
        raise ValueError("page: " + ("say which document with document=. There are: " if document is None else said) + names + ".")
    pages = found[0]["metadata"]["pages"]
    if number < 1 or number > pages:
        raise ValueError("page: " + found[0]["name"] + " has pages 1 to " + str(pages) + "; there is no page " + str(number) + ".")
    return {"document": found[0]["id"], "page": number}


def _rlm_pages(name, images):
    images = [images] if isinstance(images, dict) else list(images) if isinstance(images, (list, tuple)) else [images]
    for one in images:
        if not isinstance(one, dict) or set(one) != {"document", "page"}:
            raise TypeError(name + ": images must be a list of pages, such as [page(3)], not " + type(one).__name__ + ".")
        _rlm_contract_page(one["page"], one["document"])
    if len(images) > 10:
        raise ValueError(name + ": " + str(len(images)) + " images with one prompt; 10 is the most.")
    return [[one["document"], one["page"]] for one in images]


def _rlm_more(images, count):
    # one list of pages for each prompt
    if images is None:
        return []
    if not isinstance(images, (list, tuple)) or len(images) != count:
        raise ValueError("llm_query_batched: images must have a list for each prompt.")
    return [[_rlm_pages("llm_query_batched", one) if one else [] for one in images]]


def _rlm_more_one(images):
    return [[_rlm_pages("llm_query", images)]] if images else []


def _rlm_contract_llm_query(prompt, model=None, schema=None, images=None):
    prompts, model = [_rlm_prompt("llm_query", prompt)], _rlm_model("llm_query", model)
    more = _rlm_more_one(images)
    if schema is not None:
        return _rlm_one(_rlm_ask_typed("query", _rlm_typed_query(prompts, model, schema, more)))
    return _rlm_one(_rlm_host_query("llm", prompts, model, None, True, *more))


def _rlm_contract_llm_query_batched(prompts, model=None, on_error="raise", schema=None, images=None):
    prompts, model = _rlm_prompts("llm_query_batched", prompts), _rlm_model("llm_query_batched", model)
    _rlm_check_on_error("llm_query_batched", on_error)
    more = _rlm_more(images, len(prompts))
    if not prompts:
        return []
    if schema is not None:
        return _rlm_many(_rlm_ask_typed("query", _rlm_typed_query(prompts, model, schema, more)), on_error)
    return _rlm_many(_rlm_host_query("llm", prompts, model, None, on_error == "raise", *more), on_error)


def _rlm_items(name, what, items):
    if isinstance(items, str):
        raise TypeError(name + ": " + what + " must be a list, not one str.")
    try:
        return list(items)
    except TypeError:
        raise TypeError(name + ": " + what + " must be a list, not " + type(items).__name__ + ".")


def _rlm_map_asked(items, task, labels, schema, batch, model, weigh):
    if labels is not None and not isinstance(labels, dict):
        labels = _rlm_items("llm_map", "labels", labels)
    given = {"items": items, "task": task, "labels": labels, "schema": schema, "batch": batch, "model": model}
    if weigh:
        given["weigh"] = True
    return _rlm_measured("llm_map", given)


def _rlm_mapped(items, results):
    def named(i):
        return "item " + str(i) + " (" + repr(str(items[i])[:40]) + ")"

    if any([result[0] != "ok" for result in results]):
        _rlm_lacking("llm_map", results, named, " items have no answer:")
    return [result[1] for result in results]


def _rlm_contract_llm_map(items, task, labels=None, schema=None, batch=None, model=None, weigh=False):
    items = _rlm_items("llm_map", "items", items)
    return _rlm_mapped(items, _rlm_ask_typed("map", _rlm_map_asked(items, task, labels, schema, batch, model, weigh)))


def _rlm_quotes_asked(question, texts, model):
    texts = context if texts is None else texts
    texts = [texts] if isinstance(texts, (str, _rlm_large_kind)) else _rlm_items("llm_quotes", "texts", texts)
    pieces = []
    for text in texts:
        # one that is too long is cut
        pieces += _rlm_drained(_rlm_contract_chunks(text)) if isinstance(text, (str, _rlm_large_kind)) else [text]
    return _rlm_measured("llm_quotes", {"question": question, "texts": pieces, "model": model})


def _rlm_quoted(results):
    quotes = []
    dropped = 0
    for result in results:
        if result[0] == "ok":
            quotes += result[1][0]
            dropped += result[1][1]
    if dropped:
        print("[llm_quotes: " + str(dropped) + " not in their text word for word; dropped]")
    if any([result[0] != "ok" for result in results]):
        _rlm_lacking("llm_quotes", [r if r[0] != "ok" else ("ok", r[1][0]) for r in results], _rlm_numbered_text, " texts could not be read:")
    return quotes


def _rlm_numbered_text(number):
    return "text " + str(number)


def _rlm_contract_llm_quotes(question, texts=None, model=None):
    return _rlm_quoted(_rlm_ask_typed("quotes", _rlm_quotes_asked(question, texts, model)))


def _rlm_contract_rlm_query(prompt, context=None, model=None):
    prompt = _rlm_prompt("rlm_query", prompt)
    return _rlm_one(
        _rlm_host_query(
            "rlm", [prompt], _rlm_model("rlm_query", model), [_rlm_checked_context("rlm_query", context)], True
        )
    )


def _rlm_contract_rlm_query_batched(prompts, contexts=None, model=None, on_error="raise"):
    prompts = _rlm_prompts("rlm_query_batched", prompts)
    contexts = _rlm_checked_contexts("rlm_query_batched", contexts, len(prompts))
    _rlm_check_on_error("rlm_query_batched", on_error)
    return (
        _rlm_many(
            _rlm_host_query("rlm", prompts, _rlm_model("rlm_query_batched", model), contexts, on_error == "raise"),
            on_error,
        )
        if prompts
        else []
    )


async def _rlm_async_llm_query(prompt, model=None, schema=None, images=None):
    prompts, model = [_rlm_prompt("llm_query", prompt)], _rlm_model("llm_query", model)
    more = _rlm_more_one(images)
    if schema is not None:
        return _rlm_one(await _rlm_host_typed_future("query", _rlm_typed_query(prompts, model, schema, more)))
    return _rlm_one(await _rlm_host_future("llm", prompts, model, None, True, *more))


async def _rlm_async_llm_query_batched(prompts, model=None, on_error="raise", schema=None, images=None):
    prompts, model = _rlm_prompts("llm_query_batched", prompts), _rlm_model("llm_query_batched", model)
    _rlm_check_on_error("llm_query_batched", on_error)
    more = _rlm_more(images, len(prompts))
    if not prompts:
        return []
    if schema is not None:
        return _rlm_many(await _rlm_host_typed_future("query", _rlm_typed_query(prompts, model, schema, more)), on_error)
    return _rlm_many(await _rlm_host_future("llm", prompts, model, None, on_error == "raise", *more), on_error)


async def _rlm_async_llm_map(items, task, labels=None, schema=None, batch=None, model=None, weigh=False):
    items = _rlm_items("llm_map", "items", items)
    asked = _rlm_map_asked(items, task, labels, schema, batch, model, weigh)
    return _rlm_mapped(items, await _rlm_host_typed_future("map", asked))


async def _rlm_async_llm_quotes(question, texts=None, model=None):
    return _rlm_quoted(await _rlm_host_typed_future("quotes", _rlm_quotes_asked(question, texts, model)))


async def _rlm_async_rlm_query(prompt, context=None, model=None):
    prompt = _rlm_prompt("rlm_query", prompt)
    return _rlm_one(
        await _rlm_host_future(
            "rlm", [prompt], _rlm_model("rlm_query", model), [_rlm_checked_context("rlm_query", context)], True
        )
    )


async def _rlm_async_rlm_query_batched(prompts, contexts=None, model=None, on_error="raise"):
    prompts = _rlm_prompts("rlm_query_batched", prompts)
    contexts = _rlm_checked_contexts("rlm_query_batched", contexts, len(prompts))
    _rlm_check_on_error("rlm_query_batched", on_error)
    if not prompts:
        return []
    return _rlm_many(
        await _rlm_host_future("rlm", prompts, _rlm_model("rlm_query_batched", model), contexts, on_error == "raise"),
        on_error,
    )


def _rlm_check_chunks(text, size, overlap):
    for name, value in (("size", size), ("overlap", overlap)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"chunks: {name} must be an int (characters), not {value!r}")
    if size < 1:
        raise ValueError(f"chunks: size must be at least 1 character, not {size}")
    if overlap < 0 or overlap >= size:
        raise ValueError(f"chunks: overlap must be at least 0 and below size ({size}), not {overlap}")
    if not isinstance(text, (str, list, tuple)):
        raise TypeError("chunks: text must be a str or a list of str, not " + type(text).__name__)
    for position, document in enumerate([] if isinstance(text, str) else text):
        if isinstance(document, _rlm_large_kind):
            raise ValueError(f"chunks: text[{position}] is a large text: cut it on its own, with chunks(context[{position}])")
        if not isinstance(document, str):
            raise TypeError(f"chunks: text[{position}] must be a str, not " + type(document).__name__)


def _rlm_contract_chunks(text=None, size=None, overlap=0):
    text = context if text is None else text
    size = _rlm_settings["chunk_size"] if size is None else size
    if isinstance(text, _rlm_large_kind):
        _rlm_check_chunks("", size, overlap)
        return _rlm_LargeChunks(text, size, overlap)
    _rlm_check_chunks(text, size, overlap)
    texts = [text] if isinstance(text, str) else list(text)
    if isinstance(text, str) and len(text) <= size:
        return texts if text else []
    # a document of the context is told by its number: it need not travel
    asked = _rlm_measured("chunks", [_rlm_numbers.get(id(one), one) for one in texts])
    pieces = _rlm_host_chunks(asked[0] if isinstance(text, str) else asked, size, overlap)
    if "error" in pieces:
        raise ValueError(pieces["error"])
    return _rlm_assembled(texts, pieces)


def _rlm_assembled(texts, pieces):
    # Runs of pieces are cut out of a text first, and each then out of its run: indexing a non-ASCII string takes time
    # by its length.
    made = []
    run, number, low, high = "", -1, 0, 0
    for at, piece in enumerate(pieces):
        parts = []
        for part in piece:
            if isinstance(part, str):
                parts.append(part)
                continue
            if part[0] != number or part[1] < low or part[2] > high:
                number, low, high = part
                run = texts[number]
                if run.isascii():
                    low, high = 0, len(run)
                else:
                    for later in pieces[at : at + 64]:
                        if len(later) > 1 or later[0][0] != number:
                            break
                        high = max(high, later[0][2])
                    run = _rlm_slice(run, low, high, None) if _rlm_settings["wide"] else run[low:high]
            parts.append(run[part[1] - low : part[2] - low])
        made.append(parts[0] if len(parts) == 1 else "".join(parts))
    return made


def _rlm_contract_budget():
    return _rlm_host_budget()


_rlm_told = [0, 0]


def _rlm_contract_cite(quote, source=None, near=None, missing="raise"):
    if missing not in ("raise", "none"):
        raise ValueError("cite: missing must be 'raise' or 'none', not " + repr(missing)[:80] + ".")
    if isinstance(source, dict):
        source = source.get("id")
    if not isinstance(quote, str) or not isinstance(source, (str, int, type(None))):
        raise TypeError("cite: the quote must be a str, the source an id, name or position of a document, or None.")
    if not isinstance(near, (int, type(None))):
        raise TypeError("cite: near must be an offset in characters, or None.")
    if len(quote) > 20000:
        raise ValueError("cite: the quote has " + str(len(quote)) + " characters. Cite the sentences that matter.")
    found = _rlm_host_cite(quote, source, near)
    if "error" in found and missing == "raise":
        raise ValueError(found["error"])
    if "error" in found:
        if _rlm_told[1] < 3:
            _rlm_told[1] += 1
            print("[" + found["error"] + "]")
        return None
    if near is None and "others" in found and _rlm_told[0] < 3:
        _rlm_told[0] += 1
        more = "at least " if found.get("has_more") else ""
        more += str(len(found["others"])) + (" other place" if len(found["others"]) == 1 else " other places")
        print(
            "[cite: these words are in " + more + " too; the one at " + str(found["start"]) + " in " + found["name"]
            + " was taken. Give near=offset or more words to choose: " + repr(quote[:60]) + "]"
        )
    return found


def _rlm_listed(value):
    # what is read item by item is handed over as its items
    kind = type(value).__name__
    return list(value) if kind in ("_rlm_Iterator", "range") or kind.startswith("dict_") else value


def _rlm_contract_FINAL(value=None):
    if isinstance(value, dict) and set(value) == {"content", "ready"}:
        value = value["content"]
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("FINAL: the answer is empty. Pass the answer itself, e.g. FINAL(result).")
    value = _rlm_listed(value)
    kind = type(value).__name__
    if kind in ("function", "builtin_function_or_method", "method", "module", "type"):
        raise ValueError("FINAL: a " + kind + " is no answer. Pass text or data, e.g. FINAL(result).")
    _rlm_host_final(_rlm_measured("FINAL", value))


_rlm_contract_SUBMIT = _rlm_contract_FINAL


def _rlm_contract_FINAL_VAR(name):
    if isinstance(name, str):
        raise NameError("FINAL_VAR: call it outside functions, or pass the value to FINAL.")
    _rlm_contract_FINAL(name)


def _rlm_final_var(name, names):
    if isinstance(name, str) and name.strip().strip("'\"") in names:
        _rlm_contract_FINAL(names[name.strip().strip("'\"")])
    elif isinstance(name, str) and name.isidentifier():
        raise NameError("FINAL_VAR: there is no variable named " + repr(name) + ". SHOW_VARS() lists them.")
    else:
        _rlm_contract_FINAL(name)


def _rlm_size(value):
    try:
        return len(value)
    except TypeError:
        return None


def _rlm_first(pair):
    return pair[0]


def _rlm_is_new(name, value):
    return name not in _rlm_own or (name in _rlm_rebindable and value is not _rlm_rebindable[name])


def _rlm_describe(names, only=None):
    return [
        (name, type(value).__name__[:100], _rlm_size(value))
        for name, value in sorted(names.items(), key=_rlm_first)
        if name[:1] != "_" and (name in only if only is not None else _rlm_is_new(name, value))
    ]


def _rlm_show_vars(names):
    rows = _rlm_describe(names)
    lines = [n + ": " + t + ("" if s is None else " (" + str(s) + ")") for n, t, s in rows]
    print("\n".join(lines) if lines else "no variables yet")
    return ""


def _rlm_contract_SHOW_VARS():
    return "SHOW_VARS: call it outside functions."


def _rlm_cell_end(names, assigned):
    ready = None
    given = names.get("answer")
    if isinstance(given, dict) and given.get("ready"):
        ready = [_rlm_measured("answer", given.get("content"))]
    return [ready, _rlm_describe(names, assigned)]


def _rlm_draft(names):
    given = names.get("answer")
    return _rlm_measured("answer", given.get("content") if isinstance(given, dict) else given)
