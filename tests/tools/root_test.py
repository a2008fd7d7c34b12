# SPDX-License-Identifier: ISC
"""smtpd, sendq and deliver run by root: the spool is one user's, each mailbox another's, and nobody reads more than his own."""
import os
import pathlib
import shutil
import signal
import smtplib
import unittest

from mailsite import NOBODY, wait_for
from queue_site import Queue, address

IDS = {"alice": 40001, "bob": 40002}


class RootSite(Queue):
    """Root starts everything. The spool is nobody's, home directories their users', for no other to look into."""

    def __init__(self, quota="", **site):
        self.quota = quota
        super().__init__(**site)
        self.dir.chmod(0o755)
        for user, number in IDS.items():
            self.home(user).chmod(0o700)
            os.chown(self.home(user), number, number)

    def write_users(self, extra=""):
        super().write_users(extra)
        rule = f"userdb_quota_rule=*:storage={self.quota}" if self.quota else ""
        self.users.write_text("".join(f"{user}:{{PLAIN}}x:{number}:{number}::{self.home(user)}::{rule}\n" for user, number in IDS.items()))

    def as_user(self):
        return {"env": self.environment(), "cwd": self.dir}

    def clear(self, user):
        """What the user does who tidies up."""
        shutil.rmtree(self.maildir(user))


def ids(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [line.split()[1] for line in text.splitlines() if line.startswith(("Uid:", "Gid:"))]


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@unittest.skipUnless(os.geteuid() == 0, "skipped: not root")
class Privileges(unittest.TestCase):
    def test_each_part_is_who_it_has_to_be(self):
        with RootSite() as site:
            sendq = site.start_sendq("--watch")
            site.put(address("alice"))
            site.put(address("bob"), address("alice"))
            wait_for(site.is_empty)
            self.assertEqual(ids(sendq.pid), [str(NOBODY)] * 2)
            self.assertEqual([ids(child) for child in children(sendq.pid)], [["0", "0"]])
            for user, messages in (("alice", 2), ("bob", 1)):
                self.assertEqual(len(site.messages(user)), messages)
                for path in [site.maildir(user), *site.maildir(user).rglob("*")]:
                    self.assertEqual(path.stat().st_uid, IDS[user], path)
            self.assertEqual({path.stat().st_uid for path in [site.spool, *site.spool.rglob("*")]}, {NOBODY})

    def test_the_spool_s_owner_has_to_be_somebody(self):
        with RootSite() as site:
            commands = (("smtpd",), ("sendq",), ("sendq", "--list"))

            def complaints():
                done = [site.run(*command, input=b"QUIT\r\n", check=False) for command in commands]
                return [(one.returncode, one.stderr.decode().partition(": ")[2]) for one in done]
            shutil.rmtree(site.spool)
            missing = (f"the spool: {site.spool}: No such file or directory; "
                       f"make it: install -d -o mailpipe -g mailpipe -m 700 {site.spool}\n")
            self.assertEqual(complaints(), [(78, missing)] * 3)
            site.spool.mkdir()
            roots = f"the spool is root's, whom no server runs as: chown -R mailpipe: {site.spool}\n"
            self.assertEqual(complaints(), [(78, roots)] * 3)
            site.give(site.spool)
            self.assertEqual(complaints(), [(0, "")] * 3)

    def test_sighup_loads_aliases_again(self):
        with RootSite() as site:
            sendq = site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.aliases.write_text("sales: bob\n")
            sendq.process.send_signal(signal.SIGHUP)
            wait_for(lambda: site.events(event="reloaded"))
            site.put(address("sales"))
            wait_for(lambda: site.messages("bob"))

    def test_a_sendq_that_has_lost_its_deliver_ends_to_be_started_again(self):
        with RootSite() as site:
            sendq = site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            for child in children(sendq.pid):
                os.kill(child, signal.SIGKILL)
            site.put(address("bob"))
            self.assertEqual(sendq.process.wait(30), 75)
            self.assertIn("can't be started without root's rights", sendq.text())
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("bob")), 1)


@unittest.skipUnless(os.geteuid() == 0, "skipped: not root")
class FullMailbox(unittest.TestCase):
    """smtpd may not look into a mailbox; it hears from sendq what did not fit."""

    def setUp(self):
        self.site = RootSite(quota="20K")
        self.addCleanup(self.site.__exit__, None)
        self.smtpd = self.site.listen("smtpd", "--log", "stderr")

    def rcpt(self, user, octets=0):
        with smtplib.SMTP("127.0.0.1", self.smtpd.port) as client:
            client.ehlo("client.example")
            client.mail("x@elsewhere.example", [f"SIZE={octets}"] if octets else [])
            code, text = client.rcpt(address(user))
            return code, text[:5].decode()

    def fill(self, *users):
        """Sends 15,000 octets twice, which do not fit together."""
        for _ in range(2):
            with smtplib.SMTP("127.0.0.1", self.smtpd.port) as client:
                client.sendmail("x@elsewhere.example", list(map(address, users)), "Subject: big\r\n\r\n" + ("x" * 998 + "\r\n") * 15)
            self.site.sendq()

    def marks(self):
        return {path.name: int(path.read_text()) for path in (self.site.spool / "full").iterdir()}

    def test_is_refused_at_rcpt_as_deliver_has_refused_it(self):
        self.assertEqual(self.rcpt("alice", 15000)[0], 250)
        self.fill("alice")
        self.assertIn("4.2.2", self.site.listed()[0]["recipients"][0]["enhanced"])
        self.assertEqual(list(self.marks()), ["alice"])
        self.assertEqual(self.rcpt("alice", 15000), (452, "4.2.2"))
        self.assertEqual(self.rcpt("ALICE+tag", 1000000), (452, "4.2.2"))
        self.assertEqual(self.rcpt("alice", 2000)[0], 250)  # that fits
        self.assertEqual(self.rcpt("alice")[0], 250)  # and this may
        self.assertEqual(self.rcpt("bob", 15000)[0], 250)

    def test_several_recipients_are_marked_one_by_one(self):
        self.fill("alice", "bob")
        self.assertEqual(sorted(self.marks()), ["alice", "bob"])

    def test_has_room_again_when_a_message_of_that_size_was_stored(self):
        self.fill("alice")
        self.site.clear("alice")
        self.site.sendq("--retry", "--all")
        self.site.sendq()
        self.assertTrue(self.site.is_empty())
        self.assertEqual(self.marks(), {})
        self.assertEqual(self.rcpt("alice", 15000)[0], 250)

    def test_is_tried_again_after_an_hour(self):
        self.fill("alice")
        mark = self.site.spool / "full" / "alice"
        made = mark.stat().st_mtime
        os.utime(mark, (made, made - 3590))
        self.assertEqual(self.rcpt("alice", 15000), (452, "4.2.2"))
        os.utime(mark, (made, made - 3601))
        self.assertEqual(self.rcpt("alice", 15000)[0], 250)
        self.site.sendq()
        self.assertEqual(self.marks(), {})

    def test_another_host_over_the_same_spool_takes_the_mark_away(self):
        self.fill("alice")
        self.site.clear("alice")
        self.site.sendq("--retry", "--all", "--hostname", "other.example")
        self.site.sendq("--hostname", "other.example")
        self.assertTrue(self.site.is_empty())
        self.assertEqual(self.marks(), {})


if __name__ == "__main__":
    unittest.main()
