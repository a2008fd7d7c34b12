# SPDX-License-Identifier: ISC
"""imapd with the clients that people have: mbsync, OfflineIMAP, mutt, neomutt, fetchmail, getmail, curl, alpine."""
import os
import random
import re
import shutil
import subprocess
import unittest

from imap_clients import OnTerminal, append, folders, login, messages
from mailsite import PASSWORDS, Site, wait_for
from pop3_clients import message, store, wire_form

PASSWORD = PASSWORDS["alice"]


def needs(program):
    return unittest.skipIf(shutil.which(program) is None, f"skipped: {program} is not installed")


class Case(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)
        self.port = self.site.listen("imapd").port
        self.mine = self.site.dir / "client"
        self.mine.mkdir()

    def run_client(self, command, **options):
        done = subprocess.run([str(word) for word in command], capture_output=True, timeout=60, check=False,
                              env={**os.environ, "HOME": str(self.mine), "LC_ALL": "C.UTF-8"}, cwd=self.mine, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def secret_file(self, name, text):
        path = self.mine / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def login(self):
        client = login(self.port)
        self.addCleanup(client.shutdown)
        return client


def maildir_files(root):
    return [*(root / "new").iterdir(), *(root / "cur").iterdir()]


def subject_of(path):
    return re.search(rb"(?m)^Subject: (.*?)\r?$", path.read_bytes())[1].decode()


def local_maildir(root):
    """Subject → letters of its flags, of a Maildir that a client has made."""
    found = {}
    for path in maildir_files(root):
        subject = subject_of(path)
        assert subject not in found, f"{subject} twice"
        found[subject] = path.name.partition(":2,")[2]
    return found


def remote_maildir(site, folder=""):
    return local_maildir(site.maildir("alice", folder))


class Synchronized(Case):
    """Clients that keep a Maildir of their own equal to the mailbox."""

    def fill(self, count):
        choose = random.Random(3)
        for part in ("new", "cur", "tmp"):
            (self.site.maildir("alice") / part).mkdir(parents=True)
        for i in range(count):
            text = message(f"remote {i}")
            name = f"{1_600_000_000 + i}.M1P1Q1.host" + (f",S={len(text)}" if i % 2 else "") + ":2," + choose.choice(["", "S", "F", "RS", "FS", "D"])
            (self.site.maildir("alice") / "cur" / name).write_bytes(text)
        self.site.give(self.site.home("alice"))

    def store_local(self, root, subject, flags=""):
        (root / "cur" / f"1800000000.{subject.replace(' ', '_')}.client:2,{flags}").write_bytes(message(subject))

    def flag_local(self, root, wanted):
        """wanted: subject → letters of its flags."""
        for path in maildir_files(root):
            flags = wanted.get(subject_of(path))
            if flags:
                path.rename(root / "cur" / (path.name.partition(":2,")[0] + ":2," + flags))

    @needs("mbsync")
    def test_mbsync(self):
        self.fill(2000)
        self.login().ok("create", "Work")
        root = self.mine / "mail"
        root.mkdir()
        rc = self.secret_file("mbsyncrc", f"""FSync no\n\nIMAPAccount a\nHost localhost\nPort {self.port}\nUser alice\nPass "{PASSWORD}"
SSLType STARTTLS\nCertificateFile {self.site.cert}\nSystemCertificates no\n\nIMAPStore far\nAccount a\n
MaildirStore near\nPath {root}/\nInbox {root}/INBOX\nSubFolders Verbatim\n
Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\nCopyArrivalDate yes\n""")

        def sync():
            self.run_client(["mbsync", "-c", rc, "all"])
        sync()
        inbox = root / "INBOX"
        self.assertEqual(len(local_maildir(inbox)), 2000)
        self.assertEqual(local_maildir(inbox), remote_maildir(self.site))
        for i in range(50):
            self.store_local(inbox, f"local {i}", random.Random(i).choice(["", "S", "FS"]))
            self.store_local(root / "Work", f"work {i}", "S")
        self.flag_local(inbox, {f"remote {i}": "FRS" if i < 150 else "T" for i in range(100, 160)})
        client = self.login()
        client.ok("select")
        client.ok("store", "1:20", "+FLAGS.SILENT", r"(\Deleted)")
        client.ok("store", "30:40", "FLAGS.SILENT", r"(\Answered)")
        client.ok("expunge")
        append(client, "INBOX", message("new there"))
        sync()
        self.assertEqual(len(local_maildir(inbox)), 2000 + 50 - 10 - 20 + 1)
        self.assertEqual(local_maildir(inbox), remote_maildir(self.site))
        self.assertEqual(local_maildir(root / "Work"), remote_maildir(self.site, "Work"))
        before = self.site.messages("alice"), sorted(maildir_files(inbox))
        sync()
        self.assertEqual((self.site.messages("alice"), sorted(maildir_files(inbox))), before)

    @needs("offlineimap")
    def test_offlineimap(self):
        self.fill(100)
        client = self.login()
        client.ok("create", "Work")
        append(client, "Work", message("w"), r"\Flagged")
        rc = self.secret_file("offlineimaprc", f"""[general]\naccounts = a\nmetadata = {self.mine}/meta\nui = quiet\n
[Account a]\nlocalrepository = near\nremoterepository = far\n
[Repository near]\ntype = Maildir\nlocalfolders = {self.mine}/mail\n
[Repository far]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {self.port}\nremoteuser = alice\nremotepass = {PASSWORD}
ssl = no\nstarttls = no\nauth_mechanisms = PLAIN, LOGIN\n""")
        sync = ["offlineimap", "-c", rc, "-o", "-u", "basic"]
        self.run_client(sync)
        inbox = self.mine / "mail/INBOX"
        self.assertEqual(local_maildir(inbox), remote_maildir(self.site))
        self.store_local(inbox, "local", "FS")
        self.flag_local(inbox, {"remote 3": "FRS"})
        client.ok("select")
        client.ok("store", "50", "FLAGS", r"(\Answered)")
        self.run_client(sync)
        self.assertEqual(len(local_maildir(inbox)), 101)
        self.assertEqual(local_maildir(inbox), remote_maildir(self.site))
        self.assertEqual(local_maildir(self.mine / "mail/Work"), {"w": "F"})
        before = self.site.messages("alice")
        self.run_client(sync)
        self.assertEqual(self.site.messages("alice"), before)


class Fetching(Case):
    def setUp(self):
        super().setUp()
        self.texts = [message("one"), message("two") + b".\n"]
        for text in self.texts:
            store(self.site, text)

    @needs("fetchmail")
    def test_fetchmail(self):
        folder = self.mine / "got"
        folder.mkdir()
        rc = self.secret_file("fetchmailrc", f"""poll 127.0.0.1 protocol imap port {self.port}
            username alice password "{PASSWORD}" sslproto "auto" no sslcertck
            mda "cat > {folder}/$$.$(date +%N)"\n""")
        command = ["fetchmail", "-f", rc, "--pidfile", self.mine / "pid", "--invisible", "--norewrite"]
        self.run_client([*command, "--keep"])
        self.assertEqual(sorted(path.read_bytes() for path in folder.iterdir()), sorted(self.texts))
        self.assertEqual([path.name.split(":2,")[1] for path in self.site.messages("alice")], ["S", "S"])
        self.run_client([*command, "--all", "--nokeep"])
        self.assertEqual(self.site.messages("alice"), [])

    @needs("getmail")
    def test_getmail(self):
        target = self.mine / "mail"
        for part in ("new", "cur", "tmp"):
            (target / part).mkdir(parents=True)
        self.secret_file("getmailrc", f"""[retriever]\ntype = SimpleIMAPRetriever\nserver = 127.0.0.1\nport = {self.port}
username = alice\npassword = {PASSWORD}\nmailboxes = ("INBOX",)\n[destination]\ntype = Maildir\npath = {target}/
user = {"nobody" if os.geteuid() == 0 else ""}\n[options]\ndelete = true\nread_all = true\ndelivered_to = false\nreceived = false\n""")
        if os.geteuid() == 0:
            for path in (target, *target.iterdir()):
                os.chown(path, self.site.uid, self.site.gid)
            self.mine.chmod(0o755)
            self.site.dir.chmod(0o755)
        self.run_client(["getmail", "--getmaildir", self.mine, "--rcfile", self.mine / "getmailrc"])
        got = [re.sub(rb"(?m)^(Return-Path|X-getmail).*\n", b"", path.read_bytes()) for path in (target / "new").iterdir()]
        self.assertEqual(sorted(got), sorted(self.texts))
        self.assertEqual(self.site.messages("alice"), [])

    def curl(self, path, *options, **run):
        return self.run_client(["curl", "-sS", "-k", "-u", f"alice:{PASSWORD}", "--ssl-reqd", *options,
                                f"imap://127.0.0.1:{self.port}/{path}"], **run)

    @needs("curl")
    def test_curl(self):
        self.assertEqual(self.curl("INBOX;UID=2"), wire_form(self.texts[1]))
        self.assertEqual(self.curl("INBOX;MAILINDEX=1;SECTION=TEXT"), wire_form(self.texts[0]).split(b"\r\n\r\n", 1)[1])
        self.assertRegex(self.curl("INBOX?SUBJECT%20two"), rb"SEARCH 2\r\n")
        self.assertRegex(self.curl("", "-X", 'LIST "" "*"'), rb'\* LIST \(.*\) "\." "?INBOX"?\r\n')
        for login_option in ("AUTH=PLAIN", "AUTH=LOGIN", "AUTH=*"):
            self.assertEqual(self.curl("INBOX;UID=1", "--login-options", login_option), wire_form(self.texts[0]))
        text = self.secret_file("mail", "Subject: by curl\r\n\r\nhello\r\n")
        self.curl("INBOX", "-T", text)
        self.assertIn("by curl", remote_maildir(self.site))


class OnScreen(Case):
    """Scripted in a terminal."""

    def setUp(self):
        super().setUp()
        for number in range(1, 6):
            store(self.site, message(f"subject-{number}"), part="cur")
        client = self.login()
        client.ok("create", "Work")
        client.ok("subscribe", "Work")

    def mutt(self, name, more=""):
        rc = self.secret_file("muttrc", f"""set folder="imap://127.0.0.1:{self.port}/" spoolfile=+INBOX record="" sleep_time=0 quit=yes
set imap_user=alice imap_pass="{PASSWORD}" ssl_starttls=yes ssl_verify_dates=no ssl_verify_host=no certificate_file={self.site.cert}
set ssl_force_tls=yes delete=yes copy=no confirmappend=no confirmcreate=no mail_check=1 timeout=1 imap_idle=yes move=no mark_old=no resolve=no
set imap_condstore=yes imap_qresync=yes header_cache={self.mine}/cache\n{more}""")
        return self.on_terminal([name, "-n", "-F", rc])

    def on_terminal(self, command):
        terminal = OnTerminal(command, self.mine)
        self.addCleanup(terminal.close)
        return terminal

    def read_flag_copy_delete(self, name):
        """Twice: the second time it has its cache of headers, and QRESYNC."""
        for turn in (1, 2):
            terminal = self.mutt(name)
            terminal.wait_for(rb"subject-5")
            terminal.type(b"/subject-%d\n" % turn if turn != 1 else b"1\n")
            terminal.type(b"\n")
            terminal.wait_for(b"line 0 of subject-%d" % turn)
            terminal.type(b"iFC=Work\n")
            wait_for(lambda: terminal.look() and len(self.site.messages("alice", "Work")) == turn, what="the copy")
            store(self.site, message(f"pushed-{turn}"))
            terminal.wait_for(b"pushed-%d" % turn)
            terminal.type(b"D~s subject-%d\n$" % (turn + 3))
            wait_for(lambda: terminal.look() and len(self.site.messages("alice")) == 5, what="the expunge")
            terminal.type(b"q")
            self.assertEqual(terminal.wait(), 0)
        found = remote_maildir(self.site)
        self.assertEqual(sorted(found), ["pushed-1", "pushed-2", "subject-1", "subject-2", "subject-3"])
        self.assertEqual([found[f"subject-{number}"] for number in (1, 2)], ["FS", "FS"])
        self.assertEqual(sorted(remote_maildir(self.site, "Work")), ["subject-1", "subject-2"])

    @needs("mutt")
    def test_mutt(self):
        self.read_flag_copy_delete("mutt")

    @needs("neomutt")
    def test_neomutt(self):
        self.read_flag_copy_delete("neomutt")

    @needs("alpine")
    def test_alpine(self):
        inbox = f"{{127.0.0.1:{self.port}/user=alice/novalidate-cert}}"
        rc = self.secret_file("pinerc", f"inbox-path={inbox}INBOX\nfolder-collections=Mail {inbox}[]\n"
                              "feature-list=quit-without-confirm,no-expunge-without-confirm,expunge-without-confirm,auto-move-read-msgs\n"
                              "personal-name=A\nuser-domain=example.org\nquell-user-lookup-in-passwd-file=yes\n")
        terminal = self.on_terminal(["alpine", "-p", rc, "-i"])
        terminal.wait_for(rb"GREETING TEXT")
        terminal.type(b"e")
        terminal.wait_for(rb"(?i)password")
        terminal.type(PASSWORD.encode() + b"\r")
        terminal.wait_for(rb"Preserve password")
        terminal.type(b"n")
        terminal.wait_for(rb"subject-5")
        terminal.type(b"\r")
        terminal.wait_for(b"line 0 of subject-")
        terminal.type(b"d")
        terminal.wait_for(b"subject-")
        terminal.type(b"q")
        terminal.wait()
        self.assertEqual(len(self.site.messages("alice")), 4)


if __name__ == "__main__":
    unittest.main()
