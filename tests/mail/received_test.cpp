// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/received.hpp"

using namespace mailpipe;
using namespace mailpipe::mail;

namespace {

Received full() {
    return {.helo = "client.example", .address = "192.0.2.1", .by = "mx.example", .with = "ESMTPS",
            .id = "1732222402.M1P2Q3.mx.example", .tls = "TLSv1.3 TLS_AES_128_GCM_SHA256",
            .recipient = Mailbox{"b c", "example"}, .time = Time{}};
}

}  // namespace

TEST_CASE("Received tells from, by, with, id, for and when", "[mail][rfc5321-4.4]") {
    CHECK(received_field(full()) == "Received: from client.example ([192.0.2.1])\n"
                                    "\tby mx.example with ESMTPS id 1732222402.M1P2Q3.mx.example\n"
                                    "\t(TLSv1.3 TLS_AES_128_GCM_SHA256)\n"
                                    "\tfor <\"b c\"@example>; " + format_date(Time{}) + "\n");
}

TEST_CASE("Received leaves out what is not known", "[mail][rfc5321-4.4]") {
    auto received = full();
    received.address = {};
    received.tls = {};
    received.recipient.reset();
    CHECK(received_field(received) == "Received: from client.example\n"
                                      "\tby mx.example with ESMTPS id 1732222402.M1P2Q3.mx.example; " +
                                          format_date(Time{}) + "\n");
    received.address = "local";
    CHECK(received_field(received).starts_with("Received: from client.example (local)\n"));
    received.uid = 1000;
    received.with = {};
    CHECK(received_field(received).starts_with("Received: from client.example (local, uid 1000)\n\tby mx.example id 1732222402.M1P2Q3.mx.example; "));
}

TEST_CASE("What a client calls itself can't break out of Received", "[mail][rfc5321-4.4]") {
    struct Case { std::string_view helo, shown; };
    const auto c = GENERATE(values<Case>({
        {"[192.0.2.7]", "from [192.0.2.7] ([192.0.2.1])"},
        {"bad name", "from unknown (HELO bad name) ([192.0.2.1])"},
        {"a) by evil (", "from unknown (HELO a? by evil ?) ([192.0.2.1])"},
        {"a\r\nX-Evil: yes", "from unknown (HELO a??X-Evil: yes) ([192.0.2.1])"},
        {"\xc3\xa9.example", "from unknown (HELO ??.example) ([192.0.2.1])"},
        {"", "from unknown (HELO ) ([192.0.2.1])"},
    }));
    auto received = full();
    received.helo = c.helo;
    const auto field = received_field(received);
    CHECK(field.starts_with("Received: " + std::string(c.shown) + "\n\tby "));
    const auto read = find_field(field, "Received");
    REQUIRE(read);
    CHECK(read->end == field.size());
}

TEST_CASE("The protocol's name tells of EHLO, TLS, AUTH and SMTPUTF8", "[mail][rfc3848][rfc6531-4.3]") {
    struct Case { Transport transport; std::string_view name; };
    const auto c = GENERATE(values<Case>({
        {{false, false, false, false}, "SMTP"},
        {{false, true, false, false}, "SMTP"},
        {{true, false, false, false}, "ESMTP"},
        {{true, false, true, false}, "ESMTPA"},
        {{true, true, false, false}, "ESMTPS"},
        {{true, true, true, false}, "ESMTPSA"},
        {{true, false, false, true}, "UTF8SMTP"},
        {{true, true, true, true}, "UTF8SMTPSA"},
    }));
    CHECK(with_protocol(c.transport) == c.name);
}
