"""`python -m mpctls.conformance.transports.serve_object MODULE OBJECT`: an object as a program."""

from __future__ import annotations

import sys

from ..adapter import AdapterBrokeError
from ..protocol.serving import serve
from .in_process import implementation_at

if __name__ == "__main__":
    try:
        serve(implementation_at(sys.argv[1], sys.argv[2]))
    except AdapterBrokeError as error:
        sys.exit(str(error))
