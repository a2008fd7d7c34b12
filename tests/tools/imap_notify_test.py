# SPDX-License-Identifier: ISC
"""NOTIFY (RFC 5465) and UPDATE (RFC 5267) between real sessions, deliver, and what renames folders: told within a second, when no
command is in progress."""
import imaplib
import random
import re
import subprocess
import unittest
from pathlib import Path

from imap_clients import append, login, messages
from mailsite import Site, wait_for
from pop3_clients import message

imaplib.Commands["NOTIFY"] = ("AUTH", "SELECTED")


class Case(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)
        self.server = self.site.listen("imapd")
        self.one, self.two = self.login(), self.login()

    def login(self):
        client = login(self.server.port, "alice")
        self.addCleanup(client.shutdown)
        return client

    def notify(self, *groups):
        self.one.ok("xatom", "NOTIFY", "SET", *groups)

    def told(self, pattern):
        took, found = self.one.told(pattern)
        self.assertLess(took, 1.0, pattern)
        return found

    def deliver(self, text):
        self.site.run("deliver", "-r", "alice", input=message(text))


class Notify(Case):
    def test_the_selected_mailbox(self):
        self.one.ok("select")
        self.notify("(selected (MessageNew (UID PREVIEW) MessageExpunge FlagChange))")
        for number in range(1, 4):
            self.deliver(f"delivered {number}")
            self.told(rb"\* %d EXISTS" % number)
            self.told(rb"\* %d FETCH \(UID %d PREVIEW " % (number, number))
        self.two.ok("select")
        self.two.ok("store", "2", "+FLAGS", r"(\Deleted)")
        self.told(rb"\* 2 FETCH \(UID 2 FLAGS \(.*\\Deleted")
        self.two.ok("expunge")
        self.told(rb"\* 2 EXPUNGE")
        self.assertEqual(messages(self.one), messages(self.two))

    def test_other_mailboxes(self):
        for name in ("Work", "Work.Done", "Play"):
            self.two.ok("create", name)
        self.one.ok("select")
        self.notify("(selected NONE)", "(subtree Work (MessageNew MessageExpunge FlagChange))", "(mailboxes INBOX (MessageNew MessageExpunge))")
        append(self.two, "Play", message("unheard"))
        append(self.two, "Work.Done", message("m"))
        self.told(rb"\* STATUS Work.Done \(MESSAGES 1 UIDNEXT 2 UIDVALIDITY \d+ UNSEEN 1\)")
        self.two.ok("select", "Work.Done")
        self.two.ok("store", "1", "+FLAGS", r"(\Seen)")
        self.told(rb"\* STATUS Work.Done \(UIDVALIDITY \d+ UNSEEN 0\)")
        self.two.ok("store", "1", "+FLAGS", r"(\Deleted)")
        self.two.ok("expunge")
        self.told(rb"\* STATUS Work.Done \(MESSAGES 0 UIDNEXT 2 ")
        append(self.one, "Work", message("mine"))
        append(self.two, "Work", message("theirs"))
        self.told(rb"\* STATUS Work \(MESSAGES 2 UIDNEXT 3 ")
        self.one.ok("unselect")
        self.deliver("delivered")
        self.told(rb"\* STATUS INBOX \(MESSAGES 1 UIDNEXT 2 ")

    def test_names_of_mailboxes(self):
        self.notify("(personal (MailboxName SubscriptionChange MessageNew MessageExpunge MailboxMetadataChange ServerMetadataChange))")
        self.two.ok("create", "Work")
        self.told(rb'\* LIST \(\\HasNoChildren\) "." Work')
        self.two.ok("create", "Work.Done")
        self.told(rb'\* LIST \(\\HasChildren\) "." Work')
        self.told(rb'\* LIST \(\\HasNoChildren\) "." Work.Done')
        append(self.two, "Work.Done", message("in a new folder"))
        self.told(rb"\* STATUS Work.Done \(MESSAGES 1 ")
        self.two.ok("rename", "Work", "Job")
        self.told(rb'\* LIST \(\\HasChildren\) "." Job \("OLDNAME" \(Work\)\)')
        append(self.two, "Job.Done", message("in a renamed folder"))
        self.told(rb"\* STATUS Job.Done \(MESSAGES 2 ")
        self.two.ok("subscribe", "Job")
        self.told(rb'\* LIST \(\\HasChildren \\Subscribed\) "." Job')
        self.two.ok("xatom", "SETMETADATA", "Job", '(/private/comment "x")')
        self.told(rb"\* METADATA Job /private/comment")
        self.two.ok("xatom", "SETMETADATA", '""', '(/shared/comment "x")')
        self.told(rb'\* METADATA "" /shared/comment')
        self.two.ok("delete", "Job.Done")
        self.told(rb'\* LIST \(\\NonExistent \\HasNoChildren\) "." Job.Done')

    def test_more_folders_than_can_be_watched(self):
        for number in range(999):
            for part in ("new", "cur", "tmp"):
                (self.site.maildir("alice") / f".f{number}" / part).mkdir(parents=True)
        self.site.give(self.site.home("alice"))
        everything = "(personal (MailboxMetadataChange MailboxName))"
        self.notify(everything)
        self.two.ok("xatom", "SETMETADATA", "f500", '(/private/comment "x")')
        self.told(rb"\* METADATA f500 /private/comment")
        self.two.ok("create", "more")
        self.told(rb'\* LIST \(\\HasNoChildren\) "." more')
        self.told(rb"\* OK \[NOTIFICATIONOVERFLOW\] ")
        status, text = self.one.xatom("NOTIFY", "SET", everything)
        self.assertEqual(status, "NO")
        self.assertTrue(text[0].startswith(b"[NOTIFICATIONOVERFLOW]"))
        self.two.ok("create", "unheard")
        self.assertEqual(self.one.ok("noop"), [b"done"])

    def test_a_session_that_waits_costs_no_processor_time(self):
        self.one.ok("select")
        self.notify("(selected (MessageNew MessageExpunge FlagChange))", "(personal (MessageNew MessageExpunge FlagChange MailboxName))")
        children = subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True, check=True).stdout.split()

        def ticks():
            fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in children]
            return sum(int(one[11]) + int(one[12]) for one in fields)

        self.deliver("one")
        self.told(rb"\* 1 EXISTS")
        with self.assertRaises(TimeoutError):
            self.one.told(rb"\* never", timeout=2)
        before = ticks()
        self.one.file = self.one.sock.makefile("rb")
        with self.assertRaises(TimeoutError):
            self.one.told(rb"\* never", timeout=2)
        self.assertLessEqual(ticks() - before, 1)

    def test_mail_that_comes_with_a_command_is_told_once(self):
        self.one.ok("select")
        self.notify("(selected (MessageNew (UID) MessageExpunge FlagChange))")
        for number in range(1, 31):
            append(self.two, "INBOX", message(str(number)))
            self.one.ok("noop")
        wait_for(lambda: self.one.ok("noop") and len(self.one.ok("uid", "SEARCH", "ALL")[0].split()) == 30, what="thirty messages")
        self.assertEqual([line.split()[-1] for line in self.one.response("FETCH")[1]], [b"%d)" % n for n in range(1, 31)])


def numbers(text):
    """Of a sequence set, in its order."""
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        yield from range(int(first), int(last or first) + 1)


class Results:
    """What a client knows of searches with UPDATE, by their tags (RFC 5267 section 4.3.2)."""

    def __init__(self):
        self.known = {}
        self.changes = 0

    def hear(self, line):
        if expunged := re.match(rb"\* (\d+) EXPUNGE", line):
            gone = int(expunged[1])
            for tag in (b"seq", b"sortseq"):
                assert gone not in self.known[tag], "REMOVEFROM comes before EXPUNGE"
                self.known[tag] = [one - 1 if one > gone else one for one in self.known[tag]]
        if not (answer := re.match(rb'\* ESEARCH \(TAG "(\w+)"\)(.*)', line)):
            return
        found = self.known.setdefault(answer[1], [])
        if everything := re.search(rb" ALL (\S+)", answer[2]):
            found[:] = numbers(everything[1])
        for name, pairs in re.findall(rb"(ADDTO|REMOVEFROM) \(([^)]*)\)", answer[2]):
            words = pairs.split()
            for position, some in zip(map(int, words[::2]), map(lambda word: list(numbers(word)), words[1::2])):
                self.change(found, name, position, some)
                self.changes += 1

    @staticmethod
    def change(found, name, position, some):
        if name == b"ADDTO" and position:
            found[position - 1:position - 1] = some
        elif name == b"ADDTO":
            found[:] = sorted(found + some)
        elif position:
            assert found[position - 1:position - 1 + len(some)] == some, (found, position, some)
            del found[position - 1:position - 1 + len(some)]
        else:
            for one in some:
                found.remove(one)


class Update(Case):
    SEARCHES = {b"uid": b"UID SEARCH RETURN (ALL%s) UNDELETED OR FLAGGED SUBJECT a", b"seq": b"SEARCH RETURN (ALL%s) UNSEEN",
                b"sortuid": b"UID SORT RETURN (ALL%s) (REVERSE SUBJECT ARRIVAL) UTF-8 UNDELETED",
                b"sortseq": b"SORT RETURN (ALL%s) (SIZE) UTF-8 UNFLAGGED"}

    def say(self, tag, command, results):
        self.one.send(tag + b" " + command + b"\r\n")
        while not (line := self.one.readline()).startswith(tag + b" "):
            results.hear(line)
        self.assertTrue(line.startswith(tag + b" OK"), line)

    def test_who_obeys_knows_what_a_new_search_finds(self):
        choose = random.Random(5263)
        for number in range(12):
            append(self.two, "INBOX", message(choose.choice("abcd"), lines=number % 5))
        self.one.ok("select")
        self.two.ok("select")
        results = Results()
        for tag, search in self.SEARCHES.items():
            self.say(tag, search % b" UPDATE", results)
        for step in range(150):
            client = choose.choice([self.one, self.two])
            uid = choose.choice(self.two.ok("uid", "SEARCH", "ALL")[0].split() or [b"1"]).decode()
            flags = choose.choice([r"(\Seen)", r"(\Flagged)", r"(\Deleted)", r"(\Seen \Flagged)"])
            if client is self.one:
                verb = choose.choice([f"UID STORE {uid}:* +FLAGS {flags}", f"UID STORE {uid} -FLAGS {flags}", f"UID COPY {uid} INBOX",
                                      "EXPUNGE", f"UID MOVE {uid} INBOX", "FETCH 1 BODY[]", f"UID STORE {uid} -FLAGS.SILENT {flags}"])
                self.say(b"x%d" % step, verb.encode(), results)
            elif choose.random() < 0.3:
                append(self.two, "INBOX", message(choose.choice("abcd"), lines=step % 5))
            elif choose.random() < 0.3:
                self.two.ok("expunge")
            else:
                self.two.ok("uid", "STORE", f"{uid}:*", choose.choice("+-") + "FLAGS", flags)
        self.say(b"last", b"NOOP", results)
        self.assertGreater(results.changes, 100)
        for tag, search in self.SEARCHES.items():
            now = Results()
            now.known = {b"seq": [], b"sortseq": []}
            self.say(b"now" + tag, search % b"", now)
            self.assertEqual(results.known[tag], now.known.get(b"now" + tag, []), tag)

    def test_a_sorted_result_stays_true(self):
        for subject in ("m", "c", "x"):
            append(self.two, "INBOX", message(subject))
        self.one.ok("select")
        self.notify("(selected (MessageNew MessageExpunge FlagChange))")
        self.one.ok("xatom", "UID", "SORT", "RETURN", "(UPDATE ALL)", "(SUBJECT)", "UTF-8", "UNDELETED")
        append(self.two, "INBOX", message("d"))
        self.told(rb'\* ESEARCH \(TAG "\w+"\) UID ADDTO \(2 4\)')
        self.two.ok("select")
        self.two.ok("store", "1:2", "+FLAGS", r"(\Deleted)")
        self.told(rb'\* ESEARCH \(TAG "\w+"\) UID REMOVEFROM \(')


if __name__ == "__main__":
    unittest.main()
