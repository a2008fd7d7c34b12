# SPDX-License-Identifier: ISC
"""queue-drain: a full queue is sent to other hosts; and a run through a large one in which nothing is due."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from harness.accounts import open_account
from harness.plan import column
from harness.postfix import MASTER, Postfix
from harness.sinks import Sinks, drained
from harness.table import Row, Table, at_least, at_most, own_at_most
from measures.delivery import TEXT

import mailsite

# domains, seconds that a sink waits before its reply to DATA, messages
CELLS = ((1, 0, 4000), (20, 0, 10_000), (20, 1, 1000))
WAITING = 200_000
SENDER = "sender@client.example"
LIMIT = 300  # seconds for one queue


def domain(number):
    return f"d{number}.far.example"


class PostfixQueue(Postfix):
    """Filled without qmgr, so that messages stay in incoming/; then master is told of it. 20 connections to a destination and 100
    processes are its defaults."""

    def __init__(self, sinks):
        super().__init__([])
        self.sinks = sinks

    def settings(self):
        transports = self.root / "etc/transport"
        return {**super().settings(), "transport_maps": f"texthash:{transports}", "virtual_mailbox_domains": ""}

    def prepare(self):
        super().prepare()
        (self.root / "etc/transport").write_text("".join(f"{domain(n)} smtp:[127.0.0.1]:{port}\n" for n, port in enumerate(self.sinks.ports)))
        self.message = self.root / "message"
        self.message.write_text(TEXT)

    def start(self):
        """Nothing yet: each round starts it."""

    def wait_for_port(self, limit=20.0):
        if self.account.leaders:
            super().wait_for_port(limit)

    def halt(self):
        """An account is of no use once it is stopped."""
        self.account.stop()
        self.account = open_account("postfix")

    def write_services(self, sends):
        lines = MASTER.format(port=self.port) + "smtp unix - - n - - smtp\n"
        (self.root / "etc/master.cf").write_text(lines if sends else re.sub(r"(?m)^qmgr .*\n", "", lines))

    def left(self):
        return sum(len(files) for queue in ("incoming", "active", "deferred") for _, _, files in os.walk(self.root / "queue" / queue))

    def fill(self, count):
        self.write_services(sends=False)
        Postfix.start(self)
        self.wait_for_port()
        for number in range(self.sinks.domains):
            part = count // self.sinks.domains
            subprocess.run([self.tree / "usr/sbin/smtp-source", "-s", "10", "-m", str(part), "-F", self.message, "-f", SENDER,
                            "-t", f"user@{domain(number)}", f"127.0.0.1:{self.port}"],
                           env={"LD_LIBRARY_PATH": self.libraries, "MAIL_CONFIG": str(self.root / "etc")}, check=True, timeout=LIMIT)
        if self.left() != count:
            raise self.failed(f"has {self.left()} of {count} messages in its queue")

    def drain(self, count):
        self.fill(count)
        before = self.account.quiet()
        self.write_services(sends=True)
        found = drained(self.sinks, count, self.send_all)
        found["cpu_ms"] = (self.account.quiet() - before) * 1e3 / count
        self.halt()
        return found

    def send_all(self):
        self.account.leaders[0].send_signal(signal.SIGHUP)  # master starts qmgr
        deadline = time.monotonic() + LIMIT
        while self.left():
            if time.monotonic() > deadline or not self.account.alive():
                raise self.failed(f"has {self.left()} messages left")
            time.sleep(0.02)


class OwnQueue:
    """sendq, started for each queue as cron would."""
    title = "mailpipe"

    def __init__(self, sinks=None):
        self.sinks = sinks

    def __enter__(self):
        routes = [f"{domain(n)} smtp:[127.0.0.1]:{port} tls=none" for n, port in enumerate(self.sinks.ports if self.sinks else [])]
        self.site = mailsite.Site({"user": "secret"}, tls=False, **({"route": routes} if routes else {}))
        self.site.write_config("[sendq]\nsite-connections = 20\nrun-connections = 100\n")
        self.site.spool.mkdir(mode=0o700)
        self.site.give(self.site.spool)
        self.site.run("sendq", "--list")  # makes the directories
        return self

    def __exit__(self, *_):
        self.site.__exit__(None, None, None)

    def fill(self, place, count, text, due=""):
        """As smtpd would, without its syncs: spool(5)."""
        now = int(time.time())
        for number in range(count):
            to = f"user@{domain(number % self.sinks.domains if self.sinks else 0)}"
            content = f"Return-Path: <{SENDER}>\nDelivered-To: {to}\nReceived: from bench; now\n{text}".encode()
            name = f"{now}.M{number % 1_000_000}P1Q{number}.bench,S={len(content)},W={len(content) + content.count(10)}{due}"
            descriptor = os.open(self.site.spool / place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(descriptor, content)
            os.close(descriptor)
        self.site.give(self.site.spool / place)

    def run(self):
        """CPU seconds of sendq and of all its processes."""
        log = self.site.dir / "log"
        with open(log, "ab") as stderr:
            process = subprocess.Popen([self.site.bin / "sendq", "--log", "stderr"], stderr=stderr, stdin=subprocess.DEVNULL, **self.site.as_user())
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"sendq: exit {process.returncode}\n{log.read_text()[-2000:]}")
        return usage.ru_utime + usage.ru_stime

    def drain(self, count):
        self.fill("new", count, TEXT)
        cpu = []
        found = drained(self.sinks, count, lambda: cpu.append(self.run()))
        left = [name for place in ("new", "cur", "hold") for name in os.listdir(self.site.spool / place)]
        if left:
            raise RuntimeError(f"sendq left {len(left)} messages, {left[0]} the first")
        return {**found, "cpu_ms": cpu[0] * 1e3 / count}

    def pass_over(self):
        begin = time.monotonic()
        cpu = self.run()
        return {"seconds": time.monotonic() - begin, "cpu_s": cpu}


def measure(plan):
    with tempfile.TemporaryDirectory(dir=plan.where) as root:
        os.chmod(pathlib.Path(root), 0o711)
        table = None
        for domains, delay, messages in CELLS:
            count = max(plan.count(messages), domains) // domains * domains
            what = f"{domains} domain{'s' if domains > 1 else ''}{f', DATA waits {delay} s' if delay else ''}"
            with Sinks(domains, delay) as sinks, plan.servers(PostfixQueue(sinks), OwnQueue(sinks)) as sides:
                table = table or Table("queue-drain: 4 KB messages to smtp-sink, 20 connections to each domain, 100 in all", sides[0].title)
                theirs, ours = plan.interleaved(f"queue-drain, {what}", sides, lambda side, count=count: side.drain(count))
            rate, cpu = (1, 1) if delay else (2, 0.5)  # a slow sink decides by itself how fast it is
            for name, unit, target in (("per_second", "sent/s", at_least(rate)), ("cpu_ms", "CPU ms", at_most(cpu)), ("connections", "connections", None)):
                table.rows.append(Row(what, unit, column(theirs, name), column(ours, name), target))
        return [table, *([idle_run(plan)] if plan.own else [])]


def idle_run(plan):
    """What cron pays each minute: a run with nothing in the queue, and one that finds nothing due among many that wait."""
    table = Table("queue-drain: runs with nothing to do", "")
    for waiting, seconds in ((0, 0.02), (plan.count(WAITING), 1.0)):
        with OwnQueue() as own:
            own.fill("cur", waiting, "Subject: waits\n\n", due=f":1,{int(time.time()) + 86400}")
            found = plan.interleaved(f"queue-drain, {waiting} wait", [own], lambda side: side.pass_over())[0]
        for name, unit, target in (("seconds", "s", own_at_most(seconds)), ("cpu_s", "CPU s", None)):
            table.rows.append(Row(f"{waiting:,} messages wait", unit, [], column(found, name), target))
    return table
