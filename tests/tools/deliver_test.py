# SPDX-License-Identifier: ISC
"""deliver: by hand, from .forward and mailbox_command as MTAs call it, by fetchmail and getmail, and as LMTP server."""
import os
import pwd
import shutil
import smtplib
import subprocess
import unittest

from mailsite import DOMAIN, Site, wait_for

MESSAGE = b"Received: from a.example\nFrom: joe@x.example\nSubject: hello\n\nA line.\n.\nFrom here\n"

CRLF = MESSAGE.replace(b"\n", b"\r\n")


class Case(unittest.TestCase):
    keys = {}

    def setUp(self):
        self.site = Site(tls=False, **self.keys)
        self.addCleanup(self.site.__exit__, None)
        self.name = pwd.getpwuid(self.site.uid).pw_name
        self.own = self.site.dir / "Maildir"

    def deliver(self, *args, input=MESSAGE, check=True):
        return self.site.run("deliver", "--log", "stderr", *args, input=input, check=check)

    def status(self, *args, input=MESSAGE):
        return self.deliver(*args, input=input, check=False).returncode

    def only(self, maildir):
        [path] = (maildir / "new").iterdir()
        return path.read_bytes()


class ByHand(Case):
    def test_without_a_recipient_it_is_the_mailbox_of_who_runs_it(self):
        self.deliver("-f", "joe@x.example")
        top = f"Return-Path: <joe@x.example>\nDelivered-To: {self.name}@{DOMAIN}\n".encode()
        self.assertEqual(self.only(self.own), top + MESSAGE)

    def test_a_name_without_a_domain_is_at_home_in_the_first(self):
        self.deliver("--domains", f"{DOMAIN},second.example", "--maildir", self.site.dir / "%d", "-r", f"{self.name}@second.example")
        self.assertIn(f"Delivered-To: {self.name}@second.example\n".encode(), self.only(self.site.dir / DOMAIN))

    def test_names_tell_sizes_and_files_are_private(self):
        done = self.deliver("-v", "-r", "alice", input=CRLF)
        [path] = self.site.messages("alice")
        text = path.read_bytes()
        self.assertEqual(done.stdout.decode(), path.name + "\n")
        self.assertTrue(path.name.endswith(f".mail.{DOMAIN},S={len(text)},W={len(text) + text.count(10)}"), path.name)
        self.assertTrue(text.endswith(MESSAGE))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.site.maildir("alice").stat().st_mode & 0o777, 0o700)
        self.assertEqual(list((self.site.maildir("alice") / "tmp").iterdir()), [])

    def test_recipients_are_addresses_names_and_tags(self):
        for recipient in ("alice", f"alice@{DOMAIN}", f"ALICE@{DOMAIN.upper()}", "alice+nofolder"):
            self.deliver("-r", recipient)
        self.assertEqual(len(self.site.messages("alice")), 4)
        for recipient in ("nosuch", f"nosuch@{DOMAIN}", "alice@elsewhere.example"):
            self.assertEqual(self.status("-r", recipient), 67, recipient)
        self.assertEqual(self.status("-r", "a b"), 64)

    def test_a_tag_is_a_folder_that_exists(self):
        for folder, recipient in {"lists.debian": "alice+lists.debian", "Entw&APw-rfe": "alice+Entwürfe"}.items():
            for part in ("cur", "new", "tmp"):
                (self.site.maildir("alice", folder) / part).mkdir(parents=True)
            self.site.give(self.site.maildir("alice"))
            self.deliver("-r", recipient)
            self.assertEqual(len(self.site.messages("alice", folder)), 1)

    def test_a_folder_that_is_a_link_is_none(self):
        self.deliver("-r", "alice")
        self.deliver("-r", "bob")
        os.symlink(self.site.maildir("bob"), self.site.maildir("alice", "lists"))
        self.deliver("-r", "alice+lists")
        self.assertEqual((len(self.site.messages("alice")), len(self.site.messages("bob"))), (2, 1))

    def test_the_sender_is_an_option_the_environment_the_from_line_or_in_the_message(self):
        def return_path(*args, text=MESSAGE, **environment):
            shutil.rmtree(self.own, ignore_errors=True)
            user = self.site.as_user()
            user["env"].update(environment)
            subprocess.run([self.site.bin / "deliver", *args], input=text, check=True, **user)
            first = self.only(self.own).split(b"\n")[0].decode()
            return first.removeprefix("Return-Path: ") if first.startswith("Return-Path") else None

        from_line = b"From f@x.example  Sat Nov 21 20:00:00 2026\n" + MESSAGE
        self.assertEqual(return_path("-f", "o@x.example", text=from_line, SENDER="e@x.example"), "<o@x.example>")
        self.assertEqual(return_path("-f", "", text=from_line), "<>")
        self.assertEqual(return_path(text=from_line, SENDER="e@x.example"), "<e@x.example>")
        self.assertEqual(return_path(text=from_line), "<f@x.example>")
        self.assertEqual(return_path(text=b"Return-Path: <m@x.example>\n" + MESSAGE), "<m@x.example>")
        self.assertEqual(return_path(), None)
        self.assertNotIn(b"From f@x", self.only(self.own))

    def test_a_message_that_loops_is_refused_for_good_where_a_recipient_is_named(self):
        looping = MESSAGE.replace(b"From:", f"Delivered-To: alice@{DOMAIN}\nFrom:".encode())
        self.assertEqual(self.status("-r", "alice", input=looping), 65)
        self.assertEqual(self.status("-r", "bob", input=looping), 0)
        self.assertEqual(self.status("--maildir", self.site.dir / "elsewhere", input=looping), 0)

    def test_exit_statuses(self):
        self.assertEqual(self.status("--nosuch"), 64)
        self.assertEqual(self.status(input=b""), 65)
        self.assertEqual(self.status("--quota", "many"), 78)
        self.assertEqual(self.status("--maildir", "%x/Maildir"), 75)  # never a bounce for a wrong configuration
        (self.site.dir / "locked").mkdir()
        (self.site.dir / "locked").chmod(0o500)
        self.site.give(self.site.dir / "locked")
        self.assertEqual(self.status("--maildir", self.site.dir / "locked/Maildir"), 75)
        done = self.deliver("-r", "nosuch", check=False)
        self.assertEqual(done.stderr.decode(), f"deliver: no mailbox of nosuch@{DOMAIN} here\n")


class Quota(Case):
    keys = {"quota": "1000S,3C"}

    def test_a_full_mailbox_is_temporary_unless_told_otherwise(self):
        for _ in range(3):
            self.deliver("-r", "alice")
        self.assertEqual(self.status("-r", "alice"), 75)
        self.assertEqual(self.status("--over-quota", "permanent", "-r", "alice"), 73)
        self.assertEqual(len(self.site.messages("alice")), 3)
        self.assertEqual(self.status("-r", "bob", input=MESSAGE + b"x" * 1000), 75)
        self.assertEqual(self.status("-r", "bob"), 0)

    def test_maildirsize_is_kept(self):
        self.deliver("-r", "alice")
        self.deliver("-r", "alice")
        lines = (self.site.maildir("alice") / "maildirsize").read_text().splitlines()
        self.assertEqual(lines[0], "1000S,3C")
        sizes = [path.stat().st_size for path in self.site.messages("alice")]
        counted = [sum(column) for column in zip(*(map(int, line.split()) for line in lines[1:]))]
        self.assertEqual(counted, [sum(sizes), 2])

    def test_a_users_own_quota_wins(self):
        self.site.write_users(f"carol:{{PLAIN}}x:{self.site.uid}:{self.site.gid}::{self.site.dir}/carol::"
                              "userdb_quota_rule=*:messages=1\n")
        self.assertEqual([self.status("-r", "carol") for _ in range(2)], [0, 75])


class FromOthers(Case):
    """As MTAs and mail fetchers start it."""

    def shell(self, command, text, **environment):
        """The way of local(8): sh -c, the user's rights, an environment made anew."""
        user = {**self.site.as_user(), "cwd": "/"}
        user["env"] = {"PATH": f"{self.site.bin}:/usr/bin:/bin", "HOME": str(self.site.dir), "USER": self.name,
                       "LOGNAME": self.name, "SHELL": "/bin/sh", **environment}
        return subprocess.run(["/bin/sh", "-c", command], input=text, capture_output=True, check=False, **user)

    def test_dot_forward(self):
        text = b"From joe@x.example  Sat Nov 21 20:00:00 2026\n" + MESSAGE
        done = self.shell("exec deliver", text)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        top = f"Return-Path: <joe@x.example>\nDelivered-To: {self.name}@".encode()
        self.assertTrue(self.only(self.own).startswith(top), self.only(self.own))

    def test_postfix_mailbox_command(self):
        """What Postfix 3.7's local(8) writes before the message, and its environment."""
        address = f"{self.name}@{DOMAIN}"
        text = (f"From joe@x.example  Sat Nov 21 20:00:00 2026\nReturn-Path: <joe@x.example>\nX-Original-To: {address}\n"
                f"Delivered-To: {address}\n").encode() + MESSAGE
        command = f'exec {self.site.bin}/deliver --config {self.site.config} --recipient "$RECIPIENT"'
        done = self.shell(command, text, SENDER="joe@x.example", RECIPIENT=address, DOMAIN=DOMAIN, EXTENSION="",
                          LOCAL=self.name, MAIL_CONFIG="/etc/postfix")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        stored = self.only(self.own).decode()
        self.assertTrue(stored.startswith(f"Return-Path: <joe@x.example>\nX-Original-To: {address}\nDelivered-To: "))
        self.assertEqual(stored.count("Delivered-To:"), 1)

    def fill(self, count):
        """A mailbox for others to fetch from: alice's, by POP3."""
        for number in range(count):
            self.deliver("-r", "alice", "-f", "joe@x.example", input=MESSAGE.replace(b"hello", b"number %d" % number))
        return self.site.listen("pop3d", "--log", "stderr")

    def subjects(self, maildir):
        return sorted(line for path in (maildir / "new").iterdir() for line in path.read_text().splitlines()
                      if line.startswith("Subject:"))

    @unittest.skipUnless(shutil.which("fetchmail"), "no fetchmail")
    def test_fetchmail(self):
        server = self.fill(3)
        rc = self.site.dir / "fetchmailrc"
        rc.write_text(f'poll 127.0.0.1 service {server.port} protocol pop3 user alice password "wonder land" '
                      f'sslproto "" no keep mda "{self.site.bin}/deliver --maildir {self.own} --log syslog"\n')
        rc.chmod(0o600)
        self.site.give(rc)
        environment = {**self.site.environment(), "FETCHMAILHOME": str(self.site.dir)}
        done = subprocess.run(["fetchmail", "-f", rc, "-d0"], capture_output=True, check=False, timeout=60,
                              **{**self.site.as_user(), "env": environment})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.subjects(self.own), [f"Subject: number {n}" for n in range(3)])
        self.assertIn(b"Return-Path: <joe@x.example>\n", next((self.own / "new").iterdir()).read_bytes())
        wait_for(lambda: not self.site.messages("alice"), what="fetchmail's DELE")

    @unittest.skipUnless(shutil.which("getmail"), "no getmail")
    def test_getmail(self):
        server = self.fill(2)
        directory = self.site.dir / "getmail"
        directory.mkdir()
        (directory / "getmailrc").write_text(
            f"[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = {server.port}\nusername = alice\n"
            f"password = wonder land\n[destination]\ntype = MDA_external\npath = {self.site.bin}/deliver\n"
            f'arguments = ("--maildir", "{self.own}", "--sender", "%(sender)", "--log", "syslog")\n'
            "[options]\nverbose = 0\ndelete = true\n")
        self.site.give(directory)
        done = subprocess.run(["getmail", "--getmaildir", directory], capture_output=True, check=False, timeout=60,
                              **self.site.as_user())
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)
        self.assertEqual(self.subjects(self.own), [f"Subject: number {n}" for n in range(2)])
        self.assertTrue(next((self.own / "new").iterdir()).read_bytes().startswith(b"Return-Path: <joe@x.example>\n"))


class Lmtp(Case):
    def test_each_recipient_has_a_reply(self):
        server = self.site.listen("deliver", "--lmtp", "--log", "stderr")
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            client.ehlo()
            self.assertFalse(client.has_extn("xlink"))
            client.mail("joe@x.example")
            names = ("alice", "nosuch", "bob")
            self.assertEqual([client.rcpt(f"{name}@{DOMAIN}")[0] for name in names], [250, 550, 250])
            self.assertEqual([client.data(CRLF)[0], client.getreply()[0]], [250, 250])
        self.assertEqual(len(self.site.messages("alice")), 1)
        top = f"Return-Path: <joe@x.example>\nDelivered-To: bob@{DOMAIN}\n".encode()
        self.assertEqual(self.only(self.site.maildir("bob")), top + MESSAGE)
        self.assertEqual({event["to"] for event in self.site.events(event="stored")},
                         {f"alice@{DOMAIN}", f"bob@{DOMAIN}"})

    def test_recipients_are_at_most_a_hundred(self):
        server = self.site.listen("deliver", "--lmtp", "--log", "stderr")
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            client.ehlo()
            client.mail("joe@x.example")
            codes = [client.rcpt(f"alice+{number}@{DOMAIN}")[0] for number in range(101)]
            self.assertEqual(codes, [250] * 100 + [452])
            code, text = client.data(CRLF)
            replies = [text] + [client.getreply()[1] for _ in range(99)]
            self.assertEqual(code, 250)
            self.assertTrue(all(reply.startswith(b"2.0.0 stored as ") for reply in replies))
        self.assertEqual(len(self.site.messages("alice")), 100)

    def test_it_speaks_on_pipes(self):
        talk = (b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n" + CRLF.replace(b"\n.\r", b"\n..\r")
                + b".\r\nQUIT\r\n")
        done = self.site.run("deliver", "--lmtp", input=talk)
        codes = [line[:3] for line in done.stdout.decode().splitlines() if line[3] == " "]
        self.assertEqual(codes, ["220", "250", "250", "250", "354", "250", "221"])
        self.assertTrue(self.only(self.site.maildir("alice")).endswith(MESSAGE))

    def test_a_process_of_the_same_user_may_link(self):
        path = self.site.dir / "lmtp"
        server = self.site.start("deliver", "--listen", f"unix:{path}", "--log", "stderr")
        wait_for(lambda: server.answers(str(path)))
        spooled = self.site.dir / "spooled"
        spooled.write_bytes(b"Return-Path: <>\nDelivered-To: alice\n" + MESSAGE)
        spooled.chmod(0o600)
        self.site.give(spooled)
        size = spooled.stat().st_size
        name = f"1700000000.M1P2Q3.mx,S={size},W={size + 9}"
        client = subprocess.run(["/usr/bin/python3", "-c", LINKING_CLIENT, path, spooled, name], capture_output=True,
                                check=False, **self.site.as_user())
        self.assertEqual(client.returncode, 0, client.stderr)
        self.assertEqual(client.stdout.split(b"\r\n")[-2][:4], b"250 ", client.stdout)
        [stored] = self.site.messages("alice")
        self.assertEqual((stored.name, stored.stat().st_ino), (name, spooled.stat().st_ino))
        self.assertEqual([event["id"] for event in self.site.events(event="stored")], ["1700000000.M1P2Q3.mx"])


LINKING_CLIENT = """
import os, socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
socket.send_fds(peer, [b"LHLO c\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<alice@example.org>\\r\\nXLINK %s\\r\\n" % sys.argv[3].encode()],
                [os.open(sys.argv[2], os.O_RDONLY)])
peer.shutdown(socket.SHUT_WR)
while data := peer.recv(65536):
    sys.stdout.write(data.decode())
"""


@unittest.skipUnless(os.geteuid() == 0, "not root")
class ByRoot(Case):
    """What a server does that root starts: the mailbox's owner in users(5) owns what is in it."""

    def setUp(self):
        super().setUp()
        self.ids = {"alice": (40001, 40001), "bob": (40002, 40002)}
        lines = [f"{user}:{{PLAIN}}x:{uid}:{gid}::{self.site.home(user)}::\n" for user, (uid, gid) in self.ids.items()]
        self.site.users.write_text("".join(lines) + f"zero:{{PLAIN}}x:0:0::{self.site.dir}/zero::\n")
        self.site.dir.chmod(0o755)
        for user, (uid, gid) in self.ids.items():
            os.chown(self.site.home(user), uid, gid)
        self.environment = self.site.environment()

    def as_root(self, *args, input=MESSAGE):
        return subprocess.run([self.site.bin / "deliver", *args], input=input, env=self.environment, check=False,
                              capture_output=True)

    def owners(self, user):
        maildir = self.site.maildir(user)
        return {(path.lstat().st_uid, path.lstat().st_gid) for path in [maildir, *maildir.rglob("*")]}

    def test_everything_in_a_mailbox_belongs_to_its_user(self):
        self.assertEqual(self.as_root("-r", "alice").returncode, 0)
        talk = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n\r\n.\r\n"
        done = self.as_root("--lmtp", "--quota", "1M", input=talk)
        self.assertEqual([line[:3] for line in done.stdout.splitlines()[-3:]], [b"354", b"250", b"250"])
        for user, ids in self.ids.items():
            self.assertEqual(self.owners(user), {ids})

    def test_nobody_gets_into_anothers_mailbox_by_a_link(self):
        self.assertEqual(self.as_root("-r", "bob").returncode, 0)
        os.symlink(self.site.maildir("bob"), self.site.maildir("alice"))
        self.assertEqual(self.as_root("-r", "alice").returncode, 75)
        talk = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n\r\n.\r\n"
        self.assertIn(b"\r\n451 4.3.0 ", self.as_root("--lmtp", input=talk).stdout)
        self.assertEqual(len(self.site.messages("bob")), 1)

    def test_root_has_no_mailbox(self):
        self.assertEqual(self.as_root("-r", "zero").returncode, 77)
        self.assertEqual(self.as_root().returncode, 77)
        talk = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<zero@example.org>\r\nDATA\r\n\r\n.\r\n"
        self.assertIn(b"\r\n451 4.3.0 ", self.as_root("--lmtp", input=talk).stdout)
        self.assertFalse((self.site.dir / "zero").exists())


if __name__ == "__main__":
    unittest.main()
