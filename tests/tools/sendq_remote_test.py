# SPDX-License-Identifier: ISC
"""sendq sends to other hosts, most of which behave badly: what becomes of the mail, and who is told."""
import datetime
import functools
import json
import os
import re
import shutil
import smtplib
import ssl
import subprocess
import time
import unittest

from evil_server import OFFERED, Host, refusing
from mailsite import DOMAIN, Site, openssl, parse_logfmt, wait_for
from queue_site import Queue, address
from remote_site import FAR, Remote

PLAIN_TLS = (*OFFERED, "STARTTLS")


@functools.cache
def certificate():
    """The PEM text of a key and of a certificate for another name that nobody vouches for."""
    with Site(tls=False) as scratch:
        key, cert = scratch.dir / "k.pem", scratch.dir / "c.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=other.example",
                "-keyout", key, "-out", cert)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return context


def tls_host(**host):
    return Host(offers=PLAIN_TLS, tls=certificate(), **host)


# name: (host, event, what the reply has, how many messages the host has taken)
QUICK = {
    "good": (Host(), "relayed", "250 2.0.0", 1),
    "banner4": (refusing("banner", "421 4.3.2 not now"), "deferred", "421 4.3.2", 0),
    "banner5": (refusing("banner", "554 5.3.2 go away"), "deferred", "go away", 0),
    "bannercut": (Host(cut="banner"), "deferred", "451 4.4.2", 0),
    "ehlo4": (refusing("EHLO", "421 4.3.2 not now"), "deferred", "4.3.2", 0),
    "ehlo5": (refusing("EHLO", "500 5.5.2 what?"), "relayed", "250", 1),
    "ehlocut": (Host(cut="EHLO"), "deferred", "4.4.2", 0),
    "mail4": (refusing("MAIL", "451 4.3.0 busy"), "deferred", "451 4.3.0", 0),
    "mail5": (refusing("MAIL", "550 5.7.1 not you"), "failed", "550 5.7.1", 0),
    "mailcut": (Host(cut="MAIL"), "deferred", "4.4.2", 0),
    "rcpt4": (refusing("RCPT", "450 4.2.1 asleep"), "deferred", "450 4.2.1", 0),
    "rcpt5": (refusing("RCPT", "550 5.1.1 no such user"), "failed", "550 5.1.1", 0),
    "rcptcut": (Host(cut="RCPT"), "deferred", "4.4.2", 0),
    "rcpt421": (Host(replies={"RCPT": "421 4.3.2 closing"}, cut_after="RCPT"), "deferred", "421 4.3.2", 0),
    "data4": (refusing("DATA", "451 4.3.0 busy"), "deferred", "451 4.3.0", 0),
    "data5": (refusing("DATA", "554 5.5.0 no"), "failed", "554 5.5.0", 0),
    "datacut": (Host(cut="DATA"), "deferred", "4.4.2", 0),
    "textcut": (Host(cut_text=1), "deferred", "4.4.2", 0),
    "dot4": (refusing("dot", "452 4.3.1 full"), "deferred", "452 4.3.1", 0),
    "dot5": (refusing("dot", "550 5.7.1 spam"), "failed", "550 5.7.1", 0),
    "dot421": (Host(replies={"dot": "421 4.3.2 closing"}, cut_after="dot"), "deferred", "421 4.3.2", 0),
    "dotcut": (Host(cut="dot"), "deferred", "4.4.2", 0),
    "dotcuttaken": (Host(cut="dot", takes_before_cut=True), "deferred", "4.4.2", 1),
    "dotthencut": (Host(cut_after="dot"), "relayed", "250", 1),
    "go354": (Host(recipients={"bob": "550 5.1.1 no such user"}, replies={"DATA": "354 go on"}), "failed", "550 5.1.1", 0),
    "tls4": (Host(offers=PLAIN_TLS, replies={"STARTTLS": "454 4.7.0 not now"}), "relayed", "250", 1),
    "tlsgarbage": (Host(offers=PLAIN_TLS, tls="garbage"), "relayed", "250", 1),
    "tlsothername": (tls_host(), "relayed", "250", 1),
    "nopipelining": (Host(offers=("8BITMIME",)), "relayed", "250", 1),
    "nothing": (Host(offers=()), "relayed", "250", 1),
    "toosmall": (Host(offers=("SIZE 10",)), "failed", "5.3.4", 0),
    "chunking": (Host(offers=(*OFFERED, "CHUNKING"), replies={"BDAT": "500 5.5.2 what?"}), "relayed", "250", 1),
    "hugeline": (refusing("dot", b"250 2.0.0 " + b"x" * 1_000_000 + b"\r\n"), "relayed", "250 2.0.0", 1),
    "hugereply": (refusing("dot", b"250-more\r\n" * 100_000 + b"250 ok\r\n"), "relayed", "250", 1),
    "hugeehlo": (refusing("EHLO", b"250-" + b"x" * 1_000_000 + b"\r\n" + b"250-more\r\n" * 100_000 + b"250 ok\r\n"), "relayed", "250", 1),
    "endlessline": (refusing("MAIL", b"450-" + b"x" * 5_000_000), "deferred", "peer's reply does not end", 0),
    "early": (Host(replies={"DATA": b"354 go\r\n250 2.0.0 taken\r\n", "dot": "554 5.7.1 spam"}), "deferred", "answers before the text has ended", 0),
    "earlyno": (refusing("DATA", b"354 go\r\n554 5.7.1 spam\r\n"), "failed", "554 5.7.1", 0),
    "endless": (refusing("MAIL", b"250-more\r\n" * 300_000), "deferred", "4.", 0),
    "hugelinecut": (Host(replies={"MAIL": b"250 " + b"x" * 1_000_000}, cut_after="MAIL"), "deferred", "4.4.2", 0),
    "nocrlf": (Host(replies={"MAIL": b"250 ok"}, cut_after="MAIL"), "deferred", "4.4.2", 0),
    "nonumber": (refusing("MAIL", b"hello there\r\n"), "deferred", "peer's reply is none", 0),
    "code199": (refusing("MAIL", "199 wait"), "deferred", "peer's reply is none", 0),
    "dead": (None, "deferred", "4.4.1", 0),
}


class EvilHosts(unittest.TestCase):
    def test_each_fault_defers_or_fails_what_it_should_and_nothing_else(self):
        with Remote({name: host for name, (host, *_) in QUICK.items()}) as site:
            idents = {name: site.put(f"bob@{name}.{FAR}") for name in QUICK}
            outcomes = site.run_once()
            for name, (_, event, words, taken) in QUICK.items():
                with self.subTest(host=name):
                    outcome = outcomes.get(f"bob@{name}.{FAR}")
                    self.assertIsNotNone(outcome)
                    self.assertEqual(outcome.event, event, outcome)
                    self.assertIn(words, f"{outcome.code} {outcome.text}")
                    self.assertEqual(site.evil.recipients().get(f"bob@{name}.{FAR}", 0), taken)
            waiting = {entry["id"]: entry["recipients"][0] for entry in site.listed() if entry["sender"]}
            for name, (_, event, _, _) in QUICK.items():
                with self.subTest(host=name):
                    self.assertEqual(idents[name] in waiting, event == "deferred")
                    if event == "deferred":
                        self.assertEqual((waiting[idents[name]]["state"], waiting[idents[name]]["tries"]), ("deferred", 1))
                        self.assertTrue(700 < site.due(idents[name]) - time.time() < 1000)
            site.run_once()
            failed = {name for name, (_, event, _, _) in QUICK.items() if event == "failed"}
            told = [part["Final-Recipient"] for report in site.mail("alice") for part in report.get_payload(1).get_payload()[1:]]
            self.assertEqual(sorted(told), sorted(f"rfc822; bob@{name}.{FAR}" for name in failed))
            with self.subTest("a good host speaks TLS, and one whose TLS is broken gets it in clear text"):
                tls = {entry["recipients"][0].split("@")[1].split(".")[0]: entry["tls"] for entry in site.evil.accepted()}
                self.assertTrue(tls["tlsothername"])
                self.assertFalse(tls["tlsgarbage"])

    def test_reports_name_the_host_and_have_its_words(self):
        with Remote({"no": refusing("RCPT", "550-5.1.1 no such\n550 5.1.1 user: sorry")}) as site:
            site.put((f"bob@no.{FAR}", "ORCPT=rfc822;Bob+40old.example"), mail="ENVID=QQ1 RET=HDRS", text="Subject: hi\n\nsecret\n")
            site.run_once()
            site.run_once()
            report, = site.mail("alice")
            human, machine, original = report.get_payload()
            per_message, recipient = machine.get_payload()
            self.assertEqual(report["Return-Path"], "<>")
            self.assertEqual(per_message["Original-Envelope-Id"], "QQ1")
            self.assertEqual(recipient["Original-Recipient"], "rfc822; Bob@old.example")
            self.assertEqual((recipient["Action"], recipient["Status"]), ("failed", "5.1.1"))
            self.assertEqual(recipient["Remote-MTA"], f"dns; mx.no.{FAR}")
            self.assertEqual(recipient["Diagnostic-Code"], "smtp; 550 5.1.1 no such user: sorry")
            self.assertIn(f"mx.no.{FAR}[127.0.0.2]:{site.evil.port} said: 550 5.1.1 no such", human.get_payload())
            self.assertEqual(original.get_content_type(), "text/rfc822-headers")

    def test_one_refused_recipient_does_not_harm_the_others(self):
        host = Host(recipients={"no": "550 5.1.1 no", "later": "451 4.2.0 later"})
        with Remote({"mixed": host}) as site:
            site.put(*(f"{user}@mixed.{FAR}" for user in ("a", "no", "later", "b")))
            outcomes = site.run_once()
            self.assertEqual({to.split("@")[0]: outcome.event for to, outcome in outcomes.items() if FAR in to},
                             {"a": "relayed", "b": "relayed", "no": "failed", "later": "deferred"})
            self.assertEqual([entry["recipients"] for entry in site.evil.accepted()], [[f"a@mixed.{FAR}", f"b@mixed.{FAR}"]])
            site.host("mixed").recipients = {}
            site.make_due()
            site.run_once()
            self.assertEqual(site.evil.recipients(), {f"{user}@mixed.{FAR}": 1 for user in ("a", "b", "later")})

    def test_dead_and_slow_sites_do_not_hold_up_a_good_one(self):
        slow = {"drip": Host(drip=1), "silent": Host(wait={"banner": 1000}), "asleep": Host(wait={"dot": 1000}), "gone": None,
                "tlssilent": Host(offers=PLAIN_TLS, tls="silent"), "barelf": refusing("MAIL", b"250 ok\n")}
        with Remote({**slow, "good": Host()}) as site:
            for number in range(5):
                for name in slow:
                    site.put(f"u{number}@{name}.{FAR}")
            for number in range(20):
                site.put(f"u{number}@good.{FAR}")
            begun = time.monotonic()
            good = {f"u{number}@good.{FAR}" for number in range(20)}
            sendq = site.start_sendq("--watch")
            try:
                wait_for(lambda: good <= site.evil.recipients().keys(), timeout=20, what="mail for the good site")
                site.put(f"late@good.{FAR}")
                wait_for(lambda: f"late@good.{FAR}" in site.evil.recipients(), timeout=10, what="mail that came later")
                print(f"beside {len(slow)} slow sites: {time.monotonic() - begun:.1f} s")
            finally:
                status = sendq.stop(timeout=60)  # what is on its way has half a minute
            self.assertEqual(status, 0)
            self.assertEqual(set(site.evil.recipients().values()), {1})
            # What a host did not answer for stays claimed, until another sendq finds its claimer dead.
            self.assertEqual(sum(len(list(site.spool.glob(place))) for place in ("new/*", "cur/*", "work/*/*")),
                             5 * sum(name not in ("tlssilent", "barelf") for name in slow))  # these two are only odd: they get it


    def test_a_host_that_refuses_in_the_middle_of_a_text_and_closes_is_heard(self):
        chunking = (*OFFERED, "CHUNKING")
        cut = {"cut_text": 200_000, "last_words": "552 5.3.4 too big for us"}
        with Remote({"data": Host(**cut), "chunks": Host(offers=chunking, **cut), "mute": Host(cut_text=200_000),
                     "later": Host(cut_text=200_000, last_words="452 4.3.1 full")}) as site:
            for name in ("data", "chunks", "mute", "later"):
                site.put(f"bob@{name}.{FAR}", text="Subject: large\n\n" + ("x" * 99 + "\n") * 160_000)
            outcomes = site.run_once()
            for name, event, words in (("data", "failed", "552 5.3.4"), ("chunks", "failed", "552 5.3.4"), ("mute", "deferred", "451 4.4.2"),
                                       ("later", "deferred", "452 4.3.1")):
                with self.subTest(host=name):
                    outcome = outcomes[f"bob@{name}.{FAR}"]
                    self.assertEqual(outcome.event, event, outcome)
                    self.assertTrue(f"{outcome.code} {outcome.text}".startswith(words), outcome)
            self.assertEqual({host.transactions for host in site.evil.hosts.values()}, {1})


class Ways(unittest.TestCase):
    def test_all_recipients_of_one_set_of_hosts_share_a_transaction(self):
        zone = "".join(f"d{n} MX 10 mx.good\n" for n in range(5))
        with Remote({"good": Host(), "other": Host()}, zone=zone) as site:
            site.put(*(f"u{n}@d{n}.{FAR}" for n in range(5)), f"x@good.{FAR}", f"y@other.{FAR}")
            site.run_once()
            self.assertEqual(sorted(len(entry["recipients"]) for entry in site.evil.accepted()), [1, 6])

    def test_connections_are_used_again(self):
        with Remote({"good": Host()}) as site:
            for number in range(60):
                site.put(f"u{number}@good.{FAR}")
            site.run_once()
            self.assertEqual(len(site.evil.recipients()), 60)
            self.assertEqual(site.host("good").transactions, 60)
            self.assertLessEqual(site.host("good").connections, 20)

    def test_the_next_host_is_tried_and_the_journal_says_why(self):
        zone = "two MX 10 mx.dead\ntwo MX 20 mx.full\n"
        with Remote({"dead": None, "full": refusing("RCPT", "452 4.2.2 full")}, zone=zone) as site:
            ident = site.put(f"bob@two.{FAR}")
            self.assertEqual(site.run_once()[f"bob@two.{FAR}"].event, "deferred")
            journal = "\n".join(site.journals()[ident])
            self.assertRegex(journal, rf" tried \d+ \S+ mx\.dead\.{FAR}\[127\.0\.0\.2\]:\d+: ")
            self.assertRegex(journal, rf" deferred 452 4\.2\.2 mx\.full\.{FAR}\[127\.0\.0\.3\]:\d+ to RCPT: full")
            tried, deferred = [one for one in json.loads(site.sendq("--why", "--json", ident).stdout)["recipients"][0]["attempts"] if "host" in one]
            self.assertEqual((tried["host"], "command" in tried), (f"mx.dead.{FAR}[127.0.0.2]:{site.evil.port}", False))
            self.assertEqual((deferred["host"], deferred["command"], deferred["reply"]),
                             (f"mx.full.{FAR}[127.0.0.3]:{site.evil.port}", "RCPT", "452 4.2.2 full"))

    def test_what_the_dns_says_of_where_no_mail_goes(self):
        zone = f"null MX 0 .\nown MX 10 mail.{DOMAIN}.\nown2 MX 10 mail.{DOMAIN}.\nown2 MX 20 mx.good\nmute TXT x\n"
        with Remote({"good": Host()}, zone=zone) as site:
            for name in ("null", "own", "own2", "none", "mute"):
                site.put(f"bob@{name}.{FAR}")
            site.put("bob@elsewhere.example")  # the name server refuses to speak about it
            outcomes = {to: (outcome.event, outcome.text.split()[0]) for to, outcome in site.run_once().items()}
            self.assertEqual(outcomes[f"bob@null.{FAR}"], ("failed", "5.1.10"))
            self.assertEqual(outcomes[f"bob@own.{FAR}"], ("failed", "5.4.6"))
            self.assertEqual(outcomes[f"bob@own2.{FAR}"], ("failed", "5.4.6"))
            self.assertEqual(outcomes[f"bob@none.{FAR}"], ("failed", "5.1.2"))
            self.assertEqual(outcomes[f"bob@mute.{FAR}"], ("failed", "5.1.2"))
            self.assertEqual(outcomes["bob@elsewhere.example"], ("deferred", "4.4.3"))
            self.assertEqual(site.host("good").connections, 0)

    def test_a_utf8_address_needs_a_host_that_takes_it(self):
        with Remote({"old": Host(), "new": Host(offers=(*OFFERED, "SMTPUTF8"))}) as site:
            for name in ("old", "new"):
                site.put(f"b\u00e4r@{name}.{FAR}", mail="SMTPUTF8")
            outcomes = site.run_once()
            self.assertEqual((outcomes[f"b\u00e4r@old.{FAR}"].event, outcomes[f"b\u00e4r@old.{FAR}"].text.split()[0]), ("failed", "5.6.7"))
            self.assertEqual(outcomes[f"b\u00e4r@new.{FAR}"].event, "relayed")
            self.assertIn("SMTPUTF8", site.evil.accepted()[0]["parameters"])

    def test_a_host_that_dislikes_our_ipv6_gets_it_over_ipv4(self):
        zone = "dual MX 10 mx.dual\nmx.dual A 127.0.0.9\nmx.dual AAAA ::1\n"
        hosts = {"127.0.0.9": Host(), "::1": refusing("RCPT", "550 5.7.25 no PTR for your address")}
        with Remote(zone=zone, addresses=hosts) as site:
            site.put(f"bob@dual.{FAR}")
            self.assertEqual(site.run_once()[f"bob@dual.{FAR}"].event, "relayed")
            self.assertEqual([entry["host"] for entry in site.evil.accepted()], ["127.0.0.9"])

    def test_the_other_family_gets_the_only_connection(self):
        zone = "dual MX 10 mx.dual\nmx.dual A 127.0.0.9\nmx.dual AAAA ::1\n"
        hosts = {"127.0.0.9": Host(), "::1": refusing("RCPT", "550 5.7.25 no PTR for your address")}
        with Remote(zone=zone, addresses=hosts) as site:
            site.put(f"bob@dual.{FAR}")
            log = [parse_logfmt(line) for line in site.sendq("--site-connections", "1").stderr.decode().splitlines()]
            first, last = [datetime.datetime.fromisoformat(fields["ts"]) for fields in log if fields["event"] in ("connected", "relayed")][::2]
            self.assertLess((last - first).total_seconds(), 2)  # an idle connection is kept for three

    def test_a_site_with_few_messages_gets_a_connection_of_those_with_many(self):
        slow = {"wait": {"dot": 0.05}}
        with Remote({"many": Host(**slow), "more": Host(**slow), "few": Host()}) as site:
            for number in range(40):
                site.put(f"u{number}@many.{FAR}", age=60)
                site.put(f"u{number}@more.{FAR}", age=60)
            site.put(f"late@few.{FAR}")
            site.run_once("--run-connections", "4")
            order = [entry["recipients"][0] for entry in site.evil.accepted()]
            self.assertEqual(len(order), 81)
            self.assertLess(order.index(f"late@few.{FAR}"), 40, order)

    def test_what_is_for_the_other_family_does_not_wait_for_the_rest(self):
        zone = "dual MX 10 mx.dual\nmx.dual A 127.0.0.9\nmx.dual AAAA ::1\n"
        hosts = {"127.0.0.9": Host(), "::1": Host(recipients={"picky": "550 5.7.25 no PTR for your address"}, wait={"dot": 0.1})}
        with Remote(zone=zone, addresses=hosts) as site:
            for name in ("picky", *(f"user{number}" for number in range(20))):
                site.put(f"{name}@dual.{FAR}")
            outcomes = site.run_once("--site-connections", "1")
            self.assertEqual({outcome.event for outcome in outcomes.values()}, {"relayed"}, outcomes)
            order = [entry["recipients"][0].split("@")[0] for entry in site.evil.accepted()]
            self.assertLess(order.index("picky"), 5, order)

    def test_routes_and_logins(self):
        smart = Host(offers=(*OFFERED, "AUTH PLAIN"), replies={"AUTH": "235 2.7.0 welcome"})
        with Queue() as scratch:
            login = scratch.dir / "login"
            login.write_text("me:secret\n")
            login.chmod(0o600)
            scratch.give(login)
            with Remote({"smart": smart}) as site:
                site.use_routes(f"* smtp:[127.0.0.2]:{site.evil.port} tls=none login={login}")
                site.put("bob@anything.example", "carol@other.example")
                outcomes = site.run_once()
                self.assertEqual({outcome.event for outcome in outcomes.values()}, {"relayed"}, outcomes)
                self.assertEqual(len(site.evil.accepted()), 1)
                self.assertIn("AUTH PLAIN AG1lAHNlY3JldA==", smart.commands)

    def test_where_tls_is_needed_nothing_goes_without(self):
        hosts = {"good": tls_host(), "garbage": Host(offers=PLAIN_TLS, tls="garbage"), "none": Host(), "verify": tls_host()}
        with Remote(hosts) as site:
            site.use_routes(*(f"{name}.{FAR} smtp:mx.{name}.{FAR}:{site.evil.port} tls={'verify' if name == 'verify' else 'encrypted'}"
                              for name in hosts))
            for name in hosts:
                site.put(f"bob@{name}.{FAR}")
            outcomes = {to.split("@")[1].split(".")[0]: (outcome.event, outcome.text.split()[0]) for to, outcome in site.run_once().items()}
            self.assertEqual(outcomes.pop("good"), ("relayed", "2.0.0"))
            for name, outcome in outcomes.items():
                self.assertIn(outcome, [("deferred", "4.7.5"), ("deferred", "4.7.10")], name)
            self.assertEqual([(entry["recipients"], entry["tls"]) for entry in site.evil.accepted()], [([f"bob@good.{FAR}"], True)])


class Reports(unittest.TestCase):
    def test_success_is_told_where_the_next_host_does_not_do_it(self):
        with Remote({"plain": Host(), "dsn": Host(offers=(*OFFERED, "DSN"))}) as site:
            for name in ("plain", "dsn"):
                site.put((f"bob@{name}.{FAR}", "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob"), mail="RET=HDRS ENVID=Q1")
            site.run_once()
            site.run_once()
            report, = site.mail("alice")
            _, recipient = report.get_payload(1).get_payload()
            self.assertEqual((recipient["Final-Recipient"], recipient["Action"]), (f"rfc822; bob@plain.{FAR}", "relayed"))
            plain, dsn = sorted(site.evil.accepted(), key=lambda entry: "dsn" in entry["recipients"][0])
            self.assertEqual((plain["recipient_parameters"][f"bob@plain.{FAR}"], "ENVID" in plain["parameters"]), ("", False))
            self.assertIn("NOTIFY=SUCCESS,FAILURE", dsn["recipient_parameters"][f"bob@dsn.{FAR}"])
            self.assertIn("ENVID=Q1", dsn["parameters"])
            self.assertIn("RET=HDRS", dsn["parameters"])

    def test_a_report_that_cannot_be_sent_goes_to_the_postmaster(self):
        with Remote({"no": refusing("RCPT", "550 5.1.1 no")}, aliases="postmaster: bob\n") as site:
            site.put(f"x@no.{FAR}", sender=f"gone@no.{FAR}")
            for _ in range(3):
                site.run_once()
            self.assertTrue(site.is_empty(), site.listed())
            self.assertEqual([mail["Subject"] for mail in site.mail("bob")], ["Undeliverable report"])

    def test_two_sites_of_ours(self):
        with Queue(tls=True, passwords={"carol": "x"}, hostname="mail.near.example", domains=["near.example"]) as far:
            smtpd = far.listen("smtpd", "--log", "stderr")
            with Remote(routes=[f"near.example smtp:[127.0.0.1]:{smtpd.port} tls=encrypted"]) as site:
                for number in range(30):
                    site.put(("carol@near.example", "NOTIFY=SUCCESS" if number == 0 else ""), "nobody@near.example" if number == 1 else
                             "carol+tag@near.example", text=f"Subject: {number}\n\n.dot\n{'x' * 2000}\n")
                outcomes = site.run_once()
                self.assertEqual(outcomes["carol@near.example"].event, "relayed")
                self.assertEqual(outcomes["nobody@near.example"].event, "failed")
                far.sendq()
                bodies = [mail.get_payload() for mail in far.mail("carol")]
                self.assertGreaterEqual(len(bodies), 30)
                self.assertEqual(set(bodies), {f".dot\n{'x' * 2000}\n"})
                site.run_once()
                self.assertEqual(len(site.mail("alice")), 1)  # of the failure; of success their host tells
                self.assertTrue(site.is_empty())
                self.assertTrue(all("TLS" in event.get("tls", "TLS") for event in far.events(event="received")))


class Time(unittest.TestCase):
    def test_a_greylisting_host_is_asked_again_when_it_says(self):
        with Remote({"grey": Host(greylist=1)}) as site:
            site.host("grey").greylist_text = "450 4.7.1 Greylisted, come back in 00:01:00"
            ident = site.put(f"bob@grey.{FAR}")
            site.run_once()
            self.assertTrue(55 < site.due(ident) - time.time() < 75)
            time.sleep(1)
            site.run_once()
            self.assertEqual(site.evil.accepted(), [])
            site.make_due()
            site.run_once()
            self.assertEqual(site.evil.recipients(), {f"bob@grey.{FAR}": 1})

    @unittest.skipUnless(shutil.which("faketime"), "faketime is not installed")
    def test_five_days_of_tries(self):
        """The clock is put to when the message is due, again and again."""
        with Remote({"full": refusing("RCPT", "452 4.2.2 full")}) as site:
            ident = site.put((f"bob@full.{FAR}", "NOTIFY=DELAY,FAILURE"))
            begun, now, tries = time.time(), time.time(), []
            while any(name.startswith(ident) for place in ("new", "cur") for name in site.files(place)):
                environment = {**site.environment(), "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
                done = subprocess.run(["faketime", "-f", time.strftime("@%Y-%m-%d %H:%M:%S", time.localtime(now)), site.bin / "sendq", "--log", "stderr"],
                                      capture_output=True, timeout=60, check=False, **{**site.as_user(), "env": environment})
                self.assertEqual(done.returncode, 0, done.stderr)
                tries.append(now - begun)
                self.assertLess(len(tries), 60)
                if any(name.startswith(ident) for name in site.files("cur")):
                    now = site.due(ident) + 1
            self.assertTrue(780 < tries[1] < 1000, tries)
            waits = [later - earlier for earlier, later in zip(tries, tries[1:])]
            self.assertTrue(all(wait < 4.5 * 3600 for wait in waits), waits)
            self.assertTrue(5 * 86400 - 5 <= tries[-1] <= 5 * 86400 + 60, tries)
            print(f"five days: {len(tries)} tries, after {', '.join(f'{t / 3600:.1f}' for t in tries)} hours")
            for _ in range(2):
                site.make_due()
                site.run_once()
            actions = sorted((part["Action"], part["Status"]) for mail in site.mail("alice") for part in mail.get_payload(1).get_payload()[1:])
            self.assertEqual(actions, [("delayed", "4.2.2"), ("failed", "4.4.7")])
            delayed = next(mail for mail in site.mail("alice") if "Delayed" in mail["Subject"])
            self.assertTrue(delayed.get_payload(1).get_payload()[1]["Will-Retry-Until"])


if __name__ == "__main__":
    unittest.main()
