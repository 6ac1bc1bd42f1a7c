"""An OpenAI-compatible model server in its own process: tests and benchmarks use the real client over real sockets.

It shares no code with `langchain_rlm`. Tokens are characters divided by four, rounded up, everywhere.
Read `app.py` first; `config.py` lists what can be configured, `client.py` is how a test starts it.
"""
