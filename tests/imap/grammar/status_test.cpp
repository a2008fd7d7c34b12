// SPDX-License-Identifier: ISC
#include "imap/grammar/status.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::StatusItem;
using imap::Utf8;

TEST_CASE("STATUS asks for items, each once", "[imap][rfc9051-6.3.11]") {
    const auto request = imap::parse_status(command("a STATUS inbox (MESSAGES recent UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE DELETED-STORAGE "
                                                    "HIGHESTMODSEQ APPENDLIMIT MAILBOXID UNSEEN)"), Utf8::off).value();
    CHECK(request.mailbox == "INBOX");
    std::string names;
    for (const auto item : request.items) names.append(imap::name_of(item)).append(" ");
    CHECK(names == "MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE DELETED-STORAGE HIGHESTMODSEQ APPENDLIMIT MAILBOXID ");
    CHECK(imap::parse_status(command("a STATUS {4}\r\nR&-D (SIZE)"), Utf8::off).value() == imap::StatusRequest{"R&D", {StatusItem::size}});
}

TEST_CASE("What is no STATUS is BAD", "[imap][rfc9051-6.3.11]") {
    const auto line = GENERATE(values<std::string_view>(
        {"a STATUS", "a STATUS x", "a STATUS x ()", "a STATUS x MESSAGES", "a STATUS x (FOO)", "a STATUS x (SIZE", "a STATUS x (SIZE) y", "a STATUS (SIZE)"}));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_status(command(line), Utf8::off));
}
