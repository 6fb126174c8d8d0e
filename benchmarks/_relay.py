"""A line with a delay and a rate between processes of this machine, where the kernel shapes nothing for us.

    python -m benchmarks._relay --upload 20 --download 20 --round-trip 0.020

Every connection goes over one line: what one of them sends, the others wait for, as behind a household's modem. For
each line `PORT` on standard input it listens on a port of its own, says which, and forwards connections to PORT; for
the line `counts` it says the octets forwarded each way so far. Rates are megabits a second of TCP payload, 0 for no
limit; half of the round trip is added each way.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from dataclasses import dataclass, field

_CHUNK = 1 << 14
_MEGABIT = 1_000_000 / 8
_SMALLEST_ROOM = 1 << 18


@dataclass(slots=True, kw_only=True)
class Way:
    """One direction of the line, shared by all connections: octets leave it one after the other, and arrive later."""

    octets_a_second: float
    delay: float
    octets: int = 0
    _free: float = 0.0

    @property
    def room(self) -> int:
        """Octets that may be under way at once: what the line holds, and a buffer before it."""
        return _SMALLEST_ROOM + int(2 * self.octets_a_second * self.delay)

    def arrival(self, count: int, now: float) -> float:
        """When `count` octets that are handed over at `now` are at the other end."""
        self._free = max(self._free, now) + (count / self.octets_a_second if self.octets_a_second else 0.0)
        self.octets += count
        return self._free + self.delay


@dataclass(slots=True)
class _Flow:
    """What of one connection is under way in one direction."""

    way: Way
    waiting: asyncio.Queue[tuple[float, bytes]] = field(default_factory=asyncio.Queue)
    octets: int = 0
    drained: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, reader: asyncio.StreamReader) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                while self.octets > self.way.room:
                    self.drained.clear()
                    await self.drained.wait()
                self.octets += len(data)
                self.waiting.put_nowait((self.way.arrival(len(data), clock()), data))
        self.waiting.put_nowait((clock() + self.way.delay, b""))

    async def write(self, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(ConnectionError):
            while True:
                due, data = await self.waiting.get()
                if (wait := due - clock()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    break
                writer.write(data)
                await writer.drain()
                self.octets -= len(data)
                self.drained.set()
            writer.write_eof()


class Relay:
    """Forwards connections over one line; its ports close with the process."""

    def __init__(self, *, upload: Way, download: Way) -> None:
        self.upload = upload
        self.download = download

    async def listen(self, port: int) -> int:
        """Forward what comes to the returned port of this machine to `port` of this machine."""

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", port)
            up, down = _Flow(self.upload), _Flow(self.download)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(up.read(reader))
                    group.create_task(up.write(back))
                    group.create_task(down.read(there))
                    group.create_task(down.write(writer))
            finally:
                back.close()
                writer.close()

        server = await asyncio.start_server(forward, "127.0.0.1", 0)
        found: int = server.sockets[0].getsockname()[1]
        return found


async def serve(relay: Relay) -> None:
    """Answer the lines on standard input until it ends."""
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        if line == "counts":
            answer = {"upload": relay.upload.octets, "download": relay.download.octets}
        else:
            answer = {"port": await relay.listen(int(line))}
        print(json.dumps(answer), flush=True)


def main() -> None:
    """Be a relay until standard input ends."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--upload", type=float, required=True, help="megabits a second to the ports that are named"
    )
    parser.add_argument("--download", type=float, required=True, help="megabits a second back")
    parser.add_argument("--round-trip", type=float, required=True, help="seconds")
    arguments = parser.parse_args()
    delay = arguments.round_trip / 2
    upload = Way(octets_a_second=arguments.upload * _MEGABIT, delay=delay)
    download = Way(octets_a_second=arguments.download * _MEGABIT, delay=delay)
    asyncio.run(serve(Relay(upload=upload, download=download)))


if __name__ == "__main__":
    main()
