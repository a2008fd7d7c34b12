// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox_name.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::mailbox_name;
using imap::Utf8;

TEST_CASE("A mailbox name is UTF-8, from what clients make of it", "[imap][rfc3501-5.1.3][rfc6855-3]") {
    struct Case { std::string_view sent, utf7, utf8; };
    const auto c = GENERATE(values<Case>({
        {"", "", ""},
        {"Lists", "Lists", "Lists"},
        {"Entw&APw-rfe", "Entwürfe", "Entw&APw-rfe"},
        {"Entwürfe", "Entwürfe", "Entwürfe"},  // raw UTF-8, before ENABLE as well
        {"R&D", "R&D", "R&D"},                 // Thunderbird, after ENABLE UTF8=ACCEPT
        {"R&-D", "R&D", "R&-D"},
        {"&AGEAYg-", "ab", "&AGEAYg-"},        // needs no encoding, and has it
        {"a&AOk-*", "aé*", "a&AOk-*"},
        {"inbox", "INBOX", "INBOX"},
        {"InBox/Sent", "INBOX/Sent", "INBOX/Sent"},
        {"inbox.x", "INBOX.x", "INBOX.x"},
        {"inboxes", "inboxes", "inboxes"},
        {"a/inbox", "a/inbox", "a/inbox"},
    }));
    CAPTURE(c.sent);
    CHECK(mailbox_name(c.sent, Utf8::off).value() == c.utf7);
    CHECK(mailbox_name(c.sent, Utf8::on).value() == c.utf8);
}

TEST_CASE("Control characters and what is not UTF-8 are no name", "[imap][rfc6855-3]") {
    const auto sent = GENERATE(values<std::string_view>({"a\nb", "\x7f", "\xff", "a\xc3", "\xc2\x80", "\xe2\x80\xa8", "\xe2\x80\xa9"}));
    CHECK_FALSE(mailbox_name(sent, Utf8::off));
    CHECK_FALSE(mailbox_name(sent, Utf8::on));
}

TEST_CASE("Base64 hides no control characters", "[imap]") {
    CHECK(mailbox_name("a&AAo-", Utf8::on).value() == "a&AAo-");  // no Base64 there
    CHECK_FALSE(mailbox_name("a&AAo-", Utf8::off));
    CHECK_FALSE(mailbox_name("&AAA-", Utf8::off));
}

TEST_CASE("A mailbox name is sent so that the client reads the same", "[imap][rfc3501-5.1.3][rfc6855-3]") {
    struct Case { std::string_view name, utf7, utf8; };
    const auto c = GENERATE(values<Case>({
        {"INBOX", "INBOX", "INBOX"}, {"", "\"\"", "\"\""}, {"Sent Items", "\"Sent Items\"", "\"Sent Items\""}, {"nil", "\"nil\"", "\"nil\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\""}, {"Entwürfe", "Entw&APw-rfe", "\"Entwürfe\""}, {"R&D", "R&-D", "R&D"}, {"a/[b]", "\"a/[b]\"", "\"a/[b]\""},
    }));
    std::string utf7, utf8;
    imap::append_mailbox(utf7, c.name, Utf8::off);
    imap::append_mailbox(utf8, c.name, Utf8::on);
    CHECK(utf7 == c.utf7);
    CHECK(utf8 == c.utf8);
}
