"""`python -m mpctls.conformance.book ROOT TARGET` writes the pages; `./dev docs` makes the site from them."""

from __future__ import annotations

import sys
from pathlib import Path

from .pages import Book, BookError


def main() -> int:
    """Write the pages of the checkout ROOT into TARGET, which is made anew."""
    if len(sys.argv) != 3:
        print("usage: python -m mpctls.conformance.book ROOT TARGET", file=sys.stderr)
        return 2
    try:
        Book(root=Path(sys.argv[1]).resolve(), target=Path(sys.argv[2]).resolve()).write()
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
