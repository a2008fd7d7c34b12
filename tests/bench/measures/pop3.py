# SPDX-License-Identifier: ISC
"""pop3: whole sessions, connect until the reply to QUIT, and the CPU of all server processes for them."""
import dataclasses
import os

from harness import load
from harness.dovecot import Dovecot
from harness.mailpipe import POP3, Mailpipe
from harness.plan import column
from harness.server import PASSWORD, give
from harness.table import Row, Table, at_most
from mailsite import NOBODY

USER, CROWDED = "alice", "crowded"
MESSAGES = 1000
LINE = "Pack my box with five dozen liquor jugs, and one more, and another one.\n"
LINKS = 20_000  # names for one file, well below what file systems allow

# what, fill the mailbox anew, sizes in names, steps, options of the generator, target for wall and CPU
SESSIONS = (
    (f"RETR {MESSAGES:,}, new mail", True, True, "stat,retr", {}, at_most(0.5)),
    (f"RETR {MESSAGES:,}, new mail, no sizes in names", True, False, "stat,retr", {}, at_most(0.5)),
    (f"RETR {MESSAGES:,}, seen before", False, True, "stat,retr", {}, at_most(0.5)),
    (f"RETR {MESSAGES:,}, 32 commands ahead", False, True, "stat,retr", {"ahead": 32}, at_most(0.5)),
    (f"RETR {MESSAGES:,}, TLS", False, True, "stat,retr", {"tls": 1}, at_most(0.5)),
    ("STAT LIST UIDL, new mail", True, True, "stat,list,uidl", {}, None),
    ("STAT LIST UIDL, seen before", False, True, "stat,list,uidl", {}, None),
)


def measure(plan):
    with plan.servers(Dovecot([USER, CROWDED]), Mailpipe([USER, CROWDED], POP3)) as servers:
        table = Table(f"pop3: sessions over a Maildir of {MESSAGES:,} messages of 4 KB", servers[0].title)
        same_octets(servers)
        for what, anew, with_sizes, steps, options, target in SESSIONS:
            prepare = (lambda server: fill(server, USER, MESSAGES, with_sizes)) if anew else None
            rows(plan, table, servers, what, USER, steps, prepare, options, target)

        plan = dataclasses.replace(plan, rounds=min(plan.rounds, 3))  # they are long
        count = plan.count(100_000)
        rows(plan, table, servers, f"STAT of {count:,}, new mail", CROWDED, "stat",
             lambda server: fill_with_links(server, CROWDED, count))
        rows(plan, table, servers, f"STAT of {count:,}, seen before", CROWDED, "stat")
        return [table]


def rows(plan, table, servers, what, user, steps, prepare=None, options=None, target=None):
    def once(server):
        if prepare:
            prepare(server)
            plan.settle_disk()
        return session(server, user, steps, **(options or {}))

    theirs, ours = plan.interleaved(f"pop3, {what}", servers, once)
    table.rows.append(Row(what, "ms", column(theirs, "wall_ms"), column(ours, "wall_ms"), target))
    table.rows.append(Row(what, "CPU ms", column(theirs, "cpu_ms"), column(ours, "cpu_ms"), target))


def session(server, user, steps, tls=0, **options):
    before = server.account.cpu_seconds()
    try:
        found = load.run("pop3", timeout=180, port=server.tls_port if tls else server.port, user=user, password=PASSWORD,
                         steps=steps, tls=tls, **options)
    except RuntimeError as error:
        raise server.failed(str(error)) from None
    found["cpu_ms"] = (server.account.quiet() - before) * 1e3
    return found


def same_octets(servers):
    """Both servers send the same bytes for the same files, or there is nothing to compare."""
    digests = set()
    for server in servers:
        fill(server, USER, MESSAGES, with_sizes=True)
        found = session(server, USER, "stat,retr", digest=1)
        if found["messages"] != MESSAGES or found["octets"] != found["stat_octets"]:
            raise server.failed(f"does not tell its sizes right: {found}")
        digests.add(found["digest"])
    if len(digests) != 1:
        raise RuntimeError("the two servers do not send the same messages")


def text(number):
    header = f"From: a@client.example\nTo: {USER}@example.org\nSubject: number {number}\nMessage-ID: <{number}@x>\n\n"
    return (header + LINE * 60)[:4095] + "\n"


def name(number, body, with_sizes):
    sizes = f",S={len(body)},W={len(body) + body.count(chr(10))}" if with_sizes else ""
    return f"{1_790_000_000 + number // 100}.M{number:06}P1.client{sizes}"


def fill(server, user, count, with_sizes):
    server.make_maildir(user)
    for number in range(count):
        body = text(number)
        (server.maildir(user) / "new" / name(number, body, with_sizes)).write_text(body)
    give(server.maildir(user), NOBODY)


def fill_with_links(server, user, count):
    """As many names, but only a few files: who opens them all still opens them all."""
    server.make_maildir(user)
    new = server.maildir(user) / "new"
    body = text(0)
    for number in range(count):
        path = new / name(number, body, with_sizes=True)
        if number % LINKS == 0:
            original = path
            original.write_text(body)
        else:
            os.link(original, path)
    give(server.maildir(user), NOBODY)
