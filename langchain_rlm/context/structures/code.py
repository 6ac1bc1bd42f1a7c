"""Source code of any language: definitions, in classes their methods, in long ones their blocks, by indentation."""

import re
from collections import Counter

from langchain_rlm.context.levels import Level, Pattern
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure

_DEFINITION = (
    r"(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|pub(?:\([a-z]+\))?|unsafe|extern"
    r"|sealed|partial|data|open|override|virtual|inline|const|declare)[ \t]+)*"
    r"(?:def|class|function\*?|fn|fun|func|struct|interface|impl|enum|trait|module|namespace|type|record|object|sub|proc)"
    r"[ \t]+(?=[\w$*&(<\"'\[@~])[^\n]{1,80}"
)
_CALLABLE = r"[A-Za-z_][\w<>\[\],.:&*? \t]{0,80}[ \t*&][\w:~]{1,60}\([^;{}]{0,200}\)[^;{}()]{0,60}\{"
_LINE = re.compile(
    r"^\s*+(?:(?:def|class|fn|func|function|import|from|const|let|var|return|public|private|static|package|struct|use"
    r"|if|for|while|else|elif|try|except|catch)\b.*[:;{()]\s*$|import \w|from [\w.]+ import |[{}]\s*;?\s*$"
    r"|#\s*(?:include|define|if|ifdef|ifndef|el\w+|endif|undef|pragma)\b"
    r"|(?:return|raise|throw)\b|[\w.\[\]]+ [-+*/]?= \S|.*[;{}]\s*$|(?=.*\)\s*$).*?\w\(|(?://|/\*|\*/?)(?:\s|$)|end$)"
)
_ATTACHED = r"[ \t]*(?:@|#(?!include|if|endif|define)|//|/\*|\*|\[[A-Z]|--|template\b)"
_NO_START = (
    r"(?![)\]}]|else\b|elif\b|except\b|finally\b|catch\b|end\b|#(?:if|el|endif|define|undef)|\*"
    r"|[A-Za-z']+(?: [a-z']+){4})"
)
_SUFFIXES = (
    ".py", ".pyi", ".js", ".mjs", ".jsx", ".ts", ".tsx", ".java", ".c", ".h", ".cc", ".cpp", ".hpp", ".rs", ".go",
    ".rb", ".php", ".cs", ".swift", ".kt", ".scala", ".sh", ".lua", ".r", ".pl", ".dart", ".zig", ".hs", ".vb",
)  # fmt: skip
_SHARE, _HINTED, _TIED, _LEAST, _DEEPEST = 0.5, 0.25, 0.05, 3, 5


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    share = scan.share(_LINE)
    defined = scan.count(rf"(?m)^[ \t]*{_DEFINITION}")
    tied = defined or _tied(scan)
    if len(scan.lines) < _LEAST or share < ((_TIED if tied else _HINTED) if hinted else _SHARE) or not (hinted or tied):
        return None
    at_margin = scan.count(rf"(?m)^{_DEFINITION}")
    first = scan.first(rf"(?m)^{_DEFINITION}")
    said = f"code: {scan.say(at_margin)} definitions at the left margin, the first: {first}"
    return Found((said,) if at_margin else (), _levels(scan))


def _tied(scan: Scan) -> bool:
    return scan.count(r"(?m)^(?:#include\b|import \w|from [\w.]+ import |package \w|use \w|using \w)") > 0 or (
        scan.count(rf"(?m)^[ \t]{{0,8}}{_CALLABLE}") > 0
    )


def _levels(scan: Scan) -> tuple[Level, ...]:
    inside = (line for line in scan.lines if line[:1].isspace() and not line.lstrip().startswith("*"))
    indents = Counter(len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) for line in inside)
    step = min((indent for indent, count in indents.items() if indent > 1 and count * 20 >= len(scan.lines)), default=4)
    return tuple(_units(depth, step) for depth in range(_DEEPEST))


def _units(depth: int, step: int) -> Level:
    """Lines at most so far in: after an empty line, after a closing one, or a definition with what is said above it.

    And lines that close what is around such units.
    """
    indent, outer = (rf"(?:[ ]{{0,{deep * step}}}|\t{{0,{deep}}})" for deep in (depth, depth - 1))
    start = rf"(?={indent}(?=\S){_NO_START})"
    closed = rf"{indent}(?:[)\]}}]+[;,)]*|end)[ \t\r]*\n"
    closing = rf"|(?={outer}[)\]}}])" if depth else ""
    pattern = rf"\n(?:(?:[ \t\r]*\n)+{start}|{closed}{start}|(?={indent}{_DEFINITION}){closing})"
    return Pattern(re.compile(pattern), re.compile(_ATTACHED))


STRUCTURES = (Structure("code", _SUFFIXES, _find),)
