# SPDX-License-Identifier: ISC
"""A Queue whose remote mail goes to an EvilServer, found through a DnsSite: what the tests of sendq's remote delivery share.

    with Remote({"good": Host(), "dead": None}) as site:
        ident = site.put("bob@good." + FAR)
        outcome = site.run_once()["bob@good." + FAR]       # an Outcome: .event, .code, .text

Each host is the only mail host of the domain of its name below FAR; None is an address where nobody listens.
"""
import contextlib
import re
import typing

from dns_site import DnsSite
from evil_server import EvilServer
from mailsite import DOMAIN, free_port, parse_logfmt
from queue_site import Queue

FAR = "far.example"


class Outcome(typing.NamedTuple):
    event: str
    code: int
    text: str  # with the enhanced code


class Remote(Queue):
    """zone: more lines for the zone FAR; addresses: {address: Host} for those. sections: as of Site.write_config. dns: a DnsSite
    of the test's own in place of that; port: where all hosts listen."""

    def __init__(self, hosts=(), zone="", addresses=None, routes=(), sections="", dns=None, port=None, **keys):
        self.closing = contextlib.ExitStack()
        try:
            self.address = {name: f"127.0.0.{number}" for number, name in enumerate(hosts, 2)}
            text = "".join(f"{name} MX 10 mx.{name}\nmx.{name} A {self.address[name]}\n" for name in self.address) + zone
            self.dns = dns or self.closing.enter_context(DnsSite({FAR: text, DOMAIN: "mail A 127.0.0.1\n"}))
            super().__init__(**{"resolver": self.dns.server, **keys})
            listening = {self.address[name]: host for name, host in dict(hosts).items() if host} | (addresses or {})
            self.evil = self.closing.enter_context(EvilServer(listening, self.dir, port or free_port()))
            self.sections = f"[sendq]\nremote-port = {self.evil.port}\n{sections}"
            self.use_routes(*routes)
        except BaseException:
            self.closing.close()
            raise

    def __exit__(self, failure, *details):
        try:
            super().__exit__(failure, *details)
        finally:
            self.closing.close()

    def use_routes(self, *routes):
        """Values of the key route."""
        if routes:
            self.keys["route"] = list(routes)
        self.write_config(self.sections)

    def host(self, name):
        return self.evil.hosts[self.address[name]]

    def run_once(self, *args, **run):
        """Runs sendq to its end: the last outcome of each recipient in this run."""
        return self.outcomes(self.sendq(*args, **run).stderr.decode(errors="replace"))

    @staticmethod
    def outcomes(log):
        found = {}
        for line in log.splitlines():
            fields = parse_logfmt(line)
            if fields.get("event") in ("delivered", "relayed", "deferred", "failed"):
                code, _, text = fields["reply"].partition(" ")
                found[fields["to"]] = Outcome(fields["event"], int(code), text)
        return found

    def due(self, ident):
        """Of a message in cur/, unix seconds."""
        names = [name for name in self.files("cur") if name.startswith(ident)]
        return int(re.search(r":1,(\d+)$", names[0])[1])

    def make_due(self):
        """Everything that waits has waited long enough (spool(5), NAMES)."""
        for path in (self.spool / "cur").iterdir():
            path.rename(path.with_name(re.sub(r":1,\d+$", ":1,1", path.name)))

    def journals(self):
        """{id: lines behind the message}."""
        found = {}
        for path in [*self.spool.glob("cur/*"), *self.spool.glob("hold/*"), *self.spool.glob("work/*/*")]:
            name = re.match(r"([^,]+),S=(\d+)", path.name)
            if name:
                found[name[1]] = path.read_bytes()[int(name[2]):].decode().splitlines()
        return found
