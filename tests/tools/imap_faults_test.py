# SPDX-License-Identifier: ISC
"""What imapd has answered with OK is on disk, and what it has refused has not happened: whatever fails, and whenever it is
killed. Runs one command of a session under strace, which fails (EIO, ENOSPC, EDQUOT) or kills at one system call on the
mailbox's files after another, and looks with a new session at what there is. durability_test.py does this for delivery.

usage: imap_faults_test.py [--all] [--seed N] [SCENARIO...]     (--all: every fault at every call; else a few of them)
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from durability_test import OTHERS, WRITING, Scenario, calls_of, is_file_of, preloadable, strace
from durability_test import was_met as is_met
from mailsite import PASSWORDS

FAULTS = ["signal=KILL", "error=EIO", "error=ENOSPC", "error=EDQUOT"]
FEW = 9  # points of a scenario, where not all are tried
PARTS = 4
WAITING = "waiting"  # what others have delivered meanwhile
FETCHED = re.compile(rb"\* \d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\) RFC822.SIZE (\d+) BODY\[\] \{(\d+)\}\r\n")


def text_of(token):
    return f"Subject: {token}\r\n\r\n".encode() + f"{token} and nothing else\r\n".encode() * (1 + len(token) * 40)


class Peer:
    """A session on a socket pair. None: it has ended."""

    def __init__(self, start):
        ours, theirs = socket.socketpair()
        self.process = start(stdin=theirs, stdout=theirs)
        theirs.close()
        ours.settimeout(100)
        self.ours, self.input = ours, ours.makefile("rb")

    def say(self, command, literals=()):
        """Status, and all that was told; literals: for each {} in the command."""
        data = b"x " + command.encode()
        for literal in literals:
            data = data.replace(b"{}", b"{%d+}\r\n" % len(literal) + literal, 1)
        told = b""
        try:
            self.ours.sendall(data + b"\r\n")
            while True:
                line = self.input.readline()
                if not line.endswith(b"\r\n"):
                    return None, told
                if line.startswith(b"x "):
                    return line.split()[1].decode(), told + line
                told += line
        except OSError:
            return None, told

    def read_mailbox(self, name):
        """UID → (token, flags), after a look at every octet."""
        status, _ = self.say(f"SELECT {name}")
        if status != "OK":
            raise AssertionError(f"a new session can't select {name}")
        self.ours.sendall(b"x UID FETCH 1:* (UID FLAGS RFC822.SIZE BODY.PEEK[])\r\n")
        found = {}
        while not (line := self.input.readline()).startswith(b"x "):
            fetched = FETCHED.match(line)
            text = self.input.read(int(fetched[4]))
            self.input.readline()
            token = re.match(rb"Subject: (\S+)\r\n", text)[1].decode()
            if text != text_of(token) or len(text) != int(fetched[3]) or int(fetched[1]) in found:
                raise AssertionError(f"{name}: UID {fetched[1]} is torn, or there twice")
            found[int(fetched[1])] = token, frozenset(fetched[2].decode().split()) - {"\\Recent"}
        return found

    def close(self):
        self.say("LOGOUT")
        self.input.close()
        self.ours.close()
        return self.process.wait(120)


class Case(Scenario):
    """One command. run() gives its status: "OK", "NO" or None, when the session has ended before."""
    tool = "imapd"
    calls = [*WRITING, *OTHERS, "mmap"]
    verb = None
    new = ()  # tokens of what it brings
    is_atomic = True  # it happens, or it does not, where the session goes on
    may_duplicate = False  # when it is killed

    def prepare(self):
        template = self.site.dir / "template"
        if not template.exists():
            self.make(template)
        shutil.copytree(template, self.site.maildir("alice"))

    def make(self, template):
        shutil.rmtree(self.site.maildir("alice"), ignore_errors=True)
        self.site.give(self.site.dir)
        peer = self.login()
        for name in ("Other", "Box", "Box.Kid"):
            peer.say(f"CREATE {name}")
        for token, name, flags in (("one", "INBOX", "\\Seen"), ("two", "INBOX", "kw"), ("three", "INBOX", "\\Deleted"),
                                   ("four", "INBOX", "\\Deleted kw"), ("five", "Other", ""), ("six", "Box", ""), ("seven", "Box.Kid", "kw")):
            peer.say(f"APPEND {name} ({flags}) {{}}", [text_of(token)])
        peer.close()
        self.before = self.look()
        peer = self.login()
        peer.say("SELECT INBOX")
        shutil.copytree(self.site.maildir("alice"), template)
        status, told = self.obey(peer)
        if status != "OK":
            raise AssertionError(f"without failures {self.verb} is {status}: {told}")
        peer.close()
        self.after = self.look()
        shutil.rmtree(self.site.maildir("alice"))

    def login(self, **how):
        peer = Peer(lambda **ends: self.start("--log", "stderr", **ends, **how))
        peer.input.readline()
        peer.login_status = peer.say(f'LOGIN alice "{PASSWORDS["alice"]}"')[0]
        return peer

    def obey(self, peer):
        return peer.say(self.verb, [text_of(token) for token in self.new])

    def run(self, **how):
        peer = self.login(**how)
        status = peer.login_status
        for step in (lambda: peer.say("SELECT INBOX"), lambda: self.obey(peer)):
            if status == "OK":
                status = step()[0]
        exit_status = peer.close()
        if status is None and exit_status not in (-9, 137):
            raise AssertionError(f"the session has ended by itself, with {exit_status}")
        return status

    def look(self):
        """Mailbox → UID → (token, flags), of a new session."""
        for path in self.site.maildir("alice").rglob("dovecot-uidlist"):
            uids = [int(line.split()[0]) for line in path.read_text().split("\n")[1:-1]]
            if uids != sorted(set(uids)):
                raise AssertionError(f"{path} has UIDs {uids}")
        for path in self.site.maildir("alice").rglob("*.lock"):
            os.utime(path, (1, 1))  # of who was killed: nobody waits for it
        peer = self.login()
        status, told = peer.say('LIST "" "*"')
        names = re.findall(rb'\* LIST \((?![^)]*\\No)[^)]*\) "\." "?([^"\r]*)"?\r\n', told)
        found = {name.decode(): peer.read_mailbox(name.decode()) for name in names}
        if peer.close() != 0 or status != "OK":
            raise AssertionError("the new session has failed")
        leftovers = [path for path in self.site.maildir("alice").rglob("tmp/*") if b"Subject" in path.read_bytes()]
        if leftovers:
            raise AssertionError(f"left in tmp/: {leftovers}")
        return found

    def judge(self, status):
        """Whether what there is goes with what was answered."""
        state = self.look()
        if status == "OK":
            self.must_be(state, self.after, "OK, and")
        elif status == "NO" and self.is_atomic:
            self.must_be(state, self.before, "NO, and")
        else:
            self.must_be_between(state, may_duplicate=self.may_duplicate and status is None)

    def must_be(self, state, wanted, what):
        if self.contents(state) != self.contents(wanted):
            raise AssertionError(f"{what} there is {state}")
        for name, uids in self.before.items():  # and every UID is as it was
            kept = {uid: one[0] for uid, one in state.get(name, {}).items() if uid in uids}
            if any(uids[uid][0] != token for uid, token in kept.items()):
                raise AssertionError(f"{what} UIDs of {name} have changed: {kept}")

    def contents(self, state):
        return {name: collections.Counter(one for one in uids.values() if one[0] != WAITING) for name, uids in state.items()}

    def places(self, state):
        found = collections.Counter()
        for name, uids in state.items():
            found.update((name, token) for token, _ in uids.values() if token != WAITING)
        return found

    def must_be_between(self, state, may_duplicate):
        """What is there before and after is there; all else is there as before, or as after."""
        before, after, now = map(self.places, (self.before, self.after, state))
        for place in now | before | after:
            if not min(before[place], after[place]) <= now[place] <= max(before[place], after[place]):
                raise AssertionError(f"{place} is there {now[place]} times: {state}")
        for token in {token for _, token in before} & {token for _, token in after}:
            counts = [sum(count for (_, one), count in places.items() if one == token) for places in (before, after, now)]
            least, most = min(counts[:2]), max(counts[:2]) + may_duplicate
            if not least <= counts[2] <= most:
                raise AssertionError(f"{token} is there {counts[2]} times: {state}")
        for name, uids in state.items():
            known = self.before.get(name, {})
            if any(known[uid][0] != token for uid, (token, _) in uids.items() if uid in known):
                raise AssertionError(f"UIDs of {name} have changed: {state}")

    def again(self):
        """What was refused goes through when it is tried again."""
        peer = self.login()
        peer.say("SELECT INBOX")
        status, told = self.obey(peer)
        peer.close()
        if status != "OK":
            raise AssertionError(f"once more, and it is {status}: {told}")


class Append(Case):
    verb, new = "APPEND Other (\\Flagged kw) {} () {}", ("eight", "nine")


class AppendBesideNew(Append):
    """Somebody has delivered a message that has no UID yet."""

    def prepare(self):
        super().prepare()
        path = self.site.maildir("alice", "Other") / "new" / "1600000000.M1P1.other"
        path.write_bytes(text_of(WAITING).replace(b"\r\n", b"\n"))
        self.site.give(path)


class Copy(Case):
    verb = "COPY 1:3 Other"


class Move(Case):
    verb, is_atomic, may_duplicate = "UID MOVE 1:3 Other", False, True


class Expunge(Case):
    verb, is_atomic = "EXPUNGE", False


class Store(Case):
    verb, is_atomic = "STORE 1:4 +FLAGS (\\Answered fresh)", False


class Rename(Case):
    verb = "RENAME Box Chest"

    def contents(self, state):
        """Where a folder with another below it is renamed in halves, that tells."""
        return {name: set(uids.items()) for name, uids in state.items()}


class RenameInbox(Case):
    verb = "RENAME INBOX Archive"


class Delete(Case):
    verb = "DELETE Other"


SCENARIOS = {kind.__name__.lower(): kind for kind in (Append, AppendBesideNew, Copy, Move, Expunge, Store, Rename, RenameInbox, Delete)}


def is_kept(path):
    """Not a lock, which may have no name yet, and not what can be made anew."""
    directory, name = path.rsplit("/", 2)[-2:]
    is_lock = name.endswith(".lock") or (name.startswith("#") and directory != "tmp")
    return not is_lock and not name.startswith(("mailpipe-", "maildirsize", "dovecot-uidvalidity")) and "maildirsize" not in name


def unsynced(scenario, calls):
    """Messages, UIDs and keywords that were not synced when OK was said."""
    waiting = set()
    for _, name, _, line in calls:
        named = re.findall(r"\d+<(/[^>]*)>", line)
        if name == "sendto" and "x OK" in line and waiting:
            return f"{line}\nwas sent before {waiting} was synced"
        if name in ("write", "pwrite64") and is_file_of(scenario, line) and is_kept(named[0]):
            waiting.add(named[0])
        elif name in ("fsync", "fdatasync") and named:
            waiting.discard(named[0])
        elif name == "linkat" and ".lock\"" not in line:
            waiting.add(named[-1])
    return None


def find_points(name, preloaded, is_all, seed):
    """(words, arguments of strace) of every fault at every call that comes with the command itself."""
    scenario = SCENARIOS[name](preloaded)
    with scenario.site:
        scenario.reset()
        if scenario.run(strace=strace(scenario)) != "OK":
            raise AssertionError(f"{name} fails under strace")
        scenario.judge("OK")
        calls = list(calls_of(scenario, scenario.is_ours))
        if left := unsynced(scenario, calls):
            raise AssertionError(left)
        scenario.reset()
        scenario.run(strace=strace(scenario), disk={"NO_SYNC": "1"})
        if scenario.new and not unsynced(scenario, list(calls_of(scenario, scenario.is_ours))):
            raise AssertionError("a disk that syncs nothing is not seen")
    begin = next(place for place, call in enumerate(calls) if "[READ-WRITE]" in call[3])
    points = [(f"{fault} at {call} {count}", f"{call}:{fault}:when={count}") for _, call, count, line in calls[begin + 1:]
              for fault in FAULTS if "<socket:" not in line or fault == FAULTS[0]]
    return points if is_all else random.Random(f"{seed} {name}").sample(points, min(len(points), FEW))


def was_met(scenario):
    """Not where it was the connection that failed, as one read took more than in the run that was counted."""
    failed = [line for line in scenario.log.read_text(errors="replace").splitlines() if "INJECTED" in line]
    return is_met(scenario) and not any("<socket:" in line for line in failed)


def try_points(name, preloaded, points):
    """How many of the points were not met."""
    scenario = SCENARIOS[name](preloaded)
    missed = 0
    with scenario.site:
        for what, inject in points:
            scenario.reset()
            try:
                status = scenario.run(strace=strace(scenario, [inject]))
                scenario.judge(status)
                if status == "NO":
                    scenario.again()
            except (AssertionError, OSError, TypeError, subprocess.TimeoutExpired) as failure:
                if was_met(scenario):
                    raise AssertionError(f"{name}, {what}: {failure}") from failure
            missed += not was_met(scenario)
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("skipped: strace is not installed")
        return
    print("seed", options.seed, flush=True)
    names = options.scenarios or list(SCENARIOS)
    failures, tried = [], 0
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        library = preloadable(directory)
        found = {name: pool.submit(find_points, name, library, options.all, options.seed) for name in names}
        running = {}
        for name, future in found.items():
            points = future.result()
            running[name] = len(points), [pool.submit(try_points, name, library, points[at::PARTS]) for at in range(PARTS)]
        for name, (number, parts) in running.items():
            errors = [part.exception() for part in parts if part.exception()]
            failures += errors
            missed = sum(part.result() for part in parts if not part.exception())
            print(f"{name}: {number} points, {missed} not met" + "".join(f"\n  {error}" for error in errors), flush=True)
            if missed > 1 + number // 10:
                raise AssertionError(f"{name}: {missed} of {number} points were not met")
            tried += number - missed
    if failures:
        sys.exit(1)
    print(f"{tried} points tried: nothing lost, nothing half (seed {options.seed})")


if __name__ == "__main__":
    main()
