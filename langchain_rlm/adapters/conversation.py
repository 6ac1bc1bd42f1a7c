"""Conversations as questions and documents, and made shorter: pure functions of messages."""

import json
from collections.abc import Sequence

from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from langchain_rlm.context.formats import estimate_tokens

SHOWN = 2_000
"""Characters of a long request that are shown from each of its ends."""
DIGEST = 6_000
"""Characters of a digest at most. A digest of a smaller text has a quarter of its size."""
WORTH_SHORTENING = 1_000
"""Tokens below which a message stays as it is."""
MEDIA = frozenset({"image", "image_url", "input_image", "audio", "input_audio", "video", "file", "input_file", "media"})


def text_of(message: BaseMessage) -> str:
    """The text of a message, with the tool calls it makes."""
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    lines = [f"[calls {call['name']} with {json.dumps(call['args'], default=str)}]" for call in calls]
    return "\n".join([str(message.text), *lines] if message.text else lines)


def tokens_of(message: BaseMessage) -> int:
    """Estimated tokens of a message."""
    return estimate_tokens(text_of(message)) + 4


def fits(messages: Sequence[BaseMessage], limit: int) -> bool:
    """Whether a conversation has no more estimated tokens than `limit`."""
    if not limit:
        return False
    texts = [text_of(message) for message in messages]
    at_most = sum(map(len, texts)) + 4 * len(texts)  # no text has more tokens than characters
    return at_most <= limit or sum(map(tokens_of, messages)) <= limit


def has_media(message: BaseMessage) -> bool:
    """Whether a message holds images, sound or files."""
    blocks = message.content if isinstance(message.content, list) else []
    return any(isinstance(block, dict) and block.get("type") in MEDIA for block in blocks)


def both_ends(text: str) -> str:
    """A long text's two ends."""
    if len(text) <= 2 * SHOWN:
        return text
    return f"{text[:SHOWN]}\n[... {len(text) - 2 * SHOWN:,} characters left out here ...]\n{text[-SHOWN:]}"


def last_human(messages: Sequence[BaseMessage]) -> int | None:
    """The position of the last human message."""
    return next((i for i in reversed(range(len(messages))) if isinstance(messages[i], HumanMessage)), None)


def request_of(messages: Sequence[BaseMessage]) -> str:
    """What the conversation asks for last; of a long request its two ends."""
    last = last_human(messages)
    text = "" if last is None else str(messages[last].text)
    return both_ends(text) if text.strip() else "Write the next message of this conversation."


def question_of(messages: Sequence[BaseMessage]) -> str:
    """The last request with the instructions that hold for it, as a question to the RLM."""
    instructions = [both_ends(str(message.text)) for message in messages if isinstance(message, SystemMessage)]
    question = request_of(messages)
    if len(messages) > len(instructions) + 1:
        question += "\n\n(This is the last request of a conversation; the context has its messages.)"
    return "\n\n".join([question, *(["Instructions for the reply:", *instructions] if instructions else [])])


def documents_of(messages: Sequence[BaseMessage]) -> list[Document]:
    """The messages as documents, without those that the question holds in full."""
    last = last_human(messages)
    names = {call["id"]: call["name"] for m in messages if isinstance(m, AIMessage) for call in m.tool_calls}
    documents: list[Document] = []
    asked: list[Document] = []
    for index, message in enumerate(messages):
        text, role = text_of(message), message.type
        if isinstance(message, ToolMessage):
            role += f" {message.name or names.get(message.tool_call_id, '')}".rstrip()
        document = Document(text, metadata={"source": f"message {index + 1} ({role})"})
        is_asked = (index == last or isinstance(message, SystemMessage)) and len(text) <= 2 * SHOWN
        (asked if is_asked else documents).append(document)
    return [document for document in documents if document.page_content] or asked


def _is_fixed(message: BaseMessage) -> bool:
    """Whether a message may not change: instructions, and blocks of a reply that its provider may have signed."""
    return isinstance(message, SystemMessage) or (isinstance(message, AIMessage) and isinstance(message.content, list))


def largest(messages: Sequence[BaseMessage], limit: int) -> list[int]:
    """Which messages to shorten, as few as bring the conversation below a number of tokens."""
    sizes = [0 if _is_fixed(message) else estimate_tokens(str(message.text)) for message in messages]
    excess, chosen = sum(map(tokens_of, messages)) - limit, []
    for index in sorted(range(len(messages)), key=lambda i: -sizes[i]):
        if excess <= 0 or sizes[index] < WORTH_SHORTENING:
            break
        chosen.append(index)
        excess -= sizes[index] - estimate_tokens(min(DIGEST, len(messages[index].text) // 4))
    return chosen


def with_digest(message: BaseMessage, digest: str, *, is_request: bool) -> BaseMessage:
    """A copy with the digest in the place of its text; all else in it stays: call ids, images, signatures."""
    before = f"{both_ends(str(message.text))}\n\n" if is_request else ""
    text = f"{before}[{len(message.text):,} characters, shortened to what bears on the request:]\n{digest}"
    if isinstance(message.content, str):
        return message.model_copy(update={"content": text})
    is_text = [isinstance(block, str) or block.get("type") == "text" for block in message.content]
    first = is_text.index(True)
    kept = [block for block, text_here in zip(message.content, is_text, strict=True) if not text_here]
    return message.model_copy(update={"content": [*kept[:first], {"type": "text", "text": text}, *kept[first:]]})
