# SPDX-License-Identifier: ISC
"""sendq and how safe the way to other hosts is: DANE, certificates, what was seen before, REQUIRETLS and TLS-Required: No. The
hosts are smtpd with one certificate or another, and EVIL, which offers what the test wants; a validating resolver stands between."""
import contextlib
import hashlib
import re
import shutil
import smtplib
import ssl
import time
import unittest

from authority import Authority
from dns_site import SBIN, DnsSite
from evil_server import OFFERED, Host
from mailsite import DOMAIN, PASSWORDS, free_port, tls_context, wait_for
from queue_site import Queue, address
from remote_site import Remote
from sendq_metrics_test import parse

SELF, PROVEN, EXPIRED, PLAIN, EVIL = (f"127.0.0.{number}" for number in range(31, 36))  # all on one port
# Each the mail host mx.NAME of the domain NAME, below signed.example and unsigned.example.
HOSTS = {"dane": SELF, "spoiled": SELF, "unusable": SELF, "self": SELF, "right": PROVEN, "wrong": PROVEN, "own": PROVEN,
         "expired": EXPIRED, "plain": PLAIN, "stripped": PLAIN, "old": PLAIN, "evil": EVIL,
         "anchor": PROVEN, "anchored": PROVEN, "adrift": PROVEN, "lapsed": EXPIRED}
# With two hosts: EVIL before one that takes it, and before one that is not there.
PAIRS = "both MX 10 mx.evil\nboth MX 20 mx.right\nhalf MX 10 mx.evil\nhalf MX 20 mx.nobody\ngone MX 10 mx.nobody\nmx.nobody A 127.0.0.39\n"
ZONES = ("signed.example", "unsigned.example")
TLSA = {"dane": "3 1 1 {key}", "spoiled": "3 1 1 {other}", "unusable": "1 1 1 {other}", "stripped": "3 1 1 {key}", "old": "1 1 1 {other}",
        "anchor": "2 0 1 {ca}", "anchored": "2 0 1 {ca}", "adrift": "2 0 1 {ca}", "lapsed": "3 1 1 {lapsed}"}
WITH_TLS = (*OFFERED, "STARTTLS")
WITH_REQUIRETLS = (*WITH_TLS, "REQUIRETLS")
WAIVED = "TLS-Required: No\nSubject: hi\n\nhello\n"
PROGRAMS = ("nsd", "unbound", "ldns-signzone")


def signed(name):
    return f"{name}.signed.example"


def unsigned(name):
    return f"{name}.unsigned.example"


@unittest.skipUnless(all(shutil.which(program, path=SBIN) for program in PROGRAMS), f"skipped: not all of {', '.join(PROGRAMS)} are installed")
class SendqTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.authority = Authority()
        cls.stack.callback(shutil.rmtree, cls.authority.dir)
        proven = [f"{name}.{zone}" for zone in ZONES for name in ("mx.right", "mx.anchor", "own", "anchored")]  # the last two: domains
        expired = cls.authority.certificate("expired", "mx.expired.signed.example", "mx.expired.unsigned.example", end="20240201000000Z")
        options = {SELF: cls.authority.self_signed("self"), PROVEN: cls.authority.certificate("proven", *proven), EXPIRED: expired, PLAIN: []}
        with open(options[PROVEN][1], "a") as chain:
            chain.write(cls.authority.ca.read_text())  # a trust anchor of TLSA records has to be sent (RFC 7672 section 3.1.2)
        evil = cls.authority.certificate("evil", "mx.evil.signed.example", "mx.evil.unsigned.example")
        cls.proven, cls.unknown = (cls.context(pair) for pair in (evil, options[SELF]))
        cls.dns = cls.stack.enter_context(DnsSite({"unsigned.example": cls.zone(), DOMAIN: ""}, signed={"signed.example": cls.zone()}))
        domains = [f"{name}.{zone}" for zone in ZONES for name in (*HOSTS, "both")]
        cls.far = cls.stack.enter_context(Queue(passwords={"carol": "x"}, hostname="mx.signed.example", domains=domains))
        for ip, certificate in options.items():
            smtpd = cls.far.start("smtpd", "--listen", f"{ip}:{cls.port}", "--log", "stderr", *certificate)
            wait_for(lambda: smtpd.answers((ip, cls.port)), what="smtpd")

    @staticmethod
    def context(options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options[1], options[3])
        return context

    @classmethod
    def zone(cls):
        lines = [f"{name} MX 10 mx.{name}\nmx.{name} A {ip}\n" for name, ip in HOSTS.items()]
        ca = hashlib.sha256(ssl.PEM_cert_to_DER_cert(cls.authority.ca.read_text())).hexdigest()
        words = {"key": cls.authority.key_digest("self"), "lapsed": cls.authority.key_digest("expired"), "ca": ca, "other": "ab" * 32}
        lines += [f"_{cls.port}._tcp.mx.{name} TLSA {data.format(**words)}\n" for name, data in TLSA.items()]
        return "".join(lines) + PAIRS

    def setUp(self):
        for path in self.far.spool.glob("new/*"):
            path.unlink()

    def site(self, *routes, host=None, **keys):
        """host: how EVIL behaves."""
        keys = {"resolver": self.dns.validating, "tls_trust": self.authority.ca, **keys}
        site = Remote(addresses={EVIL: host} if host else None, routes=routes, dns=self.dns, port=self.port, **keys)
        self.addCleanup(site.__exit__, None)
        return site

    def send(self, site, *domains, args=(), **put):
        """One message to each. {domain: "relayed 2.0.0"}"""
        for domain in domains:
            site.put(f"carol@{domain}", **put)
        return self.run_once(site, *domains, args=args)

    @staticmethod
    def run_once(site, *domains, args=()):
        outcomes = site.run_once(*args)
        return {domain: f"{outcome.event} {outcome.text.split()[0]}" for domain in domains
                if (outcome := outcomes.get(f"carol@{domain}"))}

    def expect(self, found, **wanted):
        """wanted: {event: domains}, where deferred is deferred_4_7_5."""
        for event, domains in wanted.items():
            words = event.replace("_", " ", 1).replace("_", ".")
            for domain in domains:
                with self.subTest(domain):
                    self.assertRegex(found.pop(domain, "nothing"), f"^{re.escape(words)}")
        self.assertEqual(found, {})

    def taken(self):
        """{domain: "ESMTPS" or "ESMTP"} of all that the servers have."""
        found = {}
        for path in self.far.spool.glob("new/*"):
            text = path.read_text()
            found[re.search(r"^Delivered-To: carol@(.*)$", text, re.MULTILINE)[1]] = re.search(r"\bwith (\w+)", text)[1]
        return found

    def seen(self, site):
        """What spool/tls has."""
        return {path.name: path.read_text().split()[0] for path in site.spool.glob("tls/[!.]*")}

    # -- TLSA records

    def test_dane_where_a_route_demands_it(self):
        site = self.site(".signed.example mx tls=dane", ".unsigned.example mx tls=dane")
        bad = [signed("spoiled"), signed("unusable"), signed("right"), unsigned("dane"), unsigned("right")]
        self.expect(self.send(site, signed("dane"), signed("stripped"), *bad),
                    relayed=[signed("dane")], deferred_4_7_10=[signed("stripped")], deferred_4_7_5=bad)
        self.assertEqual(self.taken(), {signed("dane"): "ESMTPS"})

    def test_tlsa_records_decide_where_nobody_demands_anything(self):
        good = [signed("dane"), signed("unusable"), signed("self"), unsigned("dane"), unsigned("spoiled"), signed("expired"), signed("wrong")]
        clear = [signed("plain"), unsigned("plain"), unsigned("stripped"), unsigned("old")]
        found = self.send(self.site(), signed("spoiled"), signed("stripped"), signed("old"), *good, *clear)
        self.expect(found, relayed=good + clear, deferred_4_7_5=[signed("spoiled")], deferred_4_7_10=[signed("stripped"), signed("old")])
        self.assertEqual(self.taken(), {domain: "ESMTP" if domain in clear else "ESMTPS" for domain in good + clear})

    def test_a_route_may_ask_for_less_than_tlsa_records(self):
        site = self.site(".signed.example mx tls=opportunistic")
        self.expect(self.send(site, signed("spoiled"), signed("stripped")), relayed=[signed("spoiled"), signed("stripped")])
        self.assertEqual(self.taken(), {signed("spoiled"): "ESMTPS", signed("stripped"): "ESMTP"})
        self.expect(self.send(self.site(".signed.example mx tls=encrypted"), signed("spoiled")), deferred_4_7_5=[signed("spoiled")])

    def test_without_a_resolver_that_validates_there_is_no_dane(self):
        site = self.site("dane.signed.example mx tls=dane", resolver=self.dns.server)
        self.expect(self.send(site, signed("dane"), signed("spoiled")), deferred_4_7_5=[signed("dane")], relayed=[signed("spoiled")])

    def test_names_and_dates_count_as_rfc_7672_says(self):
        """With a trust anchor names do, the host's or the domain's; a key that is named itself needs neither names nor dates."""
        good = [signed(name) for name in ("anchor", "anchored", "lapsed")]
        site = self.site(".signed.example mx tls=dane", tls_trust="/etc/ssl/certs")
        self.expect(self.send(site, *good, signed("adrift")), relayed=good, deferred_4_7_5=[signed("adrift")])
        self.assertEqual(self.taken(), dict.fromkeys(good, "ESMTPS"))

    # -- certificates

    def test_names_in_certificates(self):
        site = self.site(*(f".{zone} mx tls=verify" for zone in ZONES))
        good = [unsigned("right"), signed("right"), unsigned("own"), signed("dane")]  # TLSA records prove it as well
        bad = [unsigned(name) for name in ("wrong", "expired", "self")]
        self.expect(self.send(site, *good, *bad, unsigned("plain")), relayed=good, deferred_4_7_5=bad, deferred_4_7_10=[unsigned("plain")])
        self.assertEqual(self.taken(), dict.fromkeys(good, "ESMTPS"))

    def test_a_host_that_a_route_names(self):
        names = {"right": "mx.right", "wrong": "mx.wrong", "own": "mx.own", "self": "mx.self"}
        site = self.site(*(f"{unsigned(name)} smtp:{unsigned(host)}:{self.port} tls=verify" for name, host in names.items()))
        bad = [unsigned(name) for name in ("wrong", "own", "self")]  # the domain's name says nothing of that host
        self.expect(self.send(site, unsigned("right"), *bad), relayed=[unsigned("right")], deferred_4_7_5=bad)

    def test_only_cas_that_are_trusted_vouch(self):
        site = self.site(".unsigned.example mx tls=verify", tls_trust="/etc/ssl/certs")
        self.expect(self.send(site, unsigned("right")), deferred_4_7_5=[unsigned("right")])

    # -- what was seen before

    def test_what_was_encrypted_is_never_sent_in_clear(self):
        domain = unsigned("evil")
        site = self.site(host=Host(offers=WITH_TLS, tls=self.unknown))
        self.expect(self.send(site, domain), relayed=[domain])
        self.assertRegex((site.spool / "tls" / domain).read_text(), r"^encrypted \d+\n$")
        with self.subTest("a broken handshake"):
            site.evil.hosts[EVIL].tls = "garbage"
            self.expect(self.send(site, domain), deferred_4_7_5=[domain])
        site.evil.hosts[EVIL].offers = OFFERED
        self.expect(self.send(site, domain), deferred_4_7_10=[domain])
        with self.subTest("TLS-Required: No"):
            self.expect(self.send(site, domain, text=WAIVED), relayed=[domain])
        with self.subTest("a month later"):
            (site.spool / "tls" / domain).write_text(f"encrypted {int(time.time()) - 30 * 86400 - 10}\n")
            self.expect(self.send(site, domain), relayed=[domain])
        self.assertEqual([entry["tls"] for entry in site.evil.accepted()], [True, False, False])
        with self.subTest("what waited goes when the file is gone"):
            (site.spool / "tls" / domain).unlink(missing_ok=True)
            site.make_due()
            site.run_once()
            self.assertEqual(site.evil.recipients(), {f"carol@{domain}": 5})

    def test_who_was_verified_has_to_be_again(self):
        domain = unsigned("evil")
        site = self.site(host=Host(offers=WITH_TLS, tls=self.proven))
        self.expect(self.send(site, domain), relayed=[domain])
        self.assertEqual(self.seen(site), {domain: "verified"})
        site.evil.hosts[EVIL].tls = self.unknown
        self.expect(self.send(site, domain), deferred_4_7_5=[domain])
        with self.subTest("a route that names a level ends it"):
            site.use_routes(f"{domain} mx tls=encrypted")
            self.expect(self.send(site, domain), relayed=[domain])
        self.assertEqual(self.seen(site), {domain: "verified"})

    def test_each_domain_has_the_level_that_was_proven(self):
        site = self.site()
        self.send(site, *(signed(name) for name in ("dane", "self", "right", "plain")))
        self.assertEqual(self.seen(site), {signed("dane"): "encrypted", signed("self"): "encrypted", signed("right"): "verified"})

    # -- what the message asks for

    def test_requiretls(self):
        site = self.site(host=Host(offers=WITH_REQUIRETLS, tls=self.proven))
        good = [signed("evil"), signed("right"), signed("dane")]
        self.expect(self.send(site, *good, signed("wrong"), signed("plain"), unsigned("evil"), mail="REQUIRETLS"), relayed=good,
                    deferred_4_7_5=[signed("wrong")], deferred_4_7_10=[signed("plain")], failed_5_7_10=[unsigned("evil")])
        entry, = site.evil.accepted()
        self.assertIn("REQUIRETLS", entry["parameters"].split())
        self.assertTrue(entry["tls"])
        for path in self.far.spool.glob("new/*"):
            self.assertIn("\nMailpipe-Mail: REQUIRETLS\n", path.read_text().split("\nReceived:")[0])

    def test_requiretls_where_the_host_does_not_offer_it(self):
        site = self.site(host=Host(offers=WITH_TLS, tls=self.proven))
        self.expect(self.send(site, signed("evil"), mail="REQUIRETLS"), failed_5_7_30=[signed("evil")])
        self.assertEqual(site.evil.accepted(), [])
        site.run_once()
        report, = site.mail("alice")
        self.assertEqual(report.get_payload(1).get_payload()[1]["Status"], "5.7.30")

    def test_requiretls_where_another_host_offers_it(self):
        """RFC 8689 section 4.2.1: all hosts are asked; one that could not be may offer it another time."""
        site = self.site(host=Host(offers=WITH_TLS, tls=self.proven))
        self.expect(self.send(site, signed("both"), signed("half"), mail="REQUIRETLS"), relayed=[signed("both")], deferred_4_4_1=[signed("half")])
        self.assertEqual(site.evil.accepted(), [])
        self.assertEqual(self.taken(), {signed("both"): "ESMTPS"})
        journal, = site.journals().values()
        self.assertRegex("\n".join(journal), r"tried .*mx\.evil\.signed\.example.*: does not offer REQUIRETLS")
        with self.subTest("the other host is not even asked, as it was dead a moment ago"):
            site.make_due()
            for _ in range(3):
                site.put(f"carol@{signed('gone')}", age=3600)
            self.expect(self.send(site, signed("half"), mail="REQUIRETLS"), deferred_4_4_1=[signed("half")])

    def test_reports_with_requiretls(self):
        """RFC 8689 section 5: they have it, too, and no body; but they are not lost where it is not offered."""
        site = self.site(host=Host(offers=WITH_REQUIRETLS, tls=self.proven))
        for offers in (WITH_REQUIRETLS, WITH_TLS):
            site.evil.hosts[EVIL].offers = offers
            site.put(f"carol@{unsigned('right')}", sender=f"ann@{signed('evil')}", mail="REQUIRETLS RET=FULL", text="Subject: hi\n\nsecret\n")
            site.run_once()
            site.run_once()
            with self.subTest(offers=offers):
                entry = site.evil.accepted()[-1]
                self.assertEqual((entry["sender"], entry["tls"]), ("", True))
                self.assertEqual("REQUIRETLS" in entry["parameters"].split(), offers == WITH_REQUIRETLS)
                self.assertIn("Subject: hi", entry["text"])
                self.assertNotIn("secret", entry["text"])
        self.assertEqual(len(site.evil.accepted()), 2)

    def test_requiretls_by_submission(self):
        site = self.site(tls=True)
        smtpd = site.listen("smtpd", "--submission")
        with smtplib.SMTP("127.0.0.1", smtpd.port, local_hostname="client.example") as client:
            client.starttls(context=tls_context())
            client.login("alice", PASSWORDS["alice"])
            domains = [signed("right"), unsigned("right")]
            for domain in domains:
                client.sendmail(address("alice"), [f"carol@{domain}"], "Subject: hi\r\n\r\nhello\r\n", mail_options=["REQUIRETLS"])
        self.expect(self.run_once(site, *domains), relayed=[signed("right")], failed_5_7_10=[unsigned("right")])
        self.assertEqual(self.taken(), {signed("right"): "ESMTPS"})

    def test_tls_required_no(self):
        domain = unsigned("evil")
        site = self.site(f"{unsigned('plain')} mx tls=encrypted", host=Host())
        waived = [signed("spoiled"), signed("stripped"), domain]
        self.expect(self.send(site, *waived, unsigned("plain"), text=WAIVED), relayed=waived, deferred_4_7_10=[unsigned("plain")])
        self.assertEqual(self.taken(), {signed("spoiled"): "ESMTPS", signed("stripped"): "ESMTP"})
        with self.subTest("REQUIRETLS overrules it"):
            self.expect(self.send(site, signed("evil"), text=WAIVED, mail="REQUIRETLS"), deferred_4_7_10=[signed("evil")])

    # -- metrics

    def test_metrics_count_how_safe_connections_were(self):
        site = self.site()
        names = {"dane": "verified", "right": "verified", "self": "encrypted", "wrong": "encrypted", "plain": "plain"}
        file = site.dir / "mailpipe.prom"
        for times in (1, 2):
            with self.subTest(times=times):
                self.send(site, *map(signed, names), signed("evil"), args=("--metrics", file))
                counted = {(labels["site"], labels["security"]): value for (name, pairs), value in parse(file.read_text()).items()
                           if name == "mailpipe_connections_total" and value and (labels := dict(pairs))}
                wanted = {(f"mx.{signed(name)}", security): times for name, security in names.items()}
                self.assertEqual(counted, {**wanted, (f"mx.{signed('evil')}", "unreachable"): times})


if __name__ == "__main__":
    unittest.main()
