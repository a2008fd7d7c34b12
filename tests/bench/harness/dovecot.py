# SPDX-License-Identifier: ISC
"""Debian's Dovecot, unpacked beside the system, serving POP3 or IMAP from Maildirs with its default settings.

It finds its programs and modules by paths that it was compiled with. So it sees its own /usr, which is the system's
with the unpacked tree before it, in a mount namespace that ends with it.
"""
from harness import debian
from harness.server import MAIL_OWNER, OTHER_OWNER, PASSWORD, Server
from mailsite import NOBODY, free_port, openssl

CONFIG = """\
base_dir = {root}/run
state_dir = {root}/state
default_internal_user = {internal}
default_internal_group = {internal}
default_login_user = {login}
log_path = {root}/log
protocols = {protocol}
listen = 127.0.0.1
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{root}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={root}/mail/%u
}}
service {protocol}-login {{
  inet_listener {protocol} {{
    port = {port}
  }}
  inet_listener {protocol}s {{
    port = {tls_port}
  }}
}}
"""

BESIDE = 'mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr && exec /usr/sbin/dovecot -F -c "$2"'


class Dovecot(Server):
    def __init__(self, users, protocol="pop3"):
        super().__init__(users)
        self.protocol = protocol
        self.tree, version = debian.unpacked("dovecot-all", "dovecot-core", "dovecot-pop3d", "dovecot-imapd")
        self.title = "Dovecot " + version.split("+")[0].split(":")[-1]
        self.tls_port = free_port()

    def prepare(self):
        super().prepare()
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", self.root / "key.pem", "-out", self.root / "cert.pem")
        (self.root / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}::::::\n" for user in self.users))
        (self.root / "dovecot.conf").write_text(CONFIG.format(
            root=self.root, protocol=self.protocol, internal=MAIL_OWNER, login=OTHER_OWNER, owner=NOBODY, port=self.port,
            tls_port=self.tls_port))

    def start(self):
        self.account.spawn(["unshare", "--mount", "--propagation", "private",
                            "sh", "-c", BESIDE, "sh", self.tree, self.root / "dovecot.conf"])
