"""The engine as a graph of LangGraph Server.

Input: `{"question": ..., "context": ...}`; the context is a text, a list of texts, an object of names to texts, the
hash of a context that is kept (`sha256:...`), or an address that `LANGCHAIN_RLM_ADDRESSES` allows to read.
Output: the answer with its usage, the documents touched, why the run stopped, and its journal.

Assistants may set `model`, `sub_model`, `budget`, `route`, `profile`, `instructions` and `max_concurrency`; so may
whoever may call the server. A run that another server goes on with is waited for: an error would end it for both.
The server brings its own checkpointer: it keeps the journal, and a text once, as the input it was. Contexts are kept
where `LANGCHAIN_RLM_CONTEXTS` says (a directory, `s3://bucket/prefix`), or else in the server's own store: every server
finds them there, and goes on with the run.
"""

import os

from langchain_rlm import RLM

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")
rlm = RLM(MODEL, context_store=os.environ.get("LANGCHAIN_RLM_CONTEXTS") or None, on_busy="wait")
graph = rlm.graph
if os.environ.get("LANGCHAIN_RLM_METRICS"):
    from langchain_rlm.adapters.metrics import observe  # needs the extra `otel`

    observe(rlm)
