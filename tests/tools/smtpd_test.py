# SPDX-License-Identifier: ISC
"""smtpd's policy, with Python's smtplib as the client: who may send what to whom, and what it becomes in the spool."""
import pathlib
import resource
import shutil
import signal
import smtplib
import socket
import subprocess
import threading
import unittest

from mailsite import DOMAIN, PASSWORDS, ROOT, Site, tls_context, wait_for

ALIASES = "sales: alice\nops: alice, bob\n@catchall.example: bob\nwebmaster@virtual.example: alice\n"
MESSAGE = "From: a@example.net\nSubject: hello\n\nA line.\n.\n..two dots\n"


def spooled(site):
    """The files of new/, oldest first."""
    return sorted(pathlib.Path(site.spool, "new").glob("*"))


class Case(unittest.TestCase):
    options = ()
    keys = {}

    def setUp(self):
        self.site = Site(aliases=ALIASES, domains=[DOMAIN, "catchall.example"], virtual_domains=["virtual.example"],
                         **self.keys)
        self.addCleanup(self.site.__exit__, None)
        self.server = self.site.listen("smtpd", *self.options)

    def client(self, login=None):
        client = smtplib.SMTP("127.0.0.1", self.server.port, local_hostname="client.example", timeout=20)
        self.addCleanup(client.close)
        client.starttls(context=tls_context())
        client.ehlo()
        if login:
            client.login(login, PASSWORDS[login])
        return client

    def reply(self, client, *commands):
        """The reply to the last of the commands."""
        for command in commands:
            code, text = client.docmd(command)
        return code, text.decode()


class Port25(Case):
    def test_a_message_stands_in_the_spool_with_its_envelope_first(self):
        self.client().sendmail("a@example.net", [f"alice@{DOMAIN}"], MESSAGE)
        [path] = spooled(self.site)
        text = path.read_text()
        lines = text.splitlines()
        self.assertEqual(lines[:2], ["Return-Path: <a@example.net>", f"Delivered-To: alice@{DOMAIN}"])
        self.assertTrue(lines[2].startswith("Received: from client.example"), lines[2])
        self.assertIn("with ESMTPS", text)
        self.assertTrue(text.endswith(MESSAGE), text)
        self.assertNotIn("\r", text)
        octets = path.stat().st_size
        self.assertIn(f",S={octets},W={octets + text.count(chr(10))}", path.name)
        [event] = self.site.events(event="received")
        self.assertTrue(path.name.startswith(event["id"] + ","))

    def test_recipients_are_known_by_users_aliases_tags_and_domains(self):
        client = self.client()
        for recipient, code in {
            f"alice@{DOMAIN}": 250, f"ALICE@{DOMAIN.upper()}": 250, f"alice+tag@{DOMAIN}": 250, f"sales@{DOMAIN}": 250,
            f"sales+x@{DOMAIN}": 250, "anything@catchall.example": 250, "webmaster@virtual.example": 250,
            "postmaster": 250, f"postmaster@{DOMAIN}": 250, "postmaster@virtual.example": 250,
            f"nobody@{DOMAIN}": 550, "alice@virtual.example": 550, "alice@elsewhere.example": 550,
        }.items():
            got = self.reply(client, "RSET", "MAIL FROM:<>", f"RCPT TO:<{recipient}>")
            self.assertEqual(got[0], code, f"{recipient}: {got}")
            if code == 550:
                self.assertTrue(got[1].startswith(("5.1.1", "5.7.1")), got)

    def test_relaying_is_for_those_who_have_logged_in(self):
        refused = self.reply(self.client(), "MAIL FROM:<a@example.net>", "RCPT TO:<b@elsewhere.example>")
        self.assertEqual(refused[0], 550)
        self.assertTrue(refused[1].startswith("5.7.1"))
        taken = self.reply(self.client("alice"), "MAIL FROM:<a@example.net>", "RCPT TO:<b@elsewhere.example>")
        self.assertEqual(taken[0], 250)

    def test_loops_end_here(self):
        client = self.client()
        many = "Received: from a by b\n" * 100 + MESSAGE
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@example.net", [f"alice@{DOMAIN}"], many)
        self.assertEqual(refused.exception.smtp_code, 554)
        self.assertTrue(refused.exception.smtp_error.startswith(b"5.4.6"))
        client.sendmail("a@example.net", [f"alice@{DOMAIN}"], "Received: from a by b\n" * 99 + MESSAGE)
        with self.assertRaises(smtplib.SMTPDataError):
            client.sendmail("a@example.net", [f"alice@{DOMAIN}"], f"Delivered-To: alice@{DOMAIN}\n" + MESSAGE)
        self.assertEqual(len(spooled(self.site)), 1)

    def test_the_header_is_bounded(self):
        client = self.client()
        line = "X-Long: " + "x" * 990 + "\n"
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@example.net", [f"alice@{DOMAIN}"], line * 1100 + MESSAGE)
        self.assertEqual(refused.exception.smtp_code, 552)
        client.sendmail("a@example.net", [f"alice@{DOMAIN}"], line * 1000 + MESSAGE)

    def test_return_path_fields_of_the_message_go(self):
        self.client().sendmail("a@example.net", [f"alice@{DOMAIN}"], "return-path: <x@y>\nA: b\nReturn-Path:\n <z@y>\n" + MESSAGE)
        text = spooled(self.site)[0].read_text()
        self.assertEqual(text.lower().count("return-path"), 1)
        self.assertTrue(text.endswith("\nA: b\n" + MESSAGE), text)

    def test_no_field_is_added_on_port_25(self):
        self.client().sendmail("a@example.net", [f"alice@{DOMAIN}"], MESSAGE)
        text = spooled(self.site)[0].read_text()
        self.assertNotIn("\nDate:", text)
        self.assertNotIn("\nMessage-ID:", text)

    def test_sighup_takes_new_users_and_keeps_the_old_ones_when_they_are_wrong(self):
        def code():
            return self.reply(self.client(), "MAIL FROM:<>", f"RCPT TO:<carol@{DOMAIN}>")[0]

        self.assertEqual(code(), 550)
        self.site.write_users(f"carol:{{PLAIN}}x:{self.site.uid}:{self.site.gid}::{self.site.home('carol')}::\n")
        self.server.process.send_signal(1)
        wait_for(lambda: code() == 250, what="carol")
        self.site.users.write_text("this is no line of users(5)\n")
        self.server.process.send_signal(1)
        wait_for(lambda: "not reloaded" in self.server.text(), what="the log line")
        self.assertEqual(code(), 250)


class TrustedNetwork(Case):
    keys = {"networks": ["127.0.0.0/8"]}

    def test_may_relay(self):
        self.assertEqual(self.reply(self.client(), "MAIL FROM:<>", "RCPT TO:<b@elsewhere.example>")[0], 250)


class FullMailbox(Case):
    keys = {"quota": "1000,3C"}

    def test_is_refused_at_rcpt(self):
        maildir = self.site.maildir("alice")
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True)
        (maildir / "maildirsize").write_text("1000S,3C\n1001 1\n")
        self.site.give(self.site.home("alice"))
        got = self.reply(self.client(), "MAIL FROM:<>", f"RCPT TO:<alice@{DOMAIN}>")
        self.assertEqual((got[0], got[1][:5]), (452, "4.2.2"))
        self.assertEqual(self.reply(self.client(), "MAIL FROM:<>", f"RCPT TO:<bob@{DOMAIN}>")[0], 250)


    def test_is_refused_when_the_announced_message_would_not_fit(self):
        maildir = self.site.maildir("alice")
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True)
        (maildir / "maildirsize").write_text("1000S,3C\n900 1\n")
        self.site.give(self.site.home("alice"))
        client = self.client()
        for size, code in (("", 250), (" SIZE=100", 250), (" SIZE=101", 452)):
            with self.subTest(size=size):
                self.assertEqual(self.reply(client, "RSET", f"MAIL FROM:<>{size}", f"RCPT TO:<alice@{DOMAIN}>")[0], code)


class Submission(Case):
    options = ("--submission",)

    def test_login_comes_first(self):
        self.assertEqual(self.reply(self.client(), "MAIL FROM:<>")[0], 530)

    def test_a_wrong_password_is_refused(self):
        with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
            self.client().login("alice", "wrong")
        self.assertEqual(refused.exception.smtp_code, 535)

    def test_the_sender_belongs_to_the_login(self):
        client = self.client("alice")
        for sender, code in {f"alice@{DOMAIN}": 250, f"alice+list@{DOMAIN}": 250, f"sales@{DOMAIN}": 250,
                             f"ops@{DOMAIN}": 250, "webmaster@virtual.example": 250, "": 250, f"bob@{DOMAIN}": 553,
                             "alice@elsewhere.example": 553, f"nobody@{DOMAIN}": 553}.items():
            got = self.reply(client, "RSET", f"MAIL FROM:<{sender}>")
            self.assertEqual(got[0], code, f"{sender}: {got}")

    def test_missing_fields_are_added_and_the_client_is_not_told_of(self):
        self.client("alice").sendmail(f"alice@{DOMAIN}", ["b@elsewhere.example"], MESSAGE)
        text = spooled(self.site)[0].read_text()
        self.assertRegex(text, r"\nDate: \w\w\w, \d")
        self.assertRegex(text, rf"\nMessage-ID: <\S+@mail.{DOMAIN}>\n")
        self.assertNotIn("127.0.0.1", text)
        self.assertIn("with ESMTPSA", text)

    def test_fields_that_are_there_are_left_alone(self):
        dated = "Date: Sat, 21 Nov 2026 21:53:22 +0100\nMessage-ID: <x@y>\n" + MESSAGE
        self.client("alice").sendmail(f"alice@{DOMAIN}", ["b@elsewhere.example"], dated)
        text = spooled(self.site)[0].read_text()
        self.assertEqual((text.count("\nDate:"), text.count("\nMessage-ID:")), (1, 1))


class ImplicitTls(Case):
    options = ("--submission", "--tls")

    def test_speaks_tls_from_the_first_octet(self):
        with smtplib.SMTP_SSL("127.0.0.1", self.server.port, context=tls_context(), timeout=20) as client:
            client.login("bob", PASSWORDS["bob"])
            self.assertNotIn("starttls", client.esmtp_features)
            client.sendmail(f"bob@{DOMAIN}", [f"alice@{DOMAIN}"], MESSAGE)
        self.assertEqual(len(spooled(self.site)), 1)


class Filters(unittest.TestCase):
    def send(self, command, message=MESSAGE, *options):
        site = Site()
        self.addCleanup(site.__exit__, None)
        server = site.listen("smtpd", "--filter", command, *options)
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="client.example", timeout=30) as client:
            client.ehlo()
            client.mail("a@example.net")
            client.rcpt(f"alice@{DOMAIN}")
            code, text = client.data(message)
        files = spooled(site)
        self.assertEqual(len(files), 1 if code == 250 else 0)
        return code, text.decode(), files[0].read_text() if files else None

    def test_its_output_is_spooled(self):
        code, _, text = self.send("sed 's/^Subject: .*/&, filtered/' | cat")
        self.assertEqual(code, 250)
        self.assertIn("\nSubject: hello, filtered\n", text)
        self.assertTrue(text.startswith("Return-Path: <a@example.net>\n"))

    def test_fields_that_it_puts_on_top_come_below_the_trace(self):
        _, _, text = self.send("echo 'X-Top: yes'; cat")
        self.assertLess(text.index("Received:"), text.index("X-Top: yes"))

    def test_its_exit_status_decides(self):
        for command, code, words in [
            ("exit 75", 451, "4.3.0"), ("echo no thanks >&2; exit 1", 550, "5.7.1 no thanks"), ("exit 69", 550, "5.7.1"),
            ("kill -9 $$", 451, "4.3.0"), ("no-such-command-here", 451, "4.3.0"), ("true", 451, "4.3.0 filter gave no"),
            (r"printf 'two\nlines\r\n250 ok' >&2; exit 77", 550, "5.7.1 two"),
        ]:
            got = self.send(command)
            self.assertEqual(got[0], code, f"{command}: {got}")
            self.assertIn(words, got[1], command)

    def test_its_output_may_have_crlf(self):
        code, _, text = self.send("sed 's/$/\\r/'")
        self.assertEqual(code, 250)
        self.assertNotIn("\r", text)
        self.assertIn("\n.\n..two dots\n", text)

    def test_it_runs_where_sigchld_was_ignored(self):
        with Site() as site:
            session = f"HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<alice@{DOMAIN}>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
            done = subprocess.run([site.bin / "smtpd", "--filter", "cat"], input=session.encode(), capture_output=True, check=True,
                                  **site.as_user(), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
            self.assertIn(b"\r\n250 2.0.0 queued", done.stdout)

    def test_a_slow_one_is_killed(self):
        self.assertEqual(self.send("sleep 60; cat", MESSAGE, "--filter-timeout", "1s")[0], 451)

    def test_it_sees_the_envelope(self):
        _, _, text = self.send('cat; echo "[$MAILPIPE_SENDER|$MAILPIPE_RECIPIENTS|$MAILPIPE_CLIENT|$MAILPIPE_HELO]"')
        self.assertIn(f"[a@example.net|alice@{DOMAIN}\n|127.0.0.1|client.example]", text)

    def test_what_it_leaves_behind_writes_nothing_into_the_message(self):
        code, _, text = self.send("cat; (seq 300000 | tr 0-9 L) & exit 0", MESSAGE + ("x" * 76 + "\n") * 100000)
        self.assertEqual(code, 250)
        self.assertEqual(text.count("x" * 76 + "\n"), 100000)
        self.assertTrue(text.startswith("Return-Path"))

    def test_a_talkative_one_is_heard_to_its_end(self):
        self.assertEqual(self.send("cat; head -c 50000000 /dev/zero >&2")[0], 250)
        self.assertIn("5.7.1 first", self.send("echo first >&2; head -c 5000000 /dev/zero >&2; exit 1")[1])

    def test_its_output_is_no_larger_than_a_message_may_be(self):
        for size, code in ((100_000, 250), (100_001, 552)):
            got = self.send(f"cat >/dev/null; head -c {size - 1} /dev/zero | tr '\\0' x; echo", MESSAGE, "--max-size", "100000")
            self.assertEqual(got[0], code, got[1])

    def test_a_large_message_passes(self):
        big = MESSAGE + ("x" * 76 + "\n") * 100000
        code, _, text = self.send("cat", big)
        self.assertEqual(code, 250)
        self.assertTrue(text.endswith(big))


class RealFilter(unittest.TestCase):
    """examples/filters/bogofilter with Debian's bogofilter."""

    def test_bogofilter_marks_and_refuses(self):
        site = Site()
        self.addCleanup(site.__exit__, None)
        words = site.dir / "words"
        words.mkdir()
        spam = "Subject: cheap pills\n\n" + "cheap pills casino lottery winner buy now\n" * 20
        ham = "Subject: minutes\n\n" + "the minutes of our meeting on the compiler are attached\n" * 20
        for _ in range(5):
            for kind, text in (("-s", spam), ("-n", ham)):
                subprocess.run(["bogofilter", kind, "-d", words], input=text.encode(), check=True)
        site.give(words)
        command = shutil.copy(ROOT / "examples/filters/bogofilter", site.dir / "filter")  # nobody may not look into our clone
        server = site.listen("smtpd", "--filter", str(command),
                             env={**site.environment(), "BOGOFILTER_DIR": str(words), "SPAM_REFUSED": "0.9"})
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
            client.sendmail("a@example.net", [f"alice@{DOMAIN}"], ham)
            with self.assertRaises(smtplib.SMTPDataError) as refused:
                client.sendmail("a@example.net", [f"alice@{DOMAIN}"], spam)
        self.assertEqual(refused.exception.smtp_error, b"5.7.1 this looks like spam")
        [path] = spooled(site)
        self.assertRegex(path.read_text(), r"\nX-Bogosity: Ham,.*\n")


class Limits(unittest.TestCase):
    def start(self, *options, **popen):
        site = Site()
        self.addCleanup(site.__exit__, None)
        server = site.listen("smtpd", *options, **popen)
        return site, server

    def connect(self, server):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.addCleanup(client.close)
        return client, client.makefile("rb")

    def welcome(self, server):
        """A connection that is greeted: the parent may need a moment to see that others have ended."""
        def greeted():
            connection = self.connect(server)
            return connection if connection[1].readline().startswith(b"220 ") else None
        return wait_for(greeted, what="a greeting")

    def test_connections_from_one_address(self):
        _, server = self.start("--max-per-client", "2")
        first = self.welcome(server)
        self.welcome(server)
        self.assertTrue(self.connect(server)[1].readline().startswith(b"421 4.3.2"))
        first[0].sendall(b"QUIT\r\n")
        first[1].read()
        self.welcome(server)

    def test_connections_in_all(self):
        _, server = self.start("--max-children", "1")
        self.welcome(server)
        self.assertTrue(self.connect(server)[1].readline().startswith(b"421 4.3.2"))

    def processes(self, server):
        tasks = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        return tasks.read_text().split()

    def test_a_process_goes_on_after_a_session_without_secrets(self):
        _, server = self.start()

        def goes_on():
            """Not always: where the next client comes first, before the parent has heard of the end."""
            client, lines = self.welcome(server)
            before = self.processes(server)
            client.sendall(b"EHLO client.example\r\nQUIT\r\n")
            lines.read()
            following, _ = self.welcome(server)
            after = self.processes(server)
            following.close()
            return set(after) <= set(before)
        wait_for(goes_on, what="a process that goes on")

    def test_a_process_that_has_heard_a_password_ends(self):
        _, server = self.start()
        client, lines = self.welcome(server)
        client.sendall(b"EHLO client.example\r\nAUTH PLAIN AGFsaWNlAHdyb25n\r\nQUIT\r\n")
        self.assertIn(b"\r\n535 5.7.8", lines.read())
        wait_for(lambda: not self.processes(server), what="the end of the process")

    def test_a_process_that_has_had_tls_ends(self):
        _, server = self.start()
        with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as client:
            client.starttls(context=tls_context())
        wait_for(lambda: not self.processes(server), what="the end of the process")

    def test_a_process_has_one_session_where_that_is_asked_for(self):
        _, server = self.start("--sessions-per-process", "1")
        client, lines = self.welcome(server)
        client.sendall(b"QUIT\r\n")
        lines.read()
        wait_for(lambda: not self.processes(server), what="the end of the process")

    def test_a_silent_client_is_sent_away(self):
        _, server = self.start("--timeout", "1s")
        _, lines = self.connect(server)
        lines.readline()
        self.assertTrue(lines.readline().startswith(b"421 4.4.2"))
        self.assertEqual(lines.read(), b"")

    def test_size_is_announced_and_kept(self):
        site, server = self.start("--max-size", "1000")
        with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as client:
            client.ehlo()
            self.assertEqual(client.esmtp_features["size"], "1000")
            self.assertEqual(client.docmd("MAIL FROM:<> SIZE=1001")[0], 552)
            body = "x" * 50 + "\r\n"
            head = "Subject: x\r\n\r\n"
            exact = head + body * ((1000 - len(head)) // 52)
            exact += "y" * (1000 - len(exact) - 2) + "\r\n"
            self.assertEqual(len(exact), 1000)
            client.sendmail("", [f"alice@{DOMAIN}"], exact)
            client.mail("")
            client.rcpt(f"alice@{DOMAIN}")
            self.assertEqual(client.data("z" + exact)[0], 552)
        self.assertEqual(len(spooled(site)), 1)

    def test_room_is_left_for_those_who_deliver(self):
        for options, code in ((("--min-free", str(2**62)), 452), (("--min-free", "0"), 250)):
            _, server = self.start(*options)
            with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
                client.helo()
                self.assertEqual(client.mail("a@example.net")[0], code)

    def test_more_recipients_than_commands_were_allowed_before(self):
        _, server = self.start("--max-recipients", "7000")
        client, lines = self.connect(server)
        talk = b"HELO x\r\nMAIL FROM:<>\r\n" + f"RCPT TO:<alice@{DOMAIN}>\r\n".encode() * 7001 + b"QUIT\r\n"
        sender = threading.Thread(target=client.sendall, args=(talk,))
        sender.start()
        codes = [line[:3] for line in lines]
        sender.join()
        self.assertEqual(codes[3:], [b"250"] * 7000 + [b"452", b"221"])

    def test_a_spool_that_can_not_be_written_is_no_reason_to_bounce(self):
        site, server = self.start()
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
            for mode, code in ((0o500, 451), (0o700, 354)):
                (site.spool / "tmp").chmod(mode)
                client.helo()
                client.mail("a@example.net")
                client.rcpt(f"alice@{DOMAIN}")
                self.assertEqual(client.docmd("DATA")[0], code)

    def test_a_limit_on_files_is_like_a_full_disk(self):
        site, server = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
            for size, code in ((200_000, 451), (50_000, 250)):
                client.helo()
                client.mail("a@example.net")
                client.rcpt(f"alice@{DOMAIN}")
                self.assertEqual(client.data("x\r\n" * (size // 3))[0], code)
        self.assertEqual(len(spooled(site)), 1)

    def test_a_session_outlives_sigterm_and_the_parent_waits_for_it(self):
        site, server = self.start()
        client, lines = self.connect(server)
        lines.readline()
        server.process.terminate()
        def closed():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", server.port)) != 0
        wait_for(closed, what="no more connections")
        client.sendall(f"HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice@{DOMAIN}>\r\nDATA\r\n".encode())
        for _ in range(4):
            reply = lines.readline()
        self.assertTrue(reply.startswith(b"354"), reply)
        client.sendall(b"\r\nhi\r\n.\r\nQUIT\r\n")
        self.assertTrue(lines.readline().startswith(b"250"))
        lines.read()
        self.assertEqual(server.process.wait(15), 0)
        self.assertEqual(len(spooled(site)), 1)


if __name__ == "__main__":
    unittest.main()
