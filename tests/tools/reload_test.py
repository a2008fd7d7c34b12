# SPDX-License-Identifier: ISC
"""SIGHUP gives new connections the new certificate, users and aliases, and what can't be read changes nothing."""
import contextlib
import os
import poplib
import signal
import smtplib
import socket
import unittest

from mailsite import DOMAIN, Site, free_port, tls_context, wait_for

TOOLS = ("smtpd", "pop3d", "deliver")


def certificate(port):
    """What a server with TLS from the first octet shows, in DER."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        with tls_context().wrap_socket(plain) as secure:
            return secure.getpeercert(binary_form=True)


class ReloadTest(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)

    def reload(self, server, event="reloaded"):
        """Sends SIGHUP and waits for one more such line in the log."""
        before = server.text().count(f"event={event}")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.text().count(f"event={event}") > before, what=event)

    def test_sighup_while_it_starts_ends_nothing(self):
        """It listens already, and waits for its aliases, which come through a FIFO."""
        self.site.aliases.unlink()
        os.mkfifo(self.site.aliases, 0o644)
        port = free_port()
        server = self.site.start("smtpd", "--listen", f"127.0.0.1:{port}", "--log", "stderr")
        wait_for(lambda: server.answers(("127.0.0.1", port)), what="the port")
        with open(self.site.aliases, "wb"):
            server.process.send_signal(signal.SIGHUP)
            self.site.aliases.rename(self.site.dir / "fifo")
            self.site.aliases.write_text("")
            self.assertNotIn("event=", server.text())
        wait_for(lambda: "event=reloaded" in server.text(), what="the reload")

    def test_a_certificate_that_was_renewed_is_shown(self):
        for tool in ("smtpd", "pop3d"):
            with self.subTest(tool):
                server = self.site.listen(tool, "--tls", "--log", "stderr")
                first = certificate(server.port)
                self.site.make_certificate()
                self.site.give(self.site.dir)
                self.assertEqual(certificate(server.port), first)
                self.reload(server)
                second = certificate(server.port)
                self.assertNotEqual(second, first)
                self.site.cert.write_text("torn")
                self.reload(server, "error")
                self.assertEqual(certificate(server.port), second)
                self.assertIn("cert.pem", server.text())
                self.site.make_certificate()
                self.site.give(self.site.dir)

    def knows(self, server, tool, user):
        """Whether the server takes mail, or a login, for the user."""
        if tool == "pop3d":
            client = poplib.POP3("127.0.0.1", server.port, timeout=20)
            client.user(user)
            with contextlib.closing(client), contextlib.suppress(poplib.error_proto):
                return client.pass_("word").startswith(b"+OK")
            return False
        with (smtplib.LMTP if tool == "deliver" else smtplib.SMTP)("127.0.0.1", server.port) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("<>")
            return client.rcpt(f"{user}@{DOMAIN}")[0] == 250

    def test_users_come_and_go(self):
        carol = f"carol:{{PLAIN}}word:{self.site.uid}:{self.site.gid}::{self.site.home('carol')}::\n"
        for tool in TOOLS:
            with self.subTest(tool):
                self.site.write_users()
                server = self.site.listen(tool, "--log", "stderr", *(["--lmtp"] if tool == "deliver" else []))
                self.assertFalse(self.knows(server, tool, "carol"))
                self.site.write_users(carol)
                self.reload(server)
                self.assertTrue(self.knows(server, tool, "carol"))
                self.site.write_users("carol is no line of users(5)\n")
                self.reload(server, "error")
                self.assertTrue(self.knows(server, tool, "carol"))
                self.site.write_users()
                self.reload(server)
                self.assertFalse(self.knows(server, tool, "carol"))

    def test_aliases_come_and_go(self):
        server = self.site.listen("smtpd", "--log", "stderr")
        for text, known in (("sales: alice\n", True), ("sales alice\n", True), ("", False)):
            self.site.aliases.write_text(text)
            self.reload(server, "error" if text == "sales alice\n" else "reloaded")
            self.assertEqual(self.knows(server, "smtpd", "sales"), known, text)


if __name__ == "__main__":
    unittest.main()
