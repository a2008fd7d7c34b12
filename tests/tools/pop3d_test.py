# SPDX-License-Identifier: ISC
"""pop3d with the clients that people have: poplib, curl, fetchmail, mpop, mutt, openssl s_client; and by turns with
Dovecot over the same Maildir."""
import os
import poplib
import pty
import random
import select
import signal
import subprocess
import tarfile
import time
import unittest

from mailsite import PASSWORDS, ROOT, Site, wait_for
from pop3_clients import Dovecot, login, message, retrieve, store, unique_ids, wire_form

CORPUS = ROOT.parent / "shared/data/spamassassin-corpus.tar.xz"


class Case(unittest.TestCase):
    options = ()

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.__exit__, None)
        self.server = self.site.listen("pop3d", *self.options)
        self.port = self.server.port

    def login(self, user="alice"):
        client = login(self.port, user)
        self.addCleanup(client.close)
        return client

    def run_client(self, command, **options):
        done = subprocess.run([str(word) for word in command], capture_output=True, timeout=60, check=False, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def secret_file(self, name, text):
        path = self.site.dir / name
        path.write_text(text)
        path.chmod(0o600)
        return path


class Poplib(Case):
    def check_all(self, client, texts):
        """The maildrop is these texts, byte by byte, with sizes that are exact."""
        sizes = [int(line.split()[1]) for line in client.list()[1]]
        self.assertEqual(client.stat(), (len(texts), sum(sizes)))
        for number, text in enumerate(texts, 1):
            got = retrieve(client, number)
            self.assertEqual(got, wire_form(text))
            if text.endswith(b"\n"):
                self.assertEqual(len(got), sizes[number - 1])

    def test_sizes_are_exact_and_bytes_are_equal(self):
        texts = [message("plain"), message("dots") + b".\n..\n.x\n", b"Subject: no end\n\nlast line",
                 b"Subject: crlf\r\n\r\nx\r\n", b"Subject: 8bit\n\ncaf\xc3\xa9 \xff\x00\n", message("big", 30_000)]
        for i, text in enumerate(texts):
            store(self.site, text, sized=i % 2 == 0)
        client = self.login()
        self.check_all(client, texts)
        self.assertEqual(b"\r\n".join(client.top(2, 1)[1]), b"From: a@example.net\r\nSubject: dots\r\n\r\nline 0 of dots")
        client.quit()

    def test_only_quit_deletes(self):
        for i in range(3):
            store(self.site, message(str(i)))
        client = self.login()
        client.dele(1)
        client.dele(2)
        client.close()
        wait_for(lambda: not (self.site.maildir("alice") / "pop3d.lock").exists())
        self.assertEqual(len(self.site.messages("alice")), 3)
        client = self.login()
        self.assertEqual(client.stat()[0], 3)
        client.dele(2)
        client.quit()
        self.assertEqual([path.read_bytes() for path in self.site.messages("alice")], [message("0"), message("2")])
        [event] = self.site.events(event="deleted")
        self.assertRegex(event["id"], r"^17\d+\.M1P\d+Q1\.host$")

    def test_a_killed_session_deletes_nothing_and_locks_nobody_out(self):
        store(self.site, message("0"))
        client = self.login()
        client.dele(1)
        children = subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True, check=True)
        os.kill(int(children.stdout.split()[0]), signal.SIGKILL)
        lock = self.site.maildir("alice") / "pop3d.lock"
        self.assertTrue(lock.exists())
        os.utime(lock, (time.time() - 5, time.time() - 5))
        self.assertEqual(self.login().stat()[0], 1)

    def test_one_session_a_mailbox(self):
        store(self.site, message("0"))
        first = self.login()
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[IN-USE\]"):
            self.login()
        self.assertEqual(self.login("bob").stat()[0] if store(self.site, message("b"), "bob") else None, 1)
        first.quit()
        self.assertEqual(self.login().stat()[0], 1)

    def test_mail_that_comes_meanwhile_waits_for_the_next_session(self):
        store(self.site, message("0"))
        client = self.login()
        ids = unique_ids(client)
        store(self.site, message("1"))
        self.assertEqual(client.stat()[0], 1)
        client.quit()
        again = unique_ids(self.login())
        self.assertEqual(again["1"], ids["1"])
        self.assertEqual(len(again), 2)

    def test_a_hundred_thousand_messages_are_counted_by_their_names(self):
        """Empty files that claim to be of a thousand octets: who looked into one, or asked for its size, would know."""
        store(self.site, message("0"))
        directory, count = self.site.maildir("alice") / "cur", 100_000
        for number in range(count - 1):
            os.close(os.open(f"{directory}/{1_600_000_000 + number}.M1P1Q1.host,S=980,W=1000:2,S", os.O_CREAT | os.O_WRONLY, 0o600))
        self.assertEqual(self.login().stat(), (count, (count - 1) * 1000 + len(wire_form(message("0")))))

    def test_a_corpus_comes_back_byte_by_byte(self):
        if not CORPUS.exists():
            self.skipTest(f"skipped: {CORPUS} is not there")
        texts = []
        with tarfile.open(CORPUS) as archive:
            for member in archive:
                if member.isfile() and len(texts) < 500 and member.size < 300_000:
                    texts.append(archive.extractfile(member).read())
        for text in texts:
            store(self.site, text, sized=False)
        client = login(self.port)
        poplib._MAXLINE = 1_000_000
        self.check_all(client, texts)
        client.quit()


class Clients(Case):
    def setUp(self):
        super().setUp()
        self.texts = [message("one"), message("two") + b".\n"]
        for text in self.texts:
            store(self.site, text)

    def curl(self, path, *options, scheme="pop3", port=None):
        return self.run_client(["curl", "-sS", "-k", "-u", f"alice:{PASSWORDS['alice']}", *options,
                                f"{scheme}://127.0.0.1:{port or self.port}/{path}"])

    def test_curl(self):
        self.assertEqual(len(self.curl("", "--ssl-reqd").splitlines()), 2)
        self.assertEqual(self.curl("2", "--ssl-reqd"), wire_form(self.texts[1]))
        self.assertRegex(self.curl("", "--ssl-reqd", "-X", "UIDL"), rb"^1 [0-9a-f]{16}\r\n2 [0-9a-f]{16}\r\n$")
        for login_option in ("AUTH=PLAIN", "AUTH=LOGIN"):
            self.assertEqual(self.curl("1", "--ssl-reqd", "--login-options", login_option), wire_form(self.texts[0]))
        self.curl("1", "--ssl-reqd", "-X", "DELE", "-l")
        self.assertEqual(len(self.site.messages("alice")), 1)

    def test_curl_with_tls_from_the_start(self):
        port = self.site.listen("pop3d", "--tls").port
        self.assertEqual(self.curl("1", scheme="pop3s", port=port), wire_form(self.texts[0]))

    def fetchmail(self, *options):
        folder = self.site.dir / "fetchmail"
        folder.mkdir(exist_ok=True)
        rc = self.secret_file("fetchmailrc", f"""poll 127.0.0.1 protocol pop3 port {self.port} uidl
            username alice password "{PASSWORDS['alice']}" sslproto "auto" no sslcertck
            mda "cat > {folder}/$$.$(date +%N)"\n""")
        self.run_client(["fetchmail", "-f", rc, "--pidfile", self.site.dir / "pid", "--idfile", self.site.dir / "ids",
                         "--invisible", "--norewrite", *options], env={**os.environ, "HOME": str(self.site.dir)})
        return sorted(path.read_bytes() for path in folder.iterdir())

    def test_fetchmail_keeps_and_then_fetches(self):
        self.assertEqual(self.fetchmail("--keep"), sorted(self.texts))
        self.assertEqual(len(self.site.messages("alice")), 2)
        store(self.site, message("three"))
        self.assertEqual(len(self.fetchmail("--keep")), 3)  # the unique-ids tell what it knows
        store(self.site, message("four"))
        self.assertEqual(len(self.fetchmail("--nokeep")), 4)
        self.assertEqual(len(self.site.messages("alice")), 3)

    def test_mpop(self):
        target = self.site.dir / "mpop-mail"
        for part in ("new", "cur", "tmp"):
            (target / part).mkdir(parents=True)
        rc = self.secret_file("mpoprc", f"""account a\nhost 127.0.0.1\nport {self.port}\nuser alice
            password {PASSWORDS['alice']}\nauth plain\ntls on\ntls_starttls on\ntls_certcheck off\nkeep off
            received_header off\nuidls_file {self.site.dir}/uidls\ndelivery maildir {target}\naccount default : a\n""")
        self.run_client(["mpop", "-C", rc])
        self.assertEqual(sorted(path.read_bytes() for path in (target / "new").iterdir()), sorted(self.texts))
        self.assertEqual(self.site.messages("alice"), [])

    def test_mutt(self):
        rc = self.secret_file("muttrc", f"""set ssl_verify_dates=no ssl_verify_host=no pop_checkinterval=1 sleep_time=0
set pop_user=alice pop_pass="{PASSWORDS['alice']}" pop_delete=no pop_reconnect=no quit=yes ssl_starttls=yes
set certificate_file={self.site.cert} folder={self.site.dir} record="" message_cachedir="" copy=no confirmappend=no confirmcreate=no delete=yes
push "<copy-message>=copied<enter><delete-message><sync-mailbox><quit>"\n""")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.site.dir)
            os.execvpe("mutt", ["mutt", "-n", "-F", str(rc), "-f", f"pop://127.0.0.1:{self.port}/"],
                       {**os.environ, "TERM": "vt100", "HOME": str(self.site.dir), "LANG": "C"})
        screen = b""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if select.select([terminal], [], [], 1)[0]:
                    screen += os.read(terminal, 65536)
            except OSError:
                break
        os.close(terminal)
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        self.assertEqual(len(self.site.messages("alice")), 1, screen)
        self.assertIn(b"Subject: one", (self.site.dir / "copied").read_bytes())

    def test_openssl_s_client(self):
        commands = f"USER alice\r\nPASS {PASSWORDS['alice']}\r\nLIST\r\nQUIT\r\n".encode()
        for options in (["-starttls", "pop3"], []):
            port = self.port if options else self.site.listen("pop3d", "--tls").port
            done = subprocess.run(["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}", *options], check=False,
                                  input=commands, capture_output=True, timeout=60)
            self.assertIn(b"+OK goodbye", done.stdout, done.stderr)

    def test_without_a_server(self):
        commands = f"USER alice\nPASS {PASSWORDS['alice']}\nSTAT\nLIST\nQUIT\n".encode()
        output = self.site.run("pop3d", input=commands).stdout
        self.assertRegex(output, rb"\+OK 2 \d+\r\n")
        self.assertTrue(output.endswith(b"+OK goodbye\r\n"))


class Options(Case):
    def test_wrong_ones_are_refused(self):
        for options in (["--expire", "soon"], ["--uidl-format", "%v"], ["--users", "/nowhere"], ["--unasked-utf8", "x"]):
            self.assertIn(self.site.run("pop3d", *options, check=False).returncode, (64, 78), options)

    def test_login_delay_holds_between_sessions(self):
        port = self.site.listen("pop3d", "--login-delay", "5m").port
        store(self.site, message("0"))
        login(port).quit()
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[LOGIN-DELAY\]"):
            login(port)
        stamp = self.site.maildir("alice") / "pop3d-login"
        os.utime(stamp, (time.time() - 301, time.time() - 301))
        login(port).quit()

    def test_expire_0_removes_what_was_retrieved(self):
        port = self.site.listen("pop3d", "--expire", "0").port
        store(self.site, message("0"))
        store(self.site, message("1"))
        client = login(port)
        self.assertIn("EXPIRE", client.capa())
        client.retr(1)
        client.quit()
        self.assertEqual([path.read_bytes() for path in self.site.messages("alice")], [message("1")])


@unittest.skipIf(Dovecot.missing(), f"skipped: {Dovecot.missing()}")
class ByTurns(Case):
    """A mailbox that Dovecot and pop3d use by turns keeps every unique-id."""

    def setUp(self):
        super().setUp()
        self.dovecot = Dovecot(self.site)
        self.addCleanup(self.dovecot.stop)
        self.known = {}  # text → unique-id

    def look(self, client):
        """Every message by its text has the unique-id that it had."""
        ids = unique_ids(client)
        found = {}
        for number, unique_id in ids.items():
            found[b"\n".join(client.retr(int(number))[1])] = unique_id
        for text, unique_id in found.items():
            self.assertEqual(self.known.setdefault(text, unique_id), unique_id)
        self.assertEqual(len(set(found.values())), len(ids))
        return found

    def test_by_turns(self):
        choose = random.Random(1)
        left = 0
        for turn in range(24):
            for i in range(choose.randint(0, 3)):
                store(self.site, message(f"{turn}.{i}"), sized=choose.random() < 0.5,
                      part=choose.choice(["new", "cur"]), flags=choose.choice(["", "S", "FRS"]))
                left += 1
            client = self.login() if choose.random() < 0.5 else self.dovecot.login()
            self.assertEqual(len(self.look(client)), left)
            for number in range(1, left + 1):
                if choose.random() < 0.2:
                    client.dele(number)
                    left -= 1
            client.quit()
        self.assertGreater(len(self.known), 20)
        log = (self.dovecot.dir / "log").read_text()
        self.assertNotRegex(log, r"(?i)error|warning|corrupt|broken", "Dovecot found something wrong")

    def test_dovecot_keeps_what_pop3d_wrote(self):
        for i in range(3):
            store(self.site, message(str(i)), sized=False)
        client = self.login()
        mine = unique_ids(client)
        client.retr(1)
        client.quit()
        uidlist = (self.site.maildir("alice") / "dovecot-uidlist").read_text()
        theirs = self.dovecot.login()
        self.assertEqual(unique_ids(theirs), mine)
        sizes = [line.split()[1] for line in theirs.list()[1]]
        theirs.quit()
        self.assertEqual([line.split()[1] for line in self.login().list()[1]], sizes)
        self.assertEqual(uidlist.splitlines()[0].split()[1], f"V{int(next(iter(mine.values()))[8:], 16)}")
        self.assertEqual(sum(path.name.endswith(":2,S") for path in self.site.messages("alice")), 1)

    def test_at_the_same_time(self):
        for i in range(50):
            store(self.site, message(str(i)), sized=i % 2 == 0)
        mine, theirs = self.login(), self.dovecot.login()
        self.assertEqual(unique_ids(mine), unique_ids(theirs))
        for number in range(1, 51):
            self.assertEqual(retrieve(mine, number), retrieve(theirs, number))
        for number in range(1, 26):
            theirs.dele(number)
        theirs.quit()
        with self.assertRaisesRegex(poplib.error_proto, "-ERR another session removed that message"):
            mine.retr(1)
        self.assertIn(b"line 0 of 30", retrieve(mine, 31))
        mine.dele(31)
        mine.quit()
        self.assertEqual(len(self.site.messages("alice")), 24)


if __name__ == "__main__":
    unittest.main()
