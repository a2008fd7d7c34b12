# SPDX-License-Identifier: ISC
"""One mailbox for Dovecot and imapd, by turns and at once: what one does the other sees as it is."""
import collections
import imaplib
import random
import re
import threading
import time
import unittest

from imap_clients import append, folders, login, messages, uid_validity
from mailsite import Site
from pop3_clients import Dovecot, message, store

FLAGS = [r"\Seen", r"\Flagged", r"\Answered", r"\Draft", r"\Deleted"]
KEYWORDS = ["$Label1", "$Junk", "work", "Later", "$Forwarded"]


@unittest.skipIf(Dovecot.missing("dovecot-imapd"), f"skipped: {Dovecot.missing('dovecot-imapd')}")
class Case(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)
        self.dovecot = Dovecot(self.site, "imap")
        self.addCleanup(self.dovecot.stop)
        self.ports = {"imapd": self.site.listen("imapd").port, "Dovecot": self.dovecot.port}

    def login(self, name):
        client = login(self.ports[name])
        self.addCleanup(client.shutdown)
        return client

    def assert_dovecot_is_content(self):
        log = (self.dovecot.dir / "log").read_text()
        self.assertNotRegex(log, r"(?i)error|warning|corrupt|broken|duplicate", "Dovecot found something wrong")


class ByTurns(Case):
    """After each step every UID, UIDVALIDITY, flag and keyword is the same on both sides."""

    def setUp(self):
        super().setUp()
        self.choose = random.Random(4)
        self.sides = {name: self.login(name) for name in self.ports}
        self.texts = {}  # (UIDVALIDITY, UID) → subject

    def folders(self, command, after):
        """A session of Dovecot's does not see folders that others make while it runs (mailbox_list_index): so a new one for each."""
        mine, theirs = folders(self.sides["imapd"], command), folders(fresh := login(self.ports["Dovecot"]), command)
        fresh.logout()
        self.assertEqual(mine, theirs, f"{command} after {after}")
        return mine

    def compare(self, after):
        """Both list the same, and no UID was ever another message's."""
        self.folders("lsub", after)
        names = self.folders("list", after)
        for folder in names:
            seen = {name: messages(client, folder) for name, client in self.sides.items()}
            self.assertEqual(seen["imapd"], seen["Dovecot"], f"{folder} after {after}")
            validity, found = seen["imapd"]
            for uid, one in found.items():
                self.assertEqual(self.texts.setdefault((validity, uid), one[3]), one[3], f"UID {uid} in {folder} after {after}")
        return names

    def some(self, client):
        """A set of UIDs of the folder that is selected, or None."""
        uids = client.ok("uid", "SEARCH", "ALL")[0].split()
        return b",".join(sorted(self.choose.sample(uids, min(len(uids), self.choose.randint(1, 3))), key=int)).decode() or None

    def append(self, client, names, turn):
        for number in range(self.choose.randint(2, 5)):
            flags = " ".join(self.choose.sample(FLAGS[:4] + KEYWORDS, self.choose.randint(0, 3)))
            append(client, self.choose.choice(names), message(f"{turn}.{number}"), flags, f'"0{turn % 9 + 1}-Feb-2020 03:04:05 +0000"')

    def deliver(self, _client, _names, turn):
        store(self.site, message(f"delivered {turn}"), sized=self.choose.random() < 0.5, part=self.choose.choice(["new", "cur"]),
              flags=self.choose.choice(["", "S", "FRS"]))

    def flag(self, client, names, _turn):
        client.ok("select", self.choose.choice(names))
        for _ in range(3):
            if uids := self.some(client):
                flags = " ".join(self.choose.sample(FLAGS + KEYWORDS, self.choose.randint(1, 3)))
                client.ok("uid", "STORE", uids, self.choose.choice(["+FLAGS", "+FLAGS", "-FLAGS", "FLAGS"]), f"({flags})")

    def expunge(self, client, names, _turn):
        client.ok("select", self.choose.choice(names))
        client.ok("expunge")

    def transfer(self, client, names, _turn):
        client.ok("select", self.choose.choice(names))
        if uids := self.some(client):
            client.ok("uid", self.choose.choice(["COPY", "MOVE"]), uids, self.choose.choice(names))

    def create(self, client, names, turn):
        parent = self.choose.choice([name for name in names if name != "INBOX"] or ["top"])
        name = self.choose.choice([f"f{turn}", f"{parent}.f{turn}"])
        client.ok("create", name)
        if self.choose.random() < 0.7:
            client.ok("subscribe", name)

    def rename(self, client, names, turn):
        """With all below it."""
        if others := [name for name in names if name != "INBOX"]:
            client.ok("rename", self.choose.choice(others), f"renamed{turn}")

    def delete(self, client, names, _turn):
        client.ok("select", "INBOX")
        leaves = [name for name in names if name != "INBOX" and not any(other.startswith(name + ".") for other in names)]
        if leaves and self.choose.random() < 0.5:
            client.ok("delete", self.choose.choice(leaves))

    def unsubscribe(self, client, names, _turn):
        client.ok(self.choose.choice(["subscribe", "unsubscribe"]), self.choose.choice(names))

    TURNS = 60

    def test_by_turns(self):
        steps = [self.append, self.append, self.deliver, self.flag, self.flag, self.expunge, self.transfer, self.transfer, self.create,
                 self.rename, self.delete, self.unsubscribe]
        names = self.compare("the start")
        for turn in range(self.TURNS):
            side, step = self.choose.choice(sorted(self.sides)), self.choose.choice(steps)
            after = f"turn {turn}: {step.__name__} by {side}"
            step(self.sides[side], sorted(names), turn)
            names = self.compare(after)
        self.assertGreater(len(self.texts), self.TURNS // 2)
        self.assert_dovecot_is_content()

    def test_either_begins(self):
        """The UIDs of mail that was there before."""
        for first in ("Dovecot", "imapd"):
            folder = f"By{first}"
            self.sides[first].ok("create", folder)
            for number in range(20):
                append(self.sides[first], folder, message(f"{folder} {number}"), self.choose.choice(FLAGS + KEYWORDS))
            self.compare(first)

    def test_no_uid_is_given_twice(self):
        """Not even that of a message that came and went while the other server looked away."""
        uids = []
        for side in ("imapd", "Dovecot", "imapd", "Dovecot", "imapd"):
            client = self.sides[side]
            client.ok("select")
            uids.append(append(client, "INBOX", message(side), r"\Deleted"))
            client.ok("expunge")
        self.assertEqual(uids, sorted(set(uids)))
        self.compare("the last")

    def test_keywords_of_both(self):
        """As many as the files have letters."""
        append(self.sides["imapd"], "INBOX", message("0"))
        for number in range(26):
            side = self.sides[["imapd", "Dovecot"][number % 2]]
            side.ok("select")
            side.ok("uid", "STORE", "1", "+FLAGS", f"(key{number})")
        self.compare("26 keywords")
        self.sides["imapd"].ok("select")
        self.sides["imapd"].ok("uid", "STORE", "1", "-FLAGS", "(key3 key4)")
        self.compare("24 keywords")


class AtOnce(Case):
    SECONDS = 4
    MOVES = True

    def work(self, name, number):
        """Random changes of two folders; what was stored and removed is noted by its subject."""
        choose, client = random.Random(f"{name}{number}"), login(self.ports[name])
        end, turn = time.monotonic() + self.SECONDS, 0
        while time.monotonic() < end:
            turn += 1
            folder, other = choose.sample(["INBOX", "Other"], 2)
            client.ok("select", folder)
            for _ in range(choose.randint(1, 6)):
                what = choose.random()
                if what < 0.25:
                    subject = f"{name}{number}.{turn}.{choose.random()}"
                    append(client, folder, message(subject), choose.choice(KEYWORDS + FLAGS[:4]))
                    self.stored.add(subject)
                    continue
                uids = client.ok("uid", "SEARCH", "ALL")[0].split()
                mine = [uid for uid in uids if int(uid) % 4 == self.workers.index((name, number))]
                if what < 0.8 and uids:
                    some = b",".join(choose.sample(uids, min(3, len(uids)))).decode()
                    client.uid("STORE", some, choose.choice(["+FLAGS.SILENT", "-FLAGS"]), f"({choose.choice(FLAGS[:4] + KEYWORDS)})")
                elif what < 0.9 and mine and self.MOVES:
                    client.uid("MOVE", choose.choice(mine).decode(), other)
                elif mine:
                    self.remove(client, choose.choice(mine).decode())
        client.logout()

    def remove(self, client, uid):
        """Only if it is still there: another session may have moved it."""
        data = client.ok("uid", "FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        if not isinstance(data[0], tuple):
            return
        subject = data[0][1].split(b": ", 1)[1].strip().decode()
        client.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        client.ok("uid", "EXPUNGE", uid)
        self.removed.add(subject)

    def run_workers(self):
        failures = []

        def guarded(worker):
            try:
                self.work(*worker)
            except Exception as error:  # pylint: disable=broad-except
                failures.append(f"{worker}: {error!r}")
        threads = [threading.Thread(target=guarded, args=(worker,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.failures = failures

    def test_at_once(self):
        self.stored, self.removed = set(), set()
        self.workers = [(name, number) for name in self.ports for number in (0, 1)]
        mine, theirs = self.login("imapd"), self.login("Dovecot")
        mine.ok("create", "Other")
        for folder in ("INBOX", "Other"):
            self.assertEqual(uid_validity(mine, folder), uid_validity(theirs, folder))
        for i in range(20):
            append(mine, "INBOX", message(f"first {i}"))
            self.stored.add(f"first {i}")
        self.run_workers()
        self.assertEqual(self.failures, [])
        count = collections.Counter()
        for folder in ("INBOX", "Other"):
            found, told = messages(mine, folder), messages(theirs, folder)
            self.assertEqual(found, told)
            count.update(one[3].split(b": ", 1)[1].decode() for one in found[1].values())
        self.assertEqual([subject for subject, times in count.items() if times > 1], [], "twice")
        self.assertEqual(self.stored - self.removed - set(count), set(), "lost")
        self.assertEqual(set(count) & self.removed, set(), "removed, and there again")
        self.assertGreater(len(self.stored), 20)
        # Its warnings are of its own making: alone it gives other UIDs to files that it renames meanwhile.
        self.assertNotRegex((self.dovecot.dir / "log").read_text(), "Error|not ordered", "Dovecot found something wrong")

    def test_at_once_without_dovecot(self):
        """Every message keeps its UID, whoever looks."""
        self.stored, self.removed = set(), set()
        self.workers = [("imapd", number) for number in range(4)]
        self.MOVES, self.SECONDS = False, 3
        watcher, uids = self.login("imapd"), {}
        watcher.ok("create", "Other")
        workers = threading.Thread(target=self.run_workers)
        workers.start()
        while workers.is_alive():
            for uid, one in messages(watcher)[1].items():
                self.assertEqual(uids.setdefault(one[3], uid), uid, one)
            workers.join(0.1)
        self.assertEqual(self.failures, [])
        self.assertGreater(len(uids), 5)


if __name__ == "__main__":
    unittest.main()
