"""A run in a notebook: its answer, the passages it cites, what was seen of the documents. Markup without a script."""

import html
import re
from collections.abc import Mapping
from typing import Any

from langchain_rlm.journal.record import Recording, number
from langchain_rlm.report.payload import document_shares, rows_name

ANSWER = 20_000
"""Characters of the answer."""
PASSAGE = 1_200
"""Characters of a passage."""
PASSAGES = 50
DOCUMENTS = 12
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Characters that are invisible or turn the direction of what follows."""

QUIET = "color:#767676;font-size:.85em"
TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate"
READ, PRINTED, UNSEEN = "#2f8797", "#d99a2b", "#d9d5cc"


def repr_html(record: Recording) -> str:
    """A run, complete or not, as markup for `_repr_html_`."""
    summary = f'<div style="{QUIET}">{_summary(record)}</div>'
    answer = f'<div style="{TEXT};margin:.6em 0" dir="auto">{_cut(record.answer, ANSWER) or "No answer."}</div>'
    parts = [summary, answer, *_citations(record), *_coverage(record)]
    return f'<div style="max-width:52em;line-height:1.5">{"".join(parts)}</div>'


def shown(text: Any) -> str:
    """Text as markup; characters that would not be seen are shown by their code points."""
    return html.escape(HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", str(text)))


def _cut(text: Any, limit: int) -> str:
    words = str(text or "")
    left = len(words) - limit
    return shown(words[:limit]) + (f" … {_count(left, 'more character')}" if left > 0 else "")


def _summary(record: Recording) -> str:
    usage = record.usage
    parts = [record.stop_reason or "not ended", _count(record.turns, "turn")]
    if isinstance(usage.get("calls"), int):
        parts.append(_count(usage["calls"], "call"))
    tokens = [usage.get("input_tokens"), usage.get("output_tokens")]
    if all(isinstance(count, int) for count in tokens):
        parts.append(_count(sum(tokens), "token"))  # type: ignore[arg-type]  # both are whole numbers
    if isinstance(usage.get("cost"), int | float):
        parts.append(f"${usage['cost']:.4f}")
    if usage.get("unpriced_models"):
        parts.append(f"no price is known for {', '.join(map(str, usage['unpriced_models']))}")
    if isinstance(usage.get("seconds"), int | float):
        parts.append(f"{usage['seconds']:.1f} s")
    return " · ".join(map(shown, parts))


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _citations(record: Recording) -> list[str]:
    parts = []
    for citation in record.citations[:PASSAGES]:
        passage = _cut(citation.get("text") or citation.get("quote"), PASSAGE)
        head = f"[{shown(citation.get('mark'))}] {_place(record, citation)}"
        parts.append(
            f'<details style="margin:.2em 0"><summary>{head}</summary>'
            f'<blockquote style="{TEXT};margin:.4em 0 .8em 1.2em" dir="auto">{passage}</blockquote></details>'
        )
    return [*parts, *_rest(len(record.citations) - PASSAGES, "passage")]


def _rest(left: int, what: str) -> list[str]:
    return [f'<div style="{QUIET}">and {_count(left, f"more {what}")}</div>'] if left > 0 else []


def _place(record: Recording, citation: Mapping[str, Any]) -> str:
    if (rows := rows_name(citation)) is not None:
        return shown(rows)
    parts = [str(citation.get("name") or record.name(number(citation.get("document"))))]
    parts += [f"{kind} {citation[kind]:,}" for kind in ("page", "line") if isinstance(citation.get(kind), int)]
    parts[1:] = [part for part in parts[1:] if not parts[0].endswith(part)]
    return shown(", ".join(parts))


def _coverage(record: Recording) -> list[str]:
    documents = (record.coverage or {}).get("documents") or ()
    parts = []
    for document in documents[:DOCUMENTS]:
        shares = document_shares(document)
        name = shown(document.get("name") or document.get("id"))
        parts.append(
            f'<div style="margin-top:.6em"><div dir="auto" style="unicode-bidi:isolate">{name}</div>'
            f'{_strip(shares)}<div style="{QUIET}">{_shares(shares)}</div></div>'
        )
    return [*parts, *_rest(len(documents) - DOCUMENTS, "document")]


def _strip(shares: Mapping[str, int]) -> str:
    """A bar of the shares: read, both, printed, seen by no model."""
    both = f"linear-gradient({READ} 50%,{PRINTED} 50%)"
    widths = [
        (READ, shares["read"] - shares["both"]), (both, shares["both"]),
        (PRINTED, shares["printed"] - shares["both"]), (UNSEEN, shares["unseen"]),
    ]  # fmt: skip
    bars = "".join(f'<div style="flex:{width} 0 0;background:{colour}"></div>' for colour, width in widths if width)
    return f'<div style="display:flex;height:10px;margin:.2em 0;border-radius:3px;overflow:hidden">{bars}</div>'


def _shares(shares: Mapping[str, int]) -> str:
    whole = shares["characters"] or 1
    kinds = {"read": "read by a sub-model", "printed": "printed to the root model", "unseen": "seen by no model"}
    return ", ".join(f"{shares[kind] / whole:.1%} {label}" for kind, label in kinds.items())
