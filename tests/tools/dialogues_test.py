# SPDX-License-Identifier: ISC
"""The conversations of tests/dialogues, which the unit tests play in memory, with the built servers.

Their notation is told in tests/support/dialogue.hpp. Before each a PROXY v2 header makes the client come from 192.0.2.1,
or from the loopback where <with loopback> asks for it: the loopback gets AUTH without TLS."""
import os
import re
import shutil
import socket
import struct
import unittest

from mailsite import ROOT, Site, tls_context

FOLDER = ROOT / "tests/dialogues"
TIMEOUT = 20


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
            steps.append(("server", rest.decode(errors="surrogateescape")))
        elif kind in (b"C:", b"C-"):
            steps.append(("client", unescape(rest) + (b"\r\n" if kind == b"C:" else b"")))
        elif line.startswith(b"<meanwhile "):
            steps.append(("meanwhile", unescape(line[11:-1])))
        elif line.startswith(b"<"):
            steps.append((line.strip(b"<>").decode(), None))
    return settings, steps


def proxy_header(source):
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.25") + struct.pack(">HH", 40000, 25)
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", len(addresses)) + addresses


def pattern(text):
    if text.startswith("* "):  # IMAP's
        return re.compile(r"\* " + ".*".join(map(re.escape, text[2:].split("*"))))
    return re.compile(".*".join(map(re.escape, text.split("*"))))


class Peer:
    """The client's end of a connection."""

    def __init__(self, port, source, tls):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        if source:
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
        return line.decode(errors="surrogateescape")

    def expect(self, text):
        """Reads what the dialogue has the server say; returns what it said instead, or None."""
        line = self.line()
        while line and text[3:4] == " " and line[3:4] == "-":
            line = self.line()
        return None if line is not None and pattern(text).fullmatch(line) else f"{line!r} where {text!r} was expected"


class Dialogues:
    """A class of tests for each protocol."""
    tool, site_keys, proxied = None, {}, True
    options = ()
    flags = {"tls": ["--tls"], "loopback": [], "no-tls": []}

    @classmethod
    def setUpClass(cls):
        cls.site = Site(**cls.site_keys)
        cls.bare_site = Site(tls=False, **cls.site_keys)
        for site in (cls.site, cls.bare_site):
            cls.addClassCleanup(site.__exit__, None)

    def prepare(self, site, settings):
        pass

    def server(self, settings, steps):
        flags = [flag for key, value in settings.items() for flag in self.flags[key] + ([value] if value else [])]
        if ("silence", None) in steps:
            flags += ["--timeout", "1"]
        site = self.bare_site if "no-tls" in settings else self.site
        self.prepare(site, settings)
        if self.proxied:
            flags += ["--proxy-from", "127.0.0.1"]
        return site.listen(self.tool, *self.options, *flags)

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
            elif kind == "meanwhile":
                self.meanwhile(text)
            elif kind == "TLS":
                peer.start_tls()
            elif kind == "close":
                peer.socket.close()
            elif kind == "closed":
                line = peer.line()
                return f"{line!r} where the server was to close" if line is not None else None
        return None

    def test_each_goes_as_written(self):
        for path in sorted((FOLDER / self.protocol).glob("*.txt")):
            settings, steps = read_dialogue(path)
            if not settings.keys() <= self.flags.keys():
                continue  # in memory only
            with self.subTest(path.stem):
                server = self.server(settings, steps)
                source = "127.0.0.1" if "loopback" in settings else "192.0.2.1"
                peer = Peer(server.port, source if self.proxied else None, "tls" in settings)
                complaint = self.play(peer, steps)
                peer.socket.close()
                server.stop()
                self.assertIsNone(complaint)


class Smtp(Dialogues, unittest.TestCase):
    tool, protocol = "smtpd", "smtp"
    # bob's password is hashed: so SCRAM is not offered.
    site_keys = {"passwords": {"user": "secret", "a": "a", "b": "b", "c": "c", "bob": "bob"}, "hostname": "mx.example",
                 "domains": ["example"]}
    flags = {**Dialogues.flags, "submission": ["--submission"], "normalise": ["--bare-newlines", "normalise"],
             "size": ["--max-size"], "recipients": ["--max-recipients"], "errors": ["--max-errors"]}


class Lmtp(Dialogues, unittest.TestCase):
    tool, protocol, options, proxied = "deliver", "lmtp", ("--lmtp",), False
    site_keys = Smtp.site_keys


class Pop3(Dialogues, unittest.TestCase):
    tool, protocol = "pop3d", "pop3"
    flags = {**Dialogues.flags, "auth-without-tls": ["--auth-without-tls"], "expire": ["--expire"], "empty": [],
             "login-delay": ["--login-delay"], "no-maildir": [], "uidl-format": ["--uidl-format"], "language": ["--language"],
             "utf8-refuse": ["--unasked-utf8", "refuse"]}

    def prepare(self, site, settings):
        """As tests/support/pop3_site.hpp has it."""
        maildir = site.maildir("alice")
        shutil.rmtree(maildir, ignore_errors=True)
        if "no-maildir" in settings:
            return
        for part in ("new", "cur", "tmp"):
            (maildir / part).mkdir(parents=True)
        (maildir / "dovecot-uidlist").write_text("3 V1795289817 N1 Gbc46c14ec7be5256c36c0000b1eafc0d\n")
        if "empty" not in settings:
            messages = {"cur/1700000001.M1P1.mx,S=49,W=56:2,S": "From: a@example\nSubject: one\n\nhello\n.\n..dots\nend\n",
                        "new/1700000002.M1P1.mx": "Subject: two\n\nno sizes\nin the name\n",
                        "new/1700000003.M1P1.mx,S=28,W=31": "Subject: café\n\nbody: café\n"}
            for name, text in messages.items():
                (maildir / name).write_text(text)
        site.give(site.home("alice"))


class Imap(Dialogues, unittest.TestCase):
    tool, protocol = "imapd", "imap"
    flags = {**Dialogues.flags, "auth-without-tls": ["--auth-without-tls"], "empty": [], "in-turn": [],
             "append-limit": ["--append-limit"], "without": ["--without"], "separator": ["--separator"],
             "folder-prefix": ["--folder-prefix"]}

    def prepare(self, site, settings):
        """As tests/support/imap_site.hpp has it."""
        self.maildir = site.maildir("alice")
        shutil.rmtree(self.maildir, ignore_errors=True)
        for part in ("new", "cur", "tmp"):
            (self.maildir / part).mkdir(parents=True)
        (self.maildir / "dovecot-uidlist").write_text("3 V1795289817 N1 Gbc46c14ec7be5256c36c0000b1eafc0d\n")
        if "empty" not in settings:
            self.put("cur/1700000001.M1P1.mx,S=49,W=56:2,S", b"From: a@example\nSubject: one\n\nhello\n.\n..dots\nend\n")
            self.put("new/1700000002.M1P1.mx,S=7,W=9", b"Subject: two\n\nwrong sizes\nin the name\n")
            self.put("new/1700000003.M1P1.mx", "Subject: café\n\nbody: café\n".encode())
        self.owner = site
        site.give(site.home("alice"))

    def put(self, name, text):
        path = self.maildir / "tmp/put"
        path.write_bytes(text)
        os.utime(path, (1704164645, 1704164645))
        path.rename(self.maildir / name)

    def meanwhile(self, what):
        verb, name, *more = what.split(b" ", 2)
        path = self.maildir / name.decode()
        if verb == b"put":
            self.put(name.decode(), more[0])
            self.owner.give(path)
        elif verb == b"cut":
            os.truncate(path, int(more[0]))
        elif verb == b"rename":
            path.rename(self.maildir / more[0].decode())
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    unittest.main()
