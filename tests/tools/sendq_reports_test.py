# SPDX-License-Identifier: ISC
"""sendq tells senders what became of their mail: RFC 3464 reports, and who gets which of them."""
import smtplib
import unittest

from lmtp_server import LmtpServer
from mailsite import DOMAIN
from queue_site import Queue, address


class Reports(unittest.TestCase):
    def report(self, site, user="alice"):
        reports = site.mail(user)
        self.assertEqual(len(reports), 1, [str(report) for report in reports])
        report = reports[0]
        self.assertEqual(report.get_content_type(), "multipart/report")
        self.assertEqual(report.get_param("report-type"), "delivery-status")
        self.assertEqual(report["Return-Path"], "<>")
        self.assertEqual(report["Auto-Submitted"], "auto-replied")
        return report

    def test_what_a_client_asks_for_comes_through_smtpd_and_back(self):
        with Queue(aliases="gone: nobody\nnever: nobody\n") as site:
            smtpd = site.listen("smtpd", "--log", "stderr")
            with smtplib.SMTP("127.0.0.1", smtpd.port) as client:
                client.ehlo("client.example")
                client.mail(address("alice"), ["RET=HDRS", "ENVID=QQ+2B314"])
                for recipient, options in (("gone", ["NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Gone+2BAway@old.example"]),
                                           ("never", ["NOTIFY=NEVER"]), ("bob", ["NOTIFY=SUCCESS"])):
                    self.assertEqual(client.rcpt(address(recipient), options)[0], 250)
                self.assertEqual(client.data("Subject: hi\r\n\r\nsecret\r\n")[0], 250)
            ident = site.events(event="received")[0]["id"]
            site.sendq()
            self.assertTrue(site.is_empty())
            _, machine, original = self.report(site).get_payload()
            per_message, *recipients = machine.get_payload()
            bob, gone = sorted(recipients, key=lambda part: part["Action"])
            self.assertEqual(per_message["Original-Envelope-Id"], "QQ+314")
            self.assertEqual(gone["Final-Log-ID"], ident)
            self.assertEqual((gone["Final-Recipient"], gone["Original-Recipient"], gone["Status"]),
                             (f"rfc822; {address('nobody')}", "rfc822; Gone+Away@old.example", "5.1.1"))
            self.assertEqual((bob["Final-Recipient"], bob["Action"], bob["Status"]), (f"rfc822; {address('bob')}", "delivered", "2.0.0"))
            self.assertEqual(original.get_content_type(), "text/rfc822-headers")
            self.assertNotIn("secret", original.get_payload())

    def test_a_permanent_failure_goes_back_to_the_sender(self):
        with Queue() as site:
            ident = site.put(("nobody@" + DOMAIN, "ORCPT=rfc822;No+2Bbody@x.example"), address("bob"), mail="ENVID=QQ1+2B2",
                             text="Message-ID: <1@test>\nSubject: hi\n\nhello\n")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("bob")), 1)
            report = self.report(site)
            human, machine, original = report.get_payload()
            self.assertIn(ident, human.get_payload())
            self.assertEqual(report["In-Reply-To"], "<1@test>")
            per_message, per_recipient = machine.get_payload()
            self.assertEqual(per_message["Reporting-MTA"], f"dns; mail.{DOMAIN}")
            self.assertEqual(per_message["Original-Envelope-Id"], "QQ1+2")
            self.assertEqual(per_recipient["Original-Recipient"], "rfc822; No+body@x.example")
            self.assertEqual(per_recipient["Final-Recipient"], "rfc822; " + address("nobody"))
            self.assertEqual((per_recipient["Action"], per_recipient["Status"]), ("failed", "5.1.1"))
            self.assertEqual(original.get_content_type(), "message/rfc822")
            self.assertEqual(original.get_payload()[0]["Subject"], "hi")

    def test_big_messages_and_ret_hdrs_come_back_as_headers(self):
        for mail, text in (("RET=HDRS", "Subject: hi\n\nhello\n"), ("RET=FULL", "Subject: hi\n\n" + "x\n" * 40000)):
            with self.subTest(mail=mail), Queue() as site:
                site.put(address("nobody"), mail=mail, text=text)
                site.sendq()
                part = self.report(site).get_payload()[2]
                self.assertEqual(part.get_content_type(), "text/rfc822-headers")
                self.assertIn("Subject: hi", part.get_payload())
                self.assertLess(len(part.get_payload()), 1000)

    def test_notify_says_who_wants_to_know_what(self):
        cases = [("nobody", "NOTIFY=NEVER", None), ("nobody", "NOTIFY=SUCCESS", None), ("nobody", "NOTIFY=FAILURE", "failed"),
                 ("nobody", "", "failed"), ("bob", "", None), ("bob", "NOTIFY=SUCCESS", "delivered"), ("bob", "NOTIFY=FAILURE", None),
                 ("team", "NOTIFY=SUCCESS", "expanded"), ("one", "NOTIFY=SUCCESS", "delivered")]
        for user, notify, action in cases:
            with self.subTest(user=user, notify=notify), Queue(aliases="team: bob, bob+x\none: bob\n") as site:
                site.put((address(user), notify) if notify else address(user))
                site.sendq()
                self.assertTrue(site.is_empty())
                if action is None:
                    self.assertEqual(site.messages("alice"), [])
                    continue
                self.assertEqual(self.report(site).get_payload()[1].get_payload()[1]["Action"], action)

    def test_a_report_that_fails_goes_to_postmaster(self):
        with Queue(postmaster="bob") as site:
            site.put(address("nobody"), sender=address("forged"))
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(self.report(site, "bob")["Subject"], "Undeliverable report")

    def test_a_report_that_postmaster_cannot_get_is_held(self):
        with Queue(postmaster="bob") as site, LmtpServer(site.dir, {"bob": "550 5.7.1 no"}) as server:
            site.use_lmtp(server)
            site.put(address("nobody"), sender="")
            site.sendq()
            self.assertEqual([message["state"] for message in site.listed()], ["held"])
            self.assertEqual(site.files("new") + site.files("cur"), [])

    def test_an_old_message_comes_back(self):
        with Queue() as site:
            site.put("x@elsewhere.example", age=5 * 86400 + 1)
            site.sendq()
            self.assertEqual(site.messages("alice"), [])
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            recipient = self.report(site).get_payload()[1].get_payload()[1]
            self.assertEqual((recipient["Action"], recipient["Status"]), ("failed", "4.4.7"))

    def test_a_delay_is_told_once_when_asked_for(self):
        with Queue() as site:
            site.put(("x@elsewhere.example", "NOTIFY=DELAY"), ("y@elsewhere.example", "NOTIFY=FAILURE"), age=5 * 3600)
            site.sendq()
            recipients = self.report(site).get_payload()[1].get_payload()[1:]
            self.assertEqual([one["Action"] for one in recipients], ["delayed"])
            self.assertTrue(recipients[0]["Will-Retry-Until"])
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertEqual(len(site.messages("alice")), 1)

    def test_a_loop_ends_in_a_report(self):
        with Queue() as site:
            site.put(address("bob"), text=f"Delivered-To: {address('BOB')}\nSubject: x\n\nx\n")
            site.sendq()
            self.assertEqual(site.messages("bob"), [])
            self.assertEqual(self.report(site).get_payload()[1].get_payload()[1]["Status"], "5.4.6")

    def test_a_utf8_address_makes_a_utf8_report(self):
        with Queue() as site:
            site.put("n\xf6body@" + DOMAIN, mail="SMTPUTF8")
            site.sendq()
            _, machine, original = self.report(site).get_payload()
            self.assertEqual(machine.get_content_type(), "message/global-delivery-status")
            self.assertIn("Final-Recipient: utf-8; n\xf6body", site.messages("alice")[0].read_text())
            self.assertEqual(original.get_content_type(), "message/global")


if __name__ == "__main__":
    unittest.main()
