// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/trace.hpp"

using namespace mailpipe::mail;

namespace {
const Mailbox ann{"ann", "a.example"};
}

TEST_CASE("A message was delivered to whom a Delivered-To below a Received field names", "[mail][rfc9228]") {
    struct Case { std::string_view header; bool before, now; };
    const auto c = GENERATE(values<Case>({
        {"Received: x\nDelivered-To: ann@a.example\n\n", true, false},
        {"Received: x\nX: y\ndelivered-to:\n  ANN@a.Example \n\n", true, false},
        {"Delivered-To: ann@a.example\nReceived: x\n\n", false, true},
        {"Delivered-To: ann@a.example\nReceived: x\nDelivered-To: ann@a.example\n\n", true, true},
        {"Delivered-To: ann@a.example\n\n", false, true},
        {"Received: x\nDelivered-To: bob@a.example\n\nDelivered-To: ann@a.example\n", false, false},
        {"Received: x\nDelivered-To: ann\n\n", false, false},
    }));
    CAPTURE(c.header);
    const auto trace = read_trace(c.header);
    CHECK(trace.delivered_to.contains(ann) == c.before);
    CHECK(trace.delivering_to.contains(ann) == c.now);
}

TEST_CASE("A quoted local part is found in a trace", "[mail]") {
    CHECK(read_trace("Received: x\nDelivered-To: \"a b\"@a.example\n\n").delivered_to.contains({"a b", "a.example"}));
}

TEST_CASE("Received fields are counted, of the header alone", "[mail][rfc5321-6.3]") {
    CHECK(read_trace("").received == 0);
    CHECK(read_trace("Received: x\n y\nreceived: z\nReceived-SPF: pass\n\nReceived: x\n").received == 2);
}
