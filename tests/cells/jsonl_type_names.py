values = [1, "a", 2.5, None, [1], {"k": 1}, (1,), True, {1}]
result = [type(v).__name__ for v in values]
print([v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)])
