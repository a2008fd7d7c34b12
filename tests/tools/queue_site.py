# SPDX-License-Identifier: ISC
"""A scratch site whose spool the test fills by itself, as smtpd would, and looks into, as spool(5) describes it."""
import email
import json
import os
import re
import time

from mailsite import DOMAIN, Site

NO_RESOLVER = "127.0.0.1:1"  # nobody answers there, at once: mail for others waits, whatever the DNS of this machine says


def address(user):
    return f"{user}@{DOMAIN}"


class Queue(Site):
    def __init__(self, tls=False, **site):
        super().__init__(tls=tls, **{"resolver": [NO_RESOLVER], **site})
        self.count = 0
        self.spool.mkdir(mode=0o700)
        self.give(self.spool)
        self.run("sendq", "--list")  # makes the directories

    def put(self, *recipients, sender=address("alice"), text="Subject: hi\n\nhello\n", mail="", age=0, place="new", due=None,
            journal=""):
        """Puts a message there and returns its id. A recipient may be (address, parameters). journal: lines as of spool(5)."""
        self.count += 1
        fields = f"Return-Path: <{sender}>\n" + (f"Mailpipe-Mail: {mail}\n" if mail else "")
        for recipient in recipients:
            to, parameters = recipient if isinstance(recipient, tuple) else (recipient, "")
            fields += f"Delivered-To: {to}\n" + (f"Mailpipe-Rcpt: {parameters}\n" if parameters else "")
        content = (fields + "Received: by test; now\n" + text).encode()
        now = time.time() - age
        ident = f"{int(now)}.M{int(now % 1 * 1e6)}P{os.getpid()}Q{self.count}.test"
        name = f"{ident},S={len(content)},W={len(content) + content.count(10)}" + (f":1,{due}" if due is not None else "")
        file = self.spool / "tmp" / name
        file.write_bytes(content + journal.encode())
        file.chmod(0o600)
        self.give(file)
        file.rename(self.spool / place / name)
        return ident

    def sendq(self, *args, **run):
        return self.run("sendq", "--log", "stderr", *args, **run)

    def start_sendq(self, *args):
        return self.start("sendq", "--log", "stderr", *args)

    def use_lmtp(self, server):
        self.write_config(f'[sendq]\nlocal-delivery = "lmtp:unix:{server.path}"\n')

    # -- what came of it

    def listed(self):
        return [json.loads(line) for line in self.sendq("--list", "--json").stdout.splitlines()]

    def files(self, place):
        return sorted(path.name for path in (self.spool / place).iterdir())

    def is_empty(self):
        return not any(self.files(place) for place in ("new", "cur", "hold")) and not list(self.spool.glob("work/*/*"))

    def mail(self, user):
        return [email.message_from_bytes(path.read_bytes()) for path in self.messages(user)]

    def confirmed(self):
        """{(id, address)}: who has the message by its journal (spool(5)), of all that is in the spool."""
        found = set()
        for path in [*self.spool.glob("new/*"), *self.spool.glob("cur/*"), *self.spool.glob("work/*/*")]:
            sizes = re.fullmatch(r"([^,]+),S=(\d+),W=\d+(?::1,\d+)?", path.name)
            if not sizes:
                continue
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # it has just been done
                continue
            ident, octets = sizes[1], int(sizes[2])
            recipients = re.findall(r"^Delivered-To: (.*)$", content[:octets].split(b"\nReceived:")[0].decode(), re.MULTILINE)
            for line in content[octets:].decode().split("\n")[:-1]:
                _, number, event, _, _, text = line.split(" ", 5)
                if event == "expanded":
                    recipients += text.split("\t")
                elif event == "delivered":
                    found.add((ident, recipients[int(number) - 1]))
        return found
