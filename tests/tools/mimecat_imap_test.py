# SPDX-License-Identifier: ISC
"""mimecat --envelope and --bodystructure: what a parser of IMAP's lists makes of them (RFC 3501 section 7.4.2)."""
import json
import re
import unittest

from mailsite import ROOT
from mimecat_site import MimecatCase, leaf, multipart

MIME4J = ROOT.parent / "shared/data/mime-mime4j"
TOKEN = re.compile(rb'[ ]?(?:(\()|(\))|"((?:[^"\\\r\n\0\x80-\xff]|\\["\\])*)"|\{(\d+)\}\r\n|(NIL)|(\d+))')


def parse(line):
    """Lists as lists, strings as bytes, NIL as None, numbers; quoted strings are 7-bit, without CR, LF and NUL (section 4.3)."""
    stack, at = [[]], 0
    while at < len(line):
        token = TOKEN.match(line, at)
        if token is None:
            raise AssertionError(f"no IMAP at {at}: {line[at:at + 60]!r} in {line!r}")
        at = token.end()
        opened, closed, quoted, literal, nil, number = token.groups()
        if opened:
            stack.append([])
        elif closed:
            last = stack.pop()
            stack[-1].append(last)
        elif literal is not None:
            stack[-1].append(line[at:at + int(literal)])
            at += int(literal)
        else:
            stack[-1].append(None if nil else int(number) if number else re.sub(rb"\\(.)", rb"\1", quoted))
    ((whole,),) = stack
    return whole


def types(part):
    """Of a body structure and all that is in it."""
    if isinstance(part[0], list):
        count = next(n for n, one in enumerate(part) if not isinstance(one, list))
        return ["multipart/" + part[count].decode()] + [name for one in part[:count] for name in types(one)]
    name = (part[0] + b"/" + part[1]).decode()
    return [name] + (types(part[8]) if name == "message/rfc822" else [])


def wanted(part, next_part):
    """What types() says of a part of the JSON object. IMAP has no multipart without a part, nor a message without an envelope: one
    that can't be opened is octets."""
    if part["kind"] == "multipart" and (not next_part or next_part[0]["depth"] <= part["depth"]):
        return [part["type"], "text/plain"]
    return ["application/octet-stream" if part["kind"] == "leaf" and part["type"] == "message/rfc822" else part["type"]]


class ImapCase(MimecatCase):
    def read(self, option, message):
        line = self.run_mimecat(option, input=message)
        self.assertTrue(line.endswith(b")\n"), line)
        return parse(line[:-1])


class EnvelopeTest(ImapCase):
    def test_it_has_ten_fields_as_they_stand(self):
        message = leaf({"Date": "Tue,  1 Oct 2024 10:00:00 +0200 (CEST)", "Subject": "=?utf-8?q?=C3=BC?=\n \"x\\", "From": "A B <a@example.org>",
                        "Sender": "s@example.org", "Reply_To": "r@example.org", "To": "t@example.org, u@example.org", "Cc": "c@example.org",
                        "Bcc": "b@example.org", "In_Reply_To": "<1@example.org>", "Message_ID": "<2@example.org>"}, "")
        address = {name: [None, None, name, b"example.org"] for name in (b"s", b"r", b"t", b"u", b"c", b"b")}
        self.assertEqual(self.read("--envelope", message), [
            b"Tue,  1 Oct 2024 10:00:00 +0200 (CEST)", b'=?utf-8?q?=C3=BC?= "x\\', [[b"A B", None, b"a", b"example.org"]],
            [address[b"s"]], [address[b"r"]], [address[b"t"], address[b"u"]], [address[b"c"]], [address[b"b"]],
            b"<1@example.org>", b"<2@example.org>"])

    def test_sender_and_reply_to_default_to_from(self):
        for more in ({}, {"Sender": "", "Reply_To": ""}):
            told = self.read("--envelope", leaf({"From": "a@example.org", **more}, ""))
            self.assertEqual(told[2:5], [[[None, None, b"a", b"example.org"]]] * 3)

    def test_groups_begin_and_end(self):
        told = self.read("--envelope", leaf({"To": "x@example.org, Friends: a@example.org, B <b@example.org>;, Nobody:;"}, ""))
        self.assertEqual(told[5], [[None, None, b"x", b"example.org"], [None, None, b"Friends", None], [None, None, b"a", b"example.org"],
                                   [b"B", None, b"b", b"example.org"], [None] * 4, [None, None, b"Nobody", None], [None] * 4])

    def test_a_route_is_told(self):
        told = self.read("--envelope", leaf({"From": "<@a.example,@b.example:c@d.example>"}, ""))
        self.assertEqual(told[2], [[None, b"@a.example,@b.example", b"c", b"d.example"]])

    def test_8_bit_text_is_a_literal(self):
        for subject in ("Gr\xfc\xdfe".encode(), b"\xff\xfe", b"\xe9\"\\ {3}"):
            raw = self.run_mimecat("--envelope", input=b"Subject: " + subject + b"\n\n")
            self.assertIn(b"{%d}\r\n%s " % (len(subject), subject), raw)
            self.assertEqual(parse(raw[:-1])[1], subject)

    def test_what_is_missing_is_nil(self):
        for message in (b"", b"\n", b"text", b"From a Tue Oct  1 10:00:00 2024\nX: y\n\n"):
            self.assertEqual(self.read("--envelope", message), [None] * 10)


class BodyStructureTest(ImapCase):
    def test_a_text_has_its_lines(self):
        told = self.read("--bodystructure", leaf({"Content_Type": "Text/Plain; charset=\"utf-8\"; format=flowed",
                                                  "Content_Transfer_Encoding": "8bit"}, "Gr\xfc\xdfe\ntwo\n"))
        self.assertEqual(told[:2], [b"text", b"plain"] if told[0] == b"text" else [b"Text", b"Plain"])
        self.assertEqual(told[2:], [[b"charset", b"utf-8", b"format", b"flowed"], None, None, b"8bit", 14, 2, None, None, None, None])

    def test_sizes_are_those_on_the_wire(self):
        for end in ("\n", "\r\n"):
            message = leaf({"Subject": "x"}, "1\n2\n3\n").replace(b"\n", end.encode())
            self.assertEqual(self.read("--bodystructure", message)[6:8], [9, 3])

    def test_every_field_of_a_part_is_told(self):
        told = self.read("--bodystructure", leaf({
            "Content_Type": "image/png; name=x", "Content_ID": "<1@x>", "Content_Description": 'd "q"', "Content_Transfer_Encoding": "base64",
            "Content_MD5": "Q2hl", "Content_Disposition": "inline; filename=a.png", "Content_Language": "de, en",
            "Content_Location": "http://x.example/"}, "YWJj\n"))
        self.assertEqual(told, [b"image", b"png", [b"name", b"x"], b"<1@x>", b'd "q"', b"base64", 6, b"Q2hl",
                                [b"inline", [b"filename", b"a.png"]], [b"de", b"en"], b"http://x.example/"])

    def test_multiparts_and_messages_hold_what_is_in_them(self):
        inner = leaf({"Content_Type": "message/rfc822"}, leaf({"Subject": "inner"}, "text\n"))
        forms = multipart("alternative", leaf({}, "a"), leaf({"Content_Type": "text/html"}, "b"), boundary="in")
        told = self.read("--bodystructure", multipart("mixed", forms, inner))
        self.assertEqual(told[2:], [b"mixed", [b"boundary", b"b"], None, None, None])
        self.assertEqual(told[0][2], b"alternative")
        self.assertEqual([part[1] for part in told[0][:2]], [b"plain", b"html"])
        self.assertEqual((told[1][:2], told[1][7][1], told[1][8][:2]), ([b"message", b"rfc822"], b"inner", [b"text", b"plain"]))

    def test_8_bit_names_are_literals(self):
        told = self.read("--bodystructure", leaf({"Content_Type": "a/b; name=\"\xfc.txt\"", "Content_Description": "\xe4"}, ""))
        self.assertEqual((told[2], told[4]), ([b"name", "\xfc.txt".encode()], "\xe4".encode()))

    @unittest.skipUnless(MIME4J.exists(), "skipped: no ../shared/data/mime-mime4j")
    def test_foreign_messages_have_the_parts_that_json_tells(self):
        for path in sorted(MIME4J.rglob("*.msg"))[::4]:
            with self.subTest(path=path.name):
                told = parse(self.run_mimecat("--bodystructure", path)[:-1])
                parts = json.loads(self.run_mimecat("--json", path))["parts"]
                self.assertEqual(types(told), [name for n, part in enumerate(parts) for name in wanted(part, parts[n + 1:n + 2])])
                self.assertEqual(len(parse(self.run_mimecat("--envelope", path)[:-1])), 10)


if __name__ == "__main__":
    unittest.main()
