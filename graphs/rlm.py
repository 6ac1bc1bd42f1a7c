"""The engine as a graph of LangGraph Server.

Input: `{"question": ..., "context": ...}`; the context is a text, a list of texts, or an object of names to texts.
Output: the answer with its usage, the documents touched, why the run stopped, and its journal.

Assistants may set `model`, `sub_model`, `budget`, `route` and `instructions`; so may whoever may call the server.
The server brings its own checkpointer: it keeps the journal, and the text once, as the input it was.
"""

import os

from langchain_rlm import RLM

graph = RLM(os.environ.get("LANGCHAIN_RLM_MODEL", "offline")).graph
