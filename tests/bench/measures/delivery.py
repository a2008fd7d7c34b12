# SPDX-License-Identifier: ISC
"""Messages sent to a server until they stand in its users' Maildirs: what smtp-accept and end-to-end share."""
from harness import load
from mailsite import DOMAIN

USERS = [f"user{i}" for i in range(10)]
HEADER = """\
From: Sender <sender@client.example>
To: undisclosed-recipients:;
Subject: one of the benchmark's messages
Date: Fri, 01 Jan 2027 00:00:00 +0000
Message-ID: <benchmark@client.example>

"""
TEXT = (HEADER + ("The quick brown fox jumps over the lazy dog, and then it sleeps all day.\n" * 60))[:4095] + "\n"


def warm_up(plan, servers):
    """Processes that stay are started, files are cached."""
    for server in servers:
        deliver(server, clients=50, per_connection=1, messages=plan.count(500))


def deliver(server, clients, per_connection, messages):
    """Rates and the CPU of all server processes per message, what follows the last delivery included."""
    message = server.root / "message"
    message.write_bytes(TEXT.replace("\n", "\r\n").encode() + b".\r\n")
    before = server.account.cpu_seconds()
    try:
        found = load.run("smtp", port=server.port, clients=clients, per_connection=per_connection, messages=messages,
                         message=message, to=",".join(f"{user}@{DOMAIN}" for user in server.users),
                         watch=",".join(map(str, server.new_directories())))
    except RuntimeError as error:
        raise server.failed(str(error)) from None
    cpu = server.account.quiet() - before
    take_away(server, messages)
    return {
        "accepted/s": messages / found["accepted_s"],
        "stored/s": messages / found["stored_s"],
        "stored_ms": found["stored_s"] * 1e3,
        "cpu_ms": cpu * 1e3 / messages,
    }


def take_away(server, messages):
    """Every message once and whole, or the round is no measurement."""
    files = server.stored()
    if len(files) != messages:
        raise server.failed(f"stored {len(files)} files of {messages} messages")
    for file in files:
        if not file.read_bytes().endswith(TEXT.encode()):
            raise server.failed(f"changed the message in {file}")
        file.unlink()
