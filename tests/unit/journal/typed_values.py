"""Values of the journal's types, as hypothesis draws them: what an entry of a kind may be, with unknown keys beside."""

from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from typing_extensions import is_typeddict

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.parts import MOST

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-MOST, MOST) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    Any: PLAIN, str: st.text(max_size=5), bool: st.booleans(), float: st.floats(-MOST, MOST), type(None): st.none(),
}  # fmt: skip
UNKNOWN = "from the future"
KINDS: tuple[Any, ...] = get_args(get_args(Entry)[0])


def fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The fields of a type: what each is, and whether it must be there."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: (get_args(hint)[0] if get_origin(hint) is NotRequired else hint, name in kind.__required_keys__)
        for name, hint in hints.items()
    }


def values(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type; below a depth of 0, without recursive runs."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if is_typeddict(kind):
        return _objects(kind, depth)
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(args)
    if origin is Annotated:
        return _constrained(args[0], args[1], depth)
    inner = [values(each, depth) for each in args]
    if origin is list:
        return st.lists(inner[0], max_size=2)
    return st.dictionaries(st.text(max_size=3), inner[1], max_size=2) if origin is dict else st.one_of(*inner)


def _constrained(kind: Any, field: Any, depth: int) -> st.SearchStrategy[Any]:
    if kind is int:
        return st.integers(0, MOST)
    if get_origin(kind) is list:
        size = next(each.min_length for each in field.metadata)
        return st.lists(values(get_args(kind)[0], depth), min_size=size, max_size=size)
    if get_origin(kind) is tuple:
        return st.tuples(*(values(each, depth) for each in get_args(kind))).map(list)
    return values(kind, depth)


def _objects(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    required: dict[Any, Any] = {UNKNOWN: PLAIN}
    optional: dict[Any, Any] = {}
    for name, (field, is_required) in fields_of(kind).items():
        if name == "journal":  # recursive runs, one level of them
            required[name] = st.lists(st.one_of(*(values(each, 1) for each in KINDS)), max_size=1 - depth)
        elif name != "run" or depth == 0:
            (required if is_required else optional)[name] = values(field, depth)
    return st.fixed_dictionaries(required, optional=optional)
