# SPDX-License-Identifier: ISC
"""sendq between hosts that have networks of their own, when the network is not what it should be: routes that lead nowhere, families of
addresses that differ, links that go down in the middle, lines that lose packets, mail that takes the way over a third host."""
import contextlib
import re
import signal
import time
import unittest

import network
from dns_site import DnsSite
from evil_server import EvilServer, Host
from mailsite import DOMAIN, wait_for
from queue_site import address
from remote_site import FAR, Remote

NAMELESS = "550 5.7.1 your address has no name"


class Station(Remote):
    """A site on a host of its own: its tools run there, and know the name server."""

    def __init__(self, host, dns, domain=DOMAIN, **site):
        self.host = host
        super().__init__(dns=dns, port=25, hostname=f"mail.{domain}", domains=[domain], **site)

    def run(self, *args, **more):
        with self.host:
            return super().run(*args, **more)

    def start(self, *args, **more):
        with self.host:
            return super().start(*args, **more)

    def receive(self, *args):
        """smtpd, on both addresses."""
        server = self.start("smtpd", "--log", "stderr", "--listen", f"{self.host.ipv4}:25", "--listen", f"[{self.host.ipv6}]:25", *args)
        with self.host:
            wait_for(lambda: server.answers((self.host.ipv4, 25)), what="smtpd")
        return server


def text_of(octets):
    """A message with a body of about so many."""
    lines = "".join(f"{number:07} {'x' * 991}\n" for number in range(octets // 1000))
    return f"Subject: {octets}\n\n{lines}"


def way_of(mail):
    """The hosts that it came over, the last one first."""
    return [re.search(r"\bby (\S+)", field)[1] for field in mail.get_all("Received")]


@unittest.skipIf(network.trouble(), f"skipped: {network.trouble()}")
class Sites(unittest.TestCase):
    """self.near, which sends, and hosts far away, each the mail host of the domain of its name."""

    def setUp(self):
        self.closing = contextlib.ExitStack()
        self.addCleanup(self.closing.close)

    def place(self, *names, zone="", beside=()):
        """zone: more of FAR's, with {NAME.ipv4} for addresses. beside: hosts that have no name."""
        self.net = self.closing.enter_context(network.Network("near", "dns", *names, *beside))
        hosts = "".join(f"{name} MX 10 mx.{name}\nmx.{name} A {self.net[name].ipv4}\nmx.{name} AAAA {self.net[name].ipv6}\n"
                        for name in names)
        near = self.net["near"]
        with self.net["dns"] as server:
            zones = {FAR: hosts + zone.format_map(self.net.places), DOMAIN: f"@ MX 10 mail\nmail A {near.ipv4}\nmail AAAA {near.ipv6}\n"}
            self.dns = self.closing.enter_context(DnsSite(zones, address=server.ipv4))
        self.near = self.closing.enter_context(Station(near, self.dns))

    def station(self, name, *args, **site):
        """A whole mail host there, with a user carol."""
        site = self.closing.enter_context(Station(self.net[name], self.dns, f"{name}.{FAR}", passwords={"carol": "x"}, **site))
        site.receive(*args)
        return site

    def evil(self, name, ipv4=None, ipv6=None):
        """An EvilServer there: .v4 and .v6 are its Hosts."""
        with self.net[name] as there:
            directory = self.near.dir / f"evil-{name}"
            directory.mkdir()
            evil = EvilServer({there.ipv4: ipv4 or Host(), there.ipv6: ipv6 or Host()}, directory, port=25)
            evil.v4, evil.v6 = evil.hosts[there.ipv4], evil.hosts[there.ipv6]
            return self.closing.enter_context(evil)

    def assert_bodies(self, station, *texts):
        """What carol has got, once everything there is delivered."""
        station.sendq()
        self.assertEqual(sorted(mail.get_payload() for mail in station.mail("carol")), sorted(text.split("\n\n", 1)[1] for text in texts))


class Ways(Sites):
    def test_the_next_address_takes_what_one_can_not_be_given(self):
        """hole answers nothing at all, which takes half a minute to find out, and is found out for all at once."""
        names = ("hole", "halfhole", "six", "cut", "picky", "strict", "good")
        self.place(*names, zone="old MX 10 old.hole\nold.hole A {hole.ipv4}\nold MX 20 mx.good\ncut MX 20 mx.good\n")
        evil = {name: self.evil(name) for name in names}
        evil["picky"].v6.replies = evil["strict"].v6.replies = evil["strict"].v4.replies = {"RCPT": NAMELESS}
        self.net["hole"].lose("blackhole")
        self.net["halfhole"].lose("blackhole", self.net["halfhole"].ipv6)
        self.net["six"].lose("unreachable", self.net["six"].ipv4)
        self.net["cut"].unplug()
        to = [f"ann@old.{FAR}", *(f"bob@{name}.{FAR}" for name in ("old", "halfhole", "six", "cut", "picky", "strict", "good"))]
        for recipient in to:
            self.near.put(recipient)
        begun = time.time()
        outcomes = self.near.run_once()

        for recipient in to:
            with self.subTest(recipient=recipient):
                is_refused = "strict" in recipient
                self.assertEqual(outcomes[recipient].event, "failed" if is_refused else "relayed", outcomes[recipient])
                self.assertIn("550 5.7.1" if is_refused else "250", f"{outcomes[recipient].code} {outcomes[recipient].text}")
        took = {recipient: (name, ":" in entry["host"], entry["time"] - begun)
                for name, server in evil.items() for entry in server.accepted() for recipient in entry["recipients"]}
        hosts = {"old": "good", "halfhole": "halfhole", "six": "six", "cut": "good", "picky": "picky", "good": "good"}
        self.assertEqual({name: took[f"bob@{name}.{FAR}"][0] for name in hosts}, hosts)
        self.assertEqual([took[f"bob@{name}.{FAR}"][1] for name in ("halfhole", "six", "picky")], [False, True, False])
        self.assertEqual(sorted(took), sorted(recipient for recipient in to if "strict" not in recipient))
        for recipient, (_, _, seconds) in took.items():
            with self.subTest(seconds=recipient):
                self.assertTrue(29 < seconds < 45 if "@old" in recipient or "@halfhole" in recipient else seconds < 20, seconds)
        for name in ("picky", "strict"):
            self.assertEqual([side.transactions for side in (evil[name].v6, evil[name].v4)], [1, 1])
        self.assertEqual((evil["hole"].v4.connections, evil["halfhole"].v6.connections), (0, 0))

        self.net["hole"].find()
        self.near.put(f"later@old.{FAR}")
        self.near.run_once()
        self.assertEqual(evil["hole"].recipients(), {f"later@old.{FAR}": 1})


class Links(Sites):
    def test_a_link_that_is_down_for_a_moment(self):
        self.place("far")
        text = text_of(3_000_000)
        far = self.station("far")
        sendq = self.send_slowly(text)
        self.net["far"].unplug()
        time.sleep(1)
        self.net["far"].plug()
        self.assertEqual(sendq.process.wait(60), 0)
        self.assertEqual(self.near.outcomes(sendq.text())[f"carol@far.{FAR}"].event, "relayed")
        self.assert_bodies(far, text)

    def test_a_link_that_is_down_for_longer_than_tcp_tries(self):
        self.place("far")
        self.net["near"].set("ipv4.tcp_retries2", 2)  # a second or so, and not a quarter of an hour
        text = text_of(3_000_000)
        far = self.station("far", "--timeout", "5s")  # it hears nothing of the end
        sendq = self.send_slowly(text)
        self.net["far"].unplug()
        self.assertEqual(sendq.process.wait(60), 0)
        outcome = self.near.outcomes(sendq.text())[f"carol@far.{FAR}"]
        self.assertEqual((outcome.event, outcome.code), ("deferred", 451), outcome)
        self.assertTrue(outcome.text.startswith("4.4.2 "), outcome)
        self.net["far"].plug()
        self.assert_bodies(far)
        self.near.make_due()
        self.assertEqual(self.near.run_once()[f"carol@far.{FAR}"].event, "relayed")
        self.assertTrue(self.near.is_empty())
        self.assert_bodies(far, text)

    def send_slowly(self, text):
        """sendq in the middle of it."""
        self.net["far"].narrow("8mbit")
        self.near.put(f"carol@far.{FAR}", text=text)
        sendq = self.near.start_sendq()
        before = self.net["far"].octets()
        wait_for(lambda: self.net["far"].octets() > before + len(text) // 5, what="a part of the message")
        self.assertLess(self.net["far"].octets(), before + len(text) // 2)
        return sendq

    def test_a_link_that_goes_down_before_the_last_reply(self):
        """It comes late, or the sending host has gone meanwhile: then there is a second copy, but never none."""
        for copies in (1, 2):
            with self.subTest(copies=copies), contextlib.ExitStack() as self.closing:
                self.place("far")
                evil = self.evil("far", ipv6=Host(wait={"dot": lambda: self.net["far"].unplug() or 0}))
                self.near.put(f"carol@far.{FAR}")
                sendq = self.near.start_sendq()
                wait_for(lambda: evil.v6.open_connections and evil.accepted())
                wait_for(lambda: not self.net["far"].is_plugged())
                evil.v6.wait = {}
                if copies == 2:
                    sendq.stop(signal.SIGKILL)
                time.sleep(0.5)
                self.assertEqual(sendq.process.poll(), None if copies == 1 else -signal.SIGKILL)
                self.net["far"].plug()
                sendq.process.wait(60)
                self.near.run_once()
                self.assertTrue(self.near.is_empty())
                self.assertEqual(evil.recipients(), {f"carol@far.{FAR}": copies})

    def test_a_line_that_loses_packets(self):
        self.place("far")
        far = self.station("far")
        try:
            self.net["far"].disturb("delay", "30ms", "10ms", "loss", "5%")
        except RuntimeError:
            self.net["far"].narrow("20mbit", queue="8kb")  # it loses what comes too fast
        texts = [text_of(50_000 + 10_000 * number) for number in range(10)]
        for text in texts:
            self.near.put(f"carol@far.{FAR}", text=text)
        self.assertEqual(self.near.run_once()[f"carol@far.{FAR}"].event, "relayed")
        self.assertGreater(self.net["far"].dropped(), 0)
        self.assertTrue(self.near.is_empty())
        self.assert_bodies(far, *texts)


class ManyHosts(Sites):
    def test_a_second_mail_host_hands_on_and_reports(self):
        """near reaches last only by way of second, whose report comes back."""
        self.place("second", "last", zone="last MX 20 mx.second\n")
        near = self.net["near"]
        network.ip("near", *(f"route add unreachable {address}" for address in self.net["last"].addresses()))
        relay = self.station("second", networks=[f"{near.ipv4}/32", f"{near.ipv6}/128"])
        last = self.station("last")
        self.near.receive()
        for site in (self.near, relay, last):
            site.start_sendq("--watch")
        self.near.put(f"carol@last.{FAR}", f"nobody@last.{FAR}", text="Subject: round\n\nhello\n")
        report, = wait_for(lambda: self.near.mail("alice"), timeout=30, what="the report")
        mail, = wait_for(lambda: last.mail("carol"), what="the mail")
        wait_for(lambda: all(site.is_empty() for site in (self.near, relay, last)))

        self.assertEqual((mail["Return-Path"], mail.get_payload()), (f"<{address('alice')}>", "hello\n"))
        self.assertEqual(way_of(mail), [f"mail.last.{FAR}", f"mail.second.{FAR}", "test;"])
        per_message, recipient = report.get_payload(1).get_payload()
        self.assertEqual(per_message["Reporting-MTA"], f"dns; mail.second.{FAR}")
        self.assertEqual((recipient["Final-Recipient"], recipient["Action"]), (f"rfc822; nobody@last.{FAR}", "failed"))
        self.assertEqual((recipient["Remote-MTA"], recipient["Status"]), (f"dns; mx.last.{FAR}", "5.1.1"))
        self.assertEqual(way_of(report), [f"mail.{DOMAIN}", f"mail.second.{FAR}"])
        self.assertEqual((len(self.near.mail("alice")), len(last.mail("carol")), relay.mail("carol")), (1, 1, []))

    def test_two_hosts_drain_one_spool(self):
        """Both hear of each message; one of them is without a network for a moment."""
        self.place("far", beside=["next"])
        evil = self.evil("far", Host(wait={"dot": 0.05}), Host(wait={"dot": 0.05}))
        here = self.near.start_sendq("--watch")
        self.near.host = self.net["next"]
        there = self.near.start_sendq("--watch", "--hostname", "next.example.org")
        wait_for(lambda: len(list(self.near.spool.glob("work/*"))) == 2, what="both to begin")
        to = [f"u{number}@far.{FAR}" for number in range(600)]
        for pair in zip(to[::2], to[1::2]):
            self.near.put(*pair)
        peers = self.net["near"].addresses(), self.net["next"].addresses()
        wait_for(lambda: all(any(entry["peer"] in host for entry in evil.accepted()) for host in peers), what="mail from both hosts")
        self.net["next"].unplug()
        time.sleep(1)
        self.net["next"].plug()
        wait_for(lambda: len(evil.recipients()) == len(to) and self.near.is_empty(), timeout=60)
        self.assertEqual([sendq.stop() for sendq in (here, there)], [0, 0])
        self.assertEqual(evil.recipients(), {recipient: 1 for recipient in to})


if __name__ == "__main__":
    network.alone()
    unittest.main()
