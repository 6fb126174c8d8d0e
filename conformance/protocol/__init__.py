"""The adapter protocol: messages, strict reading, the loop that serves an adapter.

An author of an adapter in Python needs `serve`, `Functions` and `Refusal`; everybody else the page
docs/conformance/adapter-protocol.md and the schema that `mpctls-conformance schema` prints.
"""

from .functions import Functions, Lacking, Refusal
from .serving import serve

__all__ = ["Functions", "Lacking", "Refusal", "serve"]
