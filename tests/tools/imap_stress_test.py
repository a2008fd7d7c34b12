# SPDX-License-Identifier: ISC
"""Many sessions of imapd on two mailboxes, which do everything at random, beside deliver and a program that renames files:
nobody loses a message, and nobody is told anything wrong (imap_model.py knows what that is). In every other round sessions
are killed in the middle.

usage: imap_stress_test.py [--seconds N] [--sessions N] [--seed N] [--no-kills]     (or MAILPIPE_STRESS_SECONDS=600)
Prints the seed, and how long commands took.
"""
import argparse
import collections
import contextlib
import math
import os
import random
import re
import signal
import sys
import threading
import time

from imap_model import FLAGS, Change, World, Wrong, require
from imap_session import KINDS, Gone, Session, message, numbers
from mailsite import Site

BOXES = ["INBOX", "Other"]
LETTERS = {"D": "\\Draft", "F": "\\Flagged", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}
ROUND = 5.0  # seconds between two looks at everything
TOO_LONG = 15.0  # seconds for a command
FEWEST, MOST = 30, 120  # messages in a mailbox, about


class Actor(Session):
    """A session that does anything at random."""

    def some(self, most=6, free=False):
        """UIDs that the view knows, with tokens that everybody knows."""
        tokens = self.view.box.tokens
        known = [uid for uid in self.view.uids if uid in tokens and (not free or tokens[uid].startswith("free"))]
        if not known:
            return []
        at, count = self.choose.randrange(len(known)), self.choose.randint(1, most)
        return known[at:at + count] if self.choose.random() < 0.7 else sorted(self.choose.sample(known, min(len(known), count)))

    def addressed(self, uids):
        """The same by sequence numbers, or by UID: prefix, set, and whether EXPUNGE may come."""
        if self.choose.random() < 0.5:
            return "UID ", numbers(uids), True
        return "", numbers(sorted(self.view.uids.index(uid) + 1 for uid in uids)), False

    def fetch(self):
        uids = self.some()
        if not uids:
            return
        prefix, wanted, may_expunge = self.addressed(uids)
        whole = self.choose.random() < 0.4
        peeks = self.choose.random() < 0.7
        items = "UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)]" + (f" BODY{'.PEEK' if peeks else ''}[] INTERNALDATE" if whole else "")
        if self.has_modseq and self.choose.random() < 0.3:
            items += " MODSEQ"
        start = time.monotonic()
        if whole and not peeks:
            self.changed(uids, {"\\Seen": True}, (start, math.inf), ())
        status = self.run(f"{prefix}FETCH {wanted} ({items})", may_expunge)
        require(status == "OK" or "gone" in self.text, "FETCH", status, self.text)

    def changed(self, uids, flags, span, certain):
        with self.world.lock:
            for uid in uids:
                for flag, value in flags.items():
                    self.view.box.change(uid, flag, Change(*span, value), uid in certain)

    def settled(self, uids, flags, start):
        """The same changes, now that their end is known."""
        end = time.monotonic()
        with self.world.lock:
            for uid in uids:
                for flag in flags:
                    changes = self.view.box.changes[uid, flag]
                    changes[:] = [one._replace(end=end) if one.start == start else one for one in changes]

    def store(self, flags=None):
        flags = flags or self.choose.sample(FLAGS, self.choose.randint(1, 2))
        how = self.choose.choice(["+", "+", "-", ""])
        uids = self.some(free="\\Deleted" in flags)
        if not uids:
            return
        values = {flag: how != "-" for flag in flags}
        if how == "":
            values.update({flag: False for flag in FLAGS if flag not in flags})
        silent = ".SILENT" if self.choose.random() < 0.3 else ""
        unchanged = f"(UNCHANGEDSINCE {self.view.modseq}) " if self.has_modseq and self.choose.random() < 0.15 else ""
        prefix, wanted, may_expunge = self.addressed(uids)
        if silent:
            for uid in uids:
                self.view.flags[uid] = {flag for flag in FLAGS if values.get(flag, flag in self.view.flags.get(uid, ()))}
        start = time.monotonic()
        self.changed(uids, values, (start, math.inf), ())
        view = self.view
        status = self.run(f"{prefix}STORE {wanted} {unchanged}{how}FLAGS{silent} ({' '.join(flags)})", may_expunge)
        require(status == "OK" or "gone" in self.text, "STORE", status, self.text)
        self.settled(uids, values, start)
        if not unchanged and not silent:
            fetched = self.found.get("fetched", {})
            certain = [uid for uid in uids if fetched.get(uid) is not None
                       and all((flag in fetched[uid]) == value for flag, value in values.items())]
            with self.world.lock:
                for uid in certain:
                    for flag, value in values.items():
                        view.box.change(uid, flag, Change(start, time.monotonic(), value), True)

    def mark_deleted(self):
        self.store(["\\Deleted"])

    def expunge(self):
        uids = self.some(20)
        command = f"UID EXPUNGE {numbers(uids)}" if uids and self.choose.random() < 0.5 else "EXPUNGE"
        require(self.run(command) == "OK", command, self.text)

    def copy(self, is_move=False):
        uids = self.some(free=is_move)
        target = self.choose.choice(BOXES)
        if not uids or (is_move and target == self.view.name):
            return
        verb = "MOVE" if is_move else "COPY"
        prefix, wanted, _ = self.addressed(uids)
        with self.world.lock:
            if is_move:
                self.view.box.removable.update(uids)
                self.view.box.moving.update(uids)
            tokens = [self.view.box.tokens[uid] for uid in uids]
            self.world.allowed.update((target, token) for token in tokens)  # should it be killed
            self.world.boxes[target].copying.update(tokens)
        view = self.view
        status = self.run(f"{prefix}{verb} {wanted} {target}")
        require(status == "OK", verb, status, self.text)
        with self.world.lock:
            self.world.allowed.subtract((target, token) for token in tokens)
            if is_move:
                view.box.moving.subtract(uids)
            if "COPYUID" not in self.found:
                return
            _, sources, targets = self.found["COPYUID"]
            require(set(sources) <= set(uids) and len(sources) == len(targets), verb, "tells strange UIDs")
            self.world.copied(view.name, target, zip(sources, targets), is_move)
            self.world.boxes[target].copying.subtract(view.box.tokens[uid] for uid in sources)  # others may still be withdrawn
        require(not is_move or not set(sources) & set(view.uids), "MOVE did not tell what is gone")

    def move(self):
        self.copy(is_move=True)

    def append(self):
        target = self.choose.choice(BOXES)
        tokens = [self.world.new_token(self.choose.random() < 0.93) for _ in range(self.choose.choice([1, 1, 1, 3]))]
        flags = self.choose.sample([flag for flag in FLAGS if flag != "\\Deleted"], self.choose.randint(0, 2))
        texts = [message(token, self.choose.choice([100, 1000, 30000])) for token in tokens]
        with self.world.lock:
            for token in tokens:
                self.world.allowed[target, token] += 1
        start = time.monotonic()
        status = self.run(f"APPEND {target}" + f" ({' '.join(flags)}) {{}}" * len(texts), literals=texts)
        require(status == "OK", "APPEND", status, self.text)
        [_], uids = self.found["APPENDUID"]
        for token, text in zip(tokens, texts):
            self.world.allowed[target, token] -= 1
            self.world.sizes.setdefault(token, len(text))
        self.world.appended(target, uids, tokens, flags, (start, time.monotonic()))

    def search(self):
        uids = self.some(1)
        if not uids:
            return
        prefix = self.choose.choice(["", "UID "])
        by_token = self.choose.random() < 0.5
        token = self.view.box.tokens[uids[0]]
        place = self.view.uids.index(uids[0]) + 1
        count = len(self.view.uids)
        require(self.run(f"{prefix}SEARCH {f'SUBJECT {token}' if by_token else 'ALL'}", bool(prefix)) == "OK", "SEARCH")
        found = self.found.get("search", [])
        require(found == sorted(set(found)), "SEARCH told", found)
        if not prefix:
            require(not found or found[-1] <= count, "SEARCH told", found, "of", count)
            found = [self.view.uids[one - 1] for one in found]
        tokens = self.view.box.tokens
        if by_token:
            require(all(tokens.get(uid, token).startswith(token) for uid in found), "SEARCH", token, "found", found)
            require(uids[0] in found or uids[0] in self.view.box.removable, "SEARCH", token, "did not find", place)

    def status(self):
        name = self.choose.choice(BOXES)
        box = self.world.boxes[name]
        with self.world.lock:
            largest, highest = max(box.tokens, default=0), box.highest
        self.run(f"STATUS {name} (MESSAGES UIDNEXT UIDVALIDITY{' HIGHESTMODSEQ' if self.has_modseq else ''})")
        found = self.found["status"]
        require(found["UIDNEXT"] > largest, name, "STATUS tells UIDNEXT", found["UIDNEXT"], "and UID", largest, "is there")
        require(found.get("HIGHESTMODSEQ", highest) >= highest, name, "HIGHESTMODSEQ went back")
        with self.world.lock:
            box.highest = max(box.highest, found.get("HIGHESTMODSEQ", 0))

    def changed_since(self):
        if not self.has_modseq:
            return
        vanished = " VANISHED" if "QRESYNC" in self.enabled else ""
        self.run(f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {self.view.modseq}{vanished})")

    def noop(self):
        self.run("NOOP")

    def wait(self):
        self.run("IDLE")

    def reselect(self):
        if self.choose.random() < 0.5:
            self.run(self.choose.choice(["UNSELECT", "CLOSE"]))
        elif self.choose.random() < 0.3:
            self.disconnect()
            self.connect()
        self.select(self.choose.choice(["INBOX", "INBOX", "Other"]))

    ACTIONS = {noop: 8, wait: 6, fetch: 20, store: 18, mark_deleted: 8, expunge: 6, copy: 6, move: 6, append: 10, search: 8,
               status: 3, changed_since: 4, reselect: 4}

    def step(self):
        count = len(self.view.uids)
        if count < FEWEST and self.choose.random() < 0.3:
            return self.append()
        if count > MOST and self.choose.random() < 0.5:
            return self.choose.choice([self.mark_deleted, self.expunge])()
        action = self.choose.choices(list(self.ACTIONS), list(self.ACTIONS.values()))[0]
        return action(self)

    def work(self, until):
        while time.monotonic() < until and not self.shared.failures:
            try:
                if self.process.poll() is not None:
                    self.come_back()
                if self.view is None:
                    self.select("INBOX")
                self.step()
                if self.view:
                    self.learn_new()
            except Gone:
                self.process.wait(30)
                require(self.is_killed, "imapd has ended the connection by itself, with", self.process.returncode)

    def come_back(self):
        """What a client knows at the end of a connection is what it was told up to then."""
        self.file.close()
        self.socket.close()
        if ".SILENT" in self.command:
            self.view = None
        self.keep()
        self.connect()


class Test:
    """The site, the sessions, and others who use the same files."""

    def __init__(self, site, options):
        self.site, self.seed = site, options.seed
        self.choose = random.Random(options.seed)
        self.world = World(BOXES)
        self.failures = []
        self.took = collections.defaultdict(list)
        self.log = open(site.dir / "imapd.log", "wb")
        site.run("deliver", "--recipient", "alice@example.org", input=self.delivered("INBOX"))
        first = Actor(self, 0)
        first.run("CREATE Other")
        first.select("INBOX")
        self.sessions = [first, *(Actor(self, number) for number in range(1, options.sessions))]
        self.killed = 0

    def note(self, command, took):
        words = command.split()
        self.took[" ".join(words[:2]) if words[0] == "UID" else words[0]].append(took)
        require(took < TOO_LONG, command, f"took {took:.1f} s")

    def delivered(self, box):
        """The text of a new message that comes without IMAP."""
        token = self.world.new_token(self.choose.random() < 0.93)
        self.world.allowed[box, token] += 1
        return message(token, self.choose.choice([500, 30000])).replace(b"\r\n", b"\n")

    def maildir(self, box):
        return self.site.maildir("alice", "" if box == "INBOX" else box)

    # -- others

    def deliver(self):
        self.site.run("deliver", "--recipient", "alice@example.org", input=self.delivered("INBOX"))

    def put(self):
        """As any program delivers."""
        box = self.choose.choice(BOXES)
        name = f"{time.time():.6f}".replace(".", ".M") + f"P{os.getpid()}Q{self.world.count}.other"
        path = self.maildir(box) / "tmp" / name
        path.write_bytes(self.delivered(box))
        self.site.give(path)
        path.rename(self.maildir(box) / "new" / name)

    def rename(self):
        """Sets or takes away a letter, as any program does that knows Maildirs."""
        name = self.choose.choice(BOXES)
        box, directory = self.world.boxes[name], self.maildir(name)
        uids = self.uids(directory)
        names = [path for path in os.listdir(directory / "cur") if uids.get(path.split(":")[0]) in box.tokens]
        for old in self.choose.sample(names, min(3, len(names))):
            base, _, letters = old.partition(":2,")
            uid = uids[base]
            letter = self.choose.choice("FFRSDT" if box.tokens[uid].startswith("free") else "FFRSD")
            new = f"{base}:2,{''.join(sorted(set(letters) ^ {letter}))}"
            start = time.monotonic()
            with self.world.lock:
                box.change(uid, LETTERS[letter], Change(start, math.inf, letter in new.partition(":2,")[2]), False)
            renamed = self.try_rename(directory / "cur", old, new)
            with self.world.lock:
                changes = box.changes[uid, LETTERS[letter]]
                changes[:] = [one for one in changes if one.start != start]
                if renamed:
                    box.change(uid, LETTERS[letter], Change(start, time.monotonic(), letter in new.partition(":2,")[2]), True)

    def try_rename(self, directory, old, new):
        try:
            os.rename(directory / old, directory / new)
            return True
        except FileNotFoundError:
            return False

    def uids(self, directory):
        """Base name → UID, of dovecot-uidlist."""
        lines = (directory / "dovecot-uidlist").read_text().splitlines()[1:]
        return {name: int(line.split()[0]) for line in lines if (name := line.partition(" :")[2])}

    def disturb(self, until):
        while time.monotonic() < until and not self.failures:
            self.choose.choices([self.deliver, self.put, self.rename], [1, 1, 6])[0]()
            time.sleep(self.choose.uniform(0, 0.1))

    def kill(self, until):
        while time.monotonic() < until and not self.failures:
            time.sleep(self.choose.expovariate(4))
            session = self.choose.choice(self.sessions)
            session.is_killed = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(session.process.pid, signal.SIGKILL)
            session.process.wait(30)  # else it has its lock still
            self.killed += 1

    # -- rounds

    def guard(self, work, until):
        try:
            work(until)
        except Exception as error:  # of a thread: the first one is told by run()
            session = getattr(work, "__self__", None)
            self.failures.append((error, list(getattr(session, "transcript", ())), session))

    def round(self, seconds, with_kills):
        until = time.monotonic() + seconds
        works = [session.work for session in self.sessions] + [self.disturb] + ([self.kill] if with_kills else [])
        threads = [threading.Thread(target=self.guard, args=(work, until)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.tell_failures()
        self.look()

    def tell_failures(self):
        for error, transcript, session in self.failures:
            print(f"-- session {getattr(session, 'number', '-')} {getattr(session, 'enabled', '')}: {error}", file=sys.stderr)
            for line in transcript[-40:]:
                print("  ", line.decode(errors="replace").rstrip(), file=sys.stderr)
        if self.failures:
            raise self.failures[0][0]

    def look(self):
        """All is quiet: everybody agrees with a session that has just begun, and with the files."""
        time.sleep(1.3)  # a change may hide behind another one of the same tick of the file system's clock
        for session in self.sessions:
            self.guard(self.calm, session)
        self.tell_failures()
        self.world.settle_copies()
        for name in BOXES:
            fresh = Actor(self, len(KINDS) * 100)
            fresh.select(name)
            view = fresh.view
            present = {uid: view.box.tokens[uid] for uid in view.uids}
            self.world.check(name, present, view.flags)
            for session in self.sessions:
                if session.view.name == name:
                    require(session.view.uids == view.uids, "session", session.number, "has UIDs", session.view.uids, "of", view.uids)
                    for uid in view.uids:
                        require(session.view.flags[uid] == view.flags[uid], "session", session.number, session.enabled, name, "UID", uid,
                                view.box.tokens[uid], "has", session.view.flags[uid], "of", view.flags[uid])
            self.look_at_files(name, present, view.flags)
            fresh.disconnect()

    def calm(self, session):
        while session.process.poll() is not None or session.view is None:
            with contextlib.suppress(Gone):
                if session.process.poll() is not None:
                    session.come_back()
                session.select("INBOX")
        session.noop()
        session.learn_new()

    def look_at_files(self, name, present, flags):
        directory = self.maildir(name)
        uids, found = self.uids(directory), {}
        keywords = dict(line.split() for line in (directory / "dovecot-keywords").read_text().splitlines()) \
            if (directory / "dovecot-keywords").exists() else {}
        for part in ("new", "cur"):
            for path in (directory / part).iterdir():
                base, _, letters = path.name.partition(":2,")
                token = re.search(rb"^Subject: (\S+)$", path.read_bytes(), re.MULTILINE)[1].decode()
                require(uids[base] not in found, base, "is there twice")
                found[uids[base]] = token
                named = {LETTERS.get(letter) or keywords[str(ord(letter) - ord("a"))] for letter in letters}
                require(named == flags[uids[base]], name, path.name, "has", named, "of", flags[uids[base]])
        require(found == present, name, "on disk", found, "of", present)
        left = [path.name for path in (directory / "tmp").iterdir() if b"Subject:" in path.read_bytes()]
        require(not left, "messages are left in tmp/:", left)
        left = [path.name for path in directory.glob("mailpipe-index.*") if path.suffix != ".new"]
        require(not left, "somebody who died has left", left)

    def report(self):
        rows = sorted(self.took.items(), key=lambda row: -max(row[1]))
        for command, took in rows:
            took.sort()
            print(f"{command:12} {len(took):6} times, median {took[len(took) // 2] * 1000:6.1f} ms, "
                  f"99 % {took[len(took) * 99 // 100] * 1000:7.1f} ms, longest {took[-1] * 1000:7.1f} ms")
        print(f"{sum(len(took) for _, took in rows)} commands of {len(self.sessions)} sessions, {self.killed} kills, "
              f"{self.world.count} messages: all told right, nothing lost (seed {self.seed})", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("MAILPIPE_STRESS_SECONDS", 20)))
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    print("seed", options.seed, flush=True)
    with Site(tls=False) as site:
        test = Test(site, options)
        end = time.monotonic() + options.seconds
        rounds = 0
        try:
            while time.monotonic() < end:
                test.round(min(ROUND, max(1.0, end - time.monotonic())), with_kills=not options.no_kills and rounds % 2 == 1)
                rounds += 1
                if options.verbose:
                    print(f"round {rounds}", {name: len(box.tokens) for name, box in test.world.boxes.items()}, flush=True)
        except Wrong:
            print(f"seed {options.seed}, round {rounds}", file=sys.stderr)
            raise
        for session in test.sessions:
            session.disconnect()
        test.log.close()
        text = (site.dir / "imapd.log").read_text(errors="replace")
        require(not re.search(r"ERROR: \w+Sanitizer|runtime error:|event=trouble", text), text[-4000:])
        test.report()


if __name__ == "__main__":
    main()
