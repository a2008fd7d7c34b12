# SPDX-License-Identifier: ISC
"""6,046 real messages seen by mimecat and by Python's email package: parts, decoded text, octets of every part.

Where the two differ, a rule or NAMED says why; what they do not explain fails, and so does a name that is no longer needed.
Skipped where ../shared/data/spamassassin-corpus.tar.xz is not beside the project.
"""
import base64
import codecs
import collections
import email
import json
import os
import pathlib
import quopri
import re
import subprocess
import tarfile
import tempfile
import unittest

from mailsite import BIN, ROOT

CORPUS = ROOT.parent / "shared/data/spamassassin-corpus.tar.xz"

# What mimecat reads a charset as that Python takes by its word, as browsers do: the superset that is meant.
SUPERSETS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030",
             "ks_c_5601-1987": "cp949", "shift_jis": "cp932", "gb_2312-80": "gb18030"}

# (message, what differs, part): why ours is right.
NAMED = {
    ("easy-ham-1_01436.dc449ba377210e77d84647619e49c872", "parts", ""):
        "message/delivery-status holds no parts: RFC 3464 section 2.1",
    ("easy-ham-1_01542.ed72bf2cd81ccd4c076533fb0af004e5", "parts", ""):
        "message/delivery-status holds no parts: RFC 3464 section 2.1",
    ("easy-ham-2_01311.b6a06b3e24130a32172b4c5225a1d5a6", "parts", ""):
        "message/delivery-status holds no parts: RFC 3464 section 2.1",
    ("spam-2_00204.4cf15f97b8ea08bfafab7d5091b8fbe7", "parts", ""):
        "a Content-Type that can't be read is text/plain: RFC 2045 section 5.2",
    ("hard-ham-1_00021.1707ccb203e1a39f5167f1c0d65cc235", "octets", "2"):
        "without a delimiter the last line end is the part's: RFC 2046 section 5.1.1",
    ("spam-2_00009.1e1a8cb4b57532ab38aa23287523659d", "octets", "3"):
        "without a delimiter the last line end is the part's: RFC 2046 section 5.1.1",
    ("spam-2_00714.cd13d8db12cc1f661d6b2eb6fcbb5156", "octets", "1"):
        "without a delimiter the last line end is the part's: RFC 2046 section 5.1.1",
    ("spam-1_00038.8d93819b95ff90bf2e2b141c2909bfc9", "octets", "2"):
        "whatever stands behind a boundary in its line: RFC 2046 section 5.1.1",
    ("spam-2_01188.67d69a8d6e5c899914556488c8cbd2c9", "text", "1.1"):
        "Big5's A1E3 is U+FF5E for the C library and browsers, U+223C for Python",
}


def mimecat(*args):
    done = subprocess.run([BIN / "mimecat", "-j0", *args], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "MAILPIPE_CONFIG": ""})
    return done.stdout.decode()


def python_parts(message, depth=0):
    yield depth, message
    if message.is_multipart():
        for part in message.get_payload():
            yield from python_parts(part, depth + 1)


def python_text(part, octets):
    """None where Python can't tell."""
    charset = (part.get_param("charset") or "us-ascii")
    charset = charset[2] if isinstance(charset, tuple) else charset
    charset = SUPERSETS.get(charset.lower(), charset)
    try:
        return octets.decode(codecs.lookup(charset).name).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        return None


class Corpus:
    """The messages in a directory, which mimecat reads as they stand."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory) / "messages"
        self.directory.mkdir()
        with tarfile.open(CORPUS) as archive:
            for member in archive:
                if member.isfile() and not member.name.endswith(".md"):
                    name = member.name.removeprefix("./").replace("/", "_")
                    (self.directory / name).write_bytes(archive.extractfile(member).read())
        self.seen = {pathlib.Path(one["name"]).name: one for one in map(json.loads, mimecat("--json", self.directory).splitlines())}
        self.octets = collections.defaultdict(dict)
        target = pathlib.Path(directory) / "parts"
        for line in mimecat("--extract", target, "--match", "*/*", self.directory).splitlines():
            number, _, _, path, name = line.split("\t")
            self.octets[pathlib.Path(name).name][number] = pathlib.Path(path)


def is_rule(raw, encoding, mine):
    """Python leaves blanks at the ends of quoted lines (RFC 2045 section 6.7, rule 3), and takes an '=' that begins no code, which
    stays here as it is, in ways of its own. It leaves base64 that it finds broken as it stands: here everything that is no digit
    is passed over, and an unfinished quantum at the end (RFC 2045 section 6.8)."""
    if encoding == "quoted-printable":
        sound = re.sub(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n)", b"=3D", re.sub(rb"[ \t]+(?=\r?\n|\Z)", b"", raw))
        return quopri.decodestring(sound) == mine
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", raw.split(b"=")[0])
    return encoding == "base64" and base64.b64decode(digits + b"A" * (-len(digits) % 4))[:len(digits) * 6 // 8] == mine


def differences(corpus, name):
    """Pairs of what differs and in which part."""
    ours = corpus.seen[name]
    message = (corpus.directory / name).read_bytes()
    theirs = list(python_parts(email.message_from_bytes(message)))
    if [(depth, part.get_content_type()) for depth, part in theirs] != [(part["depth"], part["type"]) for part in ours["parts"]]:
        yield "parts", ""
        return
    for (_, part), our in zip(theirs, ours["parts"]):
        if our["kind"] != "leaf":
            continue
        octets = part.get_payload(decode=True)
        mine = corpus.octets[name][our["number"]].read_bytes()
        if octets != mine:
            raw = message[our["body"]["offset"]:our["body"]["offset"] + our["body"]["octets"]]
            if not is_rule(raw, our.get("encoding", "").lower(), mine):
                yield "octets", our["number"]
        elif our["type"].startswith("text/") and (text := python_text(part, octets)) is not None and text != our["text"]:
            yield "text", our["number"]


@unittest.skipUnless(CORPUS.exists(), "skipped: ../shared/data/spamassassin-corpus.tar.xz is not there")
class MimecatCorpusTest(unittest.TestCase):
    def test_python_sees_the_same(self):
        with tempfile.TemporaryDirectory() as directory:
            corpus = Corpus(directory)
            self.assertEqual(len(corpus.seen), 6046)
            found = {(name.removesuffix(".txt"), kind, where) for name in corpus.seen for kind, where in differences(corpus, name)}
        self.assertEqual(found, set(NAMED))


if __name__ == "__main__":
    unittest.main()
