# SPDX-License-Identifier: ISC
"""mimecat --to-7bit and --to-8bit: Python's email package sees the same parts, and what must not change does not."""
import email
import email.policy
import unittest

from mailsite import ROOT
from mimecat_site import MimecatCase, leaf, multipart

MIME4J = ROOT.parent / "shared/data/mime-mime4j"
TEXT = "Gr\xfc\xdfe \u6587\u5b57\n.\nFrom here\n-- \n"
UTF8 = {"Content_Type": "text/plain; charset=utf-8", "Content_Transfer_Encoding": "8bit"}


def varied():
    """Texts in charsets and encodings, long lines, a file, a message, nested."""
    inner = leaf({"Subject": "inner", **UTF8, "MIME_Version": "1.0"}, TEXT)
    parts = [leaf(UTF8, TEXT), leaf({"Content_Type": "text/html; charset=iso-8859-1", "Content_Transfer_Encoding": "8bit"}, b"<p>caf\xe9\n"),
             leaf({"Content_Type": "text/plain; charset=us-ascii"}, "word " * 400 + "\n"),
             leaf({"Content_Type": "text/plain; charset=utf-8", "Content_Transfer_Encoding": "quoted-printable"}, "caf=C3=A9 =\nand tea\n"),
             leaf({"Content_Type": "text/plain; charset=utf-8", "Content_Transfer_Encoding": "base64"}, "Y2Fmw6kNCg==\n"),
             leaf({"Content_Type": "application/octet-stream; name=x", "Content_Transfer_Encoding": "base64"}, "AAECAwQ=\n"),
             leaf({"Content_Type": "message/rfc822"}, inner),
             multipart("alternative", leaf(UTF8, "\xe4\n"), leaf(UTF8, "<\xf6>\n"), boundary="in")]
    return multipart("mixed", *parts, Subject="x", From="a@example.org", MIME_Version="1.0")


def contents(message):
    """Type and octets of each part, a text's line ends as LF."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    found = []
    for part in parsed.walk():
        octets = b"" if part.is_multipart() else part.get_payload(decode=True)
        if part.get_content_maintype() == "text":
            octets = octets.replace(b"\r\n", b"\n").rstrip(b"\n")
        found.append((part.get_content_type(), part.get_content_charset(), octets))
    return found


def is_7bit(message):
    return all(octet < 128 and octet for octet in message) and all(len(line) <= 998 for line in message.splitlines())


class RecodeTest(MimecatCase):
    def test_7bit_is_7bit_and_says_the_same(self):
        for message in (varied(), varied().replace(b"\n", b"\r\n")):
            recoded = self.run_mimecat("--to-7bit", input=message)
            self.assertTrue(is_7bit(recoded))
            self.assertEqual(contents(recoded), contents(message))
            self.assertEqual(self.told, "")

    def test_there_and_back_says_the_same(self):
        for message in (varied(), varied().replace(b"\n", b"\r\n")):
            there = self.run_mimecat("--to-7bit", input=message)
            back = self.run_mimecat("--to-8bit", input=there, status=1)  # its long line stays encoded
            self.assertIn(TEXT.replace("\n", "\r\n" if b"\r" in message else "\n").encode(), back)
            self.assertEqual(contents(back), contents(message))
            self.assertIn("mimecat: part 3 is left as it is: ", self.told)

    def test_it_is_done_when_it_is_done(self):
        there = self.run_mimecat("--to-7bit", input=varied())
        self.assertEqual(self.run_mimecat("--to-7bit", input=there), there)
        back = self.run_mimecat("--to-8bit", input=varied(), status=0)
        self.assertEqual(self.run_mimecat("--to-8bit", input=back), back)

    def test_line_ends_stay_what_they_are(self):
        for option in ("--to-7bit", "--to-8bit"):
            self.assertNotIn(b"\r", self.run_mimecat(option, input=varied()))
            recoded = self.run_mimecat(option, input=varied().replace(b"\n", b"\r\n"))
            self.assertEqual(recoded.count(b"\r\n"), recoded.count(b"\n"))

    def test_what_needs_no_change_comes_as_it_is(self):
        plain = leaf({"Subject": "x", "Content_Type": "text/plain"}, "text\n\n--b\n")
        for message in (plain, plain.replace(b"\n", b"\r\n"), b"", b"\n", b"no header", b"X: y\n\n", multipart("mixed", plain, plain),
                        b"From a Tue Oct  1 10:00:00 2024\n" + plain):
            for option in ("--to-7bit", "--to-8bit"):
                with self.subTest(message=message[:40], option=option):
                    recoded = self.run_mimecat(option, input=message)
                    self.assertTrue(message.endswith(recoded), recoded)
                    self.assertIn(len(message) - len(recoded), (0, len(b"From a Tue Oct  1 10:00:00 2024\n")))
                    self.assertEqual(self.told, "")

    def test_what_is_outside_of_bodies_stays(self):
        message = leaf({"Subject": "=?utf-8?q?=C3=BC?=\n\tfolded  so", "X_ODD": " y", "Content_Type": "multipart/mixed;\n boundary=b"},
                       b"preamble\n--b\nX: 1\n" + leaf(UTF8, "\xe4\n") + b"\n--b-- \nepilogue\n")
        recoded = self.run_mimecat("--to-7bit", input=message)
        before, after = message.split(b"Content-Transfer-Encoding", 1)[0], message.split("\xe4\n".encode(), 1)[1]
        self.assertTrue(recoded.startswith(before), recoded)
        self.assertTrue(recoded.endswith(after), recoded)

    def test_a_field_that_is_missing_is_added(self):
        recoded = self.run_mimecat("--to-7bit", input="Subject: x\n\n\xe4\n".encode())
        parsed = email.message_from_bytes(recoded)
        self.assertEqual(parsed["MIME-Version"], "1.0")
        self.assertIn(parsed["Content-Transfer-Encoding"], ("base64", "quoted-printable"))
        self.assertEqual(parsed.get_payload(decode=True).replace(b"\r\n", b"\n"), "\xe4\n".encode())


class SealedTest(MimecatCase):
    def sealed(self, subtype, text, encoding):
        return multipart(subtype, leaf({**UTF8, "Content_Transfer_Encoding": encoding}, text),
                         leaf({"Content_Type": "application/pgp-signature"}, "signature\n"), Subject="x")

    def test_what_is_signed_or_encrypted_stays_to_the_octet(self):
        cases = [("--to-7bit", "signed", "\xe4\n", "8bit"), ("--to-8bit", "signed", "=C3=A4\n", "quoted-printable"),
                 ("--to-8bit", "encrypted", "=C3=A4\n", "quoted-printable")]
        for option, subtype, text, encoding in cases:
            for end in (b"\n", b"\r\n"):
                message = self.sealed(subtype, text, encoding).replace(b"\n", end)
                with self.subTest(option=option, subtype=subtype, end=end):
                    self.assertEqual(self.run_mimecat(option, input=message, status=1), message)
                    self.assertRegex(self.told, r"^mimecat: part 1 is left as it is: [^\n]*signed[^\n]*\nmimecat: [^\n]*\n$")

    def test_what_stands_beside_it_is_changed(self):
        message = multipart("mixed", leaf(UTF8, "\xf6\n"), self.sealed("signed", "\xe4\n", "8bit").replace(b"--b", b"--s").replace(b"=b", b"=s"))
        recoded = self.run_mimecat("--to-7bit", input=message, status=1)
        self.assertNotIn("\xf6".encode(), recoded)
        self.assertTrue(recoded.endswith(message[message.index(b"Subject: x"):]))
        self.assertIn("part 2.1 is left as it is", self.told)

    def test_signed_text_that_needs_no_change_is_no_finding(self):
        message = self.sealed("signed", "=C3=A4\n", "quoted-printable")
        self.assertEqual(self.run_mimecat("--to-7bit", input=message), message)
        self.assertEqual(self.told, "")

    def test_a_dkim_signature_that_breaks_is_told(self):
        signed = leaf({"DKIM_Signature": "v=1; a=rsa-sha256", **UTF8}, "\xe4\n")
        there = self.run_mimecat("--to-7bit", input=signed)
        self.assertRegex(self.told, "^mimecat: [^\n]*DKIM-Signature[^\n]*\n$")
        self.assertIn(b"DKIM-Signature: v=1; a=rsa-sha256\n", there)
        self.run_mimecat("--to-8bit", input=signed)
        self.assertEqual(self.told, "")  # nothing was changed

    def test_8_bit_in_the_header_can_not_be_helped(self):
        message = "Subject: \xe4\n\ntext\n".encode()
        self.assertEqual(self.run_mimecat("--to-7bit", input=message, status=1), message)
        self.assertIn("header", self.told)


class ForeignTest(MimecatCase):
    @unittest.skipUnless(MIME4J.exists(), "skipped: no ../shared/data/mime-mime4j")
    def test_foreign_messages_say_the_same_or_it_is_told(self):
        for path in sorted(MIME4J.rglob("*.msg"))[::8]:
            message = path.read_bytes()
            with self.subTest(path=path.name):
                for option in ("--to-7bit", "--to-8bit"):
                    recoded = self.run_mimecat(option, path, status=None)
                    self.assertEqual(self.status, 1 if "is left as it is" in self.told else 0)
                    self.assertTrue(option == "--to-8bit" or self.status == 1 or is_7bit(recoded))
                    if not message.startswith(b"From "):
                        self.assertEqual([part[0] for part in contents(recoded)], [part[0] for part in contents(message)])


if __name__ == "__main__":
    unittest.main()
