# SPDX-License-Identifier: ISC
"""Many sessions of imapd on two mailboxes, which do everything at random, beside deliver and a program that renames files:
nobody loses a message, and nobody is told anything wrong (imap_model.py knows what that is). Then the same with sessions
that are killed in the middle.

usage: imap_stress_test.py [--seconds N] [--sessions N] [--seed N]     (600 seconds are a good night's test)
Prints the seed, and how long commands took.
"""
import argparse
import collections
import contextlib
import math
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from imap_model import FLAGS, Change, View, World, Wrong, parse_set, require
from mailsite import PASSWORDS, Site

BOXES = ["INBOX", "Other"]
KINDS = [[], ["CONDSTORE"], ["QRESYNC"], ["IMAP4rev2"], ["IMAP4rev2", "QRESYNC"]]
LETTERS = {"D": "\\Draft", "F": "\\Flagged", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}
LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
NUMBERED = re.compile(rb"\* (\d+) (EXISTS|RECENT|EXPUNGE|FETCH)\b(.*)", re.DOTALL)
TAGGED = re.compile(rb"t\d+ (OK|NO|BAD) (?:\[([^\]]*)\] )?(.*)")
ROUND = 5.0  # seconds between two looks at everything
TOO_LONG = 15.0  # seconds for a command
FEWEST, MOST = 30, 120  # messages in a mailbox, about


class Gone(Exception):
    """The connection has ended."""


def message(token, octets):
    text = f"Subject: {token}\r\nX-Octets: {octets}\r\n\r\n"
    line = f"{token} and nothing else\r\n"
    return (text + line * (octets // len(line) + 1)).encode()


def numbers(values):
    return ",".join(map(str, values))


class Session:
    """A client with a process of imapd for itself."""

    def __init__(self, test, number):
        self.test, self.world, self.number = test, test.world, number
        self.choose = random.Random(f"{test.seed} {number}")
        self.enabled = KINDS[number % len(KINDS)]
        self.view, self.kept = None, {}  # kept: name → what a QRESYNC client has written down
        self.transcript = collections.deque(maxlen=80)
        self.process, self.is_killed, self.tags = None, False, 0
        self.told, self.code, self.found = {}, None, {}
        self.connect()

    @property
    def has_modseq(self):
        return "CONDSTORE" in self.enabled or "QRESYNC" in self.enabled

    # -- the wire

    def connect(self):
        ours, theirs = socket.socketpair()
        self.is_killed = False
        self.process = subprocess.Popen([self.test.site.bin / "imapd", "--log", "stderr"], stdin=theirs, stdout=theirs,
                                        stderr=self.test.log, **self.test.site.as_user())
        theirs.close()
        ours.settimeout(60)
        self.socket, self.file, self.view = ours, ours.makefile("rb"), None
        self.read()
        self.run(f'LOGIN alice "{PASSWORDS["alice"]}"')
        if self.enabled:
            self.run("ENABLE " + " ".join(self.enabled))

    def disconnect(self):
        self.keep()
        self.file.close()
        self.socket.close()
        self.process.wait(30)

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            raise Gone from None

    def read(self):
        """A response: its text, and what stood in literals."""
        text, literals = b"", []
        while True:
            try:
                line = self.file.readline()
            except ConnectionError:
                line = b""
            if not line.endswith(b"\r\n"):
                raise Gone
            text += line
            literal = LITERAL.search(line)
            if literal is None:
                self.transcript.append(text[:300])
                return text[:-2], literals
            literals.append(self.file.read(int(literal[1])))

    def run(self, command, may_expunge=True, literals=()):
        """The status of its tagged response. literals: what is sent with it, each behind a {octets+}."""
        self.tags += 1
        data = f"t{self.tags} {command}".encode()
        self.transcript.append(b"> " + data)
        for literal in literals:
            data = data.replace(b"{}", b"{%d+}\r\n" % len(literal) + literal, 1)
        self.found, self.told, self.code = {}, {}, None
        with self.world.lock:
            before = dict(self.view.box.modseqs) if self.view else {}
        start = time.monotonic()
        self.send(data + b"\r\n")
        if command == "IDLE":
            self.idle()
        status = self.answer(may_expunge)
        took = time.monotonic() - start
        self.test.note(command, took)
        require(status != "BAD", command, "is BAD")
        if self.view:
            self.world.told_modseqs(self.view.name, self.told, before)
            self.take_modseq()
        return status

    def answer(self, may_expunge):
        while True:
            text, literals = self.read()
            tagged = TAGGED.match(text)
            if tagged:
                require(text.startswith(b"t%d " % self.tags), "a tag from nowhere", text)
                self.take_code(tagged[2])
                self.text = tagged[3].decode()
                return tagged[1].decode()
            self.take(text, literals, may_expunge)

    def idle(self):
        while not (response := self.read())[0].startswith(b"+"):
            self.take(*response, True)
        end = time.monotonic() + self.choose.uniform(0, 0.7)
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(1, socket.MSG_PEEK):
                    raise Gone
            except TimeoutError:
                break
            except ConnectionError:
                raise Gone from None
            finally:
                self.socket.settimeout(60)
            self.take(*self.read(), True)
        self.send(b"DONE\r\n")

    # -- what is told

    def take(self, text, literals, may_expunge):
        numbered = NUMBERED.match(text)
        if numbered:
            number, kind = int(numbered[1]), numbered[2]
            require(self.view, "nothing is selected", text)
            if kind == b"EXISTS":
                self.view.exists(number)
            elif kind == b"EXPUNGE":
                require(may_expunge and "QRESYNC" not in self.enabled, "no EXPUNGE here")
                self.view.expunge(number)
            elif kind == b"FETCH":
                self.take_fetch(number, numbered[3], literals)
            return
        words = text.split(b" ")
        if words[1] == b"VANISHED" and words[2] == b"(EARLIER)":
            self.view.earlier.update(parse_set(words[3].decode()))
        elif words[1] == b"VANISHED":
            require(may_expunge and "QRESYNC" in self.enabled, "no VANISHED here")
            self.view.vanished(parse_set(words[2].decode()))
        elif words[1] in (b"SEARCH", b"ESEARCH"):
            self.take_search(text)
        elif words[1] == b"STATUS":
            self.found["status"] = {name: int(value) for name, value in re.findall(r"(\w+) (\d+)", text.decode())}
        elif words[1] in (b"OK", b"BYE"):
            require(words[1] == b"OK", text)
            code = re.match(rb"\* OK \[([^\]]*)\]", text)
            self.take_code(code[1] if code else None)

    def take_code(self, code):
        name, _, value = (code or b"").decode().partition(" ")
        if name == "HIGHESTMODSEQ":
            self.code = int(value)
        elif name in ("UIDVALIDITY", "UIDNEXT"):
            self.found[name] = int(value)
        elif name in ("APPENDUID", "COPYUID"):
            self.found[name] = [parse_set(one) for one in value.split()]

    def take_fetch(self, sequence, text, literals):
        text = text.decode()
        uid = re.search(r"\bUID (\d+)", text)
        flags = re.search(r"\bFLAGS \(([^)]*)\)", text)
        modseq = re.search(r"\bMODSEQ \((\d+)\)", text)
        size = re.search(r"\bRFC822.SIZE (\d+)", text)
        uid = self.view.fetched(sequence, int(uid[1]) if uid else None, flags[1].split() if flags else None)
        if modseq and uid:
            self.told[uid] = max(int(modseq[1]), self.told.get(uid, 0))
        if literals and uid:
            self.take_message(uid, literals, int(size[1]) if size else None)
        self.found.setdefault("fetched", {})[uid] = set(flags[1].split()) if flags else None

    def take_message(self, uid, literals, size):
        token = re.search(rb"^Subject: (\S+)\r$", literals[0], re.MULTILINE)[1].decode()
        self.world.learn(self.view.name, uid, token, size)
        if len(literals) == 2:
            octets = int(re.search(rb"^X-Octets: (\d+)\r$", literals[1], re.MULTILINE)[1])
            require(len(literals[1]) == size, token, "has", len(literals[1]), "octets of", size)
            require(literals[1].endswith(message(token, octets)), token, "is another one")

    def take_search(self, text):
        text = text.decode()
        if " ALL " in text:
            self.found["search"] = parse_set(re.search(r" ALL (\S+)", text)[1])
        else:
            self.found["search"] = [int(one) for one in text.split()[2:] if one.isdigit()]

    def take_modseq(self):
        """RFC 7162 section 6: at each tagged response."""
        if self.code is not None:
            self.view.modseq = self.code
        elif self.told:
            self.view.modseq = max(self.view.modseq, *self.told.values())

    # -- opening

    def keep(self):
        if self.view and self.view.is_known and not self.view.unknown() and set(self.view.uids) == set(self.view.flags):
            flags = {uid: set(self.view.flags[uid]) for uid in self.view.uids}
            self.kept[self.view.name] = (self.view.validity, self.view.modseq, flags)
        elif self.view:
            self.kept.pop(self.view.name, None)
        self.view = None

    def select(self, name):
        self.keep()
        resync = self.kept.get(name) if "QRESYNC" in self.enabled else None
        parameters = ""
        if resync and resync[2]:
            uids = list(resync[2])
            known = self.choose.choice(["", f" 1:{uids[-1]}", f" {numbers(uids)}"])
            if known and self.choose.random() < 0.5:
                places = sorted(self.choose.sample(range(len(uids)), min(len(uids), 5)))
                known += f" ({numbers(place + 1 for place in places)} {numbers(uids[place] for place in places)})"
            parameters = f" (QRESYNC ({resync[0]} {resync[1]}{known}))"
        self.view = view = View(self.world, name)
        view.uid_next = math.inf
        status = self.run(f"SELECT {name}{parameters}")
        require(status == "OK", "SELECT", name, status)
        view.validity, view.uid_next, view.opened_at = self.found["UIDVALIDITY"], self.found["UIDNEXT"], view.modseq
        with self.world.lock:
            view.box.validity = view.box.validity or view.validity
            require(view.box.validity == view.validity, name, "has another UIDVALIDITY")
        self.look_at_all(resync if parameters else None)

    def look_at_all(self, resync):
        """A client without QRESYNC fetches all; one with it knows already what there is."""
        view, resynced, count = self.view, dict(self.view.flags), len(self.view.uids)
        if count:
            self.run(f"FETCH 1:{count} (UID FLAGS{' MODSEQ' if self.has_modseq else ''} RFC822.SIZE "
                     "BODY.PEEK[HEADER.FIELDS (SUBJECT)])", may_expunge=False)
        told = dict(self.told)
        view.is_known = True
        if resync is None:
            return
        present = {uid for uid in view.uids if uid is not None}
        known = {**resync[2], **resynced}
        ghosts = set(known) - view.earlier - present
        still = set(view.earlier) & present
        if None not in view.uids[:count]:
            require(not ghosts, view.name, "QRESYNC", resync[1], "did not tell that these are gone:", sorted(ghosts))
        require(not still, view.name, "VANISHED (EARLIER), and there:", sorted(still))
        for uid in set(known) & present:
            if told.get(uid, math.inf) <= view.opened_at:
                require(known[uid] == view.flags[uid], view.name, "QRESYNC", resync[1], "did not tell UID", uid, view.flags[uid])

    def learn_new(self):
        """What EXISTS has told of."""
        unknown = self.view.unknown()
        if unknown:
            self.run(f"FETCH {unknown[0]}:{unknown[-1]} (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])", may_expunge=False)

    # -- what it does

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
        items = "UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)]" + (f" BODY{'.PEEK' if peeks else ''}[]" if whole else "")
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
            for uid in uids:  # should it be killed
                self.world.allowed[target, self.view.box.tokens[uid]] += 1
        view = self.view
        status = self.run(f"{prefix}{verb} {wanted} {target}")
        require(status == "OK", verb, status, self.text)
        with self.world.lock:
            for uid in uids:
                self.world.allowed[target, view.box.tokens[uid]] -= 1
            if is_move:
                view.box.moving.subtract(uids)
        if "COPYUID" not in self.found:
            return
        _, sources, targets = self.found["COPYUID"]
        require(set(sources) <= set(uids) and len(sources) == len(targets), verb, "tells strange UIDs")
        self.world.copied(view.name, target, zip(sources, targets), is_move)
        require(not is_move or not set(sources) & set(view.uids), "MOVE did not tell what is gone")

    def move(self):
        self.copy(is_move=True)

    def append(self):
        target = self.choose.choice(BOXES)
        tokens = [self.world.new_token(self.choose.random() < 0.7) for _ in range(self.choose.choice([1, 1, 1, 3]))]
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
        while time.monotonic() < until and not self.test.failures:
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
        if self.view and b".SILENT" in [line for line in self.transcript if line.startswith(b"> ")][-1]:
            self.view = None
        self.keep()
        self.connect()


class Test:
    """The site, the sessions, and others who use the same files."""

    def __init__(self, site, options):
        self.site, self.seed, self.kills = site, options.seed, options.kills
        self.choose = random.Random(options.seed)
        self.world = World(BOXES)
        self.failures = []
        self.took = collections.defaultdict(list)
        self.log = open(site.dir / "imapd.log", "wb")
        site.run("deliver", "--recipient", "alice@example.org", input=self.delivered("INBOX"))
        first = Session(self, 0)
        first.run("CREATE Other")
        first.select("INBOX")
        self.sessions = [first, *(Session(self, number) for number in range(1, options.sessions))]
        self.killed = 0

    def note(self, command, took):
        words = command.split()
        self.took[" ".join(words[:2]) if words[0] == "UID" else words[0]].append(took)
        require(took < TOO_LONG, command, f"took {took:.1f} s")

    def delivered(self, box):
        """The text of a new message that comes without IMAP."""
        token = self.world.new_token(self.choose.random() < 0.7)
        self.world.allowed[box, token] += 1
        return message(token, 500).replace(b"\r\n", b"\n")

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
        for name in BOXES:
            fresh = Session(self, len(KINDS) * 100)
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
        require(not list((directory / "tmp").iterdir()), "something is left in tmp/")

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
    parser.add_argument("--kills", type=int, default=1, help="0: nobody is killed")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    print("seed", options.seed, flush=True)
    with Site(tls=False) as site:
        test = Test(site, options)
        end = time.monotonic() + options.seconds
        rounds = 0
        try:
            while time.monotonic() < end:
                test.round(min(ROUND, max(1.0, end - time.monotonic())), with_kills=options.kills and rounds % 2 == 1)
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
