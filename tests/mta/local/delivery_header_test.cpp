// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/header.hpp"
#include "mta/local/delivery_header.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {
const mail::Mailbox ann{"ann", "a.example"};
const mail::ReversePath joe = mail::Mailbox{"joe", "x.example"};
}  // namespace

TEST_CASE("A delivered message begins with Return-Path and Delivered-To", "[mta][rfc5321-4.4]") {
    struct Case { std::string_view before, after; };
    const auto c = GENERATE(values<Case>({
        {"Received: x\nSubject: y\n\nbody\n", "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\nReceived: x\nSubject: y\n\nbody\n"},
        {"Return-Path: <z@z>\nReceived: x\nreturn-path:\n <y@y>\nSubject: y\n\nReturn-Path: kept\n",
         "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\nReceived: x\nSubject: y\n\nReturn-Path: kept\n"},
        {"Delivered-To: Ann@A.example\nReceived: x\n\n",  // written for this delivery by whoever calls us
         "Return-Path: <joe@x.example>\nDelivered-To: Ann@A.example\nReceived: x\n\n"},
        {"Received: x\nDelivered-To: ann@a.example\n\n",
         "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\nReceived: x\nDelivered-To: ann@a.example\n\n"},
        {"just text\n", "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\n\njust text\n"},
        {"Subject: y\nno field\n", "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\nSubject: y\n\nno field\n"},
        {"Subject: y\n", "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\nSubject: y\n"},
        {"\nbody\n", "Return-Path: <joe@x.example>\nDelivered-To: ann@a.example\n\nbody\n"},
    }));
    CAPTURE(c.before);
    CHECK(delivery_header(c.before, joe, ann) == c.after);
}

TEST_CASE("The null sender is told, an unknown one is not", "[mta]") {
    CHECK(delivery_header("\n", mail::ReversePath{}, ann) == "Return-Path: <>\nDelivered-To: ann@a.example\n\n");
    CHECK(delivery_header("\n", std::nullopt, ann) == "Delivered-To: ann@a.example\n\n");
}

TEST_CASE("An endless header gets no empty line in its middle", "[mta]") {
    const auto field = "X: " + std::string(996, 'x') + "\n";
    std::string header;
    while (header.size() <= mail::HeaderReader::max_octets) header += field;
    CHECK(delivery_header(header, std::nullopt, ann).find("\n\n") == std::string::npos);
}

TEST_CASE("Return-Path can be read back", "[mta]") {
    CHECK(return_path("Return-Path: <joe@x.example>\n\n") == joe);
    CHECK(return_path("Return-Path: joe@x.example\n\n") == joe);
    CHECK_FALSE(return_path("Return-Path: <>\n\n").value());
    for (const auto* header : {"Subject: x\n\n", "Return-Path: ?\n\n", "\nReturn-Path: <joe@x.example>\n"}) {
        CHECK_FALSE(return_path(header));
    }
}
