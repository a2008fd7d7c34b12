# SPDX-License-Identifier: ISC
"""SCRAM-SHA-256 and -PLUS as others speak it: gsasl, msmtp and mpop log in at smtpd and pop3d, with passwords that gsasl has
written."""
import base64
import pathlib
import poplib
import smtplib
import subprocess
import unittest

from mailsite import DOMAIN, Site
from pop3_clients import message, store

PASSWORD = "open sesame"


def stored(password):
    """Of users(5), as gsasl (and Dovecot) writes it."""
    done = subprocess.run(["gsasl", "--mkpasswd", "-m", "SCRAM-SHA-256", "-p", password], capture_output=True, check=True)
    return done.stdout.decode().strip()


class ScramTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.__exit__, None, None, None)
        ids = f"{cls.site.uid}:{cls.site.gid}::{cls.site.home('alice')}::"
        cls.site.users.write_text(f"alice:{stored(PASSWORD)}:{ids}\ndora:{{PLAIN}}{PASSWORD}:{ids}\n")
        cls.submission = cls.site.listen("smtpd", "--submission").port
        cls.submissions = cls.site.listen("smtpd", "--submission", "--tls").port
        cls.pop3 = cls.site.listen("pop3d").port

    def gsasl(self, mechanism, user="alice", password=PASSWORD, *options):
        done = subprocess.run(["gsasl", "--smtp", f"--connect=localhost:{self.submission}", "-m", mechanism, "-a", user,
                               "-p", password, f"--x509-ca-file={self.site.cert}", "--no-client-first", *options],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")

    def test_gsasl(self):
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"):
            for user, password, right in (("alice", PASSWORD, True), ("dora", PASSWORD, True), ("alice", "x", False),
                                          ("nobody", PASSWORD, False)):
                with self.subTest(mechanism=mechanism, user=user, password=password):
                    options = ["--no-cb"] if mechanism == "SCRAM-SHA-256" else []
                    succeeded, output = self.gsasl(mechanism, user, password, *options)
                    self.assertEqual(succeeded, right, output)
                    self.assertIn("235 2.7.0" if right else "535 5.7.8", output)

    def test_what_is_offered(self):
        with smtplib.SMTP("localhost", self.submission) as client:
            client.ehlo()
            self.assertEqual(client.esmtp_features["auth"].split(), ["SCRAM-SHA-256", "PLAIN", "LOGIN"])  # on loopback
            client.starttls()
            client.ehlo()
            self.assertEqual(client.esmtp_features["auth"].split()[:2], ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
        pop3 = poplib.POP3("localhost", self.pop3)
        self.assertEqual(pop3.capa()["SASL"], ["SCRAM-SHA-256", "PLAIN", "LOGIN"])
        pop3.close()

    def test_plain_checks_the_same_password(self):
        with smtplib.SMTP("localhost", self.submission) as client:
            client.ehlo()
            self.assertEqual(client.login("alice", PASSWORD)[0], 235)
        with smtplib.SMTP("localhost", self.submission) as client:
            client.ehlo()
            self.assertRaises(smtplib.SMTPAuthenticationError, client.login, "alice", "x")

    def test_msmtp(self):
        for port, options in ((self.submission, ["--tls-starttls=on"]), (self.submissions, ["--tls-starttls=off"])):
            sent = subprocess.run(["msmtp", "--host=localhost", f"--port={port}", "--tls=on", *options, "--user=alice",
                                   f"--tls-trust-file={self.site.cert}", "--auth=scram-sha-256", f"--from=alice@{DOMAIN}",
                                   f"--passwordeval=echo '{PASSWORD}'", f"dora@{DOMAIN}"], input=b"Subject: x\n\nx\n",
                                  capture_output=True, timeout=60, check=False)
            self.assertEqual(sent.returncode, 0, sent.stderr)

    def test_mpop(self):
        store(self.site, message("one"))
        target, rc = self.site.dir / "mail", self.site.dir / "mpoprc"
        for part in ("new", "cur", "tmp"):
            pathlib.Path(target / part).mkdir(parents=True)
        rc.write_text(f"""account a\nhost localhost\nport {self.pop3}\nuser alice\npassword "{PASSWORD}"\nauth scram-sha-256
            tls on\ntls_starttls on\ntls_trust_file {self.site.cert}\nkeep on\nuidls_file {self.site.dir}/uidls
            delivery maildir {target}\naccount default : a\n""")
        rc.chmod(0o600)
        got = subprocess.run(["mpop", "-C", rc], capture_output=True, timeout=60, check=False)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertEqual(len(list((target / "new").iterdir())), 1)

    def test_who_does_not_exist_has_a_salt_that_stays(self):
        def challenge(user):
            with smtplib.SMTP("localhost", self.submission) as client:
                client.ehlo()
                first = base64.b64encode(f"n,,n={user},r=abc".encode()).decode()
                code, text = client.docmd("AUTH", "SCRAM-SHA-256 " + first)
                self.assertEqual((code, client.docmd("*")[0]), (334, 501))
                return dict(field.split("=", 1) for field in base64.b64decode(text).decode().split(","))
        once, again, other = challenge("nobody"), challenge("nobody"), challenge("nobody2")
        self.assertEqual(once["s"], again["s"])
        self.assertNotEqual(once["r"], again["r"])
        self.assertNotEqual(once["s"], other["s"])
        self.assertEqual((once["i"], len(once["s"])), (challenge("alice")["i"], len(challenge("alice")["s"])))


if __name__ == "__main__":
    unittest.main()
