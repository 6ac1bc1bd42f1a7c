"""The engine as a graph of LangGraph Server.

Input: `{"question": ..., "context": ...}`; the context is a text, a list of texts, or an object of names to texts.
Output: the answer with its usage, the documents touched, why the run stopped, and its journal.

Assistants may set `model`, `sub_model`, `budget`, `route`, `profile` and `instructions`; so may whoever may call it.
The server brings its own checkpointer: it keeps the journal, and the text once, as the input it was. The texts are kept
in the directory `LANGCHAIN_RLM_CONTEXTS`, where every server finds them that goes on with a run.
"""

import os

from langchain_rlm import RLM

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")
rlm = RLM(MODEL, context_store=os.environ.get("LANGCHAIN_RLM_CONTEXTS"))
graph = rlm.graph
if os.environ.get("LANGCHAIN_RLM_METRICS"):
    from langchain_rlm.metrics import observe  # needs the extra `otel`

    observe(rlm)
