"""Constructs of Python that let bad input through quietly, found in the syntax trees of the product's modules.

A finding is not yet a fault: `test_python_traps` lists the accepted ones, each with the reason why it is harmless.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

_UNSAFE_MODULES: Final = frozenset({"pickle", "marshal", "shelve", "yaml", "dill", "cloudpickle", "joblib"})
_UNSAFE_CALLS: Final = frozenset({"eval", "exec", "compile", "__import__"})
_TEXT_DECODERS: Final = frozenset(
    {"fromhex", "unhexlify", "b64decode", "b32decode", "urlsafe_b64decode", "a85decode"}
)
_TEXT_METHODS: Final = frozenset(
    {"splitlines", "isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isspace"}
)
_CLEANING_METHODS: Final = frozenset({"strip", "lstrip", "rstrip", "split", "rsplit"})
_TEXT_RESULTS: Final = frozenset(
    {
        "group",
        "removeprefix",
        "removesuffix",
        "lower",
        "upper",
        "decode",
        "read",
        "readline",
        "read_text",
        "get",
    }
    | {"pop", "input", "join", "replace"}
    | _CLEANING_METHODS
)
_SECRET_NAMES: Final = frozenset(
    {"tag", "tags", "mac", "macs", "verify_data", "password", "pin", "pinned", "secret", "token", "scalar"}
    | {"label", "labels", "delta", "share", "shares", "key_stream", "finished", "pre_master_secret"}
)
_NAIVE_CONSTRUCTORS: Final = {"now": 0, "fromtimestamp": 1, "datetime": 7}
_MUTABLE: Final = frozenset({"bytearray", "list", "dict", "set", "memoryview"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """A construct of one rule in one function of a module; the place does not move when lines do."""

    rule: str
    path: str
    scope: str
    line: int

    @property
    def place(self) -> tuple[str, str]:
        return self.rule, f"{self.path}::{self.scope}"


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `loads` for `json.loads(…)`; empty for anything else."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return ""


def last_name(node: ast.AST) -> str:
    """`c` for `a.b.c`, `a` for `a`, the callee's last name for a call, the object's for a subscript."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    return ""


def owner(node: ast.AST) -> str:
    """`b` for a call `a.b.c(…)`; empty for a plain name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return last_name(node.func.value)
    return ""


def options(node: ast.Call) -> set[str]:
    return {keyword.arg for keyword in node.keywords if keyword.arg is not None}


def _assertion(node: ast.AST) -> bool:
    """`assert` is gone under `python -O`."""
    return isinstance(node, ast.Assert)


def _executes(node: ast.AST) -> bool:
    """Formats that run code while they are read."""
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in _UNSAFE_MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.level == 0 and (node.module or "").partition(".")[0] in _UNSAFE_MODULES
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id in _UNSAFE_CALLS:
        return True
    if owner(node) in {"np", "numpy"} and called(node) == "load":
        return not any(
            keyword.arg == "allow_pickle"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is False
            for keyword in node.keywords
        )
    return False


def _lenient_json(node: ast.AST) -> bool:
    """`json` keeps the last of two members and takes NaN unless both hooks say otherwise."""
    return (
        isinstance(node, ast.Call)
        and owner(node) == "json"
        and called(node) in {"load", "loads"}
        and not {"object_pairs_hook", "parse_constant"} <= options(node)
    )


def _lenient_integer(node: ast.AST) -> bool:
    """`int` of a text takes signs, spaces, underscores and digits of every script.

    What is read from an attribute, or computed, is a number already.
    """
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "int":
        return False
    if not node.args:
        return False
    argument = node.args[0]
    if isinstance(argument, ast.Call):
        return last_name(argument.func) in _TEXT_RESULTS
    return isinstance(argument, ast.Name | ast.Subscript | ast.JoinedStr)


def _lenient_octets(node: ast.AST) -> bool:
    """`fromhex` skips white space, `b64decode` skips what is outside its alphabet."""
    return (
        isinstance(node, ast.Call)
        and called(node) in _TEXT_DECODERS
        and not (node.args and isinstance(node.args[0], ast.Constant))
    )


def _lenient_text(node: ast.AST) -> bool:
    """Methods of text that follow Unicode where a protocol means ASCII."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name = node.func.attr
    return name in _TEXT_METHODS or (name in _CLEANING_METHODS and not node.args)


def _naive_time(node: ast.AST) -> bool:
    """Times without a zone, among them the old accessors of certificates."""
    if isinstance(node, ast.Attribute):
        return node.attr in {"utcnow", "utcfromtimestamp"}
    if not isinstance(node, ast.Call):
        return False
    name = called(node)
    if name == "strptime":
        return True
    if name not in _NAIVE_CONSTRUCTORS or (name == "now" and owner(node) != "datetime"):
        return False
    return len(node.args) <= _NAIVE_CONSTRUCTORS[name] and not {"tz", "tzinfo"} & options(node)


def _open_ended_pattern(node: ast.AST) -> bool:
    """`match` and `search` leave octets unread, and `$` stands before a last line feed as well."""
    if not isinstance(node, ast.Call):
        return False
    if called(node) in {"match", "search"}:
        return True
    if owner(node) != "re" or not node.args or not isinstance(node.args[0], ast.Constant):
        return False
    pattern = node.args[0].value
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)
    return bool(re.search(r"\$", re.sub(r"\\.|\[[^]]*\]", "", text)))


def _unicode_pattern(node: ast.AST) -> bool:
    """Classes like `\\d` and `\\w` in a pattern of text take digits and letters of every script."""
    if not isinstance(node, ast.Call) or owner(node) != "re" or not node.args:
        return False
    pattern = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    flags = ast.dump(node)
    return isinstance(pattern, str) and bool(re.search(r"\\[dwsb]", pattern)) and "ASCII" not in flags


def _unbounded_integer(node: ast.AST) -> bool:
    """`int.from_bytes` of octets whose number is not written beside it."""
    if called(node) != "from_bytes" or owner(node) != "int":
        return False
    argument = node.args[0]  # type: ignore[attr-defined]
    if isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Slice):
        bounds = argument.slice.lower, argument.slice.upper
        return not (
            bounds[1] is not None and all(each is None or isinstance(each, ast.Constant) for each in bounds)
        )
    return True


def _leaking_comparison(node: ast.AST) -> bool:
    """`==` on secrets ends at the first octet that differs."""
    if not isinstance(node, ast.Compare) or not all(
        isinstance(each, ast.Eq | ast.NotEq) for each in node.ops
    ):
        return False
    sides = [node.left, *node.comparators]
    if any(isinstance(each, ast.Constant) for each in sides):
        return False
    return any(last_name(each) in _SECRET_NAMES for each in sides)


def _inverse(node: ast.AST) -> bool:
    """`pow(x, -1, p)` raises for a multiple of p."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "pow"
        and len(node.args) == 3
        and isinstance(node.args[1], ast.UnaryOp)
    )


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or called(node) in {"set", "frozenset"}


def _unordered(node: ast.AST) -> bool:
    """`hash` differs from run to run, and so does the order of a set."""
    if isinstance(node, ast.For | ast.comprehension):
        return _is_set(node.iter)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "hash":
        return True
    return called(node) in {"list", "tuple", "join", "enumerate", "iter"} and any(map(_is_set, node.args))


def _partial_structure(node: ast.AST) -> bool:
    """`unpack_from` reads a part of what it is given."""
    return called(node) == "unpack_from"


def _annotated_mutable(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and last_name(node.annotation) in _MUTABLE


def _mutable(node: ast.AST) -> bool:
    """Values that can change after they were checked: dataclasses not frozen, or with mutable fields; defaults."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
        return any(
            isinstance(each, ast.List | ast.Dict | ast.Set) or called(each) in _MUTABLE for each in defaults
        )
    if not isinstance(node, ast.ClassDef):
        return False
    for decorator in node.decorator_list:
        if last_name(decorator) == "dataclass":
            frozen = isinstance(decorator, ast.Call) and "frozen" in options(decorator)
            return not frozen or any(map(_annotated_mutable, node.body))
    return False


RULES: Final[dict[str, Callable[[ast.AST], bool]]] = {
    "assertion": _assertion,
    "executes": _executes,
    "lenient-json": _lenient_json,
    "lenient-integer": _lenient_integer,
    "lenient-octets": _lenient_octets,
    "lenient-text": _lenient_text,
    "naive-time": _naive_time,
    "open-ended-pattern": _open_ended_pattern,
    "unicode-pattern": _unicode_pattern,
    "unbounded-integer": _unbounded_integer,
    "leaking-comparison": _leaking_comparison,
    "inverse": _inverse,
    "unordered": _unordered,
    "partial-structure": _partial_structure,
    "mutable": _mutable,
}
"""Each rule by its name; the first line of its docstring says what it is about."""


def findings(source: str, path: PurePosixPath) -> list[Finding]:
    """Everything that any rule finds in a module, with the function it stands in."""
    return sorted(_walk(ast.parse(source), str(path), "module"))


def _walk(node: ast.AST, path: str, scope: str) -> Iterator[Finding]:
    inner = scope
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        inner = node.name if scope == "module" else f"{scope}.{node.name}"
    for rule, finds in RULES.items():
        if finds(node):
            yield Finding(rule=rule, path=path, scope=inner, line=getattr(node, "lineno", 0))
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, path, inner)
