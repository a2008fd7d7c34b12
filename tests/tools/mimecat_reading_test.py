# SPDX-License-Identifier: ISC
"""What mimecat shows to a person, on a pipe: header, text, attachments, wrapped or not."""
import base64
import unittest

from mimecat_site import MimecatCase, leaf, multipart

PLAIN = {"Content_Type": "text/plain; charset=utf-8"}
HTML = {"Content_Type": "text/html; charset=utf-8"}


class ReadingTest(MimecatCase):
    def body(self, message, *args, **options):
        """Behind the header in short."""
        return self.text_of(*args, input=message, **options).split("\n\n", 1)[1]

    def test_the_header_comes_in_short_and_decoded(self):
        message = leaf({"Received": "from x by y", "Subject": "=?utf-8?b?R3LDvMOfZQ==?=\n  aus Bonn", "X_Other": "no",
                        "Cc": "c@example.org", "Bcc": "hidden@example.org", "To": "a@example.org,\n b@example.org",
                        "From": "=?iso-8859-1?q?J=FCrgen?= <j@example.org>", "Date": "Tue, 1 Oct 2024 10:00:00 +0200"}, "text\n")
        self.assertEqual(self.text_of(input=message).split("\n\n")[0].splitlines(), [
            "Date: Tue, 1 Oct 2024 10:00:00 +0200", "From: J\xfcrgen <j@example.org>", "To: a@example.org, b@example.org",
            "Cc: c@example.org", "Subject: Gr\xfc\xdfe  aus Bonn"])

    def test_a_header_folded_by_a_tab_reads_as_one_folded_by_a_blank(self):
        message = leaf({"Subject": "a\n\tb"}, "text\n")
        self.assertIn("Subject: a b\n", self.text_of(input=message).expandtabs(1))
        self.assertEqual(self.text_of("--field", "Subject", input=message).expandtabs(1), "a b\n")

    def test_lf_and_crlf_read_the_same(self):
        message = multipart("mixed", leaf(PLAIN, "one\ntwo\n"), leaf(HTML, "<p>three\n"), Subject="test")
        self.assertEqual(self.run_mimecat(input=message), self.run_mimecat(input=message.replace(b"\n", b"\r\n")))

    def test_of_alternatives_one_is_shown(self):
        plain, html = leaf(PLAIN, "plain form\n"), leaf(HTML, "<p>rich form</p>\n")
        both = self.body(multipart("alternative", plain, html, Subject="x"))
        self.assertIn("plain form", both)
        self.assertNotIn("rich form", both)
        self.assertEqual(self.body(multipart("alternative", html, Subject="x")).strip(), "rich form")

    def test_an_attachment_is_a_line_with_number_type_size_and_name(self):
        sizes = {5: "5 bytes", 12345: "12.3 kB", 4_000_000: "4.0 MB"}
        for octets, size in sizes.items():
            pdf = leaf({"Content_Type": "application/pdf", "Content_Transfer_Encoding": "base64",
                        "Content_Disposition": "attachment; filename*=utf-8''%C3%9Cbersicht.pdf"},
                       base64.encodebytes(b"x" * octets))
            shown = self.body(multipart("mixed", leaf(PLAIN, "see there\n"), pdf, Subject="x"))
            self.assertIn("see there\n", shown)
            self.assertIn(f"\n[2] application/pdf, {size}, \xdcbersicht.pdf\n", shown)

    def test_a_text_that_is_an_attachment_is_a_line_too(self):
        notes = leaf({**PLAIN, "Content_Disposition": "attachment; filename=notes.txt"}, "secret plans\n")
        shown = self.body(multipart("mixed", leaf(PLAIN, "see there\n"), notes, Subject="x"))
        self.assertIn("[2] text/plain, ", shown)
        self.assertNotIn("secret plans", shown)

    def test_a_message_in_the_message_follows_with_its_header(self):
        inner = leaf({"Content_Type": "message/rfc822"}, leaf({"From": "i@example.org", "Subject": "inner"}, "inner text\n"))
        shown = self.body(multipart("mixed", leaf(PLAIN, "outer text\n"), inner, Subject="x"))
        self.assertRegex(shown, r"(?s)outer text\n.*\[2\] message/rfc822, \d+ bytes\n\nFrom: i@example.org\nSubject: inner\n\ninner text\n")

    def test_html_is_read_as_text(self):
        shown = self.body(leaf({"Subject": "x", **HTML}, "<title>t</title><style>p{}</style><script>run()</script>"
                               "<p>caf&eacute; &amp; <b>tea</b></p><ul><li>one<li>two</ul><pre>a  b\nc</pre>"))
        for piece in ("caf\xe9 & tea\n", "one\n", "two\n", "a  b\nc\n"):
            self.assertIn(piece, shown)
        self.assertNotRegex(shown, r"run\(\)|p\{\}|<")

    def test_lines_of_flowed_text_are_joined_those_of_other_text_are_not(self):
        text = "These are \nsome words.\n> cited \n> words\n-- \nname\n"
        flowed = self.body(leaf({"Subject": "x", "Content_Type": "text/plain; format=flowed"}, text))
        self.assertEqual(flowed.strip(), "These are some words.\n> cited words\n-- \nname")
        self.assertEqual(self.body(leaf({"Subject": "x", **PLAIN}, text)).strip(), text.strip())
        joined = self.body(leaf({"Subject": "x", "Content_Type": "text/plain; format=flowed; delsp=yes"}, "\u6587 \n\u5b57\n"))
        self.assertEqual(joined.strip(), "\u6587\u5b57")

    def test_charsets_and_encodings_are_undone(self):
        cases = [("iso-8859-1", "quoted-printable", b"caf=E9\n", "caf\xe9"), ("utf-8", "base64", b"Y2Fmw6k=\n", "caf\xe9"),
                 ("iso-2022-jp", "7bit", b"\x1b$B8l\x1b(B\n", "\u8a9e"), ("unknown", "8bit", "caf\xe9\n".encode(), "caf\xe9"),
                 ("unknown", "8bit", b"caf\xe9 \x80\n", "caf\xe9 \u20ac"), ("utf-16", "base64", base64.b64encode("hi\n".encode("utf-16")), "hi")]
        for charset, encoding, octets, text in cases:
            message = leaf({"Subject": "x", "Content_Type": f"text/plain; charset={charset}",
                            "Content_Transfer_Encoding": encoding}, octets)
            with self.subTest(charset=charset, encoding=encoding):
                self.assertEqual(self.body(message).strip(), text)


class WidthTest(MimecatCase):
    message = leaf({"Subject": "words " * 30, **PLAIN}, "word " * 200 + "\n\n" + "\u6587\u5b57 " * 50 + "\n> " + "cited " * 40 + "\n")

    def widest(self, *args, **options):
        """In columns: a CJK character has two."""
        lines = self.text_of(*args, input=self.message, **options).splitlines()
        return max(sum(2 if char in "\u6587\u5b57" else 1 for char in line.rstrip()) for line in lines)

    def test_on_a_pipe_no_line_is_broken(self):
        self.assertGreater(self.widest(), 900)
        self.assertGreater(self.widest("--width", 0, env={"COLUMNS": "40"}), 900)

    def test_lines_are_wrapped_to_width_or_columns(self):
        for columns in (30, 60, 80, 132):
            with self.subTest(columns=columns):
                for widest in (self.widest("-w", columns), self.widest(f"--width={columns}", env={"COLUMNS": "50"}),
                               self.widest(env={"COLUMNS": str(columns)})):
                    self.assertLessEqual(widest, columns)
                    self.assertGreater(widest, columns - 10)

    def test_columns_that_are_no_number_do_not_count(self):
        for columns in ("0", "", "x", "-5", "99999999999999999999"):
            self.assertGreater(self.widest(env={"COLUMNS": columns}), 900, columns)

    def test_no_word_is_lost_by_wrapping(self):
        for columns in (1, 2, 7, 20, 79):
            wrapped = self.text_of("-w", columns, input=self.message)
            self.assertEqual(wrapped.count("word"), 230, columns)
            self.assertEqual(wrapped.count("\u6587\u5b57"), 50, columns)

    def test_a_width_is_a_number(self):
        for width in ("x", "-1", "", "4294967296"):
            self.run_mimecat("--width", width, input=self.message, status=64)


if __name__ == "__main__":
    unittest.main()
