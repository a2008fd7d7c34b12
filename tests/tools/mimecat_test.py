# SPDX-License-Identifier: ISC
"""mimecat as people use it: lists, parts, headers, findings, and command lines that are wrong."""
import base64
import email.message
import email.mime.application
import email.mime.multipart
import email.mime.text
import os
import subprocess
import unittest

from mimecat_site import RELEASE, MimecatCase, environment, leaf, multipart

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


class MimecatTest(MimecatCase):
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

    def test_a_large_attachment_takes_no_memory(self):
        data = os.urandom(30_000_000)
        path = self.file("large", message(data))
        script = 'ulimit -v "$0"; exec "$@"'
        limit = 64 * 1024  # KiB, with the mapped file of 41 MB
        if not RELEASE.exists():
            self.skipTest("skipped: preset release is not built")
        done = subprocess.run(["bash", "-c", script, str(limit), RELEASE, "-p", "3", path], capture_output=True, check=False,
                              env=environment())
        self.assertEqual(done.stdout, data, done.stderr)


class PartTest(MimecatCase):
    message = multipart("mixed", leaf({"Content_Type": "text/plain; charset=utf-8"}, "caf\xe9 \u20ac \u6587\n"),
                        leaf({"Content_Type": "text/plain; charset=iso-8859-1", "Content_Transfer_Encoding": "quoted-printable"}, "caf=E9\n"),
                        leaf({"Content_Type": "image/png", "Content_Transfer_Encoding": "base64"}, "AAEC/w==\n"),
                        multipart("mixed", leaf({}, "deep"), boundary="in"), Subject="x")

    def part(self, number, *args, **options):
        return self.run_mimecat("-p", number, *args, input=self.message, **options)

    def test_numbers_are_those_of_imap(self):
        self.assertEqual(self.run_mimecat("-p", "1", input=b"Subject: x\n\ntext\n"), b"text\n")
        self.assertEqual(self.part("4.1"), b"deep")
        self.assertEqual(self.part("4"), b"--in\n\ndeep\n--in--\n")
        for number in ("0", "5", "4.2", "1.1", "1.", ".1", "x", "-1", "01", "1.0", " 1", "99999999999999999999", "4" + ".1" * 5000):
            self.assertEqual(self.part(number, status=65), b"", number)
            self.assertRegex(self.told, "^mimecat: [^\n]*\n$")

    def test_a_part_is_decoded_unless_raw(self):
        self.assertEqual((self.part("2"), self.part("3")), (b"caf\xe9\n", b"\0\1\2\xff"))
        self.assertEqual((self.part("2", "--raw"), self.part("3", "--raw")), (b"caf=E9\n", b"AAEC/w==\n"))

    def test_text_comes_in_the_charset_that_is_asked_for(self):
        self.assertEqual(self.part("2", "--charset", "utf-8").decode(), "caf\xe9\n")
        self.assertEqual(self.part("1", "--charset", "iso-8859-15"), b"caf\xe9 \xa4 ?\n")
        self.assertEqual(self.part("1", "--charset", "utf-16").decode("utf-16"), "caf\xe9 \u20ac \u6587\n")
        self.assertEqual(self.part("1", "--charset", "UTF-16BE").decode("utf-16-be"), "caf\xe9 \u20ac \u6587\n")
        self.assertRegex(self.part("1", "--charset", "iso-8859-1").decode("latin-1"), r"^caf\xe9 \S+ \?\n$")  # EUR or ?
        self.assertEqual(self.part("3", "--charset", "utf-16"), b"\0\1\2\xff")  # no text
        for charset in ("unknown", "utf-7", "../x", "utf-8//IGNORE"):
            self.assertEqual(self.part("1", "--charset", charset, status=64), b"", charset)


class HeaderTest(MimecatCase):
    message = leaf({"Received": "one", "received": "two", "Subject": "=?utf-8?q?caf=C3=A9?=\n  folded", "To": "a@example.org",
                    "X_Empty": ""}, "Body: no\n")

    def test_fields_come_decoded_a_line_each(self):
        self.assertEqual(self.text_of("--headers=subject,TO", input=self.message), "Subject: caf\xe9  folded\nTo: a@example.org\n")
        self.assertEqual(self.text_of("--headers=Received", input=self.message), "Received: one\nreceived: two\n")
        self.assertEqual(self.text_of("--headers=Body,Recei", input=self.message), "")
        self.assertEqual(self.text_of("--headers=X-Empty, To", input=self.message), "To: a@example.org\nX-Empty: \n")

    def test_raw_fields_are_as_they_stand(self):
        for message in (self.message, self.message.replace(b"\n", b"\r\n")):
            field = message[message.index(b"Subject"):message.index(b"To:")]
            self.assertEqual(self.run_mimecat("--headers=Subject", "--raw", input=message), field)
        self.assertEqual(self.text_of("--field", "Subject", "--raw", input=self.message), "=?utf-8?q?caf=C3=A9?=  folded\n")

    def test_without_names_all_fields_come(self):
        self.assertEqual(self.text_of("--headers", input=self.message).count("\n"), 5)
        self.assertEqual(self.run_mimecat("--headers", "--raw", input=self.message), self.message.partition(b"\n\n")[0] + b"\n")

    def test_a_field_is_the_first_of_its_name(self):
        self.assertEqual(self.text_of("-f", "SUBJECT", input=self.message), "caf\xe9  folded\n")
        self.assertEqual(self.text_of("-f", "Received", input=self.message), "one\n")
        self.assertEqual(self.text_of("-f", "X-Empty", input=self.message), "\n")

    def test_a_field_that_is_missing_is_an_empty_line(self):
        for name in ("Nothing", "Body", "Subj", "Subject:", "*"):
            self.assertEqual(self.text_of("-f", name, input=self.message, status=1), "\n")
        path, other = self.file("a", self.message), self.file("b", "X: y\n\n")
        self.assertEqual(self.text_of("-f", "To", path, other, path, status=1), "a@example.org\n\na@example.org\n")


class CommandLineTest(MimecatCase):
    def test_one_thing_is_done_at_a_time(self):
        ways = [["-l"], ["--check"], ["--json"], ["--envelope"], ["--bodystructure"], ["--headers=To"], ["-f", "To"], ["-p", "1"], ["-x", "d"],
                ["--to-7bit"], ["--to-8bit"]]
        for one, other in zip(ways, ways[1:] + ways[:1]):
            self.assertEqual(self.run_mimecat(*one, *other, input=b"", status=64), b"")
            self.assertIn("one at a time", self.told)
        self.assertFalse((self.dir / "d").exists())

    def test_options_go_with_those_that_they_change(self):
        for args in (["--raw"], ["--raw", "-l"], ["--raw", "--json"], ["--charset", "utf-8"], ["--charset", "utf-8", "--headers=To"],
                     ["--match", "*"], ["--match", "*", "-p", "1"]):
            self.run_mimecat(*args, input=b"", status=64)

    def test_no_value_is_empty(self):
        for option in ("--part", "--field", "--extract", "--width", "--jobs"):
            self.run_mimecat(option, "", input=b"", status=64)
            self.run_mimecat(option, status=64)

    def test_no_value_that_changes_another_option_is_empty(self):
        for args in (["-p", "1", "--charset", ""], ["-x", "d", "--match", ""], ["--charset", ""], ["--match", ""]):
            self.assertEqual((self.run_mimecat(*args, input=b"", status=None), self.status), (b"", 64), args)

    def test_what_is_for_one_message_refuses_several(self):
        for args in (["-p", "1"], ["--to-7bit"], ["--to-8bit"]):
            self.run_mimecat(*args, self.file("a", "X: y\n\n"), "a", status=64)
            self.run_mimecat(*args, "-0", input=b"a\0", status=64)

    def test_raw_and_charset_exclude_each_other(self):
        self.run_mimecat("-p", "1", "--raw", "--charset", "utf-8", input=b"X: y\n\ntext\n", status=64)

    def test_unknown_options_are_refused(self):
        for args in (["--nothing"], ["-q"], ["-l="], ["--list=x"]):
            self.run_mimecat(*args, input=b"", status=64)

    def test_what_can_not_be_read_is_told(self):
        self.run_mimecat("-l", "missing", status=69)
        self.run_mimecat("-l", "missing/below", status=69)
        self.assertEqual(self.run_mimecat("--version").count(b"\n"), 1)
        self.assertIn(b"--bodystructure", self.run_mimecat("--help"))


if __name__ == "__main__":
    unittest.main()
