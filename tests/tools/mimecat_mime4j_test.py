# SPDX-License-Identifier: ISC
"""mime4j's 80 messages seen by mimecat and by mime4j: parts, the header of each, decoded octets of every part.

Where the two differ NAMED says why; what it does not explain fails, and so does a name that is no longer needed.
Skipped where ../shared/data/mime-mime4j is not beside the project.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from mailsite import BIN, ROOT

VECTORS = ROOT.parent / "shared/data/mime-mime4j"

# (message, what differs, part): why ours is right.
ENCODED_COMPOSITE = "a multipart or message may not be encoded, and is not opened then: RFC 2045 section 6.4"
NO_FIELD = "a line that is no field ends the header, and the text is not lost: RFC 5322 section 2.2"
UNFINISHED = "only '=' tells of an end in mid-quantum; without it nothing that came is left out: RFC 2045 section 6.8"
NAMED = {
    ("mimetools-testmsgs/frag", "octets", "2.2.2.2"): UNFINISHED,
    ("mimetools-testmsgs/hdr-fakeout", "octets", "1"): NO_FIELD,
    ("mimetools-testmsgs/multi-2gifs-base64", "parts", ""): ENCODED_COMPOSITE,
    ("mimetools-testmsgs/multi-frag", "octets", "3.2"): UNFINISHED,
    ("testmsgs/bad-newlines-multiple-parts-base64", "parts", ""): ENCODED_COMPOSITE,
    ("testmsgs/base64encoded-rfc822message", "parts", ""): ENCODED_COMPOSITE,
    ("testmsgs/base64encoded-rfc822message-nested", "parts", ""): ENCODED_COMPOSITE,
    ("testmsgs/basic-plain-with-bad-header-separator", "octets", "1"): NO_FIELD,
    ("testmsgs/malformedHeader-nocrlfcrlf", "header", "1"): NO_FIELD,
    ("testmsgs/malformedHeader-nocrlfcrlf", "octets", "1"): NO_FIELD,
    ("testmsgs/malformedHeader-noheader", "octets", "1"): NO_FIELD,
    ("testmsgs/malformedHeaderStartsBody-nocrlfcrlf", "octets", "1"): NO_FIELD,
    ("testmsgs/malformedHeaderStartsBody-noheader", "octets", "1"): NO_FIELD,
    ("testmsgs/obsolete", "header", "1"):
        "mime4j leaves out a field whose name breaks RFC 5322 section 2.2; here it is one, with a finding",
}


def mimecat(*args):
    done = subprocess.run([BIN / "mimecat", *args], stdout=subprocess.PIPE, check=True, env={**os.environ, "MAILPIPE_CONFIG": ""})
    return done.stdout.decode()


class Seen:
    """What mimecat says of each message, by its path without the extension."""

    def __init__(self, directory):
        messages = pathlib.Path(directory) / "messages"
        messages.mkdir()
        for path in VECTORS.glob("*/*.msg"):
            (messages / f"{path.parent.name}__{path.stem}").write_bytes(path.read_bytes())
        self.json = {self.name(one["name"]): one for one in map(json.loads, mimecat("--json", messages).splitlines())}
        self.octets = collections.defaultdict(dict)
        for line in mimecat("--extract", pathlib.Path(directory) / "parts", "--match", "*/*", messages).splitlines():
            number, _, _, path, name = line.split("\t")
            self.octets[self.name(name)][number] = pathlib.Path(path).read_bytes()

    @staticmethod
    def name(path):
        return pathlib.Path(path).name.replace("__", "/", 1)


def fields_of(header):
    """Each as mime4j writes it: without its line end, and what is not ASCII as '?'."""
    text = header.decode("ascii", "replace").replace("\ufffd", "?").replace("\r\n", "\n")
    return re.findall(r"^[^ \t\n].*(?:\n[ \t].*)*", text, re.MULTILINE)


def their_parts(entity, depth=0, default="text/plain"):
    """(kind, depth, type), fields, and the file of the content: of a message or body-part and of all in it."""
    fields = [(field.text or "").removeprefix("\n") for field in entity.find("header")]
    types = [re.match(r"content-type:\s*([^\s;/]+/[^\s;/]+)", field.lower()) for field in fields]
    content_type = next((found[1] for found in types if found), default)  # RFC 2045 section 5.2
    content = next(child for child in entity if child.tag in ("multipart", "message", "text-body", "binary-body"))
    kind = content.tag if content.tag in ("multipart", "message") else "leaf"
    yield (kind, depth, content_type), fields, content.get("name")
    default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    for part in content.findall("body-part") if kind == "multipart" else [content] if kind == "message" else []:
        yield from their_parts(part, depth + 1, default)


def is_same(ours, theirs, part, message):
    """Line ends of quoted-printable are CRLF (RFC 2045 section 6.7, rule 4), and stay LF here where the message has no other."""
    if part.get("encoding", "").lower() == "quoted-printable" and b"\r\n" not in message:
        theirs = theirs.replace(b"\r\n", b"\n")
    return ours == theirs


def differences(seen, name):
    """Pairs of what differs and in which part."""
    path = VECTORS / name
    message = path.with_name(f"{path.name}.msg").read_bytes()
    ours = seen.json[name]["parts"]
    theirs = list(their_parts(xml.etree.ElementTree.parse(path.with_name(f"{path.name}_decoded.xml")).getroot()))
    if [tree for tree, _, _ in theirs] != [(part["kind"], part["depth"], part["type"]) for part in ours]:
        yield "parts", ""
        return
    for part, (_, fields, file) in zip(ours, theirs):
        header = message[part["header"]["offset"]:][:part["header"]["octets"]]
        if fields != fields_of(header):
            yield "header", part["number"]
        if file and not is_same(seen.octets[name][part["number"]], path.with_name(file).read_bytes(), part, message):
            yield "octets", part["number"]


@unittest.skipUnless(VECTORS.exists(), "skipped: ../shared/data/mime-mime4j is not there")
class MimecatMime4jTest(unittest.TestCase):
    def test_mime4j_sees_the_same(self):
        with tempfile.TemporaryDirectory() as directory:
            seen = Seen(directory)
        self.assertEqual(len(seen.json), 80)
        found = {(name, kind, where) for name in seen.json for kind, where in differences(seen, name)}
        self.assertEqual(found, set(NAMED))


if __name__ == "__main__":
    unittest.main()
