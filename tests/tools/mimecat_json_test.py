# SPDX-License-Identifier: ISC
"""mimecat --json: every line is what examples/mimecat.schema.json says, and true.

Skipped in part: without python3-jsonschema, and where ../shared/data/mime-mime4j is not beside the project.
"""
import base64
import json
import re
import unittest

from mailsite import ROOT
from mimecat_site import MimecatCase, leaf, multipart

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((ROOT / "examples/mimecat.schema.json").read_text())
MIME4J = ROOT.parent / "shared/data/mime-mime4j"
PLAIN = {"Content_Type": "text/plain; charset=utf-8"}
PNG = base64.encodebytes(b"\x89PNG" * 30)

RECEIVED = """from client.example (HELO other.example) (joe@192.0.2.7) by mx.example.org with SMTP; no date
Received: from mx.example.org (mx.example.org [192.0.2.1])
 (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
 by mail.example.net (Postfix) via TCP with ESMTPS id 4XYZ for <bob@example.net>; Tue, 1 Oct 2024 10:00:00 +0200"""


def full():
    """A message that has something to say for every member."""
    inner = leaf({"Date": "no date", "From": "i@example.org", "Subject": "=?utf-8?q?inn=C3=A9r?="}, "inner\ntext\n")
    picture = leaf({"Content_Type": "image/png; name*0*=utf-8''%C3%BCber; name*1=sicht.png", "Content_Transfer_Encoding": "BASE64",
                    "Content_Disposition": "Attachment; filename=\"../x y.png\"; size=120", "Content_ID": "<pic@example.org>",
                    "Content_Description": "=?utf-8?q?B=C3=A4r?=", "Content_Language": "de, en", "Content_Location": "http://x.example/p.png",
                    "Content_MD5": "Q2hlY2sgSW50ZWdyaXR5IQ=="}, PNG)
    header = {"Received": RECEIVED, "Date": "Tue, 1 Oct 2024 10:00:00 +0200", "Subject": "=?utf-8?b?R3LDvMOfZQ==?=",
              "From": "=?utf-8?q?J=C3=BCrgen?= <j@example.org>", "Sender": "s@example.org", "Reply_To": "r@example.org",
              "To": "a@example.org, Friends: b@example.org, \"C\" <c@example.org>;", "Cc": "d@example.org", "Bcc": "e@example.org",
              "Message_ID": "<1@example.org>", "In_Reply_To": "<0@example.org>", "References": "<z@example.org> <0@example.org>"}
    return multipart("mixed", leaf(PLAIN, "Gr\xfc\xdfe\n"), leaf({"Content_Type": "message/rfc822"}, inner), picture, **header)


def seen_members(value, path=""):
    """The paths of all members: parts.envelope.received.ip."""
    if isinstance(value, list):
        return {found for one in value for found in seen_members(one, path)}
    if not isinstance(value, dict):
        return set()
    return {f"{path}{key}" for key in value} | {found for key, one in value.items() for found in seen_members(one, f"{path}{key}.")}


def alike(names):
    """The fields with addresses have the same members, and envelopes have: once is enough."""
    names = {name.removeprefix("parts.") if name.startswith("parts.envelope.") else name for name in names}
    return {re.sub(r"^envelope\.(from|sender|reply_to|cc|bcc)\.", "envelope.to.", name) for name in names}


def schema_members(schema, path="", depth=0):
    """The same, as the schema knows them."""
    if "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    found = set()
    for key, one in schema.get("properties", {}).items():
        found |= {path + key} | schema_members(one, f"{path}{key}.", depth + 1)
    for one in [schema.get("items"), *schema.get("anyOf", [])]:
        found |= schema_members(one, path, depth + 1) if one else set()
    return found


class JsonCase(MimecatCase):
    def describe(self, message, *args, **options):
        line = self.text_of("--json", *args, input=message, **options)
        self.assertEqual((line.count("\n"), line[-1:]), (1, "\n"))
        return json.loads(line)

    def assert_offsets_true(self, told, message):
        self.assertEqual(told["octets"], len(message))
        for part in told["parts"]:
            for place in (part["header"], part["body"]):
                piece = message[place["offset"]:place["offset"] + place["octets"]]
                self.assertEqual(len(piece), place["octets"])
                self.assertEqual(place["lines"], piece.count(b"\n"))
                self.assertEqual(place["wire_octets"], len(piece.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))
        for finding in told["findings"]:
            before = message[:finding["offset"]]
            self.assertEqual(finding["line"], before.count(b"\n") + 1)
            self.assertEqual(finding["column"], len(before) - (before.rfind(b"\n") + 1) + 1)


class JsonTest(JsonCase):
    def test_every_member_of_the_schema_comes(self):
        told = self.describe(full().replace(b"--b--\n", b"--b no\n"))
        names = {re.sub(r"^parts\.(disposition_)?parameters\..*", r"parts.\1parameters", name) for name in seen_members(told)}
        self.assertEqual(alike(names), alike(schema_members(SCHEMA)))

    def test_members_without_anything_to_say_are_left_out(self):
        bare = self.describe(b"\n")
        self.assertEqual(bare["envelope"], {"received": []})
        self.assertEqual(set(bare["parts"][0]), {"number", "kind", "depth", "type", "parameters", "header", "body", "is_attachment", "text"})
        self.assertEqual((bare["parts"][0]["type"], bare["parts"][0]["text"]), ("text/plain", ""))

    def test_the_header_and_the_envelope_are_decoded(self):
        told = self.describe(full())
        self.assertIn({"name": "Subject", "value": "Gr\xfc\xdfe"}, told["header"])
        self.assertEqual([field["name"] for field in told["header"]][:3], ["Received", "Received", "Date"])
        envelope = told["envelope"]
        self.assertEqual((envelope["date"], envelope["subject"]), ("2024-10-01T08:00:00Z", "Gr\xfc\xdfe"))
        self.assertEqual(envelope["from"], [{"name": "J\xfcrgen", "address": "j@example.org"}])
        self.assertEqual(envelope["to"], [{"name": "", "address": "a@example.org"}, {"group": "Friends", "members": [
            {"name": "", "address": "b@example.org"}, {"name": "C", "address": "c@example.org"}]}])
        self.assertEqual((envelope["message_id"], envelope["in_reply_to"], envelope["references"]),
                         (["1@example.org"], ["0@example.org"], ["z@example.org", "0@example.org"]))

    def test_the_way_of_the_message_is_told(self):
        newest, oldest = self.describe(full())["envelope"]["received"]
        self.assertEqual(newest, {"from": "client.example", "helo": "other.example", "ident": "joe@192.0.2.7", "ip": "192.0.2.7",
                                  "by": "mx.example.org", "with": "SMTP", "date": None})
        self.assertEqual(oldest, {"from": "mx.example.org", "ip": "192.0.2.1", "reverse_name": "mx.example.org",
                                  "by": "mail.example.net", "via": "TCP", "with": "ESMTPS", "id": "4XYZ",
                                  "for": "bob@example.net", "tls_version": "TLSv1.3", "tls_cipher": "TLS_AES_256_GCM_SHA384",
                                  "date": "2024-10-01T08:00:00Z"})

    def test_parts_are_told(self):
        whole, text, message, inner, picture = self.describe(full())["parts"]
        self.assertEqual([(part["number"], part["kind"], part["depth"]) for part in (whole, text, message, inner, picture)],
                         [("", "multipart", 0), ("1", "leaf", 1), ("2", "message", 1), ("2.1", "leaf", 2), ("3", "leaf", 1)])
        self.assertEqual((text["text"], inner["text"]), ("Gr\xfc\xdfe\n", "inner\ntext\n"))
        self.assertEqual((message["envelope"]["subject"], message["envelope"]["date"]), ("inn\xe9r", None))
        self.assertEqual((picture["type"], picture["encoding"], picture["disposition"]), ("image/png", "base64", "attachment"))
        self.assertEqual(picture["parameters"], {"name": "\xfcbersicht.png"})
        self.assertEqual(picture["disposition_parameters"], {"filename": "../x y.png", "size": "120"})
        self.assertEqual((picture["file_name"], picture["id"], picture["description"], picture["languages"], picture["location"],
                          picture["md5"]), ("../x y.png", "pic@example.org", "B\xe4r", ["de", "en"], "http://x.example/p.png",
                                            "Q2hlY2sgSW50ZWdyaXR5IQ=="))
        self.assertEqual([part["is_attachment"] for part in (whole, text, picture)], [False, False, True])

    def test_a_message_in_the_message_is_no_text_and_so_an_attachment(self):
        self.assertTrue(self.describe(full())["parts"][2]["is_attachment"])

    def test_offsets_are_those_of_the_message(self):
        for message in (full(), full().replace(b"\n", b"\r\n"), full().replace(b"--b--\n", b"--b"), b"", b"\n", b"x", b"a: b", b"\r\n\r\n"):
            self.assert_offsets_true(self.describe(message), message)
        told = self.describe(full())
        body = told["parts"][4]["body"]
        self.assertEqual(full()[body["offset"]:][:body["octets"]].strip(), PNG.strip())

    def test_octets_that_make_no_sense_harm_nothing(self):
        message = (b"Subject: =?utf-8?q?=FF=C3?= \xff\x00\n\xff: \x00\nContent-Type: text/plain; charset=utf-8; name=\"\xff\x00\"\n\n"
                   b"a\x00b \xff \xed\xa0\x80 \xc3\xa9 \xf5 \\ \" \x1b\n")
        told = self.describe(message)
        self.assert_offsets_true(told, message)
        self.assertIn("\xff\xc3", told["envelope"]["subject"])  # windows-1252, of which every octet is a character
        self.assertIn("a\x00b \xff ", told["parts"][0]["text"])
        self.assertIn("\xe9 ", told["parts"][0]["text"])
        self.assertTrue(told["parts"][0]["text"].endswith(" \\ \" \x1b\n"))
        json.dumps(told).encode()  # no lone surrogate

    def test_many_messages_have_a_line_each_with_their_names(self):
        paths = [self.file(f"m {n}\n\xfc", full()) for n in range(3)]
        lines = self.text_of("--json", *paths).splitlines()
        self.assertEqual([json.loads(line)["name"] for line in lines], paths)
        mbox = self.file("box", b"From a Tue Oct  1 10:00:00 2024\nSubject: 1\n\n\nFrom b Tue Oct  1 10:00:00 2024\nSubject: 2\n\n")
        self.assertEqual([json.loads(line)["name"] for line in self.text_of("--json", mbox).splitlines()], [mbox + "#1", mbox + "#2"])

    def test_findings_are_those_of_check(self):
        message = full().replace(b"--b--\n", b"--b no\n")
        told = self.describe(message)
        checked = self.text_of("--check", input=message, status=1).splitlines()
        self.assertEqual(sorted(f"{one['line']}:{one['column']}: {one['code']}" for one in told["findings"]),
                         sorted(":".join(line.split(":")[:3]) for line in checked))
        self.assertTrue(any(one["is_ambiguous"] for one in told["findings"]))


@unittest.skipUnless(jsonschema, "skipped: python3-jsonschema is not there")
class SchemaTest(JsonCase):
    def setUp(self):
        super().setUp()
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        self.validator = jsonschema.Draft7Validator(SCHEMA)

    def assert_valid(self, told, what=""):
        errors = [f"{list(error.path)}: {error.message}" for error in self.validator.iter_errors(told)]
        self.assertEqual(errors, [], what)

    def test_what_is_told_is_valid(self):
        dates = [b"Date: " + date + b"\n\n" for date in (b"", b"x", b"Tue, 1 Oct 99999 10:00:00 +0000", b"1 Jan 1900 00:00:00 +2359",
                                                         b"31 Dec 9999 23:59:60 -2359", b"1 Jan 0000 00:00 +0000")]
        addresses = [b"From: " + one + b"\nTo: " + one + b"\nReceived: " + one + b"\n\n" for one in
                     (b"", b",", b"a:;", b"a: b: c;", b"<>", b"(c)", b'"\xff" <\xff@\xff>', b"<@a,@b:c@d>", b"; no date")]
        types = [b"Content-Type: " + one + b"\nContent-Disposition: " + one + b"\nContent-Language: " + one + b"\n\nx" for one in
                 (b"", b"x", b"/", b"text/", b"multipart/mixed", b"message/rfc822", b"multipart/digest; boundary=x", b"TEXT/Plain; =a; b")]
        for message in [full(), full().replace(b"\n", b"\r\n"), b"", b"\x00", *dates, *addresses, *types]:
            with self.subTest(message=message[:80]):
                self.assert_valid(self.describe(message))

    @unittest.skipUnless(MIME4J.exists(), "skipped: no ../shared/data/mime-mime4j")
    def test_foreign_messages_are_told_validly_and_truly(self):
        paths = sorted(MIME4J.rglob("*.msg"))
        lines = self.text_of("--json", "-j0", *paths).splitlines()
        self.assertEqual(len(lines), len(paths))
        for path, line in zip(paths, lines):
            with self.subTest(path=path.name):
                told = json.loads(line)
                self.assert_valid(told)
                message = path.read_bytes()
                if message.startswith(b"From "):  # an mbox of one
                    message = message.split(b"\n", 1)[1][:told["octets"]]
                self.assert_offsets_true(told, message)


if __name__ == "__main__":
    unittest.main()
