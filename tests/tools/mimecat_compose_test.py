# SPDX-License-Identifier: ISC
"""mimecat --compose: read back by Python's email package, by mimecat and by deliver; and what it refuses."""
import email
import email.policy
import email.utils
import os
import pwd
import re
import socket
import time
import unittest

from mailsite import BIN, Site
from mimecat_site import MimecatCase

NAMES = ["a b.pdf", "\xdcbersicht.pdf", "q\"u\\o'te.png", "\xfc" * 60 + ".gif", "long" * 40 + ".txt", "%41*=;.zip", "=?utf-8?q?x?=.gif", "no ending",
         "\u6587\u5b57 \U0001f600.jpeg", "-l", "a,b(c)<d>@e:f.bin"]


class ComposeCase(MimecatCase):
    def compose(self, *args, text=b"Here it is.\n", **options):
        """The message as Python reads it; it is 7-bit, with short lines, as it stands."""
        octets = self.run_mimecat("--compose", *args, input=text.encode() if isinstance(text, str) else text, **options)
        header = octets.partition(b"\n\n")[0]
        self.assertTrue(header.isascii())
        self.assertTrue(all(len(line) <= 78 for line in header.splitlines()), header)
        self.octets = octets
        return email.message_from_bytes(octets, policy=email.policy.default)

    def text_in(self, message):
        """As it was given: with LF line ends."""
        part = message.get_body(("plain",))
        return part.get_payload(decode=True).decode().replace("\r\n", "\n")


class FieldsTest(ComposeCase):
    def test_who_when_and_what_is_there_without_any_option(self):
        message = self.compose()
        user = pwd.getpwuid(os.geteuid()).pw_name
        self.assertEqual(message["From"], f"{user}@{socket.gethostname()}")
        self.assertLess(abs(email.utils.parsedate_to_datetime(message["Date"]).timestamp() - time.time()), 60)
        self.assertRegex(message["Message-ID"], f"^<[^<>@\\s]+@{re.escape(socket.gethostname())}>$")
        self.assertEqual((message["MIME-Version"], message["To"], message["Subject"]), ("1.0", None, None))
        self.assertNotEqual(message["Message-ID"], self.compose()["Message-ID"])

    def test_hostname_is_in_from_and_message_id(self):
        message = self.compose("--hostname", "mx.example.org")
        self.assertTrue(message["From"].endswith("@mx.example.org"))
        self.assertTrue(message["Message-ID"].endswith("@mx.example.org>"))

    def test_addresses_come_back(self):
        message = self.compose("--from", "J\xfcrgen M\xfcller <j@example.org>", "--to", "a@example.org, \"\xc4, b\" <b@example.org>",
                               "--to", "Bob C <c@example.org>", "--cc", "d@example.org", "--bcc", "e@example.org,f@example.org")
        self.assertEqual([(one.display_name, one.addr_spec) for one in message["From"].addresses], [("J\xfcrgen M\xfcller", "j@example.org")])
        self.assertEqual([(one.display_name, one.addr_spec) for one in message["To"].addresses],
                         [("", "a@example.org"), ("\xc4, b", "b@example.org"), ("Bob C", "c@example.org")])
        self.assertEqual((str(message["Cc"]), str(message["Bcc"])), ("d@example.org", "e@example.org, f@example.org"))

    def test_many_recipients_are_folded(self):
        many = [f"recipient-number-{n}@example.org" for n in range(500)]
        message = self.compose("--to", ", ".join(many), *[f"--to={one}" for one in many])
        self.assertEqual([one.addr_spec for one in message["To"].addresses], many + many)

    def test_subjects_come_back(self):
        subjects = ["plain", "Gr\xfc\xdfe aus K\xf6ln " * 20 + "end", "\u6587" * 100, "word " * 60 + "end", "a  b", "=?utf-8?q?x?=",
                    "x" * 60, "a: b, <c>", "\U0001f600", "From here", "tab\there", "\\\"quoted\\\""]
        for subject in subjects:
            with self.subTest(subject=subject[:20]):
                self.assertEqual(self.compose("--subject", subject)["Subject"].replace("\t", " "), subject.replace("\t", " "))

    def test_other_fields_come_back(self):
        message = self.compose("--header", "X-Note: caf\xe9", "--header", "In-Reply-To: <1@example.org>", "--header=Reply-To: J\xfc <r@example.org>",
                               "--header", "X-Note:second", "--header", "Date: Tue, 1 Oct 2024 10:00:00 +0200", "--header", "Message-ID: <2@x>")
        self.assertEqual(message.get_all("X-Note"), ["caf\xe9", "second"])
        self.assertEqual((message["In-Reply-To"], message["Reply-To"].addresses[0].display_name), ("<1@example.org>", "J\xfc"))
        self.assertEqual((message.get_all("Message-ID"), len(message.get_all("Date"))), (["<2@x>"], 1))
        self.assertIn("1 Oct 2024", message["Date"])

    def test_fields_that_come_once_come_once(self):
        for name, value in (("Subject", "x"), ("From", "a@example.org"), ("To", "a@example.org")):
            octets = self.run_mimecat("--compose", f"--{name.lower()}", value, "--header", f"{name}: {value}", status=None)
            self.assertLessEqual(octets.count(name.encode() + b": "), 1)

    def test_several_authors_need_a_sender(self):
        self.compose("--from", "a@example.org, b@example.org", status=65)


class TextTest(ComposeCase):
    def test_text_comes_back(self):
        texts = ["plain\n", "", "no end", "Gr\xfc\xdfe\n" * 100, "\xfc" * 5000 + "\n", "word " * 3000 + "\n", "x" * 5000, "\n\n\n",
                 "From here\n>From there\n", ".\n..\n", "blank at the end \n\t\n", "--=_boundary\n--\n", "\u6587\u5b57\n" * 200, "=3D=\n", "tab\there\n"]
        for text in texts:
            with self.subTest(text=text[:20]):
                wanted = text + "\n" if text and not text.endswith("\n") else text  # the message's last line has an end
                self.assertEqual(self.text_in(self.compose(text=text)), wanted)
                self.assertTrue(all(octet < 128 for octet in self.octets))
                self.assertTrue(all(len(line) <= 998 for line in self.octets.splitlines()))

    def test_it_may_come_from_a_file(self):
        path = self.file("letter", "from a file\n")
        self.assertEqual(self.text_in(self.compose(path, text="not this\n")), "from a file\n")
        self.assertEqual(self.text_in(self.compose("-", text="this\n")), "this\n")

    def test_an_empty_text_beside_a_file_is_none(self):
        part, = self.compose("--attach", self.file("x.pdf", b"x"), text="").iter_attachments()
        self.assertEqual(part.get_filename(), "x.pdf")
        self.assertEqual(self.octets.count(b"\nContent-Type:"), 2)

    def test_what_is_not_utf_8_is_refused(self):
        for text in (b"\xff\n", b"ok \xc3", b"\xed\xa0\x80\n", b"\xc0\x80"):
            self.assertEqual(self.run_mimecat("--compose", input=text, status=65), b"")
            self.assertEqual(self.told, "mimecat: the text is not UTF-8\n")


class AttachmentTest(ComposeCase):
    def test_names_and_octets_come_back(self):
        contents = [bytes(range(256)) * (n + 1) for n in range(len(NAMES))]
        args = [arg for name, content in zip(NAMES, contents) for arg in ("--attach", self.file("files/" + name, content))]
        found = list(self.compose(*args).iter_attachments())
        self.assertEqual([part.get_filename() for part in found], NAMES)
        self.assertEqual([part.get_payload(decode=True) for part in found], contents)

    def test_text_files_come_back_to_the_octet(self):
        texts = [b"", b"lf\n", b"crlf\r\n", b"\r", b"no end", b"\xe4\n", b"nul\0\n", "\xfc\n".encode(), b"x" * 2000 + b"\n",
                 b"blank \n\n", b"From x\n"]
        args = [arg for n, text in enumerate(texts) for arg in ("--attach", self.file(f"{n}.txt", text))]
        found = list(self.compose(*args).iter_attachments())
        self.assertEqual([part.get_payload(decode=True) for part in found], texts)

    @unittest.skipUnless(os.path.exists("/etc/mime.types"), "skipped: no /etc/mime.types")
    def test_types_are_those_of_the_ending(self):
        types = {"a.pdf": "application/pdf", "a.PNG": "image/png", "a.tar.gz": "application/gzip", "a.html": "text/html", "a.zip": "application/zip",
                 "a.ics": "text/calendar", "a.nothing-known": "application/octet-stream", "noending": "application/octet-stream"}
        args = [arg for name in types for arg in ("--attach", self.file(name, b"\x00\xff"))]
        self.assertEqual({part.get_filename(): part.get_content_type() for part in self.compose(*args).iter_attachments()}, types)
        part, = self.compose("--attach", self.file("readme", "text\n")).iter_attachments()
        self.assertEqual(part.get_content_type(), "text/plain")

    def test_a_message_is_attached_as_one(self):
        inner = b"Subject: inner\nFrom: a@example.org\n\ntext\n"
        part, = self.compose("--attach", self.file("m.eml", inner)).iter_attachments()
        self.assertEqual((part.get_content_type(), part.get_content()["Subject"]), ("message/rfc822", "inner"))

    def test_a_message_that_mail_can_not_carry_is_attached_as_octets(self):
        for inner in (b"Subject: x\n\nnul\0\n", b"Subject: x\r\n\r\na\rb\r\n", b"Subject: x\n\n" + b"x" * 999 + b"\n"):
            part, = self.compose("--attach", self.file("m.eml", inner)).iter_attachments()
            self.assertEqual((part.get_content_type(), part.get_filename()), ("application/octet-stream", "m.eml"))
            self.assertEqual(part.get_payload(decode=True), inner)

    def test_a_message_has_the_line_ends_of_the_one_it_is_attached_to(self):
        self.compose("--attach", self.file("m.eml", "Subject: \xfc\r\n\r\n\xfc\r\n"))
        self.assertNotIn(b"\r", self.octets)
        self.assertIn("message/rfc822\nContent-Transfer-Encoding: 8bit\n".encode(), self.octets)
        self.assertIn(b"\nContent-Transfer-Encoding: 8bit\n\n", self.octets[: self.octets.index(b"\n\n") + 2])

    def test_a_file_that_is_not_there_leaves_nothing_written(self):
        path = self.file("x.pdf", b"x")
        for args in (["--attach", "missing"], ["--attach", path, "--attach", "missing"], ["missing"], ["--attach", str(self.dir)]):
            self.assertEqual(self.run_mimecat("--compose", *args, status=69), b"")

    def test_a_boundary_can_not_be_guessed(self):
        path = self.file("x.pdf", b"x")
        self.assertNotEqual(self.compose("--attach", path).get_boundary(), self.compose("--attach", path).get_boundary())


class RefusalTest(ComposeCase):
    def test_nothing_can_be_put_in_between(self):
        line_end = self.file("a\nBcc: x.txt", "x")
        cases = [["--subject", "a\nBcc: x"], ["--subject", "a\r\n Bcc: x"], ["--subject", "a\r"], ["--to", "a@b\nBcc: x"], ["--from", "a@b\n\nbody"],
                 ["--header", "X: y\nBcc: x"], ["--header", "X\nBcc: x"], ["--header", "X y: z"], ["--header", "X\t: z"], ["--attach", line_end],
                 ["--header", "Content-Type: text/html"], ["--header", "MIME-Version: 2"], ["--hostname", "a\nb"], ["--hostname", "a b"],
                 ["--cc", "<a@b>\r\nX: y"], ["--header", "\xfc: x"]]
        for args in cases:
            with self.subTest(args=args):
                octets = self.run_mimecat("--compose", *args, status=None)
                self.assertEqual((self.status, octets), (65, b""))
                self.assertRegex(self.told, r"^mimecat: [^\n]*\n$")

    def test_what_is_no_address_is_refused(self):
        for address in ("nobody at all", "a@", "@b", "a@b@c", "<a@b", "a b@c", "\"open@b", "a@b, , c@", "a@b;"):
            with self.subTest(address=address):
                octets = self.run_mimecat("--compose", "--to", address, status=None)
                self.assertEqual((self.status, octets), (65, b""))

    def test_what_is_wrong_with_a_field_is_said(self):
        cases = {"Date: garbage": "Date: not a date: ", "Resent-Date: 1 Oct 2024": "no time of day", "Return-Path: <a\x1b b>": "Return-Path: a control",
                 "Reply-To: nobody at all": "Reply-To: not a list of addresses", "Sender: a@b, c@d": "Sender: must be one address",
                 "References: <" + "x" * 2000 + "@a>": "References: a line of 2005 octets", "Cc: \xfc@a.example": "Cc: must be ASCII"}
        for field, what in cases.items():
            with self.subTest(field=field[:30]):
                self.assertEqual(self.run_mimecat("--compose", "--header", field, status=65), b"")
                self.assertIn(what, self.told)

    def test_an_empty_address_is_refused(self):
        for option in ("--to", "--cc", "--from"):
            self.assertEqual(self.run_mimecat("--compose", option, "", status=None), b"")
            self.assertIn(self.status, (64, 65))

    def test_a_field_needs_a_name_and_a_colon(self):
        for field in ("", "X", ": y", ":"):
            self.assertEqual(self.run_mimecat("--compose", "--header", field, status=64), b"")

    def test_it_looks_at_no_message(self):
        for args in (["-l"], ["--json"], ["-p", "1"], ["--raw"], ["-x", "d"], ["--headers"], ["--check"], ["--to-7bit"], ["a", "b"]):
            self.assertEqual(self.run_mimecat("--compose", *args, status=64), b"")
        for args in (["--to", "a@b"], ["--subject", "x"], ["--attach", "f"], ["--header", "A: b"], ["--from", "a@b"],
                     ["--cc", "a@b"], ["--bcc", "a@b"]):
            self.assertEqual(self.run_mimecat(*args, input=b"X: y\n\n", status=64), b"")


class PipeTest(ComposeCase):
    def compose_all(self):
        args = ["--from", "J\xfc <j@example.org>", "--to", "a@example.org", "--subject", "Gr\xfc\xdfe"]
        self.compose(*args, "--attach", self.file("\xfc.bin", b"\0\1"), text="caf\xe9\n")
        return self.octets

    def test_mimecat_reads_what_it_made(self):
        octets = self.compose_all()
        read = self.text_of(input=octets)
        self.assertRegex(read, r"(?s)^Date: .*\nFrom: J\xfc <j@example.org>\nTo: a@example.org\nSubject: Gr\xfc\xdfe\n\ncaf\xe9\n\n"
                               r"\[2\] application/octet-stream, 2 bytes, \xfc.bin\n")
        self.assertEqual(self.run_mimecat("--check", input=octets), b"")
        self.assertEqual(self.run_mimecat("-p", "2", input=octets), b"\0\1")
        self.assertEqual(self.run_mimecat("--to-7bit", input=octets), octets)

    @unittest.skipUnless((BIN / "deliver").exists(), "skipped: deliver is not built")
    def test_deliver_takes_it(self):
        octets = self.compose_all()
        with Site(tls=False) as site:
            site.run("deliver", "-r", "alice@example.org", input=octets)
            path, = site.messages("alice")
            self.assertEqual(self.text_of("-f", "Subject", site.maildir("alice")), "Gr\xfc\xdfe\n")
            self.assertTrue(path.read_bytes().endswith(octets))


if __name__ == "__main__":
    unittest.main()
