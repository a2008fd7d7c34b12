# SPDX-License-Identifier: ISC
"""store(5), INDEX: its files may be deleted at any time, while sessions run, too; no number changes and nothing is lost."""
import imaplib
import unittest

from mailsite import PASSWORDS, Site


class IndexTest(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None, None, None)
        for number in range(3):
            self.site.run("deliver", "--recipient", "alice@example.org", input=b"Subject: %d\n\ntea\n" % number)
        self.port = self.site.listen("imapd").port
        self.client = self.login()

    def login(self):
        client = imaplib.IMAP4("127.0.0.1", self.port)
        self.addCleanup(client.shutdown)
        client.login("alice", PASSWORDS["alice"])
        self.assertEqual(client.select()[1], [b"3"])
        return client

    def delete(self, pattern):
        for path in self.site.maildir("alice").glob(pattern):
            path.unlink()

    def test_store_tells_the_flags_as_they_are(self):
        for number, pattern in ((1, "mailpipe-index"), (2, "mailpipe-cache"), (3, "mailpipe-*")):
            self.delete(pattern)
            told = self.client.store(str(number), "+FLAGS", r"(\Flagged)")[1]
            self.assertIn(rb"\Flagged", told[-1], pattern)

    def test_what_is_marked_then_is_expunged(self):
        self.delete("mailpipe-*")
        self.client.store("2", "+FLAGS", r"(\Deleted)")
        self.assertEqual(self.client.expunge()[1], [b"2"])
        self.assertEqual(self.client.uid("SEARCH", "ALL")[1], [b"1 3"])

    def test_another_session_is_told_of_an_expunge_that_its_index_does_not_know(self):
        other = self.login()
        self.delete("mailpipe-*")
        self.client.store("2", "+FLAGS", r"(\Deleted)")
        self.client.expunge()
        self.delete("mailpipe-*")
        other.search(None, "ALL")  # which may not tell it
        other.noop()
        self.assertEqual(other.response("EXPUNGE")[1], [b"2"])
        self.assertEqual(other.uid("SEARCH", "ALL")[1], [b"1 3"])

    def test_no_number_changes(self):
        wanted = self.client.status("INBOX", "(UIDVALIDITY UIDNEXT MESSAGES)")
        for pattern in ("mailpipe-*", "dovecot-uidlist", "mailpipe-expunged"):
            self.delete(pattern)
            self.assertEqual(self.client.uid("SEARCH", "ALL")[1], [b"1 2 3"])
            self.assertEqual(self.login().status("INBOX", "(UIDVALIDITY UIDNEXT MESSAGES)"), wanted, pattern)


if __name__ == "__main__":
    unittest.main()
