// SPDX-License-Identifier: ISC
// A scratch spool, messages in it, and a claim on them.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"
#include "queue/claims.hpp"
#include "queue/message.hpp"
#include "queue/spool.hpp"
#include "support/catch.hpp"
#include "support/directory.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

namespace mailpipe::test {

struct SpoolSite {
    TempDir temp;
    FakeClock clock;
    queue::Spool spool = queue::Spool::open(temp / "spool").value();
    queue::Claims claims = queue::Claims::open(spool, "here", clock.now()).value();
    int count = 0;

    /// In new/; arrived by the clock's time. Returns its file name.
    std::string add(const mail::Envelope& envelope, std::string_view text = "Received: x\nSubject: hi\n\nhello\n") {
        const auto id = std::to_string(unix_seconds(clock.now())) + ".M0P1Q" + std::to_string(++count) + ".test";
        auto message = spool.begin(id, envelope).value();
        REQUIRE(message.write(text));
        REQUIRE(message.commit());
        return to_string(queue::FileName{id, message.octets(), message.wire_octets()});
    }
    /// The same, claimed and opened.
    queue::Message take(const mail::Envelope& envelope, std::string_view text = "Received: x\nSubject: hi\n\nhello\n") {
        const auto name = add(envelope, text);
        REQUIRE(claims.take(spool.new_messages(), name).value());
        return queue::Message::open(claims.directory(), name, queue::Message::Access::work).value();
    }
    /// The only message in new/, as text.
    std::string only_new() {
        const auto names = names_in(spool.new_messages());
        REQUIRE(names.size() == 1);
        return read_file(spool.path() + "/new/" + names[0], 10'000'000).value();
    }
};

inline mail::Mailbox mailbox(std::string_view address) { return mail::parse_mailbox(address).value(); }

inline mail::Envelope envelope_to(std::vector<std::string_view> recipients, std::string_view sender = "alice@here.example") {
    mail::Envelope envelope{};
    if (!sender.empty()) envelope.sender = mailbox(sender);
    for (const auto recipient : recipients) envelope.recipients.push_back({mailbox(recipient)});
    return envelope;
}

}  // namespace mailpipe::test
