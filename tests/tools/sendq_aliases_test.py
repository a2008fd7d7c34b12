# SPDX-License-Identifier: ISC
"""What aliases(5) says of expansion: who gets a message that is for an alias, and who does not."""
import os
import unittest

from lmtp_server import LmtpServer
from mailsite import NOBODY
from queue_site import Queue, address


class Include(unittest.TestCase):
    def waits_because(self, make, why):
        """A list that make(path) makes: the message waits, and says why; when it is mended the message goes out."""
        with self.subTest(why=why), Queue() as site:
            path = site.dir / "list"
            site.aliases.write_text(f"team: :include:{path}\n")
            make(path)
            site.put(address("team"), address("bob"))
            site.sendq()
            waiting = site.listed()[0]["recipients"][0]
            self.assertEqual((waiting["state"], waiting["enhanced"]), ("deferred", "4.3.5"))
            self.assertIn(f":include:{path}: ", waiting["text"])
            self.assertIn(why, waiting["text"])
            self.assertEqual(len(site.messages("bob")), 1)

            if path.is_dir():
                path.rmdir()
            path.unlink(missing_ok=True)
            path.write_text("alice\n")
            path.chmod(0o644)
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("alice")), 1)

    def test_a_list_that_is_missing_or_wrong_or_unsafe_waits_until_it_is_mended(self):
        def text(content, mode=0o644, owner=None):
            def make(path):
                path.write_text(content)
                path.chmod(mode)
                if owner is not None:
                    os.chown(path, owner, owner)
            return make
        self.waits_because(lambda path: None, "No such file")
        self.waits_because(lambda path: path.mkdir(), "no regular file")
        self.waits_because(text("alice\n", 0o666), "others may write to it")
        self.waits_because(text("alice\n", 0o664), "others may write to it")
        self.waits_because(text("alice\n|/bin/sh\n"), "'|/bin/sh' is a command: not supported")
        if os.geteuid() == 0:
            self.waits_because(text("alice\n", owner=NOBODY - 1), "owner is neither root nor we")

    def test_a_list_that_includes_itself_is_a_loop(self):
        with Queue() as site:
            (site.dir / "list").write_text(f"alice\n:include:{site.dir}/list\n")
            site.give(site.dir / "list")
            site.aliases.write_text(f"team: :include:{site.dir}/list\n")
            site.put(address("team"), sender=address("bob"))
            site.sendq()
            self.assertEqual(site.messages("alice"), [])
            self.assertEqual(site.mail("bob")[0].get_payload()[1].get_payload()[1]["Status"], "5.4.6")


class Aliases(unittest.TestCase):
    def test_nested_aliases_and_lists_lead_to_one_copy_for_each(self):
        with Queue() as site:
            (site.dir / "list").write_text("# who reads\nalice\nbob, inner\n")
            site.give(site.dir / "list")
            site.aliases.write_text(f"team: staff, alice\nstaff: bob, :include:{site.dir}/list\nbob: bob, alice\ninner: Alice, \\bob\n")
            site.put(address("team"), address("alice"), address("Bob"))
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual((len(site.messages("alice")), len(site.messages("bob"))), (1, 1))

    def test_the_same_mailbox_by_two_recipients_gets_one_copy(self):
        with Queue(aliases="sales: alice\ninfo: sales\n") as site:
            site.put(address("sales"), address("info"), address("ALICE"))
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("alice")), 1)

    def test_with_a_tag_it_is_another_mailbox(self):
        with Queue() as site:
            site.put(address("alice"), address("alice+work"), address("ALICE+work"))
            site.sendq()
            self.assertEqual(sorted(message["Delivered-To"] for message in site.mail("alice")),
                             [address("alice+work"), address("alice")])

    def test_a_loop_is_told_to_the_sender_and_others_get_the_message(self):
        with Queue(aliases="here: there\nthere: yonder\nyonder: here\n") as site:
            site.put(address("here"), address("bob"))
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("bob")), 1)
            failed = site.mail("alice")[0].get_payload()[1].get_payload()[1]
            self.assertEqual((failed["Action"], failed["Status"]), ("failed", "5.4.6"))
            self.assertIn("alias loop: here, there, yonder, here", failed["Diagnostic-Code"])

    def test_a_member_that_is_nobody_fails_by_itself(self):
        with Queue(aliases="team: bob, gone\n") as site:
            site.put(address("team"))
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("bob")), 1)
            report = site.mail("alice")[0].get_payload()
            self.assertEqual(report[1].get_payload()[1]["Final-Recipient"], f"rfc822; {address('gone')}")
            self.assertIn(f"(stands for <{address('team')}>)", report[0].get_payload())

    def test_a_member_that_was_served_is_not_served_again(self):
        with Queue(aliases="team: alice, bob\n") as site, LmtpServer(site.dir, {"bob": "451 4.3.0 later"}) as server:
            site.use_lmtp(server)
            site.put(address("team"))
            site.sendq()
            site.aliases.write_text("team: alice, bob, carol\n")  # too late for this message
            server.refusals.clear()
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual([recipients for recipients, _ in server.messages], [[address("alice")], [address("bob")]])


if __name__ == "__main__":
    unittest.main()
