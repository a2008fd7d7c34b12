// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/ascii.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mta/submission/submitted_header.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

const Author joe{"Joe Bloggs", {"joe", "example.org"}, mail::Mailbox{"joe", "example.org"}};

SubmittedHeader complete(std::string_view head, const Author& author = joe) {
    return complete_header(head, author, "mail.example.org", Time{}).value();
}

/// What goes out, with the body.
std::string sent(std::string_view message) {
    const auto header = complete(message);
    return header.text + std::string{message.substr(header.octets)};
}

const std::string full = "Date: now\nFrom: a@b\nMessage-ID: <1@b>\n";

}  // namespace

TEST_CASE("A header that has all it needs stays as it is", "[mta][sendmail][rfc5322-3.6]") {
    const auto* rest = GENERATE("", "\n", "\nbody\n", "To: c@d\n\nbody without an end", "X:1\n\tfolded \n\n\nbody", "Received: x\n\n.\n");
    CHECK(sent(full + rest) == full + rest);
    CHECK(complete(full + rest).octets <= full.size() + std::string_view{rest}.size());
}

TEST_CASE("Date, From and Message-ID come in front where they are missing", "[mta][sendmail][rfc5322-3.6]") {
    const auto text = complete("Subject: hi\n\nbody\n").text;
    CHECK(text.starts_with("Date: " + mail::format_date(Time{}) + "\nFrom: Joe Bloggs <joe@example.org>\nMessage-ID: <"));
    CHECK(text.ends_with("@mail.example.org>\nSubject: hi\n\n"));
    for (const auto* name : {"Date", "From", "Message-ID"}) {
        auto without = full;
        const auto at = without.find(name);
        without.erase(at, without.find('\n', at) + 1 - at);
        CAPTURE(name);
        const auto completed = complete(without + "\n").text;
        REQUIRE(mail::find_field(completed, name));
        CHECK(completed.substr(completed.find('\n') + 1) == without + "\n");
    }
    CHECK(complete("DATE: x\nFROM : y\nmessage-id: z\n").text == "DATE: x\nFROM : y\nmessage-id: z\n");
}

TEST_CASE("Names in From are quoted or encoded where they have to be", "[mta][sendmail][rfc2047-5]") {
    struct Case { std::string_view name, field; };
    const auto c = GENERATE(values<Case>({
        {"", "From: joe@example.org\n"},
        {"Joe", "From: Joe <joe@example.org>\n"},
        {"Joe B. Jr, PhD", "From: \"Joe B. Jr, PhD\" <joe@example.org>\n"},
        {"Johannes M\xc3\xb6ller", "From: =?utf-8?q?Johannes_M=C3=B6ller?= <joe@example.org>\n"},
    }));
    auto author = joe;
    author.full_name = c.name;
    CAPTURE(c.name);
    auto text = complete("Date: x\nMessage-ID: y\n\n", author).text;
    CHECK(lower(text.substr(0, text.find("\nDate") + 1)) == lower(c.field));
}

TEST_CASE("A name can't break out of From", "[mta][sendmail]") {
    auto author = joe;
    author.full_name = "a\r\nX-Evil: b\n\nbody";
    const auto text = complete("Date: x\nMessage-ID: y\n\n", author).text;
    CHECK(text.find("Evil") == std::string::npos);
    CHECK(text.ends_with("<joe@example.org>\nDate: x\nMessage-ID: y\n\n"));
    CHECK(mail::find_field(text, "From")->end == text.find("Date: x"));
}

TEST_CASE("Nobody sees Bcc", "[mta][sendmail][rfc5322-3.6.3]") {
    CHECK(sent(full + "Bcc: x@y,\n z@y\nTo: a@b\nBCC : u@v\nResent-Bcc: w@x\nbcc:\n\nBcc: text\n") == full + "To: a@b\n\nBcc: text\n");
    CHECK(sent(full + "Bcc: x@y\n") == full);
    CHECK(sent(full + "Bccs: x@y\n") == full + "Bccs: x@y\n");
}

TEST_CASE("A body without a header, or without the empty line, gets one", "[mta][sendmail][rfc5322-2.1]") {
    CHECK(sent("hello\n").ends_with("@mail.example.org>\n\nhello\n"));
    CHECK(sent("\nhello\n").ends_with("@mail.example.org>\n\nhello\n"));
    CHECK(sent("").ends_with("@mail.example.org>\n"));
    CHECK(sent(full + "hello: \n hello\nno field\nX: y\n\n") == full + "hello: \n hello\n\nno field\nX: y\n\n");
    CHECK(sent(" folded: but nothing above\n").ends_with("@mail.example.org>\n\n folded: but nothing above\n"));
}

TEST_CASE("UTF-8 in a header is told, and nothing else is", "[mta][sendmail][rfc6531-3.4]") {
    CHECK_FALSE(complete(full + "\n\xc3\xa9").smtputf8);
    CHECK(complete(full + "Subject: \xc3\xa9\n\n").smtputf8);
    CHECK_FALSE(complete(full + "Subject: \xe9\n\n").smtputf8);  // some old charset, which goes as 8BITMIME does
    CHECK_FALSE(complete(full + "Bcc: \xc3\xa9@x\n\n").smtputf8);
}

TEST_CASE("A header has 1 MiB at most, with its empty line", "[mta][sendmail]") {
    const auto header_of = [](std::size_t octets) {
        return full + "X: " + std::string(octets - full.size() - 5, 'x') + "\n\n";
    };
    const auto longest = header_of(mail::HeaderReader::max_octets);
    REQUIRE(longest.size() == mail::HeaderReader::max_octets);
    CHECK(complete(longest).octets == longest.size());
    CHECK(complete(longest + "b").text == longest);
    const auto longer = complete_header(header_of(mail::HeaderReader::max_octets + 1), joe, "h", Time{});
    REQUIRE_FALSE(longer);
    CHECK(exit_status(longer.error()) == ExitStatus::data);
}
