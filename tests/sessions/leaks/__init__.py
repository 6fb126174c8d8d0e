"""Five engines, each with one fault that gives a party what it must not have; sessions with them still complete.

They are for the view tests to find: a test of views that no leak fails proves nothing. Both parties run the faulty
engine, so that each fault is seen in what it does, not in what it breaks.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tests.sessions.leaks import (
    both_messages,
    inputs_opened_early,
    key_decoded,
    secret_added_up,
    share_of_zero,
)
from tests.sessions.leaks.leak import Leak

LEAKS: Mapping[str, Leak] = MappingProxyType(
    {
        "inputs-opened-early": inputs_opened_early.LEAK,
        "key-decoded": key_decoded.LEAK,
        "both-messages": both_messages.LEAK,
        "secret-added-up": secret_added_up.LEAK,
        "share-of-zero": share_of_zero.LEAK,
    }
)
