"""What commands print: every text is made from the document that `--json` prints, so it never says more."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO, TypeAlias

Document: TypeAlias = Mapping[str, Any]
"""A JSON object: strings, numbers, booleans, null, lists and objects."""


class Output:
    """Where a command's results go: documents as JSON, one a line, or as the text rendered from them."""

    def __init__(self, *, as_json: bool, stream: TextIO | None = None) -> None:
        self.as_json = as_json
        self._stream = stream or sys.stdout

    def write(self, document: Document, render: Callable[[Document], str]) -> None:
        """Print one document; without `--json`, what `render` makes of it, unless that is empty."""
        text = json.dumps(document, ensure_ascii=True) if self.as_json else render(document)
        if text:
            self._stream.write(text + "\n")
            self._stream.flush()

    @property
    def styled(self) -> bool:
        """Whether text goes to a terminal that shows styles."""
        return not self.as_json and self._stream.isatty()

    @property
    def encoding(self) -> str:
        """How text is encoded."""
        return self._stream.encoding or "ascii"


def complain(line: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
