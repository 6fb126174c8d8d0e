"""The account server as a process that logs its master secrets: `python -m tests.sessions.server_process`.

Prints `port N` once it listens; serves until its standard input ends.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.servers.account_server import account_server, server_context


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chain", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--key-log", type=Path, required=True)
    parser.add_argument("--no-extended-master-secret", action="store_true")
    arguments = parser.parse_args()
    context = server_context(
        arguments.chain,
        arguments.key,
        extended_master_secret=not arguments.no_extended_master_secret,
        key_log=arguments.key_log,
    )
    with account_server(context) as port:
        print(f"port {port}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
