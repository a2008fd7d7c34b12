# SPDX-License-Identifier: ISC
"""An LMTP server for tests, on a Unix socket: refuses whom it is told to refuse, and breaks off when it is told so."""
import contextlib
import os
import socket
import threading


class LmtpServer:
    """refusals: {local-part: reply to RCPT}. messages: [([recipient, ...], text), ...]."""

    def __init__(self, directory, refusals=None):
        self.path = directory / "lmtp.sock"
        self.refusals = dict(refusals or {})
        self.messages = []
        self.breaks_after_data = 0  # so many times
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        os.chmod(self.path, 0o777)
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:  # sendq waits for no reply to QUIT
                self.talk(stream)

    def talk(self, stream):
        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        recipients = []
        say("220 test LMTP")
        for line in stream:
            verb, _, rest = line.decode().strip().partition(" ")
            if verb == "LHLO":
                say("250-test\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb == "RCPT":
                address = rest[rest.index("<") + 1:rest.index(">")]
                refusal = self.refusals.get(address.split("@")[0])
                if not refusal:
                    recipients.append(address)
                say(refusal or "250 2.1.5 ok")
            elif verb == "DATA":
                say("354 go on")
                text = b"".join(iter(stream.readline, b".\r\n"))
                if self.breaks_after_data > 0:
                    self.breaks_after_data -= 1
                    return
                self.messages.append((recipients, text))
                for _ in recipients:
                    say("250 2.0.0 stored")
                recipients = []
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            else:
                if verb == "MAIL":
                    recipients = []
                say("250 2.0.0 ok")
