// SPDX-License-Identifier: ISC
#include "mta/remote/worker_packets.hpp"

#include "support/catch.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

TEST_CASE("What a worker reports comes back as it was", "[mta][remote]") {
    const Connected connected{"TLSv1.3 X", tls::Trust::dane, true, true, 100};
    const auto back = parse_report(to_packet(WorkerReport{connected}));
    REQUIRE(back);
    CHECK(std::get<Connected>(*back) == connected);

    const HostFailure failed{HostFailure::Step::security, {451, "4.7.5", "mx: no\ncertificate"}};
    const auto failure = std::get<HostFailure>(parse_report(to_packet(WorkerReport{failed})).value());
    CHECK(failure.step == failed.step);
    CHECK(to_string(failure.reply) == to_string(failed.reply));

    CHECK(std::holds_alternative<TextBegins>(parse_report(to_packet(WorkerReport{TextBegins{}})).value()));
    CHECK(std::holds_alternative<Leaving>(parse_report(to_packet(WorkerReport{Leaving{}})).value()));
}

TEST_CASE("A reply for each of the most recipients fits into a packet", "[mta][remote]") {
    const std::string long_text(queue::max_reply_octets + 1, 'x');
    const Finished finished{std::vector<smtp::Reply>(100, {550, "5.1.1", long_text}), true, true, true};
    const auto packet = to_packet(WorkerReport{finished});
    CHECK(packet.size() < max_packet_octets);
    const auto back = std::get<Finished>(parse_report(packet).value());
    REQUIRE(back.replies.size() == 100);
    CHECK(back.replies[99].code == 550);
    CHECK(back.replies[99].enhanced == "5.1.1");
    CHECK(back.replies[99].text == long_text.substr(1));
    CHECK(back.is_untouched);
    CHECK(back.goes_on);
    CHECK(back.has_answer);
}

TEST_CASE("A NUL in a reply parts no fields", "[mta][remote]") {
    const Finished finished{{{250, "2.0.0", std::string{"a\0b", 3}}, {250, "", ""}}};
    const auto back = std::get<Finished>(parse_report(to_packet(WorkerReport{finished})).value());
    REQUIRE(back.replies.size() == 2);
    CHECK(back.replies[0].text == "a b");
    CHECK(back.replies[1].enhanced.empty());
}

TEST_CASE("Nothing, and what nobody says, is no report", "[mta][remote]") {
    CHECK_FALSE(parse_report(""));
    CHECK_FALSE(parse_report(std::string_view{"77\0", 3}));
}

TEST_CASE("A transfer comes back as it was", "[mta][remote]") {
    Transfer transfer{test::envelope_to({"bob@there.example", "\"a b\"@there.example"}), 100, 2000, 2100};
    transfer.envelope.envelope_id = "id";
    transfer.envelope.dsn_return = mail::Return::headers;
    transfer.envelope.recipients[1].notify.delay = true;
    transfer.envelope.recipients[1].original = "rfc822;x@y";
    const auto packet = to_packet(transfer);
    REQUIRE(packet);
    const auto back = parse_transfer(*packet);
    REQUIRE(back);
    CHECK(back->envelope == transfer.envelope);
    CHECK(back->begin == 100);
    CHECK(back->end == 2000);
    CHECK(back->wire_octets == 2100);
    CHECK_FALSE(parse_transfer("1 2\nReturn-Path: <>\n"));
    CHECK_FALSE(parse_transfer(packet->substr(0, packet->size() - 12)));
}

TEST_CASE("An envelope that is too long for a packet is refused for good", "[mta][remote]") {
    Transfer transfer{test::envelope_to({"bob@there.example"})};
    transfer.envelope.recipients.resize(6000, transfer.envelope.recipients.front());
    const auto packet = to_packet(transfer);
    REQUIRE_FALSE(packet);
    CHECK(packet.error().fault == Fault::permanent);
}
