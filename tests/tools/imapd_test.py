# SPDX-License-Identifier: ISC
"""imapd as it runs: two sessions at once, IDLE, COMPRESS, TLS, SIGHUP, a UNIX socket, deliver, and others that change the
Maildir meanwhile."""
import imaplib
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
import unittest

from imap_clients import Client, OnTerminal, append, login, messages
from mailsite import PASSWORDS, Site, Server, tls_context, wait_for
from pop3_clients import message, store, wire_form


class Case(unittest.TestCase):
    options = ()

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)
        self.server = self.site.listen("imapd", *self.options)
        self.port = self.server.port

    def login(self, user="alice", port=None, **options):
        client = login(port or self.port, user, **options)
        self.addCleanup(client.shutdown)
        return client

    def selected(self, **options):
        client = self.login(**options)
        client.ok("select")
        return client

    def lines(self, commands, step=None):
        """Everything that comes for these octets, sent in one packet or `step` octets in each."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(commands), step or len(commands)):
                peer.sendall(commands[at:at + (step or len(commands))])
            with peer.makefile("rb") as file:
                return file.read().split(b"\r\n")

    def tagged(self, lines):
        return [line.split(b" ", 2)[:2] for line in lines if line and not line.startswith((b"*", b"+"))]


LOGIN = f'a LOGIN alice "{PASSWORDS["alice"]}"\r\n'.encode()


class Session(Case):
    def test_sizes_are_exact_and_bytes_are_equal(self):
        texts = [message("plain"), b"Subject: no end\n\nlast line", b"Subject: crlf\r\n\r\nx\r\n", b"\n", b"no header",
                 b"Subject: 8bit\n\ncaf\xc3\xa9 \xff\n", message("big", 30_000)]
        for i, text in enumerate(texts):
            store(self.site, text, sized=i % 2 == 0, part=["new", "cur"][i % 2])
        client = self.selected()
        data = client.ok("fetch", "1:*", "(RFC822.SIZE BODY.PEEK[])")
        for text, (head, got) in zip(texts, data[::2], strict=True):
            self.assertEqual(got, text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            self.assertIn(b"RFC822.SIZE %d " % len(got), head)
        (_, part), _ = client.ok("fetch", "7", "(BODY.PEEK[]<100.50>)")
        self.assertEqual(part, wire_form(texts[6])[100:150])

    def test_commands_in_one_packet_and_octet_by_octet(self):
        commands = LOGIN + (b"b SELECT INBOX\r\nc APPEND INBOX {15+}\r\nSubject: x\r\n\r\nx\r\nd NOOP\r\ne IDLE\r\nDONE\r\nf STORE 1 "
                            b"+FLAGS (\\Deleted)\r\ng EXPUNGE\r\nh LIST \"\" {1+}\r\n*\r\ni LOGOUT\r\n")
        for step in (None, 1, 7):
            self.assertEqual(self.tagged(self.lines(commands, step)), [[tag.to_bytes(1, "big"), b"OK"] for tag in b"abcdefghi"], step)

    def test_what_came_before_tls_is_not_obeyed_after(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            peer.sendall(b"a STARTTLS\r\nb NOOP\r\n")
            reply = b""
            while b"a OK" not in reply:
                reply += peer.recv(4096)
            with tls_context().wrap_socket(peer) as secure:
                secure.sendall(b"c NOOP\r\n")
                self.assertRegex(secure.recv(4096), rb"^c OK ")

    def test_a_session_keeps_its_numbers(self):
        for i in range(4):
            store(self.site, message(str(i)))
        one, two = self.selected(), self.selected()
        one.ok("store", "2", "+FLAGS", r"(\Deleted)")
        self.assertEqual(one.ok("expunge"), [b"2"])
        (head, text), _ = two.ok("fetch", "3", "(UID BODY.PEEK[])")
        self.assertRegex(head, rb"^3 \(UID 3 ")
        self.assertEqual(text, wire_form(message("2")))
        self.assertEqual(two.response("EXPUNGE")[1], [None])
        two.ok("noop")
        self.assertEqual(two.response("EXPUNGE")[1], [b"2"])
        self.assertEqual([line.split()[0] for line in two.ok("fetch", "1:*", "(UID)")], [b"1", b"2", b"3"])

    def test_nobody_hears_of_what_came_and_went_meanwhile(self):
        """No EXPUNGE of a message that was never announced (RFC 9051 section 7.5.1)."""
        for known in (0, 1):
            one, two = self.selected(), self.selected()
            for uid in [append(two, "INBOX", message(str(i)), r"\Deleted") for i in range(3)][known:]:
                two.ok("uid", "EXPUNGE", str(uid))
            one.ok("noop")
            self.assertEqual(one.response("EXPUNGE")[1], [None])
            self.assertEqual(len(one.ok("search", None, "ALL")[0].split()), known)

    def test_flags_and_keywords_are_in_the_names(self):
        for i in range(3):
            store(self.site, message(str(i)))
        client = self.selected()
        client.ok("store", "1:3", "+FLAGS", r"(\Seen $Label1)")
        client.ok("store", "2", "FLAGS", r"(\Flagged \Answered \Draft)")
        client.ok("store", "3", "-FLAGS", r"(\Seen)")
        self.assertEqual([path.name.split(":2,")[1] for path in self.site.messages("alice")], ["Sa", "DFR", "a"])
        self.assertEqual((self.site.maildir("alice") / "dovecot-keywords").read_text(), "0 $Label1\n")
        self.assertEqual(client.ok("search", None, "KEYWORD", "$Label1"), [b"1 3"])

    def test_copies_and_moves_keep_all_but_the_uid(self):
        client = self.login()
        client.ok("create", "Work")
        client.ok("create", "Work.Done")
        append(client, "INBOX", message("m"), r"\Flagged $Label", '"01-Feb-2020 03:04:05 +0000"')
        _, before = messages(client)
        client.ok("uid", "COPY", "1", "Work")
        client.ok("uid", "MOVE", "1", "Work.Done")
        for folder in ("Work", "Work.Done"):
            self.assertEqual(list(messages(client, folder)[1].values()), list(before.values()))
        self.assertEqual(messages(client)[1], {})
        self.assertEqual(len(self.site.messages("alice", "Work.Done")), 1)

    def test_folders_live_and_die(self):
        client = self.login()
        for name in ("A", "A.B", "A.B.C", '"With space"', '"Entw&APw-rfe"'):
            client.ok("create", name)
            client.ok("subscribe", name)
        append(client, "A.B", message("m"))
        validity, _ = messages(client, "A.B")
        client.ok("rename", "A", "Z")
        self.assertEqual(messages(client, "Z.B")[0], validity)
        self.assertTrue(self.site.messages("alice", "Z.B"))
        self.assertEqual(client.delete("A.B")[0], "NO")
        client.ok("close")
        client.ok("delete", "Z.B.C")
        names = sorted(path.name for path in self.site.maildir("alice").glob(".*/"))
        self.assertEqual(names, [".Entw&APw-rfe", ".With space", ".Z", ".Z.B"])
        self.assertEqual(len(client.ok("lsub", '""', "*")), 5)

    def test_a_killed_session_loses_nothing(self):
        client = self.selected()
        for i in range(5):
            append(client, "INBOX", message(str(i)))
        known = messages(client)
        client.ok("store", "1", "+FLAGS", r"(\Deleted)")
        children = subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True, check=True)
        os.kill(int(children.stdout.split()[0]), signal.SIGKILL)
        validity, found = messages(self.login())
        self.assertEqual((validity, list(found)), (known[0], list(known[1])))

    def test_without_a_server(self):
        store(self.site, message("0"))
        output = self.site.run("imapd", input=LOGIN + b"b SELECT INBOX\r\nc LOGOUT\r\n").stdout
        self.assertIn(b"* 1 EXISTS\r\n", output)
        self.assertIn(b"\r\nc OK ", output)


class TwoSessions(Case):
    def test_idle_sees_what_another_does(self):
        one, two = self.selected(), self.selected()
        one.start_idle()
        took = []
        for number in range(1, 6):
            append(two, "INBOX", message(str(number)))
            took.append(one.told(rb"\* %d EXISTS" % number)[0])
            two.ok("store", str(number), "+FLAGS", r"(\Seen $Junk)")
            took.append(one.told(rb"\* %d FETCH .*FLAGS \((?=.*\\Seen)(?=.*\$Junk)" % number)[0])
        two.ok("store", "2:3", "+FLAGS", r"(\Deleted)")
        one.told(rb"\* 3 FETCH ")
        two.ok("expunge")
        took.append(one.told(rb"\* [23] EXPUNGE")[0])
        took.append(one.told(rb"\* [23] EXPUNGE")[0])
        self.assertLess(max(took), 1.0, took)
        one.end_idle()
        self.assertEqual(messages(one), messages(two))

    def test_idle_sees_what_deliver_stores(self):
        client = self.selected()
        client.start_idle()
        for number in range(1, 4):
            self.site.run("deliver", "-r", "alice", input=message(f"delivered {number}"))
            self.assertLess(client.told(rb"\* %d EXISTS" % number)[0], 1.0)
        client.end_idle()
        self.assertEqual(client.ok("search", None, "SUBJECT", '"delivered 2"'), [b"2"])

    def test_mail_between_two_commands_is_told_as_idle_begins(self):
        client = self.selected()
        self.site.run("deliver", "-r", "alice", input=message("early"))
        client.start_idle()
        self.assertLess(client.told(rb"\* 1 EXISTS")[0], 1.0)
        client.end_idle()


class Wire(Case):
    def test_compress(self):
        client = self.login()
        client.ok("compress")
        client.ok("select")
        noise = random.Random(1).randbytes(300_000).replace(b"\0", b"0").replace(b"\r", b"1")
        texts = [message("many", 20_000), b"Subject: noise\n\n" + noise]
        for text in texts:
            append(client, "INBOX", text)
        self.assertEqual([one[1] for one in client.ok("fetch", "1:*", "(BODY[])")[::2]], [text.replace(b"\n", b"\r\n") for text in texts])
        client.start_idle()
        self.site.run("deliver", "-r", "alice", input=message("delivered"))
        self.assertLess(client.told(rb"\* 3 EXISTS")[0], 1.0)
        client.end_idle()
        client.ok("noop")

    def test_starttls_and_compress(self):
        client = self.login(starttls=True)
        client.ok("compress")
        append(client, "INBOX", message("x", 1000))
        self.assertEqual(len(messages(client)[1]), 1)

    def test_tls_from_the_start(self):
        port = self.site.listen("imapd", "--tls").port
        client = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=tls_context(), timeout=20)
        self.addCleanup(client.shutdown)
        self.assertNotIn("STARTTLS", client.capabilities)
        client.authenticate("PLAIN", lambda _: b"\0bob\0" + PASSWORDS["bob"].encode())
        self.assertEqual(client.select()[0], "OK")

    def test_more_messages_at_once_than_the_soft_limit_of_descriptors(self):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, limits[1]))  # which the server inherits
        try:
            self.port = self.site.listen("imapd").port
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        messages = b" {8+}\r\nA: 1\r\n\r\n" * 300
        lines = self.lines(LOGIN + b"b APPEND INBOX" + messages + b"\r\nc STATUS INBOX (MESSAGES)\r\nd LOGOUT\r\n")
        self.assertEqual(self.tagged(lines), [[b"a", b"OK"], [b"b", b"OK"], [b"c", b"OK"], [b"d", b"OK"]])
        self.assertIn(b"* STATUS INBOX (MESSAGES 300)", lines)

    def test_wrong_passwords(self):
        client = Client("127.0.0.1", self.port, timeout=20)
        self.addCleanup(client.shutdown)
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
            client.login("alice", "wrong")
        client.login("alice", PASSWORDS["alice"])

    def test_a_unix_socket(self):
        path = self.site.dir / "imap"
        server = self.site.start("imapd", "--listen", f"unix:{path}")
        wait_for(lambda: server.answers(str(path)), what="the socket")
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(path))
            peer.sendall(LOGIN + b"b LOGOUT\r\n")
            with peer.makefile("rb") as file:
                self.assertRegex(file.read(), rb"(?s)^\* OK .*\r\na OK .*\* BYE .*\r\nb OK ")

    def test_sighup_changes_users_and_certificate_but_not_sessions(self):
        before = self.selected(starttls=True)
        shown = before.sock.getpeercert(binary_form=True)
        self.site.make_certificate()
        self.site.write_users(f"carol:{{PLAIN}}word:{self.site.uid}:{self.site.gid}::{self.site.home('carol')}::\n")
        self.site.home("carol").mkdir()
        self.site.give(self.site.dir)
        self.server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "event=reloaded" in self.server.text(), what="the reload")
        after = Client("127.0.0.1", self.port, timeout=20)
        self.addCleanup(after.shutdown)
        after.starttls(tls_context())
        self.assertNotEqual(after.sock.getpeercert(binary_form=True), shown)
        self.assertEqual(after.login("carol", "word")[0], "OK")
        before.ok("noop")


class OtherWriters(Case):
    """Nothing but the Maildir is shared with them."""

    def setUp(self):
        super().setUp()
        for i in range(6):
            store(self.site, message(str(i)))
        self.client = self.selected()
        self.known = messages(self.client)
        self.cur, self.new = self.site.maildir("alice") / "cur", self.site.maildir("alice") / "new"

    def paths(self):
        return sorted(self.cur.iterdir(), key=lambda path: path.name)

    def uids(self):
        return [int(uid) for uid in self.client.ok("uid", "SEARCH", "ALL")[0].split()]

    def test_flags_by_a_rename(self):
        self.client.start_idle()
        for number, path in enumerate(self.paths()[:3], 1):
            path.rename(path.with_name(path.name.split(":2,")[0] + ":2,FS"))
            self.assertLess(self.client.told(rb"\* %d FETCH \(.*FLAGS \(.*\\Seen" % number)[0], 1.0)
        self.client.end_idle()
        self.assertEqual(self.client.ok("search", None, "FLAGGED"), [b"1 2 3"])
        self.client.ok("store", "1", "-FLAGS", r"(\Seen)")
        self.assertTrue(self.paths()[0].name.endswith(":2,F"))

    def test_flags_by_a_rename_between_two_commands(self):
        path = self.paths()[3]
        path.rename(path.with_name(path.name + "T"))
        self.assertEqual(self.client.ok("fetch", "4", "(BODY.PEEK[])")[0][1], wire_form(message("3")))
        self.client.ok("store", "4", "+FLAGS", r"(\Answered)")
        self.assertIn(rb"\Deleted", self.client.ok("fetch", "4", "(FLAGS)")[0])
        self.assertTrue(self.paths()[3].name.endswith(":2,RT"))

    def test_files_go_and_come(self):
        self.client.start_idle()
        self.paths()[1].unlink()
        self.assertLess(self.client.told(rb"\* 2 EXPUNGE")[0], 1.0)
        store(self.site, message("later"), sized=False, part="cur", flags="S")
        self.assertLess(self.client.told(rb"\* 6 EXISTS")[0], 1.0)
        self.client.end_idle()
        self.assertEqual(self.uids(), [1, 3, 4, 5, 6, 7])

    def test_a_hundred_renames_expunge_nobody(self):
        choose = random.Random(2)
        self.client.start_idle()
        for _ in range(100):
            path = choose.choice(self.paths())
            path.rename(path.with_name(path.name.split(":2,")[0] + ":2," + choose.choice(["", "F", "S", "RS", "FRST"])))
        lines = self.client.end_idle()
        self.assertFalse([line for line in lines if b"EXPUNGE" in line])
        self.client.ok("noop")
        self.assertEqual(self.uids(), list(self.known[1]))
        wanted = [path.name.split(":2,")[1] for path in self.paths()]
        letters = {rb"\Flagged": "F", rb"\Seen": "S", rb"\Answered": "R", rb"\Deleted": "T"}
        found = ["".join(sorted(letters[flag] for flag in one[0])) for one in messages(self.client)[1].values()]
        self.assertEqual(found, wanted)

    def test_rsync(self):
        """Writes .NAME.xxxxxx beside the file and renames it; what another copy of the Maildir has comes here with its flags."""
        self.client.start_idle()
        part = self.cur / ".1800000000.M1P1Q1.other:2,S.Xy12Za"
        part.write_bytes(message("half")[:9])
        self.site.give(self.cur)
        with self.assertRaises(TimeoutError):
            self.client.told(rb"\* 7 EXISTS", timeout=0.3)
        part.write_bytes(message("half"))
        self.site.give(self.cur)
        part.rename(self.cur / "1800000000.M1P1Q1.other:2,S")
        self.client.file = self.client.sock.makefile("rb")
        self.assertLess(self.client.told(rb"\* 7 EXISTS")[0], 1.0)
        self.client.end_idle()
        (_, text), _ = self.client.ok("fetch", "7", "(BODY.PEEK[])")
        self.assertEqual(text, wire_form(message("half")))

    def test_a_copied_maildir_is_the_same_mailbox(self):
        self.client.ok("store", "2", "+FLAGS", "($Label)")
        known = messages(self.client)
        shutil.copytree(self.site.maildir("alice"), self.site.maildir("bob"))
        self.site.give(self.site.home("bob"))
        self.assertEqual(messages(self.login("bob")), known)

    def test_mutt_at_the_same_time(self):
        if shutil.which("mutt") is None:
            self.skipTest("skipped: mutt is not installed")
        rc = self.site.dir / "muttrc"
        rc.write_text(f'set sleep_time=0 delete=yes quit=yes mail_check=0 folder="{self.site.dir}" record="" move=no confirmappend=no\n'
                      'push "<tag-pattern>~A<enter><tag-prefix><flag-message><delete-pattern>~s ^0$<enter><sync-mailbox>"\n')
        self.client.start_idle()
        mutt = OnTerminal(["mutt", "-n", "-F", rc, "-f", self.site.maildir("alice")], self.site.dir)
        self.addCleanup(mutt.close)
        first = self.paths()[0].name.split(":2,")[0]
        wait_for(lambda: mutt.look() and not any(path.name.startswith(first) for path in self.paths()), what="mutt")
        self.client.told(rb"\* 1 EXPUNGE")
        mutt.type(b"q")
        self.assertEqual(mutt.wait(), 0)
        self.client.end_idle()
        self.site.give(self.site.home("alice"))
        _, found = messages(self.client)
        self.assertEqual(list(found), [2, 3, 4, 5, 6])
        self.assertEqual({rb"\Flagged" in one[0] for one in found.values()}, {True})


if __name__ == "__main__":
    unittest.main()
