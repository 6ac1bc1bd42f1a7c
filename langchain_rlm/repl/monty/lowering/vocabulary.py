# ruff: noqa: E501 - tables
"""What the sandbox has and lacks, by name, and what a model is told to write instead."""

import builtins

RESERVED = "_rlm_"
ASYNC = "_rlm_async_"

NATIVE_MODULES = frozenset({
    "base64", "bisect", "collections", "copy", "csv", "dataclasses", "datetime", "decimal", "functools", "hashlib", "itertools",
    "json", "math", "os", "os.path", "pathlib", "random", "re", "sys", "time", "tomllib", "typing", "unicodedata",
})  # fmt: skip
SANDBOX_MODULES = frozenset({
    "ast", "asyncio", "concurrent.futures", "contextlib", "difflib", "heapq", "html", "io", "nest_asyncio", "operator", "pprint",
    "statistics", "string", "textwrap", "threading", "tqdm", "traceback", "warnings",
})  # fmt: skip
AVAILABLE = ", ".join(sorted(NATIVE_MODULES | SANDBOX_MODULES))

MODULE_ADVICE = {
    "numpy": "use lists, math and statistics",
    "pandas": "use csv.DictReader, lists of dicts and collections.Counter",
    "subprocess": "no other programs can be started",
    "requests": "there is no network; the text is in `context`",
    "urllib": "there is no network; the text is in `context`",
    "openai": "ask a model with llm_query(prompt)",
    "anthropic": "ask a model with llm_query(prompt)",
    "multiprocessing": "use llm_query_batched(prompts) or concurrent.futures.ThreadPoolExecutor",
    "joblib": "use llm_query_batched(prompts) or concurrent.futures.ThreadPoolExecutor",
    "queue": "use collections.deque",
    "logging": "use print",
    "uuid": "use hashlib or a counter",
    "pickle": "variables stay between cells",
    "nltk": "split sentences with re.split(r'(?<=[.!?])\\s+', text)",
    "bs4": "use re and html.unescape",
    "tiktoken": "count characters; about four of them are one token",
    "fractions": "use decimal.Decimal",
    "glob": "there are no files; the text is in `context`",
    "shutil": "there are no files; the text is in `context`",
    "tempfile": "there are no files; keep values in variables",
    "inspect": "use SHOW_VARS()",
    "yaml": "use json, or split the lines",
}

# Names that Monty's modules lack; the builtins file defines `_rlm_<module>_<name>`.
PATCHES = {
    "collections": {"OrderedDict": "_rlm_OrderedDict", "ChainMap": "_rlm_ChainMap"},
    "dataclasses": {"asdict": "None", "astuple": "None", "replace": "None", "fields": "None"},
    "functools": {"wraps": "_rlm_wraps"},
    "re": {
        name: f"_rlm_re_{name}"
        for name in (
            "compile",
            "search",
            "match",
            "fullmatch",
            "findall",
            "finditer",
            "split",
            "sub",
            "subn",
        )
    },
    "datetime": {"UTC": "_rlm_timezone.utc"},
    "itertools": {"batched": "_rlm_batched"},
}
# Names of modules that have no meaning in the sandbox: imported, they are the builtin beside them.
STAND_INS = {
    "typing": {"TypedDict": "dict", "NamedTuple": "tuple"},
    "collections.abc": {"Mapping": "dict", "MutableMapping": "dict", "Sequence": "list"},
    "typing_extensions": {"TypedDict": "dict", "NamedTuple": "tuple"},
    "types": {"SimpleNamespace": "_rlm_SimpleNamespace"},
    "abc": {},
    "enum": {},
    "__future__": {},
}
NATIVE_TYPING = frozenset({
    "Annotated", "Any", "Callable", "ClassVar", "Dict", "Final", "FrozenSet", "Generator", "Generic", "Iterable", "Iterator",
    "List", "Literal", "Mapping", "Never", "NoReturn", "Optional", "Protocol", "Self", "Sequence", "Set", "TYPE_CHECKING",
    "Tuple", "Type", "TypeVar", "Union",
})  # fmt: skip

# Refused under any meaning: with them, code would get past the lowering.
RUNNING_CODE = {
    "exec": "`exec` is not available here; write the code itself in the cell",
    "eval": "`eval` keeps its name here, and reads values such as \"[1, 'a']\" only; choose another name",
}
BUILTIN_ADVICE = {
    "open": "there are no files: the text is in `context`, and results stay in variables",
    "input": "nobody can answer: decide from `context`",
    "exit": "end with FINAL(value)",
    "quit": "end with FINAL(value)",
    "breakpoint": "use print",
    "help": "use SHOW_VARS()",
    "compile": "write the code in the cell",
    "__import__": "write an import statement",
    "bytearray": "use bytes or a list",
    "memoryview": "use bytes",
    "delattr": "set the attribute to None",
}
HELPERS = {
    "callable": "_rlm_callable", "ascii": "_rlm_ascii", "object": "_rlm_object",
    "round": "_rlm_round", "bytes": "_rlm_bytes",
}  # fmt: skip
# What takes all the items of an iterator before anything else happens.
CONSUMERS = frozenset({
    "sum", "list", "tuple", "set", "dict", "sorted", "max", "min", "frozenset", "join", "extend", "update", "Counter", "deque",
    "OrderedDict", "fsum", "mean", "median", "prod", "gather", "len", "reduce", "writelines", "fmean", "mode", "stdev",
})  # fmt: skip
UNBOUND_TYPES = frozenset({"str", "list", "dict", "set", "int", "float", "bytes", "tuple"})
UNBOUND_NATIVE = frozenset({("dict", "fromkeys"), ("bytes", "fromhex")})
LOOPING_FUNCTIONS = frozenset({"groupby", "accumulate", "defaultdict"})
BUILTIN_METHODS = frozenset(
    name for kind in (str, list, dict, set) for name in dir(kind) if not name.startswith("_")
) - {"index", "count", "title", "items", "values", "keys", "copy"} | {"most_common", "popleft", "appendleft"}
ERRORS = {name: v for name, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException)}
BUILTIN_ERRORS = frozenset(ERRORS)
_NATIVE_ERRORS = frozenset({
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "Exception", "FileExistsError", "FileNotFoundError",
    "ImportError", "IndexError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
    "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplementedError", "OSError", "OverflowError",
    "PermissionError", "RecursionError", "RuntimeError", "StopIteration", "SyntaxError", "SystemExit", "TimeoutError",
    "TypeError", "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "ValueError", "ZeroDivisionError",
})  # fmt: skip
# Errors that Monty lacks, and what it has above each.
LACKING_ERRORS = {
    name: next(base.__name__ for base in error.__mro__ if base.__name__ in _NATIVE_ERRORS)
    for name, error in ERRORS.items()
    if name not in _NATIVE_ERRORS
}
SAME_ERRORS = frozenset({"EnvironmentError", "IOError"})
# Errors whose text or attributes come from more than one argument.
STRUCTURED_ERRORS = frozenset(
    name for name, error in ERRORS.items() if issubclass(error, OSError | SyntaxError | UnicodeError)
)
ERROR_ADVICE = {
    "__cause__": "put what caused the error into its text",
    "__context__": "put what caused the error into its text",
    "__notes__": "put the note into the error's text",
    "add_note": "put the note into the error's text",
    "with_traceback": "raise the error itself",
}
LACKING_ATTRIBUTES = {
    "timetuple": "use .year, .month, .day, .hour, .minute and .second",
    "utctimetuple": "use .year, .month, .day, .hour, .minute and .second",
    "toordinal": "subtract dates: (day - date(1, 1, 1)).days",
    "ctime": "use strftime",
    "as_integer_ratio": "use decimal.Decimal",
}
"""Methods that Monty's types lack, and what to use."""
REFUSED_METHODS = {
    "__bool__": "truth tests do not call it: write a method such as `is_empty()` and call it",
    "__lt__": "sorting does not call it: pass key= to sorted()",
    "__gt__": "comparisons do not call it: compare the attributes",
    "__le__": "comparisons do not call it: compare the attributes",
    "__ge__": "comparisons do not call it: compare the attributes",
    "__getattr__": "it is not called: write a method",
    "__getattribute__": "it is not called: write a method",
    "__setattr__": "it is not called: write a method",
    "__delattr__": "it is not called: write a method",
    "__new__": "it is not called: use __init__ or a function that builds the object",
    "__format__": "it is not called: write a method that returns the text",
    "__reversed__": "it is not called: write a method",
    "__init_subclass__": "it is not called",
    "__class_getitem__": "it is not called",
    "__aenter__": "use `with` and __enter__",
    "__aiter__": "use a list",
}
EMPTY_BASES = frozenset({"object", "ABC", "Protocol", "Generic"})
NATIVE_NAMES = {
    "collections": frozenset({"Counter", "defaultdict", "deque", "namedtuple"}),
    "copy": frozenset({"copy", "deepcopy"}),
    "dataclasses": frozenset({"FrozenInstanceError", "MISSING", "dataclass", "field", "is_dataclass"}),
    "functools": frozenset({"cache", "lru_cache", "partial", "reduce"}),
    "itertools": frozenset({
        "accumulate", "chain", "combinations", "combinations_with_replacement", "compress", "count", "cycle", "dropwhile",
        "filterfalse", "groupby", "islice", "pairwise", "permutations", "product", "repeat", "starmap", "takewhile", "tee",
        "zip_longest",
    }),
    "json": frozenset({"JSONDecodeError", "dump", "dumps", "load", "loads"}),
    "os": frozenset({"path", "sep", "linesep"}),
    "re": frozenset({
        "A", "ASCII", "DOTALL", "I", "IGNORECASE", "M", "MULTILINE", "Match", "NOFLAG", "Pattern", "S", "X", "VERBOSE", "U",
        "UNICODE", "error", "escape",
    }),
}  # fmt: skip
