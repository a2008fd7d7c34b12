# SPDX-License-Identifier: ISC
"""README's first command does what it says, cleans up, and --serve gives a site that real clients can use."""
import contextlib
import imaplib
import os
import pathlib
import poplib
import re
import signal
import smtplib
import ssl
import subprocess
import tempfile
import unittest

from mailsite import ROOT, wait_for


class QuickstartTest(unittest.TestCase):
    def start(self, *options):
        directory = tempfile.TemporaryDirectory(prefix="mailpipe-quickstart-test-")
        self.addCleanup(directory.cleanup)
        temporary = pathlib.Path(directory.name)
        temporary.chmod(0o755)
        output = temporary / "output"
        with open(output, "wb") as file:
            process = subprocess.Popen([ROOT / "examples/quickstart", "--dir", temporary / "site", *options], stdout=file,
                                       stderr=file, stdin=subprocess.DEVNULL, cwd="/")
        self.addCleanup(self.end, process)
        return process, output, temporary / "site"

    def end(self, process):
        process.terminate()  # not kill: it has servers to end
        process.wait(30)

    def test_a_message_goes_through_every_stage(self):
        process, output, site = self.start()
        status = process.wait(1400)
        text = output.read_text()
        self.assertEqual(status, 0, text[-3000:])
        for words in ("smtpd answered 250", "event=received", "event=stored", "event=delivered", "octets are as Alice sent them", "octets as over POP3",
                      "It works."):
            self.assertIn(words, text)
        message, fetched = (site / name for name in ("message.eml", "fetched.eml"))
        self.assertTrue(fetched.read_bytes().endswith(message.read_bytes()))
        self.assert_nothing_runs(site)

    def assert_nothing_runs(self, site):
        def running():
            programs = []
            for link in pathlib.Path("/proc").glob("[0-9]*/exe"):
                with contextlib.suppress(OSError):  # ended meanwhile, or another user's
                    programs.append(os.readlink(link))
            return [program for program in programs if program.startswith(str(site))]
        wait_for(lambda: not running(), what=f"the end of {running()}")

    def test_serve_is_ready_for_mail_clients(self):
        process, output, site = self.start("--serve")
        wait_for(lambda: "signed by nobody but itself" in output.read_text() or process.poll() is not None, timeout=1400)
        text = output.read_text()
        self.assertIsNone(process.poll(), text[-3000:])
        pop_port, smtp_port, imap_port = (int(re.search(rf"{name}, localhost, port (\d+)", text)[1]) for name in ("POP3", "SMTP", "IMAP"))
        password = re.search(r"password (\w+), address", text)[1]
        context = ssl.create_default_context(cafile=site / "cert.pem")

        with smtplib.SMTP("localhost", smtp_port) as client:
            client.starttls(context=context)
            client.login("bob", password)
            client.sendmail("bob@example.org", ["alice@example.org"], "Subject: answer\r\n\r\nYes.\r\n")
        wait_for(lambda: list((site / "home/alice/Maildir/new").glob("*")))
        client = poplib.POP3("localhost", pop_port)
        client.stls(context)
        client.user("alice")
        client.pass_(password)
        self.assertIn(b"Subject: answer", client.retr(1)[1])
        client.quit()
        with imaplib.IMAP4("localhost", imap_port) as client:
            client.starttls(context)
            client.login("alice", password)
            client.select()
            self.assertEqual(client.search(None, "SUBJECT", "answer"), ("OK", [b"1"]))

        environment = {**os.environ, "HOME": str(site)}
        subprocess.run(["mutt", "-n", "-F", site / "muttrc", "-s", "from mutt", "--", "bob@example.org"], input=b"Hello.\n",
                       env=environment, check=True, timeout=60, capture_output=True)
        wait_for(lambda: list((site / "home/bob/Maildir/new").glob("*")))  # the first one has been fetched, so it is in cur

        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 130)
        self.assert_nothing_runs(site)

    def test_a_wrong_option_prints_how_to_call_it(self):
        done = subprocess.run([ROOT / "examples/quickstart", "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 64)
        self.assertIn("--serve", done.stdout)


if __name__ == "__main__":
    unittest.main()
