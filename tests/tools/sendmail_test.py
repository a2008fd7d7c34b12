# SPDX-License-Identifier: ISC
"""sendmail as programs call it: through smtpd's socket, or straight into the spool; exit status 0 only for what is there."""
import fcntl
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import unittest

from mailsite import DOMAIN, NOBODY, wait_for
from queue_site import Queue, address

STRANGER = 65533  # neither root nor the spool's owner, and in no passwd(5)
DAEMON = 1        # the same, but passwd(5) knows it
FULL = "Date: Mon, 23 Nov 2026 00:00:00 +0000\nFrom: a@b.example\nMessage-ID: <1@b.example>\n"
LIST = FULL + f"To: {address('alice')}, bob\nCc: {address('bob')}\nBcc: alice+secret\nSubject: tea\n\nNow?\n"


class SendmailSite(Queue):
    """A spool that is nobody's, and smtpd on a socket for all."""

    def __init__(self, **site):
        super().__init__(**site)
        self.dir.chmod(0o755)
        self.socket = self.dir / "smtpd.sock"
        self.keys["submission-socket"] = self.socket
        self.write_config()
        self.config.chmod(0o644)

    def serve(self, *args, **popen):
        server = self.start("smtpd", "--log", "stderr", "--listen", f"unix:{self.socket}", *args, **popen)
        wait_for(lambda: server.answers(str(self.socket)), what="smtpd's socket")
        return server

    def sendmail(self, *args, input=LIST, uid=DAEMON, name="sendmail", wrapper=(), **popen):
        """(exit status, standard error); the spool holds all that was taken."""
        command = [*wrapper, self.bin / name, *args]
        rights = {"user": uid, "group": uid, "extra_groups": []} if os.geteuid() == 0 else {}
        text = input.encode() if isinstance(input, str) else input
        done = subprocess.run(command, input=text, capture_output=True, timeout=60, check=False, env=self.environment(),
                              cwd=self.dir, **{**rights, **popen})
        self.stdout = done.stdout.decode()
        return done.returncode, done.stderr.decode()

    def queued(self):
        """The spooled messages as text, envelope first, oldest first."""
        def received(name):
            return [int(number) for number in re.match(r"(\d+)\.M(\d+)P\d+Q(\d+)", name).groups()]
        return [(self.spool / "new" / name).read_text() for name in sorted(self.files("new"), key=received)]


def envelope(text):
    return re.split(r"^Received: ", text, maxsplit=1, flags=re.MULTILINE)[0]


def message(text):
    """What stands behind the Received field."""
    return re.split(r"^Received: .*\n(?:[ \t].*\n)*", text, maxsplit=1, flags=re.MULTILINE)[1]


class Case(unittest.TestCase):
    """sendmail_callers_test has it, too."""
    serves = True

    def run(self, result=None):
        self.result = result or self.defaultTestResult()
        return super().run(self.result)

    def setUp(self):
        self.site = SendmailSite(aliases="root: alice\n")
        self.addCleanup(self.leave)
        if self.serves:
            self.site.serve()

    def leave(self):
        failed = any(self in (test, getattr(test, "test_case", None)) for test, _ in self.result.failures + self.result.errors)
        self.site.__exit__(AssertionError if failed else None, None, None)

    def assert_sent(self, *args, **how):
        before = len(self.site.queued())
        self.assertEqual(self.site.sendmail(*args, **how), (0, ""))
        queued = self.site.queued()
        self.assertEqual(len(queued), before + 1)  # it stands there when sendmail has ended, not soon
        return queued[-1]

    def assert_refused(self, status, what, *args, **how):
        before = self.site.queued()
        code, said = self.site.sendmail(*args, **how)
        self.assertEqual(code, status, said)
        self.assertRegex(said, "^sendmail: " + what + r"\n$")
        self.assertEqual(self.site.queued(), before)


class Socket(Case):
    def test_cron(self):
        letter = "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@host> job\nMIME-Version: 1.0\n\noutput\n.\nmore\n"
        text = self.assert_sent("-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root", input=letter)
        self.assertEqual(envelope(text), f"Return-Path: <root@{DOMAIN}>\nDelivered-To: root@{DOMAIN}\n")
        self.assertRegex(text, rf"\nReceived: from mail\.{DOMAIN} \(local, uid {DAEMON}\)\n\tby mail\.{DOMAIN} with ESMTP id ")
        self.assertTrue(text.endswith("\n" + letter), text)
        self.assertEqual(self.site.events(event="received")[0]["uid"], str(DAEMON))
        self.assert_sent("-i", "-FCronDaemon", "-B8BITMIME", "-oem", "root", input=letter)
        self.site.sendq()
        self.assertEqual([mail["Subject"] for mail in self.site.mail("alice")], ["Cron <root@host> job"] * 2)

    def test_recipients_of_the_header(self):
        text = self.assert_sent("-t")
        self.assertEqual(re.findall(r"^Delivered-To: (.*)$", text, re.MULTILINE),
                         [address("alice"), address("bob"), address("alice+secret")])
        self.assertEqual(message(text), LIST.replace("Bcc: alice+secret\n", ""))
        text = self.assert_sent("-t", "-i", "alice+more, bob")
        self.assertEqual(re.findall(r"^Delivered-To: (.*)$", text, re.MULTILINE),
                         [address(user) for user in ("alice+more", "bob", "alice", "alice+secret")])

    def test_bcc_goes_without_t_too(self):
        text = self.assert_sent("alice")
        self.assertEqual(re.findall(r"^Delivered-To: (.*)$", text, re.MULTILINE), [address("alice")])
        self.assertNotIn("secret", text)

    def test_missing_fields_come_in_front(self):
        text = self.assert_sent("-F", "Jörg", "alice", input="Subject: hi\n\nhello\n")
        self.assertRegex(message(text), rf"^Date: .*\nFrom: =\?utf-8\?b\?SsO2cmc=\?= <daemon@{DOMAIN}>\n"
                                        rf"Message-ID: <\S+@mail.{DOMAIN}>\nSubject: hi\n\nhello\n$")
        self.assertIn(f"Return-Path: <daemon@{DOMAIN}>\n", text)
        self.assertIn(f"\nFrom: daemon <daemon@{DOMAIN}>\n", self.assert_sent("alice", input="\nhello\n"))
        self.assertTrue(self.assert_sent("alice", input="hello").endswith(f"@mail.{DOMAIN}>\n\nhello\n"))
        self.assertTrue(self.assert_sent("alice", input="").endswith(f"@mail.{DOMAIN}>\n"))

    def test_sender(self):
        self.assertIn("Return-Path: <news@x.example>\n", self.assert_sent("-f", "news@x.example", "alice"))
        self.assertIn("\nFrom: The News <news@x.example>\n", self.assert_sent("-r", "news@x.example", "-FThe News", "alice", input="\n"))
        for null in ("", "<>"):
            self.assertIn("Return-Path: <>\n", self.assert_sent("-f", null, "alice"))
        self.assert_refused(64, "'a b' is no sender", "-f", "a b", "alice")
        if os.geteuid() == 0:
            self.assert_refused(67, r"passwd\(5\) does not know who calls: say -f", "alice", uid=STRANGER)
            self.assert_sent("-f", "somebody@x.example", "alice", uid=STRANGER)

    def test_lines(self):
        text = "line\n\n..\n.two\n\x01\x7f\n " + "x" * 3000 + "\n"
        self.assertEqual(message(self.assert_sent("-i", "alice", input=FULL + "\n" + text)), FULL + "\n" + text)
        crlf = (FULL + "\n" + text).replace("\n", "\r\n")
        self.assertEqual(message(self.assert_sent("-oi", "alice", input=crlf)), FULL + "\n" + text)
        self.assertEqual(message(self.assert_sent("alice", input=FULL + "\nline\n.\nmore\n")), FULL + "\nline\n")
        self.assertEqual(message(self.assert_sent("-i", "alice", input=FULL + "\nline\n.\nmore\n")), FULL + "\nline\n.\nmore\n")
        self.assertEqual(message(self.assert_sent("alice", input="From joe Mon\n" + FULL + "\n")), FULL + "\n")

    def test_reports(self):
        text = self.assert_sent("-N", "success,delay", "-R", "hdrs", "-V", "a+b", "alice")
        self.assertIn("\nMailpipe-Mail: RET=HDRS ENVID=a+2Bb\n", text)
        self.assertIn("\nMailpipe-Rcpt: NOTIFY=SUCCESS,DELAY\n", text)
        self.assertIn("\nMailpipe-Rcpt: NOTIFY=NEVER\n", self.assert_sent("-N", "never", "alice"))

    def test_utf8_is_asked_for_only_where_it_is_needed(self):
        self.assertNotIn("SMTPUTF8", envelope(self.assert_sent("alice", input=FULL + "\nJörg\n")))
        self.assertNotIn("SMTPUTF8", envelope(self.assert_sent("alice", input=FULL.encode() + b"Subject: J\xf6rg\n\n\xf6\n".replace(b"\xf6", b"?"))))
        self.assertIn("SMTPUTF8", envelope(self.assert_sent("alice", input=FULL + "Subject: Jörg\n\n")))
        self.assertIn("SMTPUTF8", envelope(self.assert_sent("alice", "jörg@x.example", input=FULL + "\n")))

    def test_all_get_it_or_nobody_does(self):
        self.assert_refused(67, rf"nobody@{DOMAIN}: 550 5\.1\.1 .*", "alice", "nobody", "bob")
        self.assert_refused(64, r"recipient: 'bob@' is no list of addresses", "alice", "bob@")
        self.assert_refused(65, r"Cc: 'bob@' is no list of addresses", "-t", input="To: alice\nCc: bob@\n\n")
        self.assert_refused(65, "nobody to send to: To, Cc and Bcc name no one", "-t", input="Subject: x\n\n")
        self.assert_refused(64, "nobody to send to: name recipients, or say -t")
        self.assert_refused(64, r"-bd: smtpd\(8\) is the server", "-bd")

    def test_as_many_recipients_as_smtpd_takes(self):
        names = [f"alice+{number}" for number in range(1001)]
        self.assert_refused(65, r"alice\+1000@\S+: 452 4\.5\.3 .*", *names)
        self.assertEqual(self.assert_sent(*names[:1000]).count("\nDelivered-To: "), 1000)

    def slow_caller(self, text):
        """A sendmail that has read all of the text, and waits for more."""
        rights = {"user": DAEMON, "group": DAEMON, "extra_groups": []} if os.geteuid() == 0 else {}
        environment = {**self.site.environment(), "ASAN_OPTIONS": "quarantine_size_mb=1"}
        process = subprocess.Popen([self.site.bin / "sendmail", "-i", "alice"], stdin=subprocess.PIPE, env=environment, **rights)
        process.stdin.write(text)
        process.stdin.flush()

        def unread():
            return struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, b"1234"))[0]
        wait_for(lambda: unread() == 0, what="sendmail to read")
        return process

    def test_a_body_of_any_size_is_not_held_in_memory(self):
        line = b"0123456789" * 100 + b"\n"
        peaks = []
        for text in (FULL.encode() + b"\n" + line * lines for lines in (2_000, 16_000)):
            process = self.slow_caller(text)
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peaks.append(int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]))
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(message(self.site.queued()[-1]).encode(), text)
        self.assertLess(peaks[1] - peaks[0], 10_000, peaks)

    def test_too_much(self):
        for server in self.site.servers:
            server.stop()
        self.site.serve("--max-size", "10000")
        self.assert_refused(65, r"alice@\S+: 552 5\.3\.4 .*", "-i", "alice", input=FULL + "\n" + "x\n" * 5_000)
        self.assert_sent("-i", "alice", input=FULL + "\n" + "x\n" * 3_000)

    def test_the_header_is_bounded(self):
        fields = "X: " + "x" * 996 + "\n"
        self.assert_sent("alice", input=FULL + fields * 1040 + "\n")
        self.assert_refused(65, "the header has more than 1048576 octets", "alice", input=FULL + fields * 1049 + "\n")

    def test_a_scratch_file_that_finds_no_room_is_a_temporary_failure(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        self.assert_refused(75, "gather the message: .*: File too large", "alice", input=FULL + "\n" + "x\n" * 1_000_000, preexec_fn=limit)

    def test_no_new_privileges(self):
        self.assert_sent("alice", wrapper=["setpriv", "--no-new-privs"])

    def test_a_slow_caller_keeps_no_server_waiting(self):
        caller = self.slow_caller(FULL.encode() + b"\nslow")
        links = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{caller.pid}/fd").iterdir()]
        self.assertFalse([link for link in links if link.startswith("socket:")], links)
        caller.communicate(b" but sure\n", timeout=60)
        self.assertEqual(caller.returncode, 0)
        self.assertTrue(self.site.queued()[-1].endswith("\nslow but sure\n"))

    def test_smtp_on_standard_input(self):
        commands = f"EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{address('alice')}>\r\nDATA\r\n{FULL}\n.\nQUIT\n".replace("\r\n", "\n")
        code, said = self.site.sendmail("-bs", "-odb", "-oem", input=commands.replace("\n", "\r\n"))
        self.assertEqual((code, said), (0, ""))
        self.assertRegex(self.site.stdout, r"^220 (?:.|\n)*\n250 2\.0\.0 queued as \S+\r\n221 2\.0\.0 [^\n]*\n$")
        self.assertEqual(message(self.site.queued()[0]), FULL + "\n")

    def test_newaliases_is_content(self):
        for arguments in (("-bi",), ("-I",)):
            self.assertEqual(self.site.sendmail(*arguments), (0, ""))

    def test_smtpd_s_filter_is_passed(self):
        for server in self.site.servers:
            server.stop()
        self.site.serve("--filter", "sed 's/tea/coffee/'")
        self.assertIn("\nSubject: coffee\n", self.assert_sent("-t"))


class Faults(Case):
    """What does not end in the spool does not end with 0."""
    serves = False

    def peer(self, *replies):
        """A server that says the replies, each to what it hears, and goes."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.site.socket))
        self.site.socket.chmod(0o666)
        listener.listen(5)

        def talk():
            with listener, listener.accept()[0] as peer:
                for reply in replies:
                    peer.sendall(reply)
                    peer.recv(1 << 20)
        thread = threading.Thread(target=talk)
        thread.start()
        self.addCleanup(thread.join)

    def test_nobody_listens(self):
        where = re.escape(str(self.site.socket))
        self.assert_refused(75, f"connect to smtpd at {where}: No such file or directory", "alice")
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(self.site.socket))
        self.site.socket.chmod(0o666)
        dead.close()
        self.assert_refused(75, f"connect to smtpd at {where}: Connection refused", "alice")

    def test_the_socket_may_not_be_used(self):
        self.site.serve()
        self.site.socket.chmod(0o600)
        if os.geteuid() == 0:
            self.assert_refused(75, r"connect to smtpd at \S+: Permission denied", "alice")

    def test_smtpd_goes_in_the_middle(self):
        ehlo = b"250-mx\r\n250 PIPELINING\r\n"
        for replies in ((), (b"220 mx\r\n",), (b"220 mx\r\n", ehlo), (b"220 mx\r\n", ehlo, b"250 m\r\n250 r\r\n"),
                        (b"220 mx\r\n", ehlo, b"250 m\r\n250 r\r\n", b"354 go\r\n")):
            with self.subTest(replies=replies):
                self.peer(*replies)
                code, said = self.site.sendmail("alice")
                self.assertEqual(code, 75, said)
                self.site.socket.unlink()

    def test_smtpd_is_killed_while_it_is_asked(self):
        server = self.site.serve("--filter", "kill -9 $PPID; sleep 1; cat")
        code, said = self.site.sendmail("alice")
        self.assertEqual(code, 75, said)
        self.assertEqual(self.site.queued(), [])
        server.stop(signal.SIGKILL)

    def test_a_full_disk_is_a_temporary_failure(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        server = self.site.serve("--min-free", "0", preexec_fn=limit)
        self.assert_refused(75, r"alice@\S+: 45\d .*", "alice", input=FULL + "\n" + "x\n" * 10_000)
        server.stop()
        self.assert_refused(75, r"the spool: 45\d .*", "alice", input=FULL + "\n" + "x\n" * 10_000, uid=self.site.uid, preexec_fn=limit)
        self.assert_sent("alice", uid=self.site.uid)

    def test_no_room_left(self):
        self.site.serve("--min-free", str(1 << 60))
        self.assert_refused(75, r"alice@\S+: 452 4\.3\.1 .*", "alice")
        self.assert_refused(75, r"alice@\S+: 452 4\.3\.1 .*", "alice", uid=self.site.uid)  # nor behind its back


class Spool(Case):
    """Where smtpd is not there, for those who own the spool."""
    serves = False

    def assert_owned(self):
        owners = {path.stat().st_uid for path in [self.site.spool, *self.site.spool.rglob("*")]}
        self.assertEqual(owners, {self.site.uid})

    def test_utf8_is_told_as_by_smtp(self):
        self.assertIn("SMTPUTF8", envelope(self.assert_sent("alice", "jörg@x.example", input=FULL + "\n", uid=self.site.uid)))
        self.assertNotIn("SMTPUTF8", envelope(self.assert_sent("alice", input=FULL + "\nJörg\n", uid=self.site.uid)))

    def test_the_owner_writes_it(self):
        text = self.assert_sent("-t", uid=self.site.uid)
        self.assertRegex(text, rf"\nReceived: from mail\.{DOMAIN} \(local, uid {self.site.uid}\)\n\tby mail\.{DOMAIN} id ")
        self.assertEqual(message(text), LIST.replace("Bcc: alice+secret\n", ""))
        self.site.sendq()
        self.assertEqual((len(self.site.mail("alice")), len(self.site.mail("bob"))), (2, 1))  # one for the tag

    @unittest.skipUnless(os.geteuid() == 0, "skipped: not root")
    def test_root_writes_it_as_its_owner(self):
        self.assertRegex(self.assert_sent("alice", uid=0), r"\(local, uid 0\)")
        self.assert_owned()
        shutil.rmtree(self.site.spool)
        self.site.spool.mkdir()
        os.chown(self.site.spool, NOBODY, NOBODY)
        self.site.files = lambda place: sorted(path.name for path in (self.site.spool / place).glob("*"))
        self.assert_sent("alice", uid=0)
        self.assert_owned()

    @unittest.skipUnless(os.geteuid() == 0, "skipped: not root")
    def test_root_s_spool_is_nobody_s(self):
        os.chown(self.site.spool, 0, 0)
        self.assert_refused(75, "connect to smtpd at .*", "alice", uid=0)

    def test_who_does_not_exist_is_reported(self):
        self.assert_sent("-f", "bob", "nobody", uid=self.site.uid)
        self.site.sendq()
        self.assertIn("Undelivered", self.site.mail("bob")[0]["Subject"])

    def test_it_is_told_in_the_log(self):
        code, said = self.site.sendmail("--log", "stderr", "alice", uid=self.site.uid)
        self.assertEqual(code, 0)
        self.assertRegex(said, rf"^ts=\S+ tool=sendmail event=received id=\S+ from=\S+ to=1 size=\d+ ip=local helo=\S+ uid={self.site.uid}\n$")

    def test_smtpd_goes_before_the_text(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.site.socket))
        self.site.socket.chmod(0o666)
        listener.listen(5)

        def talk():
            with listener, listener.accept()[0] as peer:
                peer.sendall(b"421 4.3.2 not now\r\n")
        thread = threading.Thread(target=talk)
        thread.start()
        self.assert_sent("alice", uid=self.site.uid)
        thread.join()

    def test_queue(self):
        self.assert_sent("alice", uid=self.site.uid)
        for name, arguments in (("sendmail", ("-bp",)), ("mailq", ())):
            (self.site.dir / "mailq").unlink(missing_ok=True)
            (self.site.dir / "mailq").symlink_to(self.site.bin / "sendmail")
            program = self.site.dir / name if name == "mailq" else name
            self.assertEqual(self.site.sendmail(*arguments, name=program, uid=self.site.uid), (0, ""))
            self.assertRegex(self.site.stdout, rf"^\d\S+ .* {address('alice')} .*\n$")
        self.assertEqual(self.site.sendmail("-q", uid=self.site.uid)[0], 0)
        self.assertEqual(len(self.site.mail("alice")), 1)

    def test_smtp_on_standard_input(self):
        commands = f"HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<{address('alice')}>\r\nDATA\r\n\r\n.\r\nQUIT\r\n"
        self.assertEqual(self.site.sendmail("-bs", input=commands, uid=self.site.uid)[0], 0)
        self.assertIn("250 2.0.0 queued as ", self.site.stdout)
        code, said = self.site.sendmail("-bs", input=commands)
        self.assertEqual((code, self.site.stdout), (75, ""), said)


if __name__ == "__main__":
    unittest.main()
