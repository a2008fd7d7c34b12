# SPDX-License-Identifier: ISC
"""mimecat as people use it: lists, parts, findings."""
import base64
import email.message
import email.mime.application
import email.mime.multipart
import email.mime.text
import os
import subprocess
import tempfile
import unittest

from mailsite import BIN

HOSTILE = "Content-Type: multipart/mixed; boundary=b\n\n--b\nno field\n--b more\n\ntext\n"


def message(attachment):
    """A text in two forms, a message, an attachment whose name is in two ways."""
    forms = email.mime.multipart.MIMEMultipart("alternative")
    forms.attach(email.mime.text.MIMEText("Gr\xfc\xdfe\n", "plain", "utf-8"))
    forms.attach(email.mime.text.MIMEText("<p>hello\n", "html", "us-ascii"))
    outer = email.mime.multipart.MIMEMultipart()
    outer["Subject"] = "test"
    outer.attach(forms)
    inner = email.message.Message()
    inner["Content-Type"] = "message/rfc822"
    inner.set_payload("Subject: inner\n\ninner text\n")
    outer.attach(inner)
    part = email.mime.application.MIMEApplication(attachment, "pdf")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "\xdcbersicht.pdf"))
    outer.attach(part)
    return outer.as_bytes()


class MimecatTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = directory.name

    def file(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def run_mimecat(self, *args, input=b"", status=0):
        done = subprocess.run([BIN / "mimecat", *args], input=input, capture_output=True, check=False,
                              env={**os.environ, "MAILPIPE_CONFIG": ""})
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def test_parts_are_listed_with_numbers_types_and_names(self):
        rows = [line.split() for line in self.run_mimecat("-l", input=message(b"data")).decode().splitlines()]
        self.assertEqual([row[:3] for row in rows], [
            ["-", "multipart/mixed", "-"], ["1", "multipart/alternative", "-"], ["1.1", "text/plain", "base64"],
            ["1.2", "text/html", "-"], ["2", "message/rfc822", "-"], ["2.1", "text/plain", "-"],
            ["3", "application/pdf", "base64"]])
        self.assertEqual(rows[-1][4], "\xdcbersicht.pdf")

    def test_a_part_comes_decoded_or_as_it_stands(self):
        data = bytes(range(256)) * 1000
        path = self.file("m", message(data))
        self.assertEqual(self.run_mimecat("--part", "3", path), data)
        self.assertEqual(base64.b64decode(self.run_mimecat("--part", "3", "--raw", path)), data)
        self.assertEqual(self.run_mimecat("-p", "1.1", path).decode(), "Gr\xfc\xdfe\n")
        self.assertEqual(self.run_mimecat("-p", "2.1", path), b"inner text\n")
        self.assertEqual(self.run_mimecat("-p", "2", path), b"Subject: inner\n\ninner text\n")
        self.run_mimecat("-p", "4", path, status=65)
        self.run_mimecat("-p", "", path, status=64)

    def test_findings_have_places_and_the_worst_come_first(self):
        text = self.run_mimecat("--check", input=HOSTILE.encode(), status=1).decode()
        self.assertEqual([line.split(": ")[:2] for line in text.splitlines()],
                         [["4:1", "empty-line-missing"], ["5:4", "delimiter-goes-on"], ["8:1", "close-delimiter-missing"]])
        self.assertEqual(self.run_mimecat("--check", input=message(b"x")), b"")

    def test_many_files_have_their_names_before_their_lines(self):
        paths = [self.file("a", b"Subject: a\n\n"), self.file("b", HOSTILE.encode())]
        self.assertEqual(self.run_mimecat("-l", *paths).decode().count(":\n"), 2)
        self.assertTrue(self.run_mimecat("--check", *paths, status=1).decode().startswith(paths[1] + ":4:1: "))

    def test_names_are_harmless_on_a_terminal(self):
        listed = self.run_mimecat("-l", input=b'Content-Type: a/b; name="x\x1b[2J\x9b"\n\n')
        self.assertNotIn(b"\x1b", listed)
        self.assertNotIn(b"\x9b", listed)

    def test_what_can_not_be_read_is_told(self):
        self.run_mimecat("-l", os.path.join(self.dir, "missing"), status=69)
        self.run_mimecat("-l", "--check", status=64)

    def test_a_large_attachment_takes_no_memory(self):
        data = os.urandom(30_000_000)
        path = self.file("large", message(data))
        script = 'ulimit -v "$0"; exec "$@"'
        limit = 64 * 1024  # KiB, with the mapped file of 41 MB
        release = BIN.parents[1] / "release/bin/mimecat"
        if not release.exists():
            self.skipTest("skipped: preset release is not built")
        done = subprocess.run(["bash", "-c", script, str(limit), release, "-p", "3", path], capture_output=True, check=False,
                              env={**os.environ, "MAILPIPE_CONFIG": ""})
        self.assertEqual(done.stdout, data, done.stderr)


if __name__ == "__main__":
    unittest.main()
