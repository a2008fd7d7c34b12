# SPDX-License-Identifier: ISC
"""imapd and Dovecot answer the same commands on the same mailbox; what differs is one of the classes listed here.

500 messages: those of imap_odd_messages.py and, where ../shared/data is beside the project, real ones. Each server has a
copy. Answers are read by imap_responses.py, which refuses what is no IMAP, and compared value by value.
"""
import concurrent.futures
import os
import pathlib
import re
import socket
import subprocess
import tarfile
import unittest

from imap_differences import CLASSES, Difference
from imap_odd_messages import ODD, THREADS
from imap_responses import Malformed, read_answer, read_octets
from mailsite import PASSWORDS, ROOT, Site

DATA = ROOT.parent / "shared/data"
DOVECOT = pathlib.Path("/usr/lib/dovecot/imap")
COUNT = 500
CONFIG = """
ssl = no
base_dir = {dir}/run
mail_location = maildir:{dir}/Maildir
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
"""


class Peer:
    """A session over a socket. An answer is a dictionary: what a response is about → its value."""

    def __init__(self, end):
        self.socket, self.file, self.count = end, end.makefile("rb"), 0
        end.settimeout(60)
        read_octets(self.file)

    def ask(self, command):
        self.count += 1
        tag = f"t{self.count}"
        self.socket.sendall(tag.encode() + b" " + command + b"\r\n")
        responses = read_answer(self.file, tag)
        answer = {"tagged": responses[-1].value[0]}
        for response in responses[:-1]:
            if response.kind == "FETCH":
                for item, value in response.value.items():
                    answer[response.number, item] = value
            elif response.kind in ("SEARCH", "SORT", "THREAD"):
                answer[response.kind] = response.value
            elif response.kind in ("LIST", "LSUB"):
                answer[response.kind, response.value[2]] = (frozenset(response.value[0]), response.value[1])
            elif response.kind == "STATUS":
                answer[response.kind, response.value[0]] = response.value[1]
        return answer

    def close(self):
        self.file.close()
        self.socket.close()


class Dovecot:
    """Dovecot's imap process over a Maildir, without a login."""

    def __init__(self, site, texts):
        self.dir = site.dir / "dovecot"
        self.dir.mkdir()
        fill(self.dir / "Maildir", texts)
        (self.dir / "conf").write_text(CONFIG.format(dir=self.dir, uid=site.uid, gid=site.gid))
        site.give(self.dir)
        self.rights = {**site.as_user(), "env": {"USER": "alice", "HOME": str(self.dir), "TZ": "UTC", "PATH": os.environ["PATH"]}}
        self.start()

    def start(self):
        end, other = socket.socketpair()
        with open(self.dir / "log", "ab") as log, other:
            self.process = subprocess.Popen([DOVECOT, "-c", self.dir / "conf"], stdin=other, stdout=other, stderr=log, **self.rights)
        self.peer = Peer(end)

    def ask(self, command):
        """As Peer's; where Dovecot ends the connection the answer is tagged "gone", and another one is begun."""
        try:
            return self.peer.ask(command)
        except Malformed:
            if self.peer.socket.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) != b"":
                raise
        self.stop()
        self.start()
        self.peer.ask(b"SELECT INBOX")
        return {"tagged": "gone"}

    def stop(self):
        self.peer.close()
        self.process.wait(15)


def real_messages():
    """Name and text of each, at most so many that all are COUNT; none where there is no data."""
    if not DATA.is_dir():
        return
    for directory, step, pattern in ((DATA / "mime-mime4j", 1, "**/*.msg"), (DATA / "dkim-real-sample", 5, "**/*.eml")):
        for path in sorted(directory.glob(pattern))[::step]:
            yield f"{path.parent.name}/{path.name}", path.read_bytes()
    with tarfile.open(DATA / "spamassassin-corpus.tar.xz") as archive:
        files = (member for member in archive if member.isfile() and member.name.endswith(".txt"))
        for number, member in enumerate(files):
            if number % 20 == 0:
                yield member.name, archive.extractfile(member).read()


def all_messages():
    """Name → text, the odd ones first."""
    found = {**ODD, **{f"thread {n}": text for n, text in enumerate(THREADS)}}
    for name, text in real_messages():
        if len(found) == COUNT:
            break
        found[name] = text
    return found


def fill(maildir, texts):
    """A Maildir with flags, keywords and folders; the same ones each time."""
    for folder in ("", ".Sent", ".a.b", ".a.c", ".Entw&APw-rfe", ".with space"):
        for part in ("new", "cur", "tmp"):
            (maildir / folder / part).mkdir(parents=True)
        if folder:
            (maildir / folder / "maildirfolder").touch()
    (maildir / "dovecot-keywords").write_text("0 $Forwarded\n1 work\n")
    (maildir / "subscriptions").write_text("Sent\na.b\ngone\n")
    flags = ("S", "", "FS", "RS", "ST", "DS", "Sa", "FRSb", "Sab")
    for number, text in enumerate(texts):
        seconds = 1_000_000_000 + number * 40_000
        wire = len(text) + text.count(b"\n") - text.count(b"\r\n")
        sizes = f",S={len(text)},W={wire}" if number % 3 else ""
        flag = flags[number % len(flags)]
        path = maildir / (f"cur/{seconds}.M1P1Q1.host{sizes}:2,{flag}" if flag else f"new/{seconds}.M1P1Q1.host{sizes}")
        path.write_bytes(text)
        os.utime(path, (seconds, seconds))
    for folder in (".Sent", ".a.b"):
        (maildir / folder / "cur" / "1000000000.M1P1Q1.host:2,").write_bytes(b"Subject: other\n\nbody\n")


def differences(path, ours, theirs):
    """(path, ours, theirs) of each value that differs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {**ours, **theirs}:
            yield from differences((*path, key), ours.get(key), theirs.get(key))
    elif isinstance(ours, (tuple, list)) and isinstance(theirs, (tuple, list)) and len(ours) == len(theirs):
        for place, (mine, other) in enumerate(zip(ours, theirs)):
            yield from differences((*path, place), mine, other)
    elif ours != theirs:
        yield path, ours, theirs


def out_of_order(ours, theirs):
    """Those that have to go so that the rest stands in the same order in both: all but the longest common sequence."""
    place = {number: at for at, number in enumerate(theirs)}
    best = []  # of each length: the last places, and the way there
    for number in ours:
        if number not in place:
            continue
        low, high = 0, len(best)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if best[middle][0] < place[number] else (low, middle)
        best[low:low + 1] = [(place[number], number, best[low - 1] if low else None)]
    kept, at = set(), best[-1] if best else None
    while at:
        kept.add(at[1])
        at = at[2]
    return (set(ours) | set(theirs)) - kept


def parents(threads):
    """Number → the number that it answers; None at the top. A parent that is missing is named by its first child."""
    found = {}
    waiting = [(None, thread) for thread in reversed(threads)]
    while waiting:
        parent, (line, nested) = waiting.pop()
        if not line:
            parent = ("missing", min(first(thread) for thread in nested))
        for number in line:
            found[number] = parent
            parent = number
        waiting += [(parent, thread) for thread in reversed(nested)]
    return found


def first(thread):
    while not thread[0]:
        thread = thread[1][0]
    return thread[0][0]


def compared(ours, theirs):
    """(number of the message or None, path, ours, theirs) for each difference of two answers."""
    if theirs["tagged"] == "gone":
        theirs = {**ours, **theirs}
    for key in {**ours, **theirs}:
        mine, other = ours.get(key), theirs.get(key)
        if key == "SEARCH" and None not in (mine, other):
            for number in sorted(set(mine) ^ set(other)):
                yield number, (key,), number in mine, number in other
        elif key == "SORT" and None not in (mine, other):
            for number in sorted(out_of_order(mine, other)):
                yield number, (key,), mine.index(number) if number in mine else None, other.index(number) if number in other else None
        elif key == "THREAD" and None not in (mine, other):
            mine, other = parents(mine), parents(other)
            yield from ((number, path, a, b) for (_, number), a, b in differences((key,), mine, other) for path in [(key, "parent")])
            for number in sorted(out_of_order(list(mine), list(other))):
                yield number, (key, "order"), list(mine).index(number), list(other).index(number)
        elif isinstance(key, tuple) and isinstance(key[0], int):
            for path, a, b in differences((key[1],), normal(key[1], mine), normal(key[1], other)):
                yield key[0], path, a, b
        else:
            yield from ((None, path, a, b) for path, a, b in differences((key,), mine, other))


def normal(item, value):
    """Types, encodings, charsets and names of parameters in one case: RFC 2045 section 5.1; days with a blank or a zero."""
    if item == "INTERNALDATE" and value is not None:
        return value.replace(b" ", b"0", 1) if value.startswith(b" ") else value
    if item in ("BODY", "BODYSTRUCTURE") and value is not None:
        return normal_body(value)
    return value


def normal_parameters(parameters):
    return parameters and tuple((name.lower(), value.lower() if name.lower() == b"charset" else value) for name, value in parameters)


def normal_body(body):
    found = dict(body)
    for key in ("type", "subtype", "encoding"):
        if key in found:
            found[key] = found[key].lower()
    if "parameters" in found:
        found["parameters"] = normal_parameters(found["parameters"])
    if "parts" in found:
        found["parts"] = [normal_body(part) for part in found["parts"]]
    if "extensions" in found:
        first_one, *rest = found["extensions"]
        if "octets" not in found:
            first_one = normal_parameters(first_one)
        if rest and rest[0]:
            rest[0] = (rest[0][0].lower(), normal_parameters(rest[0][1]))
        found["extensions"] = (first_one, *rest)
    return found


SEARCHES = b"""ALL
SUBJECT "re"|SUBJECT ""|SUBJECT "K{oe}ln"|SUBJECT "folded subject"|SUBJECT "t{oe}pic"|FROM "example"|FROM "J{ue}rgen"|FROM "Last, First"
TO "b@example.net"|TO "friends"|CC "a"|BCC ""|BODY "the"|BODY "F{ue}{ss}e"|BODY "im K{oe}rper"|BODY "inner body"|BODY "--x"|BODY "before"
TEXT "the"|TEXT "inner"|TEXT "K{oe}ln.pdf"|TEXT "Content-Type"|HEADER "Message-ID" ""|HEADER "Received" "by"|HEADER "X-Mailer" "outlook"
HEADER "List-Id" "linux"|HEADER "Content-Type" "multipart"|HEADER "Subject" "t"|HEADER "x-field-7" "value 7"
SENTBEFORE 4-Jun-2003|SENTON 3-Jun-2003|SENTSINCE 3-Jun-2003|SENTON 31-Feb-2003|BEFORE 1-Jan-2002|ON 9-Sep-2001|SINCE 1-Jan-2002
LARGER 5000|SMALLER 5000|LARGER 0|SMALLER 100|ANSWERED|UNANSWERED|DELETED|UNDELETED|DRAFT|UNDRAFT|FLAGGED|UNFLAGGED|SEEN|UNSEEN
KEYWORD work|UNKEYWORD work|KEYWORD $Forwarded|KEYWORD nosuch|UNKEYWORD nosuch|OLD|NEW|RECENT|1:10,20,400:*|UID 5:7,3|NOT SEEN
OR FLAGGED ANSWERED|OR (FLAGGED SUBJECT "a") (NOT SEEN)|NOT (OR SUBJECT "a" FROM "b")|OR OR LARGER 9000 SMALLER 300 KEYWORD work
NOT NOT SUBJECT "re" 1:100|(SEEN (NOT DELETED) OR BODY "the" TEXT "inner")|OLDER 100|YOUNGER 100000""".replace(b"\n", b"|").split(b"|")
LETTERS = {b"{oe}": "ö", b"{ue}": "ü", b"{ss}": "ß"}


def with_letters(text):
    """SEARCH with a literal in UTF-8 for each string that is not ASCII."""
    for name, letter in LETTERS.items():
        text = text.replace(name, letter.encode())
    text = re.sub(rb'"([^"]*[\x80-\xff][^"]*)"', lambda m: b"{%d+}\r\n%s" % (len(m[1]), m[1]), text)
    return (b"CHARSET UTF-8 " if re.search(rb"[\x80-\xff]", text) else b"") + text


COMMANDS = [
    *(b"FETCH 1:* " + item for item in (
        b"(FLAGS UID RFC822.SIZE INTERNALDATE)", b"ENVELOPE", b"BODY", b"BODYSTRUCTURE", b"BODY.PEEK[]", b"BODY.PEEK[HEADER]",
        b"BODY.PEEK[TEXT]", b"(RFC822.HEADER BODY.PEEK[1])", b"(BODY.PEEK[1.MIME] BODY.PEEK[2.MIME] BODY.PEEK[1.1.MIME])",
        b"(BODY.PEEK[1.HEADER] BODY.PEEK[2.HEADER] BODY.PEEK[2.TEXT] BODY.PEEK[1.TEXT])",
        b"(BODY.PEEK[2] BODY.PEEK[1.1] BODY.PEEK[2.1] BODY.PEEK[2.2] BODY.PEEK[3] BODY.PEEK[1.1.1.1] BODY.PEEK[9])",
        b"BODY.PEEK[HEADER.FIELDS (Subject From Date X-Mailer Received Content-Type)]", b"BODY.PEEK[HEADER.FIELDS (\"to\" nosuch)]",
        b"BODY.PEEK[HEADER.FIELDS.NOT (Received Subject)]", b"BODY.PEEK[2.HEADER.FIELDS (Subject)]",
        b"BODY.PEEK[2.HEADER.FIELDS.NOT (Subject)]", b"(BODY.PEEK[]<0.100> BODY.PEEK[]<50.1000> BODY.PEEK[]<1000000.10>)",
        b"(BODY.PEEK[HEADER]<10.20> BODY.PEEK[TEXT]<5.100> BODY.PEEK[1]<3.7> BODY.PEEK[HEADER.FIELDS (Subject)]<4.9>)")),
    *(b"SEARCH " + with_letters(key) for key in SEARCHES), b"UID SEARCH 5:10 SUBJECT a",
    *(b"SORT (" + key + b") UTF-8 ALL" for key in (
        b"ARRIVAL", b"CC", b"DATE", b"FROM", b"SIZE", b"SUBJECT", b"TO", b"REVERSE DATE", b"REVERSE SUBJECT DATE", b"DISPLAYFROM",
        b"DISPLAYTO", b"REVERSE SIZE SUBJECT")),
    b"UID SORT (SUBJECT) UTF-8 SEEN",
    *(b"THREAD " + name + b" UTF-8 ALL" for name in (b"ORDEREDSUBJECT", b"REFERENCES", b"REFS")), b"UID THREAD REFERENCES UTF-8 SEEN",
    b'LIST "" "*"', b'LIST "" "%"', b'LIST "" ""', b'LIST "a." "%"', b'LIST "" "inbox"', b'LIST "" "a.%"', b'LIST "" "nosuch"',
    b'LSUB "" "*"', b'LSUB "" "%"', b"STATUS Sent (MESSAGES RECENT UNSEEN UIDNEXT)", b"STATUS a.c (MESSAGES UNSEEN SIZE)",
    b"STATUS nosuch (MESSAGES)", b"STATUS Entw&APw-rfe (MESSAGES UIDNEXT)", b'STATUS "with space" (MESSAGES)',
]
# One by one, since what fails for one message fails for all.
EACH = [b"FETCH %d (BINARY.PEEK[1] BINARY.SIZE[1] BINARY.PEEK[1]<3.20>)"]
EACH_ODD = [b"FETCH %d (BINARY.PEEK[2] BINARY.SIZE[2])"]


def missing():
    """Why the test can't be, or None."""
    if not DATA.is_dir():
        return "no ../shared/data"
    return None if DOVECOT.exists() else "dovecot-imapd is not installed"


@unittest.skipIf(missing(), f"skipped: {missing()}")
class Differential(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.texts = all_messages()
        self.names = list(self.texts)
        self.site = Site(tls=False)
        self.addCleanup(self.site.__exit__, None)
        self.dovecot = Dovecot(self.site, self.texts.values())
        self.addCleanup(self.dovecot.stop)
        fill(self.site.maildir("alice"), self.texts.values())
        self.site.give(self.site.home("alice"))
        server = self.site.listen("imapd")
        self.imapd = Peer(socket.create_connection(("127.0.0.1", server.port)))
        self.addCleanup(self.imapd.close)
        self.assertEqual(self.imapd.ask(f'LOGIN alice "{PASSWORDS["alice"]}"'.encode())["tagged"], "OK")

    def all_differences(self):
        """Of every command; both servers work at once."""
        numbers = range(1, len(self.names) + 1)
        commands = [b"SELECT INBOX", *COMMANDS, *(each % number for each in EACH for number in numbers),
                    *(each % number for each in EACH_ODD for number in numbers[:190])]
        with concurrent.futures.ThreadPoolExecutor(1) as other:
            for command in commands:
                theirs = other.submit(self.dovecot.ask, command)
                ours = self.imapd.ask(command)
                for number, path, mine, yours in compared(ours, theirs.result()):
                    name = number and self.names[number - 1]
                    yield Difference(command, number, name, path, mine, yours, number and self.texts[name])

    def test_every_difference_is_known(self):
        self.assertEqual(len(self.texts), COUNT)
        unknown, seen = [], set()
        for difference in self.all_differences():
            known = [known.what for known in CLASSES if known.explains(difference)]
            seen.update(known)
            if not known:
                unknown.append("{0.command} {0.number} ({0.name}) {0.path}:\n  {0.mine!r}\n  {0.other!r}".format(difference)[:1000])
        self.assertEqual(unknown[:20], [], f"{len(unknown)} differences that no class explains")
        self.assertEqual([known.what for known in CLASSES if known.what not in seen], [], "classes that are no more")


if __name__ == "__main__":
    unittest.main()
