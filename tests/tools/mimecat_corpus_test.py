# SPDX-License-Identifier: ISC
"""6,046 real messages seen by mimecat and by Python's email package: parts, decoded text, octets of every part.

Where the two differ, EXPLAINED says why; what it does not explain fails, and so does an explanation that is no longer needed.
Skipped where ../shared/data/spamassassin-corpus.tar.xz is not beside the project.
"""
import codecs
import collections
import email
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

from mailsite import BIN, ROOT

CORPUS = ROOT.parent / "shared/data/spamassassin-corpus.tar.xz"

# What mimecat reads a charset as that Python takes by its word, as browsers do: the superset that is meant.
SUPERSETS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030",
             "ks_c_5601-1987": "cp949", "shift_jis": "cp932", "gb_2312-80": "gb18030"}


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


def differences(corpus, name):
    """Pairs of a class and where."""
    ours = corpus.seen[name]
    theirs = list(python_parts(email.message_from_bytes((corpus.directory / name).read_bytes())))
    if [(depth, part.get_content_type()) for depth, part in theirs] != [(part["depth"], part["type"]) for part in ours["parts"]]:
        yield "parts", ""
        return
    for (_, part), our in zip(theirs, ours["parts"]):
        if our["kind"] != "leaf":
            continue
        octets = part.get_payload(decode=True)
        mine = corpus.octets[name][our["number"]].read_bytes()
        if octets != mine:
            yield "octets", our["number"]
        elif our["type"].startswith("text/") and (text := python_text(part, octets)) is not None and text != our["text"]:
            yield "text", our["number"]


@unittest.skipUnless(CORPUS.exists(), "skipped: ../shared/data/spamassassin-corpus.tar.xz is not there")
class MimecatCorpusTest(unittest.TestCase):
    def test_python_sees_the_same(self):
        with tempfile.TemporaryDirectory() as directory:
            corpus = Corpus(directory)
            self.assertEqual(len(corpus.seen), 6046)
            found = {(name, kind, where) for name in corpus.seen for kind, where in differences(corpus, name)}
        self.assertEqual(found, set())


if __name__ == "__main__":
    unittest.main()
