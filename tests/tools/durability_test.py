# SPDX-License-Identifier: ISC
"""What was answered with 250, or with exit status 0, is on disk: whatever fails, and whenever the process is killed.

Runs smtpd, sendmail, sendq and deliver under strace, which fails (EIO, ENOSPC) or kills at one system call on the site's files
after another, every one of them, and looks for every message that was taken: whole in the spool or in the Maildir.
What is not taken is a temporary failure, leaves no torn message, and goes through when it is tried again. Short writes
are made by a preloaded write(), one after another, and by a limit on the size of files. Before each promise all that
was written has to be synced; a disk that syncs nothing proves that this would be seen. Prints how many points it tried.

usage: durability_test.py [--sample] [SCENARIO...]     (--sample: a kill and one error at each call that writes, a kill
       at every fifth of the others)
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from mailsite import BIN, DOMAIN, Site

WRITING = ["write", "pwrite64", "fsync", "fdatasync", "link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat",
           "mkdir", "mkdirat", "chmod", "ftruncate", "utimensat", "sendto", "sendmsg"]
OTHERS = ["openat", "close", "read", "pread64", "getdents64", "newfstatat", "lseek"]
# The sanitizers' own system calls depend on addresses: without random ones a call has the same number each time.
SAME_ADDRESSES = ["setarch", "-R"] if subprocess.run(["setarch", "-R", "true"], check=False).returncode == 0 else []
SIZE_LIMITS = (0, 1, 200, 4096, 65536, 100000)  # how long a file may become
PARTS = 8  # of a scenario's points, so that the last one does not run alone for long
PRELOADED = pathlib.Path(__file__).with_name("disk_faults.c")
# The 250 to the end of a message, whatever it says; RSET's and NOOP's "ok" promises nothing.
END_OF_MESSAGE = re.compile(r'["n]250 2\.0\.0 (?!ok\\r)')
LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
ENVELOPE = "Return-Path: <joe@x.example>\nDelivered-To: {to}@" + DOMAIN + "\n"


def message(number, octets=300):
    """The text of a message that can be told from others."""
    head = f"Received: from a.example\nSubject: message {number}\n\n"
    line = f"{number} and nothing else but this line, again and again\n"
    return head + line * (octets // len(line) + 1)


class Peer:
    """The client's end of a socket pair on which a tool speaks SMTP or LMTP. Nothing is None: the peer is gone."""

    def __init__(self, site):
        if os.geteuid() == 0:  # SO_PEERCRED tells who made the pair
            os.seteuid(site.uid)
        self.ours, self.theirs = socket.socketpair()
        if os.getuid() == 0:
            os.seteuid(0)
        self.ours.settimeout(60)
        self.input = self.ours.makefile("rb")

    def send(self, data, descriptor=None):
        try:
            if descriptor is None:
                self.ours.sendall(data)
            else:
                socket.send_fds(self.ours, [data], [descriptor])
        except OSError:
            pass

    def reply(self):
        """The code of the next reply, or None."""
        while True:
            try:
                line = self.input.readline()
            except OSError:
                return None
            if not line.endswith(b"\r\n"):
                return None
            if line[3:4] == b" ":
                return int(line[:3])

    def say(self, text):
        self.send(text.encode() + b"\r\n")
        return self.reply()

    def close(self):
        self.input.close()
        self.ours.close()


class Scenario:
    """One tool doing its work. run() returns what was taken: {(message number, mailbox or "spool")}."""
    tool = None
    calls = WRITING + OTHERS
    ends_synced = False  # its exit status 0 is the promise
    fewest = 100  # points, lest the test finds none and is content

    def __init__(self, preloaded):
        self.site = Site(tls=False)
        self.preloaded = self.site.dir / "disk_faults.so"
        shutil.copy(preloaded, self.preloaded)
        self.preloaded.chmod(0o755)
        self.log = self.site.dir / "strace"
        self.text = {}
        self.all = set()  # what is taken where nothing fails
        self.twice = 0  # messages that stood in a mailbox more than once in the end

    def is_ours(self, arguments):
        """Whether a traced call is about the site's mail or a socket, and not about a library or a sanitizer's own needs."""
        return bool(re.search(rf"{re.escape(str(self.site.dir))}/(?!bin/|mailpipe.conf|strace|disk_faults)|socket:", arguments))

    def reset(self):
        for path in (self.site.spool, *(self.site.maildir(user) for user in self.site.passwords)):
            shutil.rmtree(path, ignore_errors=True)
        self.prepare()
        self.site.give(self.site.dir)

    def prepare(self):
        pass

    def command(self, *args, strace=()):
        return [*strace, self.site.bin / self.tool, *map(str, args)]

    def start(self, *args, strace=(), limit=None, disk=None, **popen):
        """limit: how long a file may become. disk: a variable of disk_faults.c, and its value."""
        def restrict():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        user = self.site.as_user()
        user["env"] = {**user["env"], "ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0"}
        if disk:
            user["env"].update({"LD_PRELOAD": str(self.preloaded), **disk})
        return subprocess.Popen(self.command(*args, strace=strace), stderr=subprocess.DEVNULL,
                                preexec_fn=restrict if limit is not None else None, **user, **popen)

    def talk(self, conversation, *args, **how):
        """The tool on a socket pair, the conversation with it, its end."""
        peer = Peer(self.site)
        process = self.start(*args, stdin=peer.theirs, stdout=peer.theirs, **how)
        peer.theirs.close()
        taken = conversation(peer)
        peer.close()
        process.wait(120)
        return taken

    def kept(self):
        """{message number: [places]}, after a look at every file: nothing may be torn."""
        found = collections.defaultdict(list)
        for user in self.site.passwords:
            for path in self.site.messages(user):
                found[self.identify(path, path.read_text(), user)].append(user)
        for path in self.site.spool.glob("**/*,S=*"):
            size = int(re.search(r",S=(\d+)", path.name)[1])
            found[self.identify(path, path.read_bytes()[:size].decode(), None)].append("spool")
        return found

    def identify(self, path, text, user):
        number = int(re.search(r"^Subject: message (\d+)$", text, re.MULTILINE)[1])
        size = int(re.search(r",S=(\d+)", path.name)[1])
        if size != len(text) or not text.endswith(self.text[number]):
            raise AssertionError(f"{path} is torn: {len(text)} octets")
        if user and f"\nDelivered-To: {user}@" not in text:
            raise AssertionError(f"{path} is somebody else's")
        return number

    def check(self, taken):
        kept = self.kept()
        for number, place in taken:
            if place not in kept[number] and "spool" not in kept[number]:
                raise AssertionError(f"message {number} for {place} was taken, and is nowhere: {dict(kept)}")

    def finish(self):
        """After all failures: once more, and nothing is missing."""
        taken = self.run()
        if taken != self.all:
            raise AssertionError(f"once more, and only {taken} of {self.all} were taken")
        self.check(taken)
        self.twice += sum(len(places) - len(set(places)) for places in self.kept().values())


class DeliverOne(Scenario):
    """One message on standard input, into a Maildir that has to be made."""
    tool = "deliver"
    arguments = ("-r", "alice", "-f", "joe@x.example")
    place = "alice"
    ends_synced = True

    def prepare(self):
        self.text = {1: message(1, 150000)}

    def run(self, **how):
        process = self.start(*self.arguments, stdin=subprocess.PIPE, **how)
        try:
            process.communicate(self.text[1].encode(), timeout=120)
        except BrokenPipeError:
            process.wait(120)
        if process.returncode not in (0, 75, -9, 137):
            raise AssertionError(f"exit status {process.returncode} is not temporary")
        return {(1, self.place)} if process.returncode == 0 else set()


class Sendmail(DeliverOne):
    """The same, straight into the spool, which has to be made but for its own directory."""
    tool = "sendmail"
    arguments = ("--submission-socket=", "-i", "-f", "joe@x.example", "alice")
    place = "spool"
    fewest = 60

    def prepare(self):
        super().prepare()
        self.site.spool.mkdir()


class DeliverMany(Scenario):
    """LMTP as sendq speaks it: one message by DATA for two, then three at once by XLINK, one of them to be copied."""
    tool = "deliver"
    fewest = 200

    def prepare(self):
        self.text = {number: message(number) for number in range(1, 5)}
        self.spooled = self.site.dir / "spooled"
        shutil.rmtree(self.spooled, ignore_errors=True)
        self.spooled.mkdir()
        for number in (2, 3, 4):
            text = ENVELOPE.format(to="alice") + self.text[number]
            path = self.spooled / f"1.M2P3Q{number}.mx,S={len(text)},W={len(text) + text.count(chr(10))}"
            path.write_text(text)
            path.chmod(0o644 if number == 4 else 0o600)

    def run(self, **how):
        return self.talk(self.conversation, "--lmtp", **how)

    def conversation(self, peer):
        taken = set()
        peer.reply()
        peer.say("LHLO c")
        replies = [peer.say(line) for line in ("MAIL FROM:<joe@x.example> XID=1.M2P3Q1.mx", f"RCPT TO:<alice@{DOMAIN}>",
                                               f"RCPT TO:<bob@{DOMAIN}>", "DATA")]
        if replies == [250, 250, 250, 354]:
            peer.send((self.text[1] + ".\n").replace("\n", "\r\n").encode())
            replies = [peer.reply(), peer.reply()]
            taken.update((1, user) for user, code in zip(("alice", "bob"), replies) if code == 250)
        files = sorted(self.spooled.iterdir())
        for path in files:
            descriptor = os.open(path, os.O_RDONLY)
            commands = f"RSET\r\nMAIL FROM:<joe@x.example>\r\nRCPT TO:<alice@{DOMAIN}>\r\nXLINK {path.name}\r\n"
            peer.send(commands.encode(), descriptor)
            os.close(descriptor)
        for number, _ in enumerate(files, 2):
            if [peer.reply() for _ in range(4)][-1] == 250:
                taken.add((number, "alice"))
        peer.say("QUIT")
        return taken


class Smtpd(Scenario):
    """Two messages in one connection, as inetd hands it over."""
    tool = "smtpd"
    fewest = 200

    def prepare(self):
        self.text = {1: message(1), 2: message(2, 150000)}

    def run(self, **how):
        return self.talk(self.conversation, "--log", "stderr", **how)

    def conversation(self, peer):
        taken = set()
        peer.reply()
        peer.say("EHLO c.example")
        for number, text in self.text.items():
            replies = [peer.say(line) for line in ("MAIL FROM:<joe@x.example>", f"RCPT TO:<alice@{DOMAIN}>", "DATA")]
            if replies != [250, 250, 354]:
                peer.say("RSET")
                continue
            peer.send((text + ".\n").replace("\n", "\r\n").encode())
            if peer.reply() == 250:
                taken.add((number, "spool"))
        peer.say("QUIT")
        return taken


class Sendq(Smtpd):
    """A run of the queue with deliver behind it: mail that smtpd has taken must not get lost on its way."""
    tool = "sendq"

    def prepare(self):
        super().prepare()
        self.tool = "smtpd"
        self.taken = {(number, "alice") for number, _ in self.talk(self.conversation)}
        self.tool = "sendq"

    def run(self, **how):
        self.start("--log", "stderr", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **how).wait(120)
        return self.taken

    def finish(self):
        """What has failed waits for its time: now. Then all of it is delivered, and the queue is empty."""
        self.start("--retry", "--all", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).wait(120)
        self.run()
        kept = self.kept()
        if set(kept) != {number for number, _ in self.taken} or any(set(places) != {"alice"} for places in kept.values()):
            raise AssertionError(f"not delivered in the end: {dict(kept)}")
        self.twice += sum(len(places) - 1 for places in kept.values())


SCENARIOS = {"deliver": DeliverOne, "deliver-lmtp": DeliverMany, "sendmail": Sendmail, "smtpd": Smtpd, "sendq": Sendq}


def strace(scenario, inject=()):
    calls = ",".join(scenario.calls)
    return [*SAME_ADDRESSES, "strace", "-f", "-y", "-s", "1000", "-o", str(scenario.log), "-e", f"trace={calls}",
            *(f"--inject={rule}" for rule in inject)]


def calls_of(scenario, is_ours):
    """The calls in the log that are about the site's files or a socket: (process, name, count in its process, line)."""
    counts = collections.Counter()
    for line in scenario.log.read_text(errors="replace").splitlines():
        if "resumed>" in line or not (match := LINE.match(line)):
            continue
        process, name, arguments = match.groups()
        counts[process, name] += 1
        if is_ours(arguments):
            yield process, name, counts[process, name], line


def run_traced(scenario, **how):
    """A run without failures: [(process, system call, which in its process, line)] on the site's files and on sockets."""
    scenario.reset()
    scenario.all = scenario.run(strace=strace(scenario), **how)
    if {number for number, _ in scenario.all} != set(scenario.text):
        raise AssertionError(f"without failures only {scenario.all} of {set(scenario.text)} were taken")
    scenario.check(scenario.all)
    return list(calls_of(scenario, scenario.is_ours))


def broken_promise(scenario, calls):
    """Before a reply goes out, whatever was written, linked or made in that process has been synced; else, what was not."""
    unsynced = collections.defaultdict(set)
    for process, name, _, line in calls:
        named = re.findall(r"\d+<(/[^>]*)>", line)
        if name in ("write", "pwrite64") and is_file_of(scenario, line):
            unsynced[process].add(named[0])
        elif name in ("fsync", "fdatasync") and named:
            unsynced[process].discard(named[0])
        elif name in ("linkat", "renameat") and "/new" in line:
            unsynced[process].add(named[-1])
        elif name == "mkdirat" and named:
            unsynced[process].add(named[0])
        elif name in ("sendto", "sendmsg") and END_OF_MESSAGE.search(line) and unsynced[process]:
            return f"{line}\nwas sent before {unsynced[process]} was synced"
    left = set().union(*unsynced.values())
    return f"{scenario.tool} ended with 0, and {left} was not synced" if scenario.ends_synced and left else None


def is_file_of(scenario, line):
    return re.search(rf"\(\d+<{re.escape(str(scenario.site.dir))}/", line) is not None


def faults(name, number, sample):
    """What to do at that call: to fail it, or to kill the process at its beginning."""
    kill, errors = ["signal=KILL"], ["error=EIO", "error=ENOSPC"]
    if name in ("sendto", "sendmsg"):
        return kill
    if not sample:
        return kill + errors
    if name in WRITING:
        return kill + [errors[number % 2]]
    return kill if number % 5 == 0 else []


def find_points(name, preloaded, sample):
    """All points of a scenario, as (words, arguments of run()), and a look at the order of its syncs on the way."""
    scenario = SCENARIOS[name](preloaded)
    with scenario.site:
        calls = run_traced(scenario)
        if promise := broken_promise(scenario, calls):
            raise AssertionError(promise)
        if not broken_promise(scenario, run_traced(scenario, disk={"NO_SYNC": "1"})):
            raise AssertionError(f"{name}: a disk that syncs nothing is not seen")
        writes = collections.Counter(process for process, call, _, line in calls if call == "write" and is_file_of(scenario, line))
    points = [(f"{fault} at {call} {count}", {"inject": f"{call}:{fault}:when={count}"})
              for call, count in sorted({(call, count) for _, call, count, _ in calls}) for fault in faults(call, count, sample)]
    points += [(f"short write {number}", {"disk": {"SHORT_WRITE": str(number)}}) for number in range(1, max(writes.values(), default=0) + 1)]
    return points + [(f"files of at most {limit} octets", {"limit": limit}) for limit in SIZE_LIMITS]


def attempt(scenario, what, **how):
    """One point: it fails there, nothing that was taken is lost, and all goes well when it is tried again."""
    try:
        scenario.reset()
        scenario.check(scenario.run(**how))
        scenario.finish()
    except (AssertionError, subprocess.TimeoutExpired) as failure:
        raise AssertionError(f"{type(scenario).__name__}, {what}: {failure}") from failure


def was_met(scenario):
    """Not where the count of calls had changed, and another one failed: that of a sanitizer that reads /proc/self/maps."""
    log = scenario.log.read_text(errors="replace")
    failed = [line for line in log.splitlines() if "INJECTED" in line]
    return any(map(scenario.is_ours, failed)) or (not failed and "killed by SIGKILL" in log)


def try_points(name, preloaded, points):
    """How many of the points were not met, and how often a message was stored twice."""
    scenario = SCENARIOS[name](preloaded)
    missed = 0
    with scenario.site:
        scenario.reset()
        scenario.all = scenario.run()
        for what, how in points:
            if "inject" not in how:
                attempt(scenario, what, **how)
                continue
            try:
                attempt(scenario, what, strace=strace(scenario, [how["inject"]]))
            except AssertionError:
                if was_met(scenario):
                    raise
            missed += not was_met(scenario)
    return missed, scenario.twice


def preloadable(directory):
    library = pathlib.Path(directory) / "disk_faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, PRELOADED, "-ldl"], check=True)
    return library


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    options = parser.parse_args()
    names = options.scenarios or list(SCENARIOS)
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        library = preloadable(directory)
        found = {name: pool.submit(find_points, name, library, options.sample) for name in names}
        running = {}
        if options.verbose:
            print("scenarios:", *names, flush=True)
        for name, future in found.items():
            points = future.result()
            running[name] = len(points), [pool.submit(try_points, name, library, points[at::PARTS]) for at in range(PARTS)]
        for name, (tried, parts) in running.items():
            missed, twice = map(sum, zip(*(part.result() for part in parts)))
            print(f"{name}: {tried - missed} points, {missed} not met, {twice} times a message was stored twice", flush=True)
            if tried < (1 if options.sample else SCENARIOS[name].fewest) or missed > tried // 20:
                raise AssertionError(f"{name}: {tried - missed} of at least {SCENARIOS[name].fewest} points")
    print(f"{sum(tried for tried, _ in running.values())} points tried, nothing lost")


if __name__ == "__main__":
    main()
