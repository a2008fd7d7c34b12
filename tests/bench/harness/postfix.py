# SPDX-License-Identifier: ISC
"""Debian's Postfix, unpacked beside the system, delivering to Maildirs with virtual(8).

What departs from Debian's default does so in Postfix's favour (no chroot, no reverse look-up of the client, no
look-up of connection rates, no slowing down of clients when the queue grows) or because the benchmark needs it
(paths, ports, and room for 100 idle clients). Durability is the default: an fsync before the 250 and one for the
delivery.
"""
import os
import pwd

from harness import debian
from harness.server import MAIL_OWNER, OTHER_OWNER, Server, give
from mailsite import DOMAIN, NOBODY

QUEUES = "active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace".split()

MASTER = """\
127.0.0.1:{port} inet n - n - 200 smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


class Postfix(Server):
    def __init__(self, users):
        super().__init__(users)
        self.tree, version = debian.unpacked("postfix", "postfix")
        self.title = "Postfix " + version.split("-")[0]
        self.libraries = f"{self.tree}/usr/lib/postfix"

    def settings(self):
        config, programs = self.root / "etc", self.tree / "usr/lib/postfix"
        return {
            "compatibility_level": "3.6",
            "config_directory": config,
            "meta_directory": config,
            "queue_directory": self.root / "queue",
            "data_directory": self.root / "data",
            "daemon_directory": programs / "sbin",
            "shlib_directory": programs,
            "command_directory": self.tree / "usr/sbin",
            "mail_owner": MAIL_OWNER,
            "setgid_group": OTHER_OWNER,
            "import_environment": f"MAIL_CONFIG LD_LIBRARY_PATH={self.libraries}",
            "maillog_file": self.root / "log",
            "maillog_file_prefixes": self.root,
            "myhostname": "mx.example",
            "mydestination": "",
            "mynetworks": "127.0.0.0/8",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "alias_maps": "",
            "local_recipient_maps": "",
            "virtual_mailbox_domains": DOMAIN,
            "virtual_mailbox_base": self.root / "mail",
            "virtual_mailbox_maps": f"texthash:{config}/mailboxes",
            "virtual_uid_maps": f"static:{NOBODY}",
            "virtual_gid_maps": f"static:{NOBODY}",
            "smtpd_peername_lookup": "no",
            "smtpd_client_connection_count_limit": 0,
            "in_flow_delay": 0,
            "biff": "no",
            "append_dot_mydomain": "no",
        }

    def prepare(self):
        super().prepare()
        owner = pwd.getpwnam(MAIL_OWNER)
        for directory in ("etc", "queue", "data"):
            (self.root / directory).mkdir(mode=0o755)
        give(self.root / "data", owner.pw_uid, owner.pw_gid)
        (self.root / "etc/main.cf").write_text("".join(f"{k} = {v}\n" for k, v in self.settings().items()))
        (self.root / "etc/master.cf").write_text(MASTER.format(port=self.port))
        (self.root / "etc/dynamicmaps.cf").touch()
        (self.root / "etc/mailboxes").write_text("".join(f"{u}@{DOMAIN} {u}/\n" for u in self.users))
        for name in QUEUES:
            (self.root / "queue" / name).mkdir(mode=0o700)
            if name != "pid":
                give(self.root / "queue" / name, owner.pw_uid, owner.pw_gid)

    def start(self):
        config = self.root / "etc"
        environment = {"PATH": os.environ["PATH"], "MAIL_CONFIG": str(config), "LD_LIBRARY_PATH": self.libraries}
        self.account.spawn([self.tree / "usr/lib/postfix/sbin/master", "-c", config, "-d"], env=environment)
