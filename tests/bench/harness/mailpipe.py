# SPDX-License-Identifier: ISC
"""mailpipe as tests/tools sets it up: one configuration, servers with --listen, sendq --watch, logs in files."""
import mailsite
from harness.server import PASSWORD, Server
from mailsite import NOBODY

SMTP, POP3, IMAP = "smtp", "pop3", "imap"


class Mailpipe(Server):
    title = "mailpipe"

    def __init__(self, users, serves=SMTP):
        super().__init__(users)
        self.serves = serves
        self.tls_port = mailsite.free_port()

    @staticmethod
    def missing():
        """The tools that are not built, by name."""
        return [tool for tool in ("smtpd", "sendq", "deliver", "pop3d", "imapd") if not (mailsite.BIN / tool).exists()]

    def prepare(self):
        self.site = mailsite.Site({user: PASSWORD for user in self.users}, networks=["127.0.0.0/8"])
        self.root = self.site.dir
        # mailsite hashes one user's password; here checking it is no part of what is measured.
        self.site.users.write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}:{NOBODY}:{NOBODY}::{self.site.home(user)}::\n"
                                           for user in self.users))
        for user in self.users:
            self.make_maildir(user)
        self.site.give(self.root)

    def start(self):
        if self.serves == SMTP:
            # As Postfix here: all clients come from one address, and none is to wait for another.
            self.tool("smtpd", "--max-per-client", "200", "--listen", f"127.0.0.1:{self.port}")
            self.tool("sendq", "--watch")
            return
        name = {POP3: "pop3d", IMAP: "imapd"}[self.serves]
        self.tool(name, "--auth-without-tls", "--max-per-client", "300", "--listen", f"127.0.0.1:{self.port}")
        self.tool(name, "--tls", "--listen", f"127.0.0.1:{self.tls_port}")

    def tool(self, name, *args):
        self.account.adopt(self.site.start(name, *args, preexec_fn=self.account.enter).process)

    def maildir(self, user):
        return self.site.maildir(user)

    def log_text(self):
        return "\n".join(server.text() for server in self.site.servers)
