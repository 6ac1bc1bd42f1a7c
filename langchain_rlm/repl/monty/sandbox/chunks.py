"""`chunks` as model code sees it: cut a text along its structure into pieces of bounded size.

This file is fed to the sandbox as text and also runs in CPython. It keeps to the sandbox's dialect (no `yield`, no
inheritance, no `del`) and to its costs: indexing a non-ASCII string takes time proportional to its length there, so a
long text is divided into slabs first and only slabs are indexed.
"""

import re as _rlm_re

# What CPython's str.isspace() accepts. Spelled out, because the sandbox's `\s` knows fewer characters.
_RLM_SPACE = "[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"

# How far beyond the largest allowed cut a separator is read, and how much text before it a lookbehind may need.
_RLM_MARGIN = 256
_RLM_CONTEXT = 16

# Pairs of a pattern and whether the cut comes after the match (else before it).
_RLM_SENTENCE_END = (_rlm_re.compile("([.!?…][\"'”’)\\]]*" + _RLM_SPACE + "+|[。！？]+)"), True)
_RLM_WORD_END = (_rlm_re.compile("(" + _RLM_SPACE + ")"), True)
_RLM_LINE_END = (_rlm_re.compile("(\n)"), True)
_RLM_LINE_BREAKS = _rlm_re.compile("[\r\n]*")


def _rlm_chunks(text, size, overlap, separators):
    """Cut `text` into pieces of at most `size` characters, in order and verbatim.

    A piece ends at the coarsest separator that leaves it at least a quarter full, or after which a unit comes that
    fits into a piece, and is as full as that separator allows; without one, it ends at a sentence end, then at
    whitespace. A word is cut only when it is longer than a piece.
    Line breaks at a cut stay with the piece before it. With `overlap` 0 the pieces of a text join to the text.

    Args:
        text: A text, or a list of texts. Each one of a list is cut on its own; empty ones give no piece.
        size: The most characters in a piece, overlap included.
        overlap: The most characters of the text before it that a piece begins with again, from a line or word start.
        separators: Regular expressions, coarse to fine, without capturing groups. The cut is where a match starts.
            Lookarounds are slow in the sandbox and fail there from about a million characters a piece.

    Returns:
        The pieces.

    Raises:
        TypeError: `text` is no str or list of str, or `size` or `overlap` is no int.
        ValueError: `size` is below 1, or `overlap` is negative or not below `size`, or a separator captures groups.
    """
    _rlm_check_chunk_arguments(text, size, overlap)
    cutters = [_rlm_cutter(separator) for separator in separators]
    pieces = []
    for document in [text] if isinstance(text, str) else text:
        if len(document) > size:
            pieces.extend(_rlm_cut(document, size - overlap, overlap, cutters))
        elif document:
            pieces.append(document)
    return pieces


def _rlm_check_chunk_arguments(text, size, overlap):
    for name, value in (("size", size), ("overlap", overlap)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"chunks: {name} must be an int (characters), not {value!r}")
    if size < 1:
        raise ValueError(f"chunks: size must be at least 1 character, not {size}")
    if overlap < 0 or overlap >= size:
        raise ValueError(f"chunks: overlap must be at least 0 and below size ({size}), not {overlap}")
    if isinstance(text, str):
        return
    if not isinstance(text, list):
        raise TypeError("chunks: text must be a str or a list of str, not " + type(text).__name__)
    for position, document in enumerate(text):
        if not isinstance(document, str):
            raise TypeError(f"chunks: text[{position}] must be a str, not " + type(document).__name__)


def _rlm_cutter(separator):
    """The separator as one captured group, its global flags (`(?m)`) kept in front, as `re` wants them."""
    flags = _rlm_re.match(r"\(\?[aimsux]+\)", separator)
    flags = flags.group(0) if flags else ""
    return (_rlm_re.compile(flags + "(" + separator[len(flags) :] + ")"), False)


def _rlm_cut(document, size, overlap, cutters):
    pieces = []
    slabs = [] if document.isascii() else [document]
    slab_size = max(8 * size, 32768)
    buffer = document if document.isascii() else ""
    position = 0
    previous = ""
    reach = size + size // 4 + _RLM_MARGIN
    while True:
        while slabs and len(buffer) - position < reach:
            buffer = buffer[position:] + _rlm_next_slab(slabs, slab_size)
            position = 0
        window = buffer[position : position + reach]
        if not window:
            return pieces
        body = window[: _rlm_cut_position(window, size, cutters)]
        position += len(body)
        pieces.append(_rlm_overlap(previous, overlap) + body)
        previous = body


def _rlm_next_slab(slabs, slab_size):
    """Take the next slab off the stack of texts still to cut; one that is too long is divided first."""
    slab = slabs.pop()
    while len(slab) > slab_size:
        part = max(slab_size // 2, len(slab) // 32)
        slabs.extend([slab[start : start + part] for start in range(0, len(slab), part)][::-1])
        slab = slabs.pop()
    return slab


def _rlm_cut_position(window, size, cutters):
    if len(window) <= size:
        return len(window)
    for cutter in cutters:
        cut = _rlm_last_cut(window[: size + _RLM_MARGIN], cutter, size)
        if cut and (cut >= size // 4 or _rlm_unit_fits(window[cut : cut + size + _RLM_MARGIN], cutter, size)):
            return cut + len(_RLM_LINE_BREAKS.match(window[cut:size]).group(0))
    window = window[: size + _RLM_MARGIN]
    cut = _rlm_last_cut(window, _RLM_SENTENCE_END, size)
    return cut if cut and cut >= size // 4 else _rlm_last_cut(window, _RLM_WORD_END, size) or size


def _rlm_unit_fits(rest, cutter, size):
    """Whether the unit that `rest` begins with ends within `size` characters, at the end of the text or a separator."""
    return len(rest) <= size or _rlm_last_cut(rest, cutter, size) > 0


def _rlm_last_cut(window, cutter, high):
    """The last position from 1 to `high` where the cutter cuts, else 0.

    The end of the window is tried first: where separators are frequent, little of it is read.
    """
    pattern, after = cutter
    reach = 1024
    while True:
        start = max(0, high - reach)
        cut = start + _rlm_last_match(pattern.split(window[start:]), after, len(window) - start, high - start, pattern)
        if start == 0 or cut >= start + _RLM_CONTEXT:
            return cut
        reach *= 8


def _rlm_last_match(parts, after, end, high, pattern):
    """The last cut up to `high` in a text of length `end` that `parts`, a split with the match kept, came from."""
    if sum([len(part) for part in parts if part is not None]) != end:
        raise ValueError(f"chunks: a separator must not capture groups, write (?:...): {pattern.pattern!r}")
    index = len(parts) - 1
    while index >= 2:
        end -= len(parts[index])
        start = end - len(parts[index - 1])
        if after and end <= high:
            return end
        if start <= high and not after:
            return start
        end = start
        index -= 2
    return 0


def _rlm_overlap(previous, overlap):
    """Up to `overlap` last characters of `previous`, from a line start if that keeps half of them, else a word start."""
    if overlap == 0 or len(previous) <= overlap:
        return previous if overlap else ""
    tail = previous[len(previous) - overlap - 1 :]
    for pattern, least in ((_RLM_LINE_END[0], overlap // 2), (_RLM_WORD_END[0], 1)):
        parts = pattern.split(tail, 1)
        if len(parts) == 3 and len(parts[2]) >= max(least, 1):
            return parts[2]
    return ""
