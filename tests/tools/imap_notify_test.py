# SPDX-License-Identifier: ISC
"""NOTIFY (RFC 5465) and UPDATE (RFC 5267) between real sessions, deliver, and what renames folders: told within a second, when no
command is in progress."""
import imaplib
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
        self.told(rb'\* LIST \(\\HasNoChildren\) "." Work.Done')
        self.told(rb'\* LIST \(\\HasChildren\) "." Work')
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


class Update(Case):
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
