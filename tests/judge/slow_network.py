#!/usr/bin/env python3
"""Runs a client under test behind a slow network: what it asks, what it is answered, and the webhooks it is sent
take up to 50 ms more in each direction, at random.

    terapi-conformance client --run 'python3 tests/judge/slow_network.py -- python3 client.py' --dump 'python3 client.py dump'

    terapi-simulator exec --port 0 -- python3 tests/judge/slow_network.py --server -- COMMAND…

With --server the command is the one that judges: TERAPI_BASE_URL is the way through the slow network, and
TERAPI_DIRECT_URL the one past it.

Otherwise it takes the client's place in the judge's environment: TERAPI_BASE_URL and TERAPI_WEBHOOK_PORT are its own, the
client gets others. It ends as the client ends, and dies with the judge's signals, being of one process group with it.
"""
import asyncio
import os
import random
import signal
import socket
import sys
import urllib.parse

LONGEST = 0.050  # seconds, in each direction


async def carry(reader, writer):
    """One direction. Bytes keep their order, and each piece its own delay."""
    try:
        while piece := await reader.read(65536):
            await asyncio.sleep(random.uniform(0, LONGEST))
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except (ConnectionError, OSError):
        writer.close()


async def forward(near_reader, near_writer, host, port):
    try:
        far_reader, far_writer = await asyncio.open_connection(host, port)
    except OSError:
        near_writer.transport.abort()  # as it would be without us
        return
    there = asyncio.ensure_future(carry(near_reader, far_writer))
    back = asyncio.ensure_future(carry(far_reader, near_writer))
    # When the server has said all, or the client has gone, so has the connection.
    await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
    if there.done() and not back.done():
        await asyncio.wait([back], timeout=0.2 if far_reader.at_eof() else None)
    for task in (there, back):
        task.cancel()
    for writer in (far_writer, near_writer):
        writer.close()


def claimed_port():
    """A port that no judge on this machine gives to a client (conformance/harness/process/client_port.h), for as long as the claim is kept."""
    for port in random.sample(range(10240, 30240), 1000):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0terapi-conformance/port/{port}")
            with socket.socket() as tried:
                tried.bind(("127.0.0.1", port))
            return port, claim
        except OSError:
            claim.close()
    raise OSError("no port is free")


async def main(command, of_a_server):
    base = urllib.parse.urlsplit(os.environ["TERAPI_BASE_URL"])
    outward = await asyncio.start_server(lambda r, w: forward(r, w, base.hostname, base.port), "127.0.0.1", 0)
    environment = dict(os.environ, TERAPI_BASE_URL=f"http://127.0.0.1:{outward.sockets[0].getsockname()[1]}",
                       TERAPI_DIRECT_URL=os.environ["TERAPI_BASE_URL"])
    if of_a_server:
        judge = await asyncio.create_subprocess_exec(*command, env=environment)
        return await judge.wait()
    own_port = int(os.environ["TERAPI_WEBHOOK_PORT"])
    client_port, _claim = claimed_port()
    environment["TERAPI_WEBHOOK_PORT"] = str(client_port)

    client = await asyncio.create_subprocess_exec(*command, env=environment)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda n=number: client.send_signal(n))

    async def listen_when_it_does():
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", client_port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.02)
        return await asyncio.start_server(lambda r, w: forward(r, w, "127.0.0.1", client_port), "127.0.0.1", own_port)

    inward = asyncio.ensure_future(listen_when_it_does())
    status = await client.wait()
    inward.cancel()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if "--" not in sys.argv or sys.argv[-1] == "--":
        sys.exit("usage: slow_network.py [--server] -- COMMAND [WORD…]")
    at = sys.argv.index("--")
    status = asyncio.run(main(sys.argv[at + 1:], "--server" in sys.argv[:at]))
    os._exit(status)
