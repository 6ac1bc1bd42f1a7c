"""What a journal is made of: one entry for everything that happened in a run, in order."""

from collections.abc import Sequence
from typing import Any

Entry = dict[str, Any]
"""One journal entry. Its `kind` is one of:

| kind | holds |
|---|---|
| `run` | `id`, `path`, `depth`, `question`, `seed`, `started` (ISO 8601), `route`, `chunk_size`; facts of the context |
| `question` | `text`: a further question on the thread; the REPL goes on |
| `route` | `route`: the direct call did not fit, the run goes on as `rlm` |
| `reply` | `turn`, `text` (the root model's), `last` (the stop reason on the reserved last turn, else None), `usage` |
| `cell` | `turn`, `index`, `code`: this cell of the reply began to run |
| `asked` | `raises`; `calls` |
| `confirm` | `decision` of the person who was shown the quote: `approve`, `limit` (and the `limit`) or `deny` |
| `answer` | `id`, `text`, or `value` of a tool, or `error` (type, message), `model`, `usage`, `seconds`, `run` |
| `host` | `name`, `value`: what the host answered at once (`budget()`, `cite()`) |
| `cell_end` | `output` as shown, `printed` characters, `hash` of the output, `error`, `lost`, `refused`, `variables` |
| `note` | `text` to the root model instead of an observation (no code, a cut-off reply), `refused_answer` |
| `end` | `stop_reason`, `characters` and `hash` of the answer, `given` |
| `fork` | `keep`: the journal was cut after so many entries; `calls` and `answers` that were cut off |

- `run` has of the context its hash (`context`), and how many `documents` and `characters` it has; `run` and `cell_end`
  have `shown`, the spans of the context that the root model was shown.
- `reply`, `answer` and `cell_end` have `at`: seconds of the run when they were written. The first two have `waited`:
  of their `seconds` those before they were sent, if any.
- A call of `asked` has `id`, `how`, `pieces`, `model`, `digest`; with `rlm` its `context`, and whether it is a `single`
  text; `tool` and `arguments`; `reused`, the id of the call whose answer it has. `asked` has a `quote` when a person is
  to confirm it, and `refused`, `count` and `digest` instead of calls that the budget has no room for.
- `given` is the hash of what the code gave where the answer took the form of `response_format`.
- An `answer` is `refused` when it was not asked for, and a copy (`is_copy`) when it was paid for by another call. Its
  `run` is the recursive run it comes from: `turns`, `stop_reason`, `journal`, `over` (its context is that of the run
  above, the one it was given, or its prompt), `marks` (the id that its citations begin with).
"""


def append_entries(journal: list[Entry], writes: Sequence[list[Entry]]) -> list[Entry]:
    """The journal's reducer: order of arrival, nothing is ever changed.

    A new run on a thread begins a new journal; a fork goes on from an earlier place.
    """
    entries = list(journal)
    for entry in (entry for write in writes for entry in write):
        if entry["kind"] == "run":
            entries.clear()
        elif entry["kind"] == "fork":
            del entries[entry["keep"] :]
        entries.append(entry)
    return entries
