import ast

raw = llm_query("Name three words of the text as a Python list. " + context[:60])
try:
    words = ast.literal_eval(raw)
except (ValueError, SyntaxError):
    words = [part.strip() for part in raw.split(",")]
shown = repr({"words": ["keeper", "lamp's"], "score": -1.5, "sure": True, "rest": (None, {1, 2})})
result = [words, ast.literal_eval(shown), eval(shown)["score"]]
print(result)
