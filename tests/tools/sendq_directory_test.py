# SPDX-License-Identifier: ISC
"""sendq sees by itself when users and aliases change."""
import unittest

from mailsite import wait_for
from queue_site import Queue, address


class Changes(unittest.TestCase):
    def test_who_was_added_after_sendq_was_started_gets_mail(self):
        with Queue() as site:
            site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.passwords["carol"] = "c"
            site.write_users()
            site.give(site.home("carol"))
            site.put(address("carol"), address("bob"))
            wait_for(lambda: site.messages("carol") and site.messages("bob"))
            self.assertEqual(site.events(event="failed"), [])

    def test_a_new_alias_counts(self):
        with Queue() as site:
            site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.aliases.write_text("sales: bob\n")
            site.put(address("sales"))
            wait_for(lambda: site.messages("bob"))
            self.assertEqual(site.events(event="failed"), [])

    def test_while_the_users_cannot_be_read_who_is_not_known_waits(self):
        with Queue() as site:
            site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.users.write_text(":no name\n")
            site.put(address("carol"))
            site.put(address("alice"))
            deferred = wait_for(lambda: site.events(event="deferred"))[0]
            self.assertEqual((deferred["to"], deferred["reply"].split(" ")[0]), (address("carol"), "451"))
            wait_for(lambda: len(site.messages("alice")) == 2)


if __name__ == "__main__":
    unittest.main()
