# SPDX-License-Identifier: ISC
"""mx-bulk: the MX of 20,000 domains and the addresses of their hosts, by mxlookup and by what else asks in bulk."""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import time

from harness.debian import CACHE
from harness.plan import column
from harness.table import Row, Table, at_least, at_most

import mailsite
from dns_site import DnsSite, answers_dns

DOMAINS = 20_000
SERIAL = 500            # domains for who asks one question after the other, where the server is far away
ADDRESS = "127.53.53.53"  # adnshost knows port 53 only; nobody else listens there
FED = 100               # questions that adnshost is given at once: with all of them it loses most, and waits for them
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "dns_delay.cpp"


def zone(count):
    return "".join(f"d{n} MX 10 mx{n}\nmx{n} A 192.0.{n // 250 % 250}.{n % 250}\n" for n in range(count))


@contextlib.contextmanager
def far_away(port, milliseconds):
    """A name server on ADDRESS, port 53, so far away from the one on `port`."""
    CACHE.mkdir(parents=True, exist_ok=True)
    program = CACHE / "dns-delay"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        subprocess.run(["g++", "-std=c++20", "-O2", "-o", program, SOURCE], check=True, timeout=300)
    relay = subprocess.Popen([program, ADDRESS, "53", str(port), str(milliseconds)])
    try:
        mailsite.wait_for(lambda: answers_dns(53, ADDRESS), what="the relay")
        yield
    finally:
        relay.kill()
        relay.wait()


def measured(process, count, begin):
    """What a domain took of a process that has ended, or soon will."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{process.args[0]}: exit {process.returncode}")
    wall = time.monotonic() - begin
    return {"per_second": count / wall, "cpu_us": (usage.ru_utime + usage.ru_stime) * 1e6 / count}


class Mxlookup:
    title = "mxlookup"

    def __init__(self, directory, count, far):
        self.count, self.names = count, directory / "names"
        self.names.write_text("".join(f"d{n}.example\n" for n in range(count)))

    def run(self):
        begin = time.monotonic()
        with self.names.open() as names, tempfile.TemporaryFile() as out:
            process = subprocess.Popen([mailsite.BIN / "mxlookup", "--resolver", f"{ADDRESS}:53"], stdin=names, stdout=out,
                                       env={**os.environ, "MAILPIPE_CONFIG": ""})
            found = measured(process, self.count, begin)
            out.seek(0)
            if sum(b"     10 mx" in line and b"  192.0." in line for line in out) != self.count:
                raise RuntimeError("mxlookup: not every domain has its address")
        return found


class Adnshost:
    title = "adnshost, 100 at a time"

    def __init__(self, directory, count, far):
        self.count = count

    def run(self):
        """Its answers are a line with their number of records, and these."""
        begin = time.monotonic()
        process = subprocess.Popen(["adnshost", "--config", f"nameserver {ADDRESS}", "-a", "-f", "-tmx"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        given = done = records = found = 0
        rest = b""
        while done < self.count:
            if more := min(self.count, done + FED) - given:
                os.write(process.stdin.fileno(), "".join(f"d{n}.example\n" for n in range(given, given + more)).encode())
                given += more
            *lines, rest = (rest + os.read(process.stdout.fileno(), 1 << 16)).split(b"\n")
            for line in lines:
                if records:
                    records -= 1
                    found += b"192.0." in line
                else:
                    records = int(line.split()[1])
                done += records == 0
        process.stdin.close()
        if found != self.count:
            raise RuntimeError(f"adnshost: {found} of {self.count} domains have their address")
        return measured(process, self.count, begin)


class Dig:
    title = "dig -f"

    def __init__(self, directory, count, far):
        self.count, self.questions = min(count, SERIAL) if far else count, directory / "questions"
        self.questions.write_text("".join(f"d{n}.example MX\nmx{n}.example A\nmx{n}.example AAAA\n" for n in range(self.count)))

    def run(self):
        begin = time.monotonic()
        process = subprocess.Popen(["dig", f"@{ADDRESS}", "+noall", "+answer", "-f", self.questions], stdout=subprocess.DEVNULL)
        return measured(process, self.count, begin)


def measure(plan):
    count = plan.count(DOMAINS)
    tables = []
    with tempfile.TemporaryDirectory(dir=plan.where) as root, contextlib.ExitStack() as stack:
        dns = stack.enter_context(DnsSite({"example": zone(count)}))
        for milliseconds in (0, 20):
            with far_away(dns.port, milliseconds):
                tables += [against(plan, peer, pathlib.Path(root), count, milliseconds) for peer in (Adnshost, Dig)]
    return tables


def against(plan, peer, root, count, milliseconds):
    sides = [side(root, count, milliseconds > 0) for side in ([peer, Mxlookup] if plan.own else [peer])]
    theirs, own = plan.interleaved(f"mx-bulk, {peer.title}, {milliseconds} ms", sides, lambda side: side.run())
    return Table(f"mx-bulk: MX and addresses of {count:,} domains, the server {milliseconds} ms away", peer.title, "mxlookup", rows=[
        Row("domains", "a second", column(theirs, "per_second"), column(own, "per_second"), at_least(1.0)),
        Row("CPU", "µs a domain", column(theirs, "cpu_us"), column(own, "cpu_us"), at_most(1.0)),
    ])
