"""The data of a page: what the script in it draws."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_rlm.context.pieces import Range, gaps, merged, total
from langchain_rlm.evidence.marks import place_of
from langchain_rlm.evidence.rows import is_of_table
from langchain_rlm.journal.reading import left_out as left_out_files
from langchain_rlm.journal.record import Recording, number
from langchain_rlm.report.texts import Sources, Text, Texts
from langchain_rlm.report.tree import Node, Sum, Tree, amount

LISTED = 100
"""Documents that the page lists; of the others it gives the sum."""
UNREAD = 50
"""Ranges of a document that are listed as seen by no model."""
STEPS = 2_000
"""Ranges that a strip draws; more become this many equal parts, each filled by its share."""
AROUND = 300
"""Characters shown around a cited passage."""


def payload(record: Recording) -> Node:
    """All that a page shows, with long texts by their place in a table."""
    texts = Texts()
    tree = Tree(texts, Sources(record.name, record.texts))
    data: Node = {
        "question": tree.text(record.question), "answer": tree.text(record.answer),
        "stop_reason": record.stop_reason or None,
        "citations": [_citation(record, citation, tree) for citation in record.citations],
        "coverage": _coverage(record, tree), "sections": tree.sections(record.journal),
        "totals": _totals(record, tree), "models": _models(record, tree),
    }  # fmt: skip
    data["sources"], data["spans"] = tree.sources.table()
    data["texts"] = texts.table()
    return data


def _citation(record: Recording, citation: Mapping[str, Any], tree: Tree) -> Node:
    index, start, end = number(citation.get("document")), citation.get("start"), citation.get("end")
    before = after = ""
    text = tree.sources.root_text(index)
    if text is not None and isinstance(start, int) and isinstance(end, int) and 0 <= start <= end:
        before, after = around(text, start, end)
    passage = citation.get("text") or citation.get("quote")
    return {
        "mark": citation.get("mark"), "text": tree.text(passage), "before": tree.text(before),
        "after": tree.text(after), "name": rows_name(citation) or str(citation.get("name") or record.name(index)),
        "start": amount(start), "end": amount(end), "line": amount(None if index < 0 else citation.get("line")),
        "page": amount(citation.get("page")),
    }  # fmt: skip


def rows_name(citation: Mapping[str, Any]) -> str | None:
    """The rows that a citation names; None when it is of text."""
    return place_of(citation) if is_of_table(citation) else None


def around(text: Text, start: int, end: int) -> tuple[str, str]:
    """The text before and after a passage, cut between words."""
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    before, after = text[low:start], text[end:high]
    if low > 0:
        before = "… " + before[re.search(r"\s|$", before).end() :]  # type: ignore[union-attr]  # `$` always matches
    if high < len(text):
        after = after[: max((match.start() for match in re.finditer(r"\s", after)), default=len(after))] + " …"
    return before, after


def _coverage(record: Recording, tree: Tree) -> Node | None:
    """The documents and how much of them was seen; None when nothing is known of them."""
    known = {document.get("id"): document for document in (record.coverage or {}).get("documents") or ()}
    documents = [*known.values()] if known else [*record.documents]
    if not documents:
        return None
    shares = [document_shares(document) for document in documents] if known else []
    listed = _listed(documents, shares)
    rest = sorted({*range(len(documents))}.difference(listed))
    coverage: Node = {
        "count": len(documents),
        "characters": sum(_characters(document) for document in documents),
        "documents": [_document(documents[place], shares[place] if known else None, tree) for place in listed],
        "rest": {"count": len(rest), "characters": sum(_characters(documents[place]) for place in rest)},
    }
    left_out = left_out_files(record.journal)
    if left_out:
        coverage["left_out"] = [[tree.texts.add(one["name"]), tree.texts.add(one["reason"])] for one in left_out]
    if known:
        coverage["shares"] = _together(shares)
        coverage["rest"]["shares"] = _together([shares[place] for place in rest])
    return coverage


def _listed(documents: Sequence[Mapping[str, Any]], shares: Sequence[Mapping[str, int]]) -> list[int]:
    """Which documents the page lists: all, or those that models saw most of, in the order of the context."""
    places = range(len(documents))
    if len(documents) > LISTED and shares:
        places = sorted(places, key=lambda place: shares[place]["unseen"] - _characters(documents[place]))  # type: ignore[assignment]
    return sorted(places[:LISTED])


def _ranges(document: Mapping[str, Any]) -> tuple[list[Range], list[Range]]:
    return merged(document.get("read_ranges") or ()), merged(document.get("printed_ranges") or ())


def document_shares(document: Mapping[str, Any]) -> dict[str, int]:
    """Characters of a document that were read, printed, both, and seen by no model."""
    read, printed = _ranges(document)
    seen = total(merged([*read, *printed]))
    characters = max(_characters(document), max((end for _, end in [*read, *printed]), default=0))
    return {
        "characters": characters, "read": total(read), "printed": total(printed),
        "both": total(read) + total(printed) - seen, "unseen": characters - seen,
    }  # fmt: skip


def _document(document: Mapping[str, Any], shares: dict[str, int] | None, tree: Tree) -> Node:
    name = document.get("name") or document.get("id")
    node: Node = {"name": tree.texts.add(name), "characters": _characters(document)}
    if shares is not None:
        read, printed = _ranges(document)
        whole = shares["characters"]
        unread = gaps(merged([*read, *printed]), whole)
        place = tree.sources.root(number(document.get("id")))
        node |= {
            "shares": shares, "read": coarse(read, whole), "printed": coarse(printed, whole),
            "unread": [tree.sources.span(place, start, end) for start, end in unread[:UNREAD]],
            "unlisted": [len(unread[UNREAD:]), total(unread[UNREAD:])],
        }  # fmt: skip
    return node


def _characters(document: Mapping[str, Any]) -> int:
    return int(amount(document.get("characters")) or 0)


def _together(shares: Sequence[Mapping[str, int]]) -> dict[str, int]:
    kinds = ("characters", "read", "printed", "both", "unseen")
    return {kind: sum(share[kind] for share in shares) for kind in kinds}


def coarse(ranges: Sequence[Range], characters: int) -> Sequence[Range]:
    """The ranges of a strip: unchanged, or, when there are too many, how full each part of the document is."""
    if len(ranges) <= STEPS:
        return ranges
    step = -(-characters // STEPS)
    filled = [0] * STEPS
    for start, end in ranges:
        for part in range(start // step, (end - 1) // step + 1):
            filled[part] += min(end, (part + 1) * step) - max(start, part * step)
    return [(part * step, part * step + share) for part, share in enumerate(filled) if share]


def _totals(record: Recording, tree: Tree) -> Node:
    """What the newest question used: as the run says, or else what its journal adds up to."""
    used = Sum()
    if record.usage:
        used.add({"calls": 0, **record.usage})
    else:
        for part in tree.models.values():
            used.add(vars(part))
    calls, tokens_in, tokens_out, cost = used.plain()
    return {
        "turns": record.turns, "calls": calls, "input": tokens_in, "output": tokens_out, "cost": cost,
        "seconds": amount(record.usage.get("seconds")), "estimated": amount(record.usage.get("estimated_calls")),
        "unpriced": [str(name) for name in record.usage.get("unpriced_models") or ()],
    }  # fmt: skip


def _models(record: Recording, tree: Tree) -> list[list[Any]]:
    given = record.usage.get("models")
    if not isinstance(given, Mapping) or not given:
        return [[name, *used.plain()] for name, used in tree.models.items()]
    return [[str(name), *Sum().add({"calls": 0, **usage}).plain()] for name, usage in given.items()]
