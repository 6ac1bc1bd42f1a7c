"""What a context store says of a context: its documents, and the parts that hold their texts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.context.parts import DamagedError, Part
from langchain_rlm.errors import InputError

FORMAT = 2
"""How contexts are stored. Another number: another version of this package wrote it."""
PREFIX, SUFFIX = "context-", ".json"


def key_of(ref: str) -> str:
    """Where the list of a context is kept."""
    return f"{PREFIX}{ref.removeprefix('sha256:')}{SUFFIX}"


def ref_of(key: str) -> str:
    """Which context a list is of."""
    return f"sha256:{key.removeprefix(PREFIX).removesuffix(SUFFIX)}"


class OtherFormatError(InputError):
    """Another version of this package stored it."""


@dataclass(frozen=True)
class Listing:
    """One context of a store."""

    ref: str
    single: bool
    documents: Sequence[tuple[str, dict[str, Any]]]
    """Name and metadata."""
    parts: Sequence[Part]
    characters: int
    is_damaged: bool = False
    """A reader found a part that is not what was stored: all are sent again when the context is passed again."""
    large: Sequence[int] = ()
    """The documents, by position, that are read from files, so that code finds them as they were."""

    def dump(self) -> bytes:
        told = {name: value for name, value in vars(self).items() if name != "large" or value}
        return json.dumps({"format": FORMAT, **told}).encode()

    @classmethod
    def load(cls, data: bytes, ref: str) -> "Listing":
        """Read what was dumped for this context.

        Raises:
            DamagedError: It is not what was dumped.
            OtherFormatError: Another version wrote it.
        """
        try:
            told = json.loads(data)
            found = told.pop("format")
            listing = cls(**{**told, "parts": [Part(*part) for part in told["parts"]]}) if found == FORMAT else None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamagedError(key_of(ref)) from None
        if listing is None:
            raise _other_format(ref, found)
        if listing.ref != ref:
            raise DamagedError(key_of(ref))
        return listing


def _other_format(ref: str, found: Any) -> OtherFormatError:
    return OtherFormatError(
        f"The context {ref} was stored by another version of langchain-rlm (format {found!r:.20}; this one reads "
        f"{FORMAT}). Run the same version everywhere, or pass the context again."
    )
