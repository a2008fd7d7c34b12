// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/header.hpp"
#include "mail/received.hpp"
#include "mail/received_trace.hpp"

using namespace mailpipe;
using namespace mailpipe::mail;

namespace {

/// All that is told but the date, "name=value" with blanks between.
std::string shown(const ReceivedTrace& trace) {
    std::string text;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
    };
    add("from", trace.from);
    add("helo", trace.helo);
    add("ip", trace.ip);
    add("reverse", trace.reverse_name);
    add("ident", trace.ident);
    add("by", trace.by);
    add("via", trace.via);
    add("with", trace.with);
    add("id", trace.id);
    add("for", trace.recipient);
    add("tls", trace.tls_version);
    add("cipher", trace.tls_cipher);
    return text;
}

}  // namespace

TEST_CASE("What Received tells is read back", "[mail][rfc5321-4.4]") {
    const Received received{.helo = "client.example", .address = "IPv6:2001:db8::1", .by = "mx.example", .with = "ESMTPS",
                            .id = "1732222402.M1P2Q3.mx.example", .tls = "TLSv1.3 TLS_AES_128_GCM_SHA256",
                            .recipient = Mailbox{"b", "example"}, .time = Time{}};
    const auto field = received_field(received);
    const auto trace = parse_received(find_field(field, "Received")->value);
    CHECK(shown(trace) == "from=client.example ip=2001:db8::1 by=mx.example with=ESMTPS id=1732222402.M1P2Q3.mx.example "
                          "for=b@example tls=TLSv1.3 cipher=TLS_AES_128_GCM_SHA256");
    REQUIRE(trace.date);
    CHECK(*trace.date == Time{});
}

TEST_CASE("A process of the host itself has no address", "[mail][rfc5321-4.4]") {
    const Received received{.helo = "mx.example", .address = "local", .uid = 1000, .by = "mx.example", .with = {}, .id = "1.M1P2Q3.mx.example",
                            .tls = {}, .recipient = {}, .time = Time{}};
    const auto field = received_field(received);
    CHECK(shown(parse_received(find_field(field, "Received")->value)) == "from=mx.example by=mx.example id=1.M1P2Q3.mx.example");
}

TEST_CASE("Received fields of many servers are read", "[mail][rfc5321-4.4]") {
    struct Case { std::string_view value, read; };
    const auto c = GENERATE(values<Case>({
        {"", ""},
        {"from a.example (b.example [192.0.2.1]) (using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))\r\n"
         "\tby c.example (Postfix) with ESMTPS id 1 for <d@e>; x",
         "from=a.example ip=192.0.2.1 reverse=b.example by=c.example with=ESMTPS id=1 for=d@e tls=TLSv1.2 "
         "cipher=ECDHE-RSA-AES256-GCM-SHA384"},
        {"from unknown (HELO a) ([192.0.2.1])", "from=unknown helo=a ip=192.0.2.1"},
        {"from [192.0.2.1] (helo=a ident=joe)", "from=192.0.2.1 helo=a ident=joe"},
        {"from a (EHLO ) (joe@192.0.2.1)", "from=a ip=192.0.2.1 ident=joe@192.0.2.1"},
        {"from a (IDENT:joe@b [192.0.2.1] (may be forged))", "from=a ip=192.0.2.1 ident=joe@b"},
        {"from a (IDENT:joe@[192.0.2.1])", "from=a ip=192.0.2.1 ident=joe"},
        {"(from joe@a) by b", "from=joe@a by=b"},
        {"from a by b with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_RSA_WITH_AES_256_CBC_SHA)",
         "from=a by=b with=SMTP tls=TLSv1.2 cipher=TLS_RSA_WITH_AES_256_CBC_SHA"},
        {"from a by b from c by d", "from=a by=b"},
        {"from a HELO by b (c)", "from=a by=b"},
        {"from a (no end by b id 1; 1 Jan 1970 00:00:00 +0000", "from=a by=b id=1"},
        {"from a [] (b.example) [no end by c; x", "from=a reverse=b.example"},
        {"by b with mapi id 1 for <nobody>", "by=b with=mapi id=1"},
        {"from a ([fe80::1%6]:25) by b", "from=a ip=fe80::1 by=b"},
    }));
    CAPTURE(c.value);
    CHECK(shown(parse_received(c.value)) == c.read);
}

TEST_CASE("The date of a Received field stands behind a semicolon outside of comments", "[mail][rfc5322-3.6.7]") {
    CHECK(parse_received("by a (b; c); 1 Jan 1970 00:00:00 +0000 (UTC)").date == Time{});
    CHECK(parse_received("by a (no end; 1 Jan 1970 00:00:00 +0000").date == Time{});
    CHECK_FALSE(parse_received("by a 1 Jan 1970 00:00:00 +0000").date);
    CHECK_FALSE(parse_received("by a; never").date);
}

TEST_CASE("Whatever a Received field is, it is read in proportion", "[mail]") {
    const std::string_view piece = GENERATE(";", "(", "(;", "[", "[;", "()", " a", " with", "a@", "=", ":", " helo=");
    CAPTURE(piece);
    std::string value = "from a (b) with " + std::string(100'000, 'x') + " ";
    while (value.size() < 300'000) value += piece;
    (void)parse_received(value);
    (void)parse_received("from a (" + value.substr(16) + ")");
}
