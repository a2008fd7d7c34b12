# SPDX-License-Identifier: ISC
"""chasquid's SMTP conversations (../shared/data/smtp-dialogs-chasquid), with the built smtpd, as far as they are not about
chasquid's own texts: codes count. Where our code is another one, DEPARTURES says why."""
import ast
import re
import socket
import unittest

from mailsite import ROOT, Site, tls_context

FOLDER = ROOT / "../shared/data/smtp-dialogs-chasquid"
TIMEOUT = 20

# (dialogue, what the client has said last): the code that chasquid gives, ours, and the reason.
DEPARTURES = {
    ("auth_multi_dialog", "AUTH SOMETHINGELSE"): (534, 504, "RFC 4954 section 4: an unknown mechanism"),
    ("auth_not_tls", "AUTH PLAIN"): (503, 334, "on the loopback AUTH needs no TLS; elsewhere: dialogue auth-needs-tls"),
    ("bad_data", "."): (554, 250, "a header is not judged on port 25: RFC 5321 section 6.4"),
    ("bad_data_dot", "That was a bad line ending, this is a good one."): (521, 550, "the session goes on after the refusal"),
    ("bad_data_dot_2", "That was a bad line ending, this is a good one."): (521, 550, "the session goes on after the refusal"),
    ("bad_data_dot_on_message_too_big", "."): (521, 550, "the session goes on after the refusal"),
    ("bad_mail_from", "MAIL LALA: <>"): (500, 501, "RFC 5321 section 4.2.2: the verb is known, its argument is wrong"),
    ("bad_mail_from", "MAIL FROM:"): (500, 501, "RFC 5321 section 4.2.2"),
    ("bad_rcpt_to", "RCPT LALA: <>"): (500, 501, "RFC 5321 section 4.2.2"),
    ("bad_rcpt_to", "RCPT TO:"): (500, 501, "RFC 5321 section 4.2.2"),
    ("bad_rcpt_to", "RCPT TO:<henry\u2163@testserver>"): (550, 553, "RFC 6531 section 3.5: needs SMTPUTF8"),
    ("line_too_long", "HELO a..."): (554, 501, "our lines may be longer, names may not: RFC 5321 section 4.5.3.1.2"),
}


def evaluate(expression):
    """The Python of `c ~>`: strings, and strings times numbers."""
    times = re.fullmatch(r"\((.*)\) \* (\d+)", expression)
    if times:
        return evaluate(times[1]) * int(times[2])
    parts = re.findall(r"('(?:[^'\\]|\\.)*')(?: \* (\d+))?", expression)
    return b"".join(ast.literal_eval("b" + text) * int(count or 1) for text, count in parts)


class Conversation:
    """One file; connections are opened as it says."""

    def __init__(self, case, name, ports):
        self.case, self.name, self.ports = case, name, ports
        self.socket, self.input, self.said = None, b"", ""

    def close(self):
        if self.socket:
            self.socket.close()

    def connect(self, kind):
        self.close()
        self.input, self.said = b"", ""
        self.socket = socket.create_connection(("127.0.0.1", self.ports[kind]), TIMEOUT)
        if kind == "tls":
            self.socket = tls_context().wrap_socket(self.socket)

    def send(self, data, said):
        self.said = said if len(said) < 80 else said[:6] + "..."
        self.socket.sendall(data)

    def line(self):
        while b"\n" not in self.input:
            piece = self.socket.recv(65536)
            if not piece:
                raise self.case.failureException(f"closed after {self.said!r}")
            self.input += piece
        line, self.input = self.input.split(b"\n", 1)
        return line.decode().strip()

    def reply(self):
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def expect(self, text):
        reply, code = self.reply(), int(text.split()[0])
        theirs, ours, _ = DEPARTURES.get((self.name, self.said), (code, code, ""))
        self.case.assertEqual((code, reply[:3]), (theirs, str(ours)), f"after {self.said!r}")

    def play(self, line):
        command, _, rest = line.removeprefix("c ").partition(" ")
        if command == "tcp_connect":
            self.connect("tcp")
        elif command == "tls_connect":
            self.connect("tls")
        elif command in ("->", ""):
            self.send(rest.encode() + b"\r\n", rest)
        elif command == "~>":
            self.send(evaluate(rest), self.said)
        elif command in ("<~", "<-", "<..."):
            self.expect(rest)
        elif command == "close":
            self.close()
        else:
            raise ValueError(line)


class Chasquid(unittest.TestCase):
    def test_codes_are_the_same_or_told_why_not(self):
        if not FOLDER.is_dir():
            self.skipTest(f"skipped: {FOLDER} is not there")
        site = Site(passwords={"user@testserver": "secretpassword"}, domains=["other.example"],
                    virtual_domains=["testserver"])
        self.addCleanup(site.__exit__, None)
        options = ["--max-size", str(1024 * 1024)]
        ports = {"tcp": site.listen("smtpd", *options).port, "tls": site.listen("smtpd", "--tls", *options).port}
        files = sorted(FOLDER.glob("*.cmy"))
        self.assertEqual(len(files), 17)
        for path in files:
            with self.subTest(path.stem):
                conversation = Conversation(self, path.stem, ports)
                self.addCleanup(conversation.close)
                for line in path.read_text().splitlines():
                    if line.startswith("c "):
                        conversation.play(line)


if __name__ == "__main__":
    unittest.main()
