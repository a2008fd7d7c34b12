# SPDX-License-Identifier: ISC
"""What the tests of IMAP share: imaplib with IDLE and COMPRESS, what a mailbox holds, and programs on a terminal."""
import imaplib
import os
import pty
import re
import select
import signal
import time
import zlib

from mailsite import PASSWORDS, tls_context, wait_for

imaplib._MAXLINE = 10_000_000
ITEMS = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])"


class Client(imaplib.IMAP4):
    """imaplib's, whose octets go through deflate (RFC 4978) after compress(), and which knows IDLE (RFC 2177)."""

    def __init__(self, *args, **options):
        self.inflater, self.deflater, self.ready = None, None, b""
        super().__init__(*args, **options)

    def compress(self):
        done = self.xatom("COMPRESS", "DEFLATE")
        self.inflater, self.deflater = zlib.decompressobj(-15), zlib.compressobj(wbits=-15)
        return done

    def _more(self):
        piece = self.sock.recv(65536)
        if not piece:
            raise self.abort("the connection was closed")
        self.ready += self.inflater.decompress(piece)

    def read(self, size):
        if self.inflater is None:
            return super().read(size)
        while len(self.ready) < size:
            self._more()
        text, self.ready = self.ready[:size], self.ready[size:]
        return text

    def readline(self):
        if self.inflater is None:
            return super().readline()
        while b"\n" not in self.ready:
            self._more()
        return self.read(self.ready.index(b"\n") + 1)

    def send(self, data):
        if self.deflater is not None:
            data = self.deflater.compress(data) + self.deflater.flush(zlib.Z_SYNC_FLUSH)
        super().send(data)

    def ok(self, name, *args):
        """The data of a command that has to succeed: ok("select", "INBOX")."""
        status, data = getattr(self, name)(*args)
        if status != "OK":
            raise AssertionError(f"{name} {args}: {status} {data}")
        return data

    def start_idle(self):
        self.send(b"idle IDLE\r\n")
        while not (line := self.readline()).startswith(b"+"):
            assert line.startswith(b"*"), line

    def told(self, pattern, timeout=5.0):
        """Seconds until a line comes in IDLE that matches, and that match."""
        start = time.monotonic()
        self.sock.settimeout(timeout)
        while True:
            line = self.readline()
            if found := re.match(pattern, line):
                self.sock.settimeout(20)
                return time.monotonic() - start, found

    def end_idle(self):
        """The untagged lines that still came."""
        self.send(b"DONE\r\n")
        lines = []
        while not (line := self.readline()).startswith(b"idle "):
            lines.append(line)
        assert line.startswith(b"idle OK"), line
        return lines


def login(port, user="alice", starttls=False):
    client = Client("127.0.0.1", port, timeout=20)
    if starttls:
        client.starttls(tls_context())
    client.login(user, PASSWORDS[user])
    return client


def append(client, folder, text, flags="", date=None):
    """Stores it (bytes, LF); its UID (RFC 4315)."""
    data = client.ok("append", folder, f"({flags})" if flags else None, date, text.replace(b"\n", b"\r\n"))
    return int(re.search(rb"APPENDUID \d+ (\d+)", data[0])[1])


def uid_validity(client, folder):
    """Selects it, too."""
    client.ok("select", f'"{folder}"')
    return int(client.response("UIDVALIDITY")[1][0])


def parse_messages(data):
    """UID → (flags without \\Recent, date, size, subject) of a FETCH of ITEMS."""
    found = {}
    for one in data:
        if not isinstance(one, tuple):
            continue
        uid, flags, date, size = re.search(rb'UID (\d+) FLAGS \(([^)]*)\) INTERNALDATE "([^"]*)" RFC822.SIZE (\d+)', one[0]).groups()
        assert int(uid) not in found, f"UID {uid} twice"
        found[int(uid)] = (frozenset(flags.split()) - {rb"\Recent"}, date.replace(b" ", b"0", 1) if date[:1] == b" " else date, int(size),
                           one[1].strip())
    return found


def messages(client, folder="INBOX"):
    """What the folder holds: its UIDVALIDITY, and parse_messages() of all."""
    validity = uid_validity(client, folder)
    return validity, parse_messages(client.ok("uid", "FETCH", "1:*", ITEMS))


def folders(client, command="list"):
    """Names of those that one may select, or (command="lsub") that are subscribed."""
    return {re.search(rb'"\." "?([^"]*)"?$', line)[1].decode() for line in client.ok(command, '""', '"*"')
            if line and (command == "lsub" or not re.search(rb"(?i)\\Noselect|\\NonExistent", line))}


class OnTerminal:
    """A program on a pseudo-terminal; what it wrote is in `screen`."""

    def __init__(self, command, directory, **environment):
        self.screen = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(str(command[0]), [str(word) for word in command],
                       {**os.environ, "TERM": "vt100", "HOME": str(directory), "LANG": "C", "LC_ALL": "C.UTF-8",
                        "LINES": "24", "COLUMNS": "80", **environment})

    def type(self, keys):
        os.write(self.terminal, keys)

    def look(self, seconds=0.05):
        """Reads what there is; False when the program has ended."""
        try:
            if select.select([self.terminal], [], [], seconds)[0]:
                self.screen += os.read(self.terminal, 65536)
            return True
        except OSError:
            return False

    def wait_for(self, pattern, timeout=15):
        """Until the pattern stands somewhere in what was written since the last call."""
        def found():
            is_alive = self.look()
            at = re.search(pattern, self.screen)
            if not at and not is_alive:
                raise AssertionError(f"ended before {pattern}: {self.screen[-3000:]!r}")
            return at
        try:
            self.screen = self.screen[wait_for(found, timeout, pattern).end():]
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.screen[-3000:]!r}") from None

    def wait(self, timeout=20):
        """Until it ends; its exit status."""
        try:
            wait_for(lambda: not self.look(), timeout, f"the end of process {self.pid}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.screen[-3000:]!r}") from None
        return self.close(signal.SIGCONT)

    def close(self, number=signal.SIGKILL):
        """Ends it, where it has not ended; its exit status."""
        if self.pid is None:
            return None
        os.kill(self.pid, number)
        os.close(self.terminal)
        status = os.waitpid(self.pid, 0)[1]
        self.pid = None
        return os.waitstatus_to_exitcode(status)
