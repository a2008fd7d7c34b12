// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "queue/envelope.hpp"

using namespace mailpipe;
using mail::Envelope;
using mail::Mailbox;
using queue::format_envelope;
using queue::parse_envelope;

namespace {

const Mailbox alice{"alice", "a.example"};
const Mailbox bob{"bob", "b.example"};

Envelope full_envelope() {
    Envelope envelope{alice, "QQ314159", mail::Return::headers, true, true, {{bob}, {{"a b", "[192.0.2.1]"}}}};
    envelope.recipients[0].notify = {.never = false, .success = true, .failure = false, .delay = true};
    envelope.recipients[0].original = "rfc822;bob+2B@b.example";
    envelope.recipients[1].notify.never = true;
    return envelope;
}

}  // namespace

TEST_CASE("A plain envelope is what a Maildir wants to see", "[queue]") {
    CHECK(format_envelope({alice, {}, {}, false, false, {{bob}}}).value() ==
          "Return-Path: <alice@a.example>\nDelivered-To: bob@b.example\n");
    CHECK(format_envelope({{}, {}, {}, false, false, {{bob}}}).value() == "Return-Path: <>\nDelivered-To: bob@b.example\n");
    CHECK(queue::is_plain({alice, {}, {}, false, false, {{bob}}}));
    CHECK_FALSE(queue::is_plain({alice, {}, {}, false, false, {{bob}, {bob}}}));
    CHECK_FALSE(queue::is_plain({alice, {}, {}, true, false, {{bob}}}));
    CHECK_FALSE(queue::is_plain({alice, {}, {}, false, true, {{bob}}}));
    CHECK_FALSE(queue::is_plain({alice, {}, {}, false, false, {{bob, {.never = true}}}}));
}

TEST_CASE("Every parameter of MAIL and RCPT comes back out of the spool", "[queue][rfc3461]") {
    const auto text = format_envelope(full_envelope()).value();
    CHECK(text ==
          "Return-Path: <alice@a.example>\n"
          "Mailpipe-Mail: RET=HDRS ENVID=QQ314159 SMTPUTF8 REQUIRETLS\n"
          "Delivered-To: bob@b.example\n"
          "Mailpipe-Rcpt: NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob+2B@b.example\n"
          "Delivered-To: \"a b\"@[192.0.2.1]\n"
          "Mailpipe-Rcpt: NOTIFY=NEVER\n");
    const auto stored = parse_envelope(text + "Received: x\nDelivered-To: else@where\n").value();
    REQUIRE(stored);
    CHECK(stored->envelope == full_envelope());
    CHECK(stored->octets == text.size());
}

TEST_CASE("An envelope that goes on behind what was read asks for more", "[queue]") {
    const auto text = format_envelope(full_envelope()).value() + "Received:";
    for (std::size_t n = 0; n < text.size(); ++n) CHECK_FALSE(parse_envelope(text.substr(0, n)).value());
    CHECK(parse_envelope(text).value());
}

TEST_CASE("What can't stand in a field is not written", "[queue]") {
    Envelope envelope{alice, {}, {}, false, false, {{bob}}};
    CHECK(format_envelope({alice, {}, {}, false, false, {}}).error().fault == Fault::permanent);
    const auto is_refused = [&] {
        const auto text = format_envelope(envelope);
        return !text && text.error().fault == Fault::permanent;
    };
    SECTION("ENVID") {
        envelope.envelope_id = GENERATE(values<std::string>({"a b", "a\nb", {"a\0b", 3}}));
        CHECK(is_refused());
    }
    SECTION("ORCPT") {
        envelope.recipients[0].original = GENERATE("rfc822;a b", "rfc822;a\r");
        CHECK(is_refused());
    }
    SECTION("recipient") {
        envelope.recipients[0].mailbox.domain = "b\nReceived: x";
        CHECK(is_refused());
    }
    SECTION("sender") {
        envelope.sender->domain = "b\nDelivered-To: x@y";
        CHECK(is_refused());
    }
}

TEST_CASE("Anything but an envelope of ours is refused", "[queue]") {
    const std::string_view head = GENERATE(
        "Received: x\n", "Delivered-To: a@b\nReceived: x\n", "Return-Path: <>\nReceived: x\n",
        "Return-Path: a@b\nDelivered-To: a@b\nReceived: x\n", "Return-Path: <a@b\nDelivered-To: a@b\nReceived: x\n",
        "Return-Path: <>\nSubject: x\nReceived: x\n", "Return-Path: <>\n\nReceived: x\n",
        "Return-Path: <>\nMailpipe-Rcpt: NOTIFY=NEVER\nDelivered-To: a@b\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Mail: RET=FULL\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Rcpt: NOTIFY=\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Rcpt: NOTIFY=MAYBE\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Rcpt: NOTIFY=SUCCESS NOTIFY=NEVER\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Rcpt: NOTIFY=NEVER,DELAY\nReceived: x\n",
        "Return-Path: <>\nMailpipe-Mail: RET=FULL RET=HDRS\nDelivered-To: a@b\nReceived: x\n",
        "Return-Path: <>\nMailpipe-Mail: ENVID=a\x0b\nDelivered-To: a@b\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a@b\nMailpipe-Rcpt: ORCPT=rfc822;a\r\nReceived: x\n",
        "Return-Path: <>\nMailpipe-Mail: RET=HALF\nDelivered-To: a@b\nReceived: x\n",
        "Return-Path: <>\nDelivered-To: a b\nReceived: x\n", "Return-Path: <>\nReturn-Path: <>\nDelivered-To: a@b\nReceived: x\n");
    CAPTURE(head);
    const auto stored = parse_envelope(head);
    REQUIRE_FALSE(stored);
    CHECK(stored.error().fault == Fault::permanent);
}
