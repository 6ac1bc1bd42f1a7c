from functools import partial, reduce, lru_cache
ask = partial(llm_query, model="small")
parts = [context[i:i+300] for i in range(0, 900, 300)]
merged = reduce(lambda acc, p: llm_query(f"Given {acc}, add {p[:40]}"), parts, "nothing")
@lru_cache(maxsize=None)
def cached(p):
    return llm_query(p)
result = (ask("hi"), merged, cached("a") == cached("a"))
