"""Text that can be encoded. Half an emoji, or a file name that is not UTF-8, reaches Python as lone surrogates."""


def encodable(text: str) -> str:
    """The same text with pairs of surrogates joined and lone ones replaced."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
