# SPDX-License-Identifier: ISC
"""An SMTP server for tests that does what it is told, most of it wrong: one port, an address of 127.0.0.0/8 (or ::1) for each host.

    with EvilServer({"127.0.0.2": Host(), "127.0.0.3": Host(replies={"RCPT": "550 5.1.1 no"})}, directory) as evil:
        ... --remote-port evil.port ...
        evil.accepted()          # [{"host": "127.0.0.2", "sender": "a@b", "recipients": [...], "octets": 42, ...}, ...]
        evil.hosts["127.0.0.2"].connections, .most_connections, .transactions

Steps, as keys of Host.replies and values of Host.cut: "banner", an SMTP verb, "dot" (the reply to the message), "chunk2" (to its
second BDAT, if that is not the last one; without such a step "BDAT").
"""
import dataclasses
import hashlib
import itertools
import json
import os
import socket
import ssl
import threading
import time

from mailsite import free_port

OFFERED = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 50000000")


@dataclasses.dataclass
class Host:
    """How one host behaves."""
    replies: dict = dataclasses.field(default_factory=dict)  # {step: text, bytes (sent as they are), or function(session, argument)}
    recipients: dict = dataclasses.field(default_factory=dict)  # {local-part: reply to RCPT}
    offers: tuple = OFFERED
    cut: str = ""  # the step at which the connection is cut instead of a reply
    cut_after: str = ""  # the same behind the reply
    cut_text: int = 0  # so many octets of a message are read; then the connection is cut, by a reset where more has come
    last_words: str = ""  # said before that
    inside: dict = dataclasses.field(default_factory=dict)  # {"chunk2": (octets, reply)}: so many of it are read; then the reply, and cut
    takes_before_cut: bool = False  # a message whose "dot" is cut was accepted all the same
    drip: float = 0  # seconds before each octet of a reply
    wait: dict = dataclasses.field(default_factory=dict)  # {step: seconds before the reply, or function()}
    greylist: float = 0  # seconds until a sender and recipient are welcome
    greylist_text: str = "450 4.7.1 Greylisted, please try again in {seconds} seconds"
    tls: object = None  # an ssl.SSLContext; "garbage": no handshake but nonsense; "silent": none at all
    knows_pipelining: bool = True  # False: what came behind the first command of a packet is thrown away
    script: object = None  # function(session): all of the conversation

    connections: int = 0
    most_connections: int = 0  # at a time
    transactions: int = 0  # MAIL that was accepted
    open_connections: int = 0
    commands: list = dataclasses.field(default_factory=list)  # all, in the order of time


def refusing(step, reply):
    return Host(replies={step: reply})


class Session:
    """One connection."""

    def __init__(self, server, host, address, connection, peer):
        self.server, self.host, self.address, self.socket, self.peer = server, host, address, connection, peer
        self.buffer = b""
        self.under_tls = False
        self.began, self.number = time.time(), next(server.sessions)
        self.reset()

    def reset(self):
        self.sender, self.sender_parameters, self.recipients, self.refused = None, "", [], 0
        self.chunks, self.chunk, self.is_given_up = b"", 0, False

    # -- octets

    def send(self, octets):
        if not self.host.drip:
            return self.socket.sendall(octets)
        for octet in octets:
            time.sleep(self.host.drip)
            self.socket.sendall(bytes([octet]))

    def say(self, reply):
        """Text gets its line end, octets are sent as they are."""
        self.send(reply if isinstance(reply, bytes) else reply.replace("\n", "\r\n").encode() + b"\r\n")

    def more(self):
        octets = self.socket.recv(65536)
        if not octets:
            raise ConnectionError
        self.buffer += octets

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("utf-8", "replace")

    def exactly(self, octets):
        while len(self.buffer) < octets:
            self.more()
        taken, self.buffer = self.buffer[:octets], self.buffer[octets:]
        return taken

    # -- the conversation

    def talk(self):
        if self.host.script:
            return self.host.script(self)
        if isinstance(self.host.tls, ssl.SSLContext) and "STARTTLS" not in self.host.offers:
            self.shake_hands()
        self.answer("banner", "", "220 evil.example ESMTP")
        while True:
            line = self.line()
            self.host.commands.append(line)
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            if not self.host.knows_pipelining:
                self.buffer = b""
            method = getattr(self, "do_" + verb.lower(), None)
            if method:
                method(argument)
            else:
                self.answer(verb, argument, "250 2.0.0 ok" if verb in ("NOOP", "RSET") else "500 5.5.2 what?")
            if verb == "RSET":
                self.reset()

    def answer(self, step, argument, usual):
        """Replies as the host was told, or else as usual. True: it was a 2yz or 354."""
        wait = self.host.wait.get(step, 0)
        time.sleep(wait() if callable(wait) else wait)
        if self.host.cut == step:
            raise ConnectionError
        reply = self.host.replies.get(step, usual)
        if callable(reply):
            reply = reply(self, argument) or usual
        self.say(reply)
        if self.host.cut_after == step:
            raise ConnectionError
        return reply[:1] in ("2", "3", b"2", b"3")

    def do_ehlo(self, argument):
        offers = [offer for offer in self.host.offers if offer != "STARTTLS" or not self.under_tls]
        self.answer("EHLO", argument, "\n".join(f"250{'-' if offers else ' '}evil.example" if n == 0 else
                                                f"250{' ' if n == len(offers) else '-'}{offers[n - 1]}"
                                                for n in range(len(offers) + 1)))
        self.reset()

    def do_helo(self, argument):
        self.answer("HELO", argument, "250 evil.example")
        self.reset()

    def do_starttls(self, argument):
        if not self.answer("STARTTLS", argument, "220 2.0.0 go on"):
            return
        if self.host.tls == "garbage":
            self.send(b"\x16\x03\x03garbage, not a handshake\r\n" * 20)
            raise ConnectionError
        if self.host.tls == "silent":
            self.more()
            raise ConnectionError
        self.shake_hands()

    def shake_hands(self):
        self.socket = self.host.tls.wrap_socket(self.socket, server_side=True)
        self.buffer, self.under_tls = b"", True
        self.reset()

    def do_mail(self, argument):
        self.reset()
        path, _, parameters = argument.partition(">")
        if self.answer("MAIL", argument, "250 2.1.0 ok"):
            self.sender, self.sender_parameters = path.partition("<")[2], parameters.strip()
            self.host.transactions += 1

    def do_rcpt(self, argument):
        path, _, parameters = argument.partition(">")
        address = path.partition("<")[2]
        usual = self.host.recipients.get(address.rpartition("@")[0]) or self.greylisted(address) or "250 2.1.5 ok"
        if self.sender is None:
            return self.say("503 5.5.1 MAIL first")
        if self.answer("RCPT", address, usual) and usual.startswith("2"):
            self.recipients.append((address, parameters.strip()))
        else:
            self.refused += 1

    def greylisted(self, address):
        if not self.host.greylist:
            return None
        first = self.server.seen.setdefault((self.address, self.sender, address), time.time())
        left = first + self.host.greylist - time.time()
        return self.host.greylist_text.format(seconds=int(left) + 1) if left > 0 else None

    def do_data(self, argument):
        usual = "354 go on" if self.recipients else "554 5.5.1 no valid recipients"
        if not self.answer("DATA", argument, usual):
            return
        text = self.text()
        if not self.recipients:  # a 354 that should not have been
            return self.say("554 5.5.1 no valid recipients")
        self.finish(text)

    def cut_in_text(self, octets):
        """When so many octets of it are there."""
        if self.host.cut_text and octets >= self.host.cut_text:
            if self.host.last_words:
                self.say(self.host.last_words)
            raise ConnectionError

    def text(self):
        while self.host.cut_text:
            self.cut_in_text(len(self.buffer))
            self.more()
        while not self.buffer.startswith(b".\r\n") and b"\r\n.\r\n" not in self.buffer:
            self.more()
        if self.buffer.startswith(b".\r\n"):
            text, self.buffer = b"", self.buffer[3:]
        else:
            text, self.buffer = self.buffer.split(b"\r\n.\r\n", 1)
            text += b"\r\n"
        return text.replace(b"\r\n..", b"\r\n.")

    def do_bdat(self, argument):
        octets, _, last = argument.partition(" ")
        while self.host.cut_text and len(self.buffer) < int(octets):
            self.cut_in_text(len(self.chunks) + len(self.buffer))
            self.more()
        self.chunk += 1
        step = f"chunk{self.chunk}"
        if step in self.host.inside:
            octets, reply = self.host.inside[step]
            self.exactly(octets)
            if reply:
                self.say(reply)
            raise ConnectionError
        self.chunks += self.exactly(int(octets))
        if self.is_given_up or not self.recipients:
            self.say("503 5.5.1 RSET first" if self.is_given_up else "503 5.5.1 no valid recipients")
        elif last.upper() != "LAST":
            is_step = step in {*self.host.replies, *self.host.wait, self.host.cut, self.host.cut_after}
            self.is_given_up = not self.answer(step if is_step else "BDAT", argument, "250 2.0.0 ok") and is_step
        elif "BDAT" in self.host.replies:
            self.answer("BDAT", argument, "")
        else:
            self.finish(self.chunks)

    def finish(self, text):
        """The message is recorded before its reply, unless the host refuses it."""
        reply = self.host.replies.get("dot", "250 2.0.0 queued")
        is_taken = self.host.takes_before_cut if self.host.cut == "dot" else (callable(reply) or reply[:1] in ("2", b"2"))
        if is_taken:
            self.server.record(self, text)
        self.answer("dot", "", "250 2.0.0 queued")
        self.reset()

    def do_quit(self, argument):
        self.answer("QUIT", argument, "221 2.0.0 bye")
        raise ConnectionError


class EvilServer:
    """The file `accepted` below `directory` gets one JSON line for each message, synced before its 250."""

    def __init__(self, hosts, directory, port=None):
        self.hosts, self.port, self.path = hosts, port or free_port(), directory / "accepted"
        self.seen, self.lock, self.sockets, self.sessions = {}, threading.Lock(), set(), itertools.count()
        self.file = open(self.path, "ab", buffering=0)
        self.listeners = [self.listen(address, host) for address, host in hosts.items()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.hang_up()
        with self.lock:
            self.file.close()

    def hang_up(self):
        """Cuts all connections."""
        with self.lock:
            for connection in self.sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the peer was faster
                    pass

    def listen(self, address, host):
        listener = socket.create_server((address, self.port), family=socket.AF_INET6 if ":" in address else socket.AF_INET, backlog=1000)
        threading.Thread(target=self.accept, args=(listener, address, host), daemon=True).start()
        return listener

    def accept(self, listener, address, host):
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, peer[0], address, host), daemon=True).start()

    def serve(self, connection, peer, address, host):
        with self.lock:
            self.sockets.add(connection)
            host.connections += 1
            host.open_connections += 1
            host.most_connections = max(host.most_connections, host.open_connections)
        session = Session(self, host, address, connection, peer)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was said before a reset has gone
            session.talk()
        except OSError:  # the end of the conversation, whoever wanted it, and failed handshakes
            pass
        finally:
            with self.lock:
                host.open_connections -= 1
                self.sockets.discard(connection)
            session.socket.close()
            connection.close()

    def record(self, session, text):
        header = text.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        mark = [line[8:] for line in header.split("\r\n") if line.startswith("X-Mark: ")]
        entry = {"host": session.address, "peer": session.peer, "sender": session.sender, "parameters": session.sender_parameters,
                 "recipients": [address for address, _ in session.recipients],
                 "recipient_parameters": dict(session.recipients), "octets": len(text), "digest": hashlib.sha256(text).hexdigest(),
                 "mark": mark[0] if mark else "", "time": time.time(), "session": session.number, "session_began": session.began,
                 "tls": session.under_tls, "text": text.decode("utf-8", "replace") if len(text) < 10000 else ""}
        with self.lock:
            if self.file.closed:
                raise ConnectionError
            self.file.write(json.dumps(entry).encode() + b"\n")
            os.fsync(self.file.fileno())

    def accepted(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def recipients(self):
        """Who has got how many messages."""
        count = {}
        for entry in self.accepted():
            for address in entry["recipients"]:
                count[address] = count.get(address, 0) + 1
        return count
