# SPDX-License-Identifier: ISC
"""What the tests of POP3 share: messages in a Maildir, clients, and a Dovecot (of POP3 or IMAP) that serves the same site."""
import itertools
import os
import poplib
import shutil
import subprocess

from mailsite import PASSWORDS, Server, free_port, tls_context, wait_for

_numbers = itertools.count(1)


def store(site, text, user="alice", sized=True, part="new", flags=""):
    """Puts a message (bytes, LF) into the user's Maildir as a delivery does; sized=False as mutt or procmail do."""
    maildir = site.maildir(user)
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    wire = len(text) + text.count(b"\n") - text.count(b"\r\n")
    name = f"{1_700_000_000 + next(_numbers)}.M1P{os.getpid()}Q1.host"
    name += f",S={len(text)},W={wire}" if sized else ""
    name += f":2,{flags}" if part == "cur" else ""
    (maildir / part / name).write_bytes(text)
    site.give(site.home(user))
    return name


def message(subject, lines=3):
    body = "".join(f"line {i} of {subject}\n" for i in range(lines))
    return f"From: a@example.net\nSubject: {subject}\n\n{body}".encode()


def wire_form(text):
    """What RETR shall bring of a stored message, without dot-stuffing."""
    text = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def login(port, user="alice", stls=True):
    client = poplib.POP3("127.0.0.1", port, timeout=20)
    try:
        if stls:
            client.stls(tls_context())
        client.user(user)
        client.pass_(PASSWORDS[user])
    except poplib.error_proto:
        client.close()
        raise
    return client


def retrieve(client, number):
    """The message as it came, with CRLF."""
    return b"".join(line + b"\r\n" for line in client.retr(number)[1])


def unique_ids(client):
    return dict(line.decode().split(" ", 1) for line in client.uidl()[1])


class Dovecot:
    """Dovecot's POP3 or IMAP server over the site's users and Maildirs. Needs root, as it becomes the mailboxes' owner."""

    CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/log
protocols = {protocol}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = scheme=plain {users}
}}
userdb {{
  driver = passwd-file
  args = {users}
}}
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener {protocol}s {{
    port = 0
  }}
}}
"""

    def __init__(self, site, protocol="pop3"):
        self.dir = site.dir / "dovecot"
        self.dir.mkdir()
        self.port = free_port()
        config = self.dir / "dovecot.conf"
        config.write_text(self.CONFIG.format(dir=self.dir, users=site.users, port=self.port, protocol=protocol))
        os.chmod(site.dir, 0o755)
        self.server = Server(["dovecot", "-F", "-c", config], self.dir / "stderr")
        wait_for(lambda: self.server.answers(("127.0.0.1", self.port)), what="Dovecot")

    def stop(self):
        self.server.stop()

    def login(self, user="alice"):
        return login(self.port, user, stls=False)

    @staticmethod
    def missing(package="dovecot-pop3d"):
        """Why there is none, or None."""
        if os.geteuid() != 0:
            return "Dovecot has to be started by root"
        if shutil.which("dovecot", path=os.environ["PATH"] + ":/usr/sbin") is None:
            return f"{package} is not installed"
        done = subprocess.run(["dovecot", "--version"], capture_output=True, check=False)
        return None if done.returncode == 0 else "dovecot does not run"
