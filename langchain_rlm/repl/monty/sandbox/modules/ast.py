def literal_eval(text):
    return _rlm_literal("ast.literal_eval", text)
