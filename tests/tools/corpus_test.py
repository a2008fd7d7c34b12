# SPDX-License-Identifier: ISC
"""5,000 real messages through smtpd, sendq, deliver and pop3d and back: every octet equal but for line ends and trace.

Skipped where ../shared/data/spamassassin-corpus.tar.xz is not beside the project.
"""
import collections
import hashlib
import re
import socket
import tarfile
import threading
import unittest

from mailsite import DOMAIN, ROOT, Site, wait_for

CORPUS = ROOT.parent / "shared/data/spamassassin-corpus.tar.xz"
COUNT = 5000
CONNECTIONS = 4
TRACE = re.compile(rb"Return-Path: <.*>\nDelivered-To: .*\nReceived: .*\n(?:[ \t].*\n)*")
FIELDS = re.compile(rb"\A(?:[!-9;-~]+[ \t]*:.*\n(?:[ \t].*\n)*)*")
RETURN_PATH = re.compile(rb"^Return-Path[ \t]*:.*\n(?:[ \t].*\n)*", re.MULTILINE | re.IGNORECASE)


def without_return_path(text):
    """smtpd takes a message's own ones away; the mailbox gets ours."""
    fields = FIELDS.match(text).group()
    return RETURN_PATH.sub(b"", fields) + text[len(fields):]


def corpus():
    """The messages with LF line ends, as they are on disk; CR alone is a line end, too."""
    messages = []
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            if member.isfile() and len(messages) < COUNT and not member.name.endswith(".md"):
                text = archive.extractfile(member).read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                messages.append(text if text.endswith(b"\n") else text + b"\n")
    return messages


class Peer:
    """A connection that pipelines: commands go out as they come, replies are read later."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.replies = self.socket.makefile("rb")
        self.expect(b"220", b"+OK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.replies.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def expect(self, *codes):
        """One reply, of as many lines as it has."""
        while True:
            line = self.replies.readline()
            if not line.startswith(codes):
                raise AssertionError(f"{line!r}, not {codes}")
            if line[3:4] != b"-":
                return line

    def text(self):
        """What follows a POP3 +OK, up to the dot, without stuffing and with LF."""
        lines = []
        for line in self.replies:
            if line == b".\r\n":
                return b"".join(lines)
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                raise AssertionError(f"no line: {line!r}")
            lines.append(line[line.startswith(b"."):-2] + b"\n")
        raise AssertionError("closed in mid-message")


def send_all(port, messages, failures):
    try:
        with Peer(port) as peer:
            peer.send(b"EHLO corpus.example\r\n")
            peer.expect(b"250")
            for user, text in messages:
                wire = re.sub(rb"^\.", b"..", text, flags=re.MULTILINE).replace(b"\n", b"\r\n")
                recipient = f"{user}@{DOMAIN}".encode()
                peer.send(b"MAIL FROM:<corpus@example.net> BODY=8BITMIME\r\nRCPT TO:<%s>\r\nDATA\r\n" % recipient)
                for code in (b"250", b"250", b"354"):
                    peer.expect(code)
                peer.send(wire + b".\r\n")
                peer.expect(b"250")
            peer.send(b"QUIT\r\n")
            peer.expect(b"221")
    except (OSError, AssertionError) as failure:
        failures.append(failure)


def fetch_all(port, user, password, batch=100):
    with Peer(port) as peer:
        peer.send(f"USER {user}\r\nPASS {password}\r\nSTAT\r\n".encode())
        peer.expect(b"+OK")
        peer.expect(b"+OK")
        count, octets = map(int, peer.expect(b"+OK").split()[1:3])
        texts = []
        for first in range(1, count + 1, batch):
            numbers = range(first, min(first + batch, count + 1))
            peer.send("".join(f"RETR {number}\r\n" for number in numbers).encode())
            for _ in numbers:
                peer.expect(b"+OK")
                texts.append(peer.text())
        peer.send(b"QUIT\r\n")
        peer.expect(b"+OK")
        return texts, octets


@unittest.skipUnless(CORPUS.exists(), "skipped: no ../shared/data/spamassassin-corpus.tar.xz")
class CorpusTest(unittest.TestCase):
    def test_every_message_comes_back_whole(self):
        messages = corpus()
        self.assertEqual(len(messages), COUNT)
        shares = collections.defaultdict(list)
        for number, text in enumerate(messages):
            shares[number % CONNECTIONS].append((("alice", "bob")[number % 2], text))
        with Site() as site:
            smtpd = site.listen("smtpd")
            site.start("sendq", "--watch")
            failures = []
            threads = [threading.Thread(target=send_all, args=(smtpd.port, share, failures)) for share in shares.values()]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])

            wait_for(lambda: len(site.messages("alice")) + len(site.messages("bob")) == COUNT, timeout=300, what="deliveries")
            wait_for(lambda: len(site.events(event="delivered")) == COUNT, timeout=60, what="the log")
            self.assertEqual(site.run("sendq", "--list").stdout, b"")
            self.assertEqual(len({line["id"] for line in site.events(event="delivered")}), COUNT)

            pop3d = site.listen("pop3d")
            for index, user in enumerate(("alice", "bob")):
                texts, octets = fetch_all(pop3d.port, user, site.passwords[user])
                self.assertEqual(octets, sum(len(text) + text.count(b"\n") for text in texts))
                self.assert_same(messages[index::2], texts)

    def assert_same(self, sent, got):
        def digests(texts):
            return collections.Counter(hashlib.sha256(text).hexdigest() for text in texts)
        for text in got:
            self.assertRegex(text, rb"\A" + TRACE.pattern)
        self.assertEqual(digests(TRACE.sub(b"", text, count=1) for text in got),
                         digests(map(without_return_path, sent)))


if __name__ == "__main__":
    unittest.main()
