# SPDX-License-Identifier: ISC
"""The conversations of tests/dialogues, which the unit tests play in memory, with the built servers.

Their notation is told in tests/support/dialogue.hpp. Before each a PROXY v2 header makes the client come from 192.0.2.1,
or from the loopback where <with loopback> asks for it: the loopback gets AUTH without TLS."""
import re
import socket
import ssl
import struct
import unittest

from mailsite import ROOT, Site

FOLDER = ROOT / "tests/dialogues/smtp"
TIMEOUT = 20
FLAGS = {"tls": ["--tls"], "submission": ["--submission"], "normalise": ["--bare-newlines", "normalise"],
         "size": ["--max-size"], "recipients": ["--max-recipients"], "errors": ["--max-errors"], "loopback": [],
         "no-tls": []}


def unescape(text):
    out = re.sub(rb"\\(x[0-9a-f]{2}|.)", lambda m: {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}.get(
        m[1], bytes([int(m[1][1:], 16)]) if len(m[1]) == 3 else m[1]), text)
    return out


def read_dialogue(path):
    """The settings as a dictionary, and the steps as pairs (kind, text)."""
    settings, steps = {}, []
    for line in path.read_bytes().splitlines():
        kind, rest = line[:2], line[3:]
        if line.startswith(b"<with "):
            settings = dict(word.partition("=")[::2] for word in line[6:-1].decode().split())
        elif kind == b"S:":
            steps.append(("server", rest.decode()))
        elif kind in (b"C:", b"C-"):
            steps.append(("client", unescape(rest) + (b"\r\n" if kind == b"C:" else b"")))
        elif line.startswith(b"<"):
            steps.append((line.strip(b"<>").decode(), None))
    return settings, steps


def proxy_header(source):
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.25") + struct.pack(">HH", 40000, 25)
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", len(addresses)) + addresses


def tls_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def pattern(text):
    return re.compile(".*".join(map(re.escape, text.split("*"))))


class Peer:
    """The client's end of a connection."""

    def __init__(self, port, source, tls):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.socket.sendall(proxy_header(source))
        self.lines = b""
        if tls:
            self.start_tls()

    def start_tls(self):
        self.socket = tls_context().wrap_socket(self.socket)

    def line(self):
        """The server's next line, or None when it has closed."""
        while b"\r\n" not in self.lines:
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                return None
            self.lines += piece
        line, self.lines = self.lines.split(b"\r\n", 1)
        return line.decode()

    def expect(self, text):
        """Reads what the dialogue has the server say; returns what it said instead, or None."""
        line = self.line()
        while line and text[3:4] == " " and line[3:4] == "-":
            line = self.line()
        return None if line is not None and pattern(text).fullmatch(line) else f"{line!r} where {text!r} was expected"


class Dialogues(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        passwords = {"user": "secret", "a": "a", "b": "b", "c": "c"}
        cls.site = Site(passwords=passwords, hostname="mx.example", domains=["example"])
        cls.bare_site = Site(passwords=passwords, tls=False, hostname="mx.example", domains=["example"])
        for site in (cls.site, cls.bare_site):
            cls.addClassCleanup(site.__exit__, None)

    def server(self, settings, steps):
        flags = [flag for key, value in settings.items() for flag in FLAGS[key] + ([value] if value else [])]
        if ("silence", None) in steps:
            flags += ["--timeout", "1"]
        site = self.bare_site if "no-tls" in settings else self.site
        return site.listen("smtpd", "--proxy-from", "127.0.0.1", *flags)

    def play(self, peer, steps):
        """Returns a complaint, or None."""
        at = 0
        while at < len(steps):
            kind, text = steps[at]
            at += 1
            if kind == "server":
                complaint = peer.expect(text)
                if complaint:
                    return complaint
            elif kind == "client":
                while at < len(steps) and steps[at][0] == "client":  # in one piece
                    text += steps[at][1]
                    at += 1
                peer.socket.sendall(text)
            elif kind == "TLS":
                peer.start_tls()
            elif kind == "close":
                peer.socket.close()
            elif kind == "closed":
                line = peer.line()
                return f"{line!r} where the server was to close" if line is not None else None
        return None

    def test_each_goes_as_written(self):
        for path in sorted(FOLDER.glob("*.txt")):
            settings, steps = read_dialogue(path)
            if not settings.keys() <= FLAGS.keys():
                continue  # in memory only
            with self.subTest(path.stem):
                server = self.server(settings, steps)
                peer = Peer(server.port, "127.0.0.1" if "loopback" in settings else "192.0.2.1", "tls" in settings)
                complaint = self.play(peer, steps)
                peer.socket.close()
                server.stop()
                self.assertIsNone(complaint)


if __name__ == "__main__":
    unittest.main()
