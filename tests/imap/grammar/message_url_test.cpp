// SPDX-License-Identifier: ISC
#include "imap/grammar/message_url.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::MessageUrl;
using imap::parse_message_url;
using Text = imap::Section::Text;

TEST_CASE("A URL is a message or a part of one", "[imap][rfc4469-3]") {
    struct Case { std::string_view text; MessageUrl url; };
    const auto c = GENERATE(values<Case>({
        {"/INBOX/;UID=20", {"INBOX", {}, 20, {}, {}}},
        {"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER", {"Drafts", 385759045, 20, {"", Text::header, {}}, {}}},
        {"/Drafts;uidvalidity=1/;uid=20/;SECTION=1.5.9/;PARTIAL=0.1024", {"Drafts", 1, 20, {"1.5.9", Text::all, {}}, imap::Partial{0, 1024}}},
        {"/x/;UID=1/;PARTIAL=10", {"x", {}, 1, {}, imap::Partial{10, INT64_MAX}}},
        {"/inbox/Entw%C3%BCrfe/;UID=1", {"INBOX/Entwürfe", {}, 1, {}, {}}},
        {"/a%2Fb%3Bc/;UID=1", {"a/b;c", {}, 1, {}, {}}},
        {"/x/;UID=1/;SECTION=1.MIME", {"x", {}, 1, {"1", Text::mime, {}}, {}}},
        {"/x/;UID=1/;SECTION=HEADER.FIELDS%20(From%20To)", {"x", {}, 1, {"", Text::header_fields, {"From", "To"}}, {}}},
    }));
    CAPTURE(c.text);
    CHECK(parse_message_url(c.text).value() == c.url);
}

TEST_CASE("What is no URL of a message here is BADURL", "[imap][rfc4469-4]") {
    const auto text = GENERATE(values<std::string_view>({
        "", "/", "x", "imap://user@example.org/INBOX/;UID=1", "//example.org/INBOX/;UID=1", "/INBOX", "/INBOX/", "/INBOX/;UID=", "/INBOX/;UID=0", "/INBOX/;UID=x",
        "/;UID=1", "//;UID=1", "/INBOX;UIDVALIDITY=0/;UID=1", "/INBOX;FOO=1/;UID=1", "/INBOX/;UID=1/;SECTION=", "/INBOX/;UID=1/;SECTION=FOO", "/INBOX/;UID=1/;SECTION=1]",
        "/INBOX/;UID=1/;PARTIAL=", "/INBOX/;UID=1/;PARTIAL=1.0", "/INBOX/;UID=1/;PARTIAL=-1.5", "/INBOX/;UID=1/;PARTIAL=1.", "/INBOX/;UID=1/;PARTIAL=1/;SECTION=1",
        "/INBOX/;UID=1/;UID=2", "/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL:00", "/INBOX/;UID=4294967296", "/%0a/;UID=1", "/%ff/;UID=1",
    }));
    CAPTURE(text);
    REQUIRE_FALSE(parse_message_url(text));
    CHECK(parse_message_url(text).error().fault == Fault::permanent);
}
