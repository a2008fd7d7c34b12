// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "queue/journal.hpp"

using namespace mailpipe;
using queue::Event;
using queue::JournalLine;
using queue::parse_journal;

TEST_CASE("A journal line comes back as it was written", "[queue]") {
    const auto line = GENERATE(values<JournalLine>({
        {1234567890, 1, Event::delivered, 250, "2.1.5", "ok"},
        {0, 12, Event::deferred, 451, "4.3.0", ""},
        {1, 1, Event::failed, 550, "5.1.1", "no such user  here"},
        {1, 1, Event::expanded, 250, "2.1.5", "a@b\tc@d"},
        {1, 2, Event::notified, 250, "2.0.0", "id"},
    }));
    const auto text = to_string(line);
    CAPTURE(text);
    CHECK(text.back() == '\n');
    CHECK(parse_journal(text) == std::vector{line});
}

TEST_CASE("No reply can break a line of the journal, or leave one without a code", "[queue]") {
    CHECK(to_string(JournalLine{1, 1, Event::failed, 550, "", "a\n2 1 delivered 250 2.0.0\r\x01"}) ==
          "1 1 failed 550 5.0.0 a 2 1 delivered 250 2.0.0  \n");
}

TEST_CASE("A reply is told in one line", "[queue]") {
    CHECK(reply_text(JournalLine{1, 1, Event::deferred, 451, "4.2.0", "try\tagain\r\nlater"}) == "451 4.2.0 try again  later");
}

TEST_CASE("An unfinished last line and lines of no sense are passed over", "[queue]") {
    CHECK(parse_journal("").empty());
    CHECK(parse_journal("1 1 delivered 250 2.0.0 ok").empty());
    CHECK(parse_journal("1 1 delivered 250 2.0.0 ok\n1 2 delivered 250 2.0.0 o").size() == 1);
    const std::string_view line = GENERATE("\n", "x 1 delivered 250 2.0.0 ok\n", "1 0 delivered 250 2.0.0 ok\n",
                                           "1 1 Delivered 250 2.0.0 ok\n", "1 1 delivered x 2.0.0 ok\n", "1 1\n",
                                           "99999999999999999999 1 delivered 250 2.0.0 ok\n", "1 -1 delivered 250 2.0.0 ok\n");
    CAPTURE(line);
    CHECK(parse_journal(line).empty());
}

TEST_CASE("Addresses of an alias are joined and split", "[queue]") {
    const std::vector<mail::Mailbox> mailboxes{{"a", "b.example"}, {"quoted name", "c.example"}, {"x,y", "[192.0.2.1]"}};
    CHECK(queue::split_addresses(queue::join_addresses(mailboxes)).value() == mailboxes);
    CHECK(queue::split_addresses("").value().empty());
    CHECK_FALSE(queue::split_addresses("a@b\t\tc@d"));
    CHECK_FALSE(queue::split_addresses("a b"));
}
