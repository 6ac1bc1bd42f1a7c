"""From the lowered tree back to text: what did not change stays as written, and every line knows where it came from."""

import ast
from itertools import zip_longest

from langchain_rlm.repl.monty.lowering.trees import mark
from langchain_rlm.repl.syntax import parse


class _Formatted(ast.NodeTransformer):
    """Writes f-strings that `ast.unparse` of this Python cannot quote as joined pieces."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        pieces = [self._piece(value) for value in node.values]
        joined = ast.Attribute(value=ast.Constant(""), attr="join", ctx=ast.Load())
        made = ast.Call(func=joined, args=[ast.List(elts=pieces, ctx=ast.Load())], keywords=[])
        return ast.copy_location(made, node)

    @staticmethod
    def _piece(value: ast.expr) -> ast.expr:
        if not isinstance(value, ast.FormattedValue):
            return value
        shown = value.value
        if value.conversion != -1:
            function = {115: "_rlm_b_str", 114: "_rlm_b_repr", 97: "_rlm_ascii"}[value.conversion]
            shown = ast.Call(func=ast.Name(function, ctx=ast.Load()), args=[shown], keywords=[])
        arguments = [shown] + ([value.format_spec] if value.format_spec else [])
        return ast.Call(func=ast.Name("_rlm_b_format", ctx=ast.Load()), args=arguments, keywords=[])


def _unparsed(node: ast.stmt) -> str:
    ast.fix_missing_locations(node)
    try:
        return ast.unparse(node)
    except ValueError:
        return ast.unparse(ast.fix_missing_locations(_Formatted().visit(node)))


def _line_map(node: ast.stmt, text: str) -> dict[int, int]:
    """Line in `text` to line in the cell, by walking the statement and its text's tree side by side."""
    if mark(node, "ahead"):  # nobody is told of its errors
        return dict.fromkeys(range(1, text.count("\n") + 2), node.lineno)
    found: dict[int, int] = {}

    def walk(ours: ast.AST, again: ast.AST) -> None:
        if type(ours) is not type(again):
            return
        line, origin = getattr(again, "lineno", 0), getattr(ours, "lineno", 0)
        if line and origin and (mark(ours, "placed") or line not in found):
            found.setdefault(line, origin)
        for child, other in zip_longest(ast.iter_child_nodes(ours), ast.iter_child_nodes(again)):
            if child is None or other is None:
                return
            walk(child, other)

    walk(node, parse(text).body[0])
    last = node.lineno
    lines: dict[int, int] = {}
    for number in range(1, text.count("\n") + 2):
        last = found.get(number, last)
        lines[number] = last
    return lines


def _start(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    lines: list[int] = [node.lineno, *[decorator.lineno for decorator in decorators]]
    return min(lines)


class _Text:
    """Text that grows, with the origin of each line."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lines: dict[int, int] = {}

    def add(self, text: list[str], origins: list[int]) -> None:
        for line, origin in zip(text, origins, strict=True):
            self.parts.append(line)
            self.lines[len(self.parts)] = origin


def rendered(
    cell: str, original: list[ast.stmt], dumps: list[str], lowered: list[list[ast.stmt]]
) -> tuple[str, dict[int, int]]:
    """The text of a lowered cell and its line map.

    Args:
        cell: The cell as written.
        original: Its statements, with their places.
        dumps: The dump of each before lowering.
        lowered: What became of each; the first entry also holds what was put before the cell.
    """
    written = cell.split("\n")
    same = [len(made) == 1 and _is_unchanged(made[0], dump) for dump, made in zip(dumps, lowered, strict=True)]
    if all(same):
        return cell, {number: number for number in range(1, len(written) + 1)}
    text = _Text()
    done = 0
    for index, statement in enumerate(original):
        shared = _shares_line(original, index)
        start, end = _start(statement), statement.end_lineno or statement.lineno
        text.add(written[done : start - 1], list(range(done + 1, start)))
        done = max(done, start - 1)
        if same[index] and not shared:
            text.add(written[done:end], list(range(done + 1, end + 1)))
        else:
            for made in lowered[index]:
                if made is statement and not shared and _is_unchanged(made, dumps[index]):
                    text.add(written[done:end], list(range(done + 1, end + 1)))
                    continue
                source = _unparsed(made)
                text.add(source.split("\n"), list(_line_map(made, source).values()))
        done = max(done, end)
    text.add(written[done:], list(range(done + 1, len(written) + 1)))
    return "\n".join(text.parts), text.lines


def _is_unchanged(node: ast.stmt, dump: str) -> bool:
    return ast.dump(node) == dump and not mark(node, "moved")


def _shares_line(statements: list[ast.stmt], index: int) -> bool:
    node = statements[index]
    before = statements[index - 1] if index else None
    after = statements[index + 1] if index + 1 < len(statements) else None
    return bool((before and before.end_lineno == _start(node)) or (after and _start(after) == node.end_lineno))
