// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::CreateRequest;
using imap::Utf8;

TEST_CASE("CREATE may say what the mailbox is for", "[imap][rfc6154-3]") {
    struct Case { std::string_view line; CreateRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a CREATE x", {"x", {}}},
        {"a CREATE x/", {"x/", {}}},
        {"a CREATE \"Entw&APw-rfe\"", {"Entwürfe", {}}},
        {"a CREATE x (USE (\\Sent))", {"x", {"\\Sent"}}},
        {"a CREATE x (use (\\sent \\DRAFTS \\All))", {"x", {"\\sent", "\\DRAFTS", "\\All"}}},
        {"a CREATE x (USE (\\Important))", {"x", {"\\Important"}}},
        {"a CREATE x (USE ())", {"x", {}}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_create(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("RENAME has two names, others have one", "[imap][rfc9051-6.3.6]") {
    CHECK(imap::parse_rename(command("a RENAME inbox \"a b\""), Utf8::off).value() == imap::RenameRequest{"INBOX", "a b"});
    CHECK(imap::parse_rename(command("a RENAME {1}\r\na {2+}\r\nbc"), Utf8::off).value() == imap::RenameRequest{"a", "bc"});
    CHECK(imap::parse_mailbox(command("a DELETE \"\xc3\xa4\""), Utf8::on).value() == "\xc3\xa4");
}

TEST_CASE("What names no mailbox is BAD", "[imap]") {
    const auto line = GENERATE(values<std::string_view>({"a CREATE", "a CREATE x y", "a CREATE x ()", "a CREATE x (FOO)", "a CREATE x (USE)", "a CREATE x (USE (Sent))", "a CREATE x (USE (\\))"}));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_create(command(line), Utf8::off));
    CHECK_FALSE(imap::parse_rename(command("a RENAME x"), Utf8::off));
    CHECK_FALSE(imap::parse_rename(command("a RENAME x y z"), Utf8::off));
    CHECK_FALSE(imap::parse_mailbox(command("a DELETE"), Utf8::off));
    CHECK_FALSE(imap::parse_mailbox(command("a DELETE x y"), Utf8::off));
    CHECK_FALSE(imap::parse_mailbox(command("a DELETE \xff"), Utf8::off));
}
