# SPDX-License-Identifier: ISC
"""A client of imapd, with a process for itself, that compares whatever it is told with imap_model.py; for tests of many at once.

`shared` is what all of them have in common: site, world, log (stderr of the processes), seed, note(command, seconds).
"""
import collections
import math
import random
import re
import socket
import subprocess
import time

from imap_model import View, parse_set, require
from mailsite import PASSWORDS

KINDS = [[], ["CONDSTORE"], ["QRESYNC"], ["IMAP4rev2"], ["IMAP4rev2", "QRESYNC"]]
LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
NUMBERED = re.compile(rb"\* (\d+) (EXISTS|RECENT|EXPUNGE|FETCH)\b(.*)", re.DOTALL)
TAGGED = re.compile(rb"t\d+ (OK|NO|BAD) (?:\[([^\]]*)\] )?(.*)")


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

    def __init__(self, shared, number):
        self.shared, self.world, self.number = shared, shared.world, number
        self.choose = random.Random(f"{shared.seed} {number}")
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
        self.process = subprocess.Popen([self.shared.site.bin / "imapd", "--log", "stderr"], stdin=theirs, stdout=theirs,
                                        stderr=self.shared.log, **self.shared.site.as_user())
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
        self.command = command
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
        self.shared.note(command, took)
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
        status = self.run(f"SELECT {name}{parameters}", may_expunge=False)
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
            if told.get(uid, math.inf) < view.opened_at:  # else others may be at it: it will be told again
                require(known[uid] == view.flags[uid], view.name, "QRESYNC", resync[1], "did not tell UID", uid, view.flags[uid])

    def learn_new(self):
        """What EXISTS has told of."""
        unknown = self.view.unknown()
        if unknown:
            self.run(f"FETCH {unknown[0]}:{unknown[-1]} (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])", may_expunge=False)
