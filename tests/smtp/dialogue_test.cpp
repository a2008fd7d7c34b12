// SPDX-License-Identifier: ISC
// The conversations of tests/dialogues/smtp and lmtp, in memory.
#include "support/catch.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "smtp/session.hpp"
#include "support/dialogue.hpp"
#include "support/scripted_mailroom.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

struct Setup {
    Settings settings{.hostname = "mx.example", .auth = AuthPolicy::protected_only};
    Client client{.address = "192.0.2.1"};
    bool tls = true;  // STARTTLS is offered
};

void apply(Setup& setup, std::string_view key, unsigned value) {
    auto& settings = setup.settings;
    if (key == "tls") setup.client.tls = "TLSv1.3 TLS_AES_128_GCM_SHA256";
    else if (key == "no-tls") setup.tls = false;
    else if (key == "plaintext-auth") settings.auth = AuthPolicy::anywhere;
    else if (key == "submission") settings.login_required = true;
    else if (key == "no-auth") settings.auth = AuthPolicy::never;
    else if (key == "loopback") setup.client.is_loopback = true;
    else if (key == "normalise") settings.bare_newline = BareNewline::normalise;
    else if (key == "xid") settings.takes_xid = true;
    else if (key == "size") settings.limits.message_octets = value;
    else if (key == "recipients") settings.limits.recipients = value;
    else if (key == "errors") settings.limits.errors = value;
    else if (key == "unknown-commands") settings.limits.unknown_commands = value;
    else if (key == "commands") settings.limits.commands = value;
    else throw std::runtime_error(fmt::format("<with {}>?", key));
}

Setup setup_for(const test::Dialogue& dialogue, Protocol protocol) {
    Setup setup;
    setup.settings.protocol = protocol;
    for (const auto& [key, value] : dialogue.settings) {
        apply(setup, key, value.empty() ? 0U : static_cast<unsigned>(std::stoul(value)));
    }
    return setup;
}

std::vector<std::string> play(const test::Dialogue& dialogue, const Setup& setup) {
    test::DialogueStream stream{dialogue};
    test::ScriptedMailroom mailroom;
    io::Channel channel{stream};
    StartTls start_tls;
    if (setup.tls) {
        start_tls.shake_hands = [&]() -> Result<StartedTls> {
            stream.handshake();
            return StartedTls{stream, "TLSv1.3 TLS_AES_128_GCM_SHA256"};
        };
    }
    (void)serve(channel, setup.client, mailroom, setup.settings, start_tls);
    stream.finish();
    return stream.complaints;
}

void play_all(const std::string& folder, Protocol protocol) {
    const auto dialogues = test::read_dialogues(MAILPIPE_SOURCE "/tests/dialogues/" + folder);
    REQUIRE_FALSE(dialogues.empty());
    for (const auto& dialogue : dialogues) {
        INFO(dialogue.name);
        CHECK(play(dialogue, setup_for(dialogue, protocol)) == std::vector<std::string>{});
    }
}

}  // namespace

TEST_CASE("SMTP conversations go as written", "[smtp][dialogue]") { play_all("smtp", Protocol::smtp); }

TEST_CASE("LMTP conversations go as written", "[smtp][dialogue]") { play_all("lmtp", Protocol::lmtp); }
