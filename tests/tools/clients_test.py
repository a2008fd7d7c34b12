# SPDX-License-Identifier: ISC
"""The SMTP clients that people have send mail through the whole chain: smtpd, spool, sendq, deliver, Maildir."""
import base64
import email
import smtplib
import ssl
import subprocess
import unittest

from mailsite import DOMAIN, Site, wait_for

ALICE, BOB = f"alice@{DOMAIN}", f"bob@{DOMAIN}"
BODY = "Zwölf Boxkämpfer jagen Viktor\n.\n..\n.quer\nüber den Deich\n"


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.__exit__, None, None, None)
        cls.submission = cls.site.listen("smtpd", "--submission")
        cls.submissions = cls.site.listen("smtpd", "--submission", "--tls")
        cls.site.start("sendq", "--watch")
        cls.password = cls.site.passwords["alice"]

    def message(self, subject):
        return f"From: {ALICE}\nTo: {BOB}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{BODY}"

    def wire(self, subject):
        return self.message(subject).replace("\n", "\r\n").encode()

    def client(self, *command, input="", **more):
        done = subprocess.run(list(map(str, command)), input=input.encode(), capture_output=True, timeout=60, check=False,
                              **{**self.site.as_user(), **more})
        output = (done.stdout + done.stderr).decode(errors="replace")
        self.assertEqual(done.returncode, 0, f"{command[0]}: {output}")
        return output

    def assert_arrived(self, subject, body=BODY):
        """Bob has got it, its header and text as they were, and the log tells its way."""
        def find():
            return [path for path in self.site.messages("bob") if f"\nSubject: {subject}\n".encode() in path.read_bytes()]
        path, = wait_for(find, what=subject)
        text = path.read_bytes().decode()
        self.assertTrue(text.startswith(f"Return-Path: <{ALICE}>\nDelivered-To: {BOB}\nReceived: from "), text[:300])
        self.assertTrue(text.endswith("\n\n" + body), text)
        self.assertIn("\nDate: ", text)
        self.assertIn("\nMessage-ID: ", text.replace("Message-Id", "Message-ID"))
        identity = path.name.split(",")[0]
        received, = self.site.events(event="received", id=identity)
        self.assertEqual(received["login"], "alice")
        wait_for(lambda: self.site.events(event="delivered", id=identity), what=f"the log of {identity}")
        return text

    def test_swaks(self):
        for method in ("PLAIN", "LOGIN"):
            subject = f"swaks {method}"
            file = self.site.dir / "swaks.eml"
            file.write_text(self.message(subject))
            self.client("swaks", "--server", "localhost", "--port", self.submission.port, "--tls", "--tls-verify",
                        "--tls-ca-path", self.site.cert, "--auth", method, "--auth-user", "alice", "--auth-password",
                        self.password, "--from", ALICE, "--to", BOB, "--data", f"@{file}")
            self.assertIn("ESMTPSA", self.assert_arrived(subject, BODY + "\n"))  # swaks ends every text itself

    def test_swaks_pipelines(self):
        self.client("swaks", "--server", "localhost", "--port", self.submission.port, "--tls", "--pipeline", "--auth",
                    "PLAIN", "--auth-user", "alice", "--auth-password", self.password, "--from", ALICE, "--to", BOB,
                    "--data", self.message("swaks pipelined").replace("\n", "\\n"))
        self.assert_arrived("swaks pipelined", BODY + "\n")

    def test_swaks_without_a_login_is_refused(self):
        done = subprocess.run(["swaks", "--server", "localhost", "--port", str(self.submission.port), "--from", ALICE, "--to", BOB],
                              capture_output=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"530 5.7.0", done.stdout)

    def curl(self, url, subject, *options):
        file = self.site.dir / "curl.eml"
        file.write_bytes(self.wire(subject))
        self.client("curl", "-sS", "--cacert", self.site.cert, "--user", f"alice:{self.password}", "--url", url,
                    "--mail-from", ALICE, "--mail-rcpt", BOB, "--upload-file", file, *options)
        self.assert_arrived(subject)

    def test_curl_smtp(self):
        self.curl(f"smtp://localhost:{self.submission.port}", "curl smtp", "--ssl-reqd")

    def test_curl_smtps(self):
        self.curl(f"smtps://localhost:{self.submissions.port}", "curl smtps")

    def test_curl_login(self):
        self.curl(f"smtp://localhost:{self.submission.port}", "curl login", "--ssl-reqd", "--login-options", "AUTH=LOGIN")

    def test_msmtp(self):
        for port, starttls in ((self.submission.port, "on"), (self.submissions.port, "off")):
            subject = f"msmtp starttls {starttls}"
            self.client("msmtp", "--file=/dev/null", "--host=localhost", f"--port={port}", "--tls=on", f"--tls-starttls={starttls}",
                        f"--tls-trust-file={self.site.cert}", "--auth=on", "--user=alice",
                        f"--passwordeval=echo '{self.password}'", f"--from={ALICE}", BOB, input=self.message(subject))
            self.assert_arrived(subject)

    def test_mutt_with_an_attachment(self):
        attachment = self.site.dir / "attachment.bin"
        attachment.write_bytes(bytes(range(256)) * 20)
        muttrc = self.site.dir / "muttrc"
        muttrc.write_text(f'set from="{ALICE}" use_envelope_from=yes copy=no record="" ssl_starttls=yes ssl_force_tls=yes\n'
                          f'set smtp_url="smtp://alice@localhost:{self.submission.port}/" smtp_pass="{self.password}"\n'
                          f'set certificate_file="{self.site.cert}" ssl_usesystemcerts=no\n')
        self.client("mutt", "-n", "-F", muttrc, "-s", "mutt", "-a", attachment, "--", BOB, input=BODY,
                    env={**self.site.environment(), "LC_ALL": "C.UTF-8"})
        path, = wait_for(lambda: [p for p in self.site.messages("bob") if b"\nSubject: mutt\n" in p.read_bytes()])
        text, attached = email.message_from_bytes(path.read_bytes()).get_payload()
        self.assertEqual(text.get_payload(decode=True).decode(text.get_content_charset()), BODY)
        self.assertEqual(attached.get_payload(decode=True), attachment.read_bytes())

    def smtplib(self):
        client = smtplib.SMTP("localhost", self.submission.port, timeout=30)
        self.addCleanup(client.close)
        client.starttls(context=ssl.create_default_context(cafile=self.site.cert))
        client.login("alice", self.password)
        return client

    def test_smtplib(self):
        client = self.smtplib()
        self.assertEqual(client.sendmail(ALICE, [BOB], self.wire("smtplib"), ["BODY=8BITMIME"]), {})
        self.assert_arrived("smtplib")
        for extension in ("pipelining", "8bitmime", "size", "chunking", "dsn", "smtputf8", "enhancedstatuscodes"):
            self.assertTrue(client.has_extn(extension), extension)
        client.quit()

    def test_smtplib_sends_many_over_one_connection(self):
        client = self.smtplib()
        for number in range(20):
            client.sendmail(ALICE, [BOB], self.wire(f"smtplib {number}"))
        client.quit()
        for number in range(20):
            self.assert_arrived(f"smtplib {number}")

    def test_smtplib_learns_what_was_refused(self):
        client = self.smtplib()
        refused = client.sendmail(ALICE, [BOB, f"nobody@{DOMAIN}"], self.wire("one of two"))
        self.assertEqual(list(refused), [f"nobody@{DOMAIN}"])
        self.assertEqual(refused[f"nobody@{DOMAIN}"][0], 550)
        self.assert_arrived("one of two")
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            other = smtplib.SMTP("localhost", self.submission.port, timeout=30)
            self.addCleanup(other.close)
            other.starttls(context=ssl.create_default_context(cafile=self.site.cert))
            other.login("alice", "wrong")

    def test_openssl_s_client(self):
        plain = base64.b64encode(f"\0alice\0{self.password}".encode()).decode()
        for port, options in ((self.submission.port, ["-starttls", "smtp"]), (self.submissions.port, [])):
            subject = f"openssl {port}"
            stuffed = self.message(subject).replace("\n.", "\n..")
            dialogue = f"EHLO me\nAUTH PLAIN {plain}\nMAIL FROM:<{ALICE}> BODY=8BITMIME\nRCPT TO:<{BOB}>\nDATA\n{stuffed}.\nQUIT\n"
            output = self.client("openssl", "s_client", "-quiet", "-crlf", "-CAfile", self.site.cert, "-verify_return_error",
                                 "-connect", f"localhost:{port}", *options, input=dialogue)
            self.assertIn("235 2.7.0", output)
            self.assert_arrived(subject)


if __name__ == "__main__":
    unittest.main()
