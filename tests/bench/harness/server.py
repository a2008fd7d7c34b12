# SPDX-License-Identifier: ISC
"""What all servers of a benchmark have: a directory, processes, users with Maildirs, and an end."""
import os
import pathlib
import shutil
import socket
import tempfile
import time

from harness import accounts
from mailsite import NOBODY, free_port

PASSWORD = "secret"
# Who else servers run as. Debian's base-passwd has these on every system and nothing uses them, so that a benchmark
# adds nothing to /etc/passwd. Mailboxes belong to nobody, as in tests/tools.
MAIL_OWNER, OTHER_OWNER = "uucp", "news"


class Server:
    """`with Server(users) as server`: started, and gone with all its files afterwards."""

    def __init__(self, users):
        self.users = users
        self.port = free_port()
        self.root = None

    def __enter__(self):
        self.account = accounts.open_account(type(self).__name__.lower())
        try:
            self.prepare()
            self.start()
            self.wait_for_port()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.account.stop()
        if self.root:
            shutil.rmtree(self.root, ignore_errors=True)

    def prepare(self):
        """Makes root, with mail/ in it; a server adds what it needs."""
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mailpipe-bench."))
        self.root.chmod(0o711)
        for user in self.users:
            self.make_maildir(user)
        give(self.root / "mail", NOBODY)

    def log_text(self):
        return (self.root / "log").read_text(errors="replace")

    def maildir(self, user):
        return self.root / "mail" / user

    def make_maildir(self, user):
        """An empty one, whatever was there."""
        shutil.rmtree(self.maildir(user), ignore_errors=True)
        for part in ("cur", "new", "tmp"):
            (self.maildir(user) / part).mkdir(parents=True, mode=0o700)
        give(self.maildir(user), NOBODY)

    def new_directories(self):
        return [self.maildir(user) / "new" for user in self.users]

    def stored(self):
        return [pathlib.Path(entry.path) for new in self.new_directories() for entry in os.scandir(new)]

    def wait_for_port(self, limit=20.0):
        deadline = time.monotonic() + limit
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                    if probe.recv(3) in (b"220", b"+OK", b"* O"):
                        return
            except OSError:
                pass
            if time.monotonic() > deadline or not self.account.alive():
                raise self.failed("does not answer")
            time.sleep(0.05)

    def failed(self, what):
        try:
            log = "\n".join(self.log_text().splitlines()[-15:])
        except OSError as error:
            log = str(error)
        return RuntimeError(f"{self.title} {what}; the end of its log:\n{log}")


def give(path, uid, gid=None):
    """The directory and all below it to that user; without root it belongs to us already."""
    if os.geteuid() == 0:
        for folder, _, files in os.walk(path):
            for name in (folder, *(os.path.join(folder, f) for f in files)):
                os.chown(name, uid, uid if gid is None else gid)
