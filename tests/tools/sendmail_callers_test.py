# SPDX-License-Identifier: ISC
"""The programs that call sendmail, with ours: mutt, s-nail, git send-email, PHP; and systemd's OnFailure= by the example."""
import os
import re
import shutil
import subprocess
import unittest

from mailsite import DOMAIN, ROOT
from queue_site import address
from sendmail_test import Case

TEXT = "Grüße.\n.\nA line with a dot alone stands above.\n"


class Callers(Case):
    def setUp(self):
        super().setUp()
        self.program = self.site.bin / "sendmail"
        self.home = self.site.dir / "caller"
        self.home.mkdir()
        self.site.give(self.home)

    def call(self, *command, text="", **more):
        """Runs it as an ordinary user; what it says when it succeeds."""
        if not shutil.which(command[0]):
            self.skipTest(f"skipped: no {command[0]}")
        environment = {**self.site.environment(), "HOME": str(self.home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **more}
        done = subprocess.run(list(map(str, command)), input=text.encode(), capture_output=True, timeout=60, check=False,
                              **{**self.site.as_user(), "cwd": self.home, "env": environment})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.decode()

    def delivered(self, *users):
        """The one message that each of them has got."""
        self.site.sendq()
        found = []
        for user in users:
            self.assertEqual(len(self.site.messages(user)), 1, user)
            found.append(self.site.mail(user)[0])
        return found

    def body(self, mail):
        return mail.get_payload(decode=True).decode(mail.get_content_charset("utf-8"))

    def test_mutt(self):
        rc = self.home / "muttrc"
        rc.write_text(f'set sendmail="{self.program} -oem -oi"\nset use_envelope_from=yes\nset from="Ann <ann@x.example>"\n'
                      'set copy=no\nset dsn_notify="failure,delay"\nset dsn_return=hdrs\nset charset=utf-8\n')
        self.call("mutt", "-F", rc, "-s", "Teezeit: Grüße", "-b", address("bob"), "--", address("alice"), text=TEXT)
        mail, hidden = self.delivered("alice", "bob")
        self.assertEqual(self.body(mail), TEXT)
        self.assertEqual((mail["Return-Path"], hidden["Bcc"]), ("<ann@x.example>", None))

    def test_s_nail(self):
        self.call("s-nail", "-:/", "-Sv15-compat", f"-Smta=file://{self.program}", "-Ssendwait", "-s", "tea", "-b", address("bob"),
                  address("alice"), text=TEXT)
        mail, hidden = self.delivered("alice", "bob")
        self.assertEqual(self.body(mail), TEXT)
        self.assertEqual((mail["Subject"], hidden["Bcc"]), ("tea", None))

    def test_git_send_email(self):
        patch = self.home / "0001-tea.patch"
        patch.write_text("From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@x.example>\n"
                         "Date: Mon, 23 Nov 2026 00:00:00 +0000\nSubject: [PATCH] tea\n\nBecause.\n---\n.\n+tea\n--\n2.39\n")
        identity = {f"GIT_{who}_{what}": "ann@x.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        try:
            self.call("git", "send-email", "--confirm=never", "--quiet", f"--smtp-server={self.program}", "--from=Ann <ann@x.example>",
                      "--envelope-sender=bounces@x.example", "--suppress-cc=all", f"--to={address('alice')}", f"--bcc={address('bob')}",
                      patch, GIT_CONFIG_NOSYSTEM="1", **identity)
        except AssertionError as error:
            if "is not a git command" in str(error):
                self.skipTest("skipped: no git-email")
            raise
        mail, hidden = self.delivered("alice", "bob")
        self.assertEqual((mail["Subject"], mail["Return-Path"], hidden["Bcc"]), ("[PATCH] tea", "<bounces@x.example>", None))
        self.assertTrue(self.body(mail).endswith("\n---\n.\n+tea\n--\n2.39\n"), self.body(mail))

    def test_php(self):
        headers = f"From: ann@x.example\\r\\nBcc: {address('bob')}"
        script = f'exit(mail("{address("alice")}", "tea", "one\\n.\\ntwo\\n", "{headers}", "-fbounces@x.example") ? 0 : 1);'
        self.call("php", "-d", f"sendmail_path={self.program} -t -i", "-r", script)
        mail, hidden = self.delivered("alice", "bob")
        self.assertEqual((mail["Subject"], mail["Return-Path"], hidden["Bcc"]), ("tea", "<bounces@x.example>", None))
        self.assertEqual(self.body(mail).strip(), "one\n.\ntwo")

    def test_a_unit_that_fails(self):
        """The command of the example, as systemd makes it out of its line."""
        unit = (ROOT / "examples/systemd/mailpipe-failure@.service").read_text()
        script = re.search(r"^ExecStart=/bin/sh -c '(.*)' sh %i %H$", unit, re.MULTILINE)[1]
        script = script.replace("\\\\", "\\").replace("%%", "%").replace("$$", "$").replace("/usr/local/bin/sendmail", str(self.program))
        fake = self.home / "systemctl"
        fake.write_text('#!/bin/sh\necho "$* says what happened"\nexit 3\n')
        fake.chmod(0o755)
        self.call("/bin/sh", "-c", script, "sh", "backup.service", "mx", PATH=f"{self.home}:{os.environ['PATH']}")
        mail, = self.delivered("alice")
        self.assertEqual((mail["Subject"], mail["To"]), ("backup.service on mx has failed", "root"))
        self.assertRegex(mail["From"], rf"^systemd <\w+@{DOMAIN}>$")
        self.assertEqual(self.body(mail), "status --full --lines=50 backup.service says what happened\n")


if __name__ == "__main__":
    unittest.main()
