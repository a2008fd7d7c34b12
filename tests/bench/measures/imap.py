# SPDX-License-Identifier: ISC
"""imap: commands over mailboxes of 10,000 and 100,000 messages, connections a second, and the memory of one in IDLE."""
import contextlib
import dataclasses
import json
import pathlib
import subprocess
import tempfile

from harness import load
from harness.dovecot import Dovecot
from harness.mailbox import NEEDLE, Mailbox
from harness.mailpipe import IMAP, Mailpipe
from harness.plan import column
from harness.server import PASSWORD
from harness.table import Row, Table, at_least, at_most, own_at_most
from measures.pop3 import text

USER = "alice"
USERS = [f"user{number}" for number in range(200)]
FIELDS = "FROM TO CC SUBJECT DATE MESSAGE-ID REFERENCES IN-REPLY-TO"
APPENDED = 500

TWICE_AS_FAST, AS_FAST = at_most(0.5), at_most(1)

# what, command, to reach at first (no file of the server beside the messages) and again (a new session, nothing changed)
READS = (
    ("FETCH flags", "FETCH 1:* (UID FLAGS)", TWICE_AS_FAST, TWICE_AS_FAST),
    ("FETCH size, date", "FETCH 1:* (UID RFC822.SIZE INTERNALDATE)", TWICE_AS_FAST, TWICE_AS_FAST),
    ("FETCH ENVELOPE", "FETCH 1:* (ENVELOPE)", AS_FAST, TWICE_AS_FAST),
    ("FETCH BODYSTRUCTURE", "FETCH 1:* (BODYSTRUCTURE)", AS_FAST, AS_FAST),
    ("FETCH header fields", f"FETCH 1:* (BODY.PEEK[HEADER.FIELDS ({FIELDS})])", AS_FAST, AS_FAST),
    ("SEARCH SUBJECT", "SEARCH SUBJECT minutes", AS_FAST, AS_FAST),
    ("SEARCH BODY", f"SEARCH BODY {NEEDLE}", AS_FAST, AS_FAST),
    ("SORT (DATE)", "SORT (DATE) UTF-8 ALL", TWICE_AS_FAST, TWICE_AS_FAST),
    ("SORT (SUBJECT)", "SORT (SUBJECT) UTF-8 ALL", TWICE_AS_FAST, TWICE_AS_FAST),
    ("THREAD REFERENCES", "THREAD REFERENCES UTF-8 ALL", TWICE_AS_FAST, TWICE_AS_FAST),
    ("full download", "FETCH 1:* (BODY.PEEK[])", TWICE_AS_FAST, TWICE_AS_FAST),
)
# One after another in a session whose index is there; TENTH: the first tenth of the messages
WRITES = (
    ("STORE all", "STORE 1:* +FLAGS.SILENT (\\Flagged)"),
    ("COPY a tenth", "COPY TENTH Archive"),
    ("MOVE a tenth", "MOVE TENTH Archive"),
    ("STORE \\Deleted, a tenth", "STORE TENTH +FLAGS.SILENT (\\Deleted)"),
    ("EXPUNGE a tenth", "EXPUNGE"),
)


def measure(plan):
    with plan.servers(Dovecot([USER], "imap"), Mailpipe([USER], IMAP)) as servers:
        tables = [mailbox_table(plan, servers, plan.count(count)) for count in (10_000, 100_000)]
    with plan.servers(Dovecot(USERS, "imap"), Mailpipe(USERS, IMAP)) as servers:
        tables += [connections_table(plan, servers)] if plan.wants("connections") else []
        return [*tables, *([idle_table(plan, servers)] if plan.wants("IDLE") else [])]


def mailbox_table(plan, servers, count):
    plan = dataclasses.replace(plan, rounds=min(plan.rounds, 3)) if count > 20_000 else plan  # they are long
    table = Table(f"imap: a mailbox of {count:,} messages", servers[0].title)
    with tempfile.TemporaryDirectory(prefix="mailpipe-bench-messages.") as directory:
        mailbox = Mailbox(pathlib.Path(directory), count)
        same_octets(servers, mailbox)
        if plan.wants("SELECT"):
            selects(plan, table, servers, mailbox)
        for read in READS:
            if plan.wants(read[0]):
                reads(plan, table, servers, mailbox, read)
        if plan.wants("changes"):
            writes(plan, table, servers, mailbox)
    return table


class Client:
    """A session of the generator; do() gives a command's wall time and the server's CPU for it."""

    def __init__(self, server, **options):
        self.server = server
        words = load.arguments("imap", 300, {"port": server.port, "user": USER, "password": PASSWORD, **options})
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.result()
        self.cpu = server.account.quiet()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.communicate("LOGOUT\n", timeout=60)

    def result(self):
        line = self.process.stdout.readline()
        if not line:
            raise self.server.failed(self.process.stderr.read().strip())
        return json.loads(line)

    def do(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        found = self.result()
        before, self.cpu = self.cpu, self.server.account.quiet()
        return {**found, "cpu_ms": (self.cpu - before) * 1e3}


def add_rows(table, what, results, target):
    theirs, ours = results
    table.rows.append(Row(what, "ms", column(theirs, "wall_ms"), column(ours, "wall_ms"), target))
    table.rows.append(Row(what, "CPU ms", column(theirs, "cpu_ms"), column(ours, "cpu_ms"), target))


def selects(plan, table, servers, mailbox):
    def select(server, anew):
        if anew:
            mailbox.fill(server, USER)
            plan.settle_disk()
        with Client(server) as client:
            return client.do("SELECT INBOX")

    for what, anew, target in (("SELECT, first", True, TWICE_AS_FAST), ("SELECT, again", False, AS_FAST)):
        add_rows(table, what, plan.interleaved(f"imap, {what}", servers, lambda server: select(server, anew)), target)


def reads(plan, table, servers, mailbox, read):
    what, command, *targets = read

    def both(server):
        mailbox.fill(server, USER)
        plan.settle_disk()
        found = []
        for _ in range(2):
            with Client(server) as client:
                client.do("SELECT INBOX")
                found.append(client.do(command))
        return found

    sides = plan.interleaved(f"imap, {what}", servers, both)
    for number, (when, target) in enumerate(zip(("first", "again"), targets)):
        add_rows(table, f"{what}, {when}", [[found[number] for found in side] for side in sides], target)


def writes(plan, table, servers, mailbox):
    message = text(0).replace("\n", "\r\n")

    def all_of_them(server):
        mailbox.fill(server, USER)
        with Client(server) as client:
            for command in ("CREATE Archive", "SELECT INBOX", "FETCH 1:* (ENVELOPE)"):
                client.do(command)
            plan.settle_disk()
            tenth = f"1:{len(mailbox.names) // 10}"
            found = [client.do(command.replace("TENTH", tenth)) for _, command in WRITES]
            with tempfile.NamedTemporaryFile("w", newline="") as file:
                file.write(message)
                file.flush()
                return [*found, client.do(f"!append INBOX {file.name} {APPENDED}")]

    sides = plan.interleaved("imap, changes", servers, all_of_them)
    for number, what in enumerate([*(what for what, _ in WRITES), f"APPEND {APPENDED} of 4 KB"]):
        add_rows(table, what, [[found[number] for found in side] for side in sides], AS_FAST)


def same_octets(servers, mailbox):
    """Both servers send the same bytes for the same files, or there is nothing to compare."""
    digests = set()
    for server in servers:
        mailbox.fill(server, USER)
        with Client(server, digest=1) as client:
            client.do("SELECT INBOX")
            digests.add(client.do("FETCH 1:1000 (BODY.PEEK[])")["digest"])
    if len(digests) != 1:
        raise RuntimeError("the two servers do not send the same messages")


def connections_table(plan, servers):
    count = plan.count(2000)
    with tempfile.TemporaryDirectory(prefix="mailpipe-bench-messages.") as directory:
        mailbox = Mailbox(pathlib.Path(directory), 100)
        for server in servers:
            for user in USERS:
                mailbox.fill(server, user)

    def connect(server):
        before = server.account.cpu_seconds()
        found = load.run("imap-connections", timeout=180, port=server.port, users=",".join(USERS), password=PASSWORD,
                         connections=count, clients=10)
        return {"rate": count / found["wall_ms"] * 1e3, "cpu_ms": (server.account.quiet() - before) * 1e3 / count}

    theirs, ours = plan.interleaved("imap, connections", servers, connect)
    table = Table("imap: connections with LOGIN, SELECT of 100 messages and LOGOUT, from 10 clients", servers[0].title)
    table.rows.append(Row("connections", "a second", column(theirs, "rate"), column(ours, "rate"), at_least(2)))
    table.rows.append(Row("connections", "CPU ms each", column(theirs, "cpu_ms"), column(ours, "cpu_ms"), TWICE_AS_FAST))
    return table


def idle_table(plan, servers):
    def hold(server):
        server.account.quiet()
        without = server.account.pss_kib()
        with load.held("imap-idle", server, port=server.port, users=",".join(USERS), password=PASSWORD):
            server.account.quiet()
            return (server.account.pss_kib() - without) / len(USERS)

    plan = dataclasses.replace(plan, rounds=min(plan.rounds, 3))  # memory hardly varies
    theirs, ours = plan.interleaved("imap, idle", servers, hold)
    return Table(f"imap: {len(USERS)} connections in IDLE, each in a mailbox of 100 messages, without what the server takes with none",
                 servers[0].title, rows=[Row("PSS of all server processes", "KB a connection", theirs, ours, own_at_most(300))])
