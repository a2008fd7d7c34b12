// SPDX-License-Identifier: ISC
// The conversations of tests/dialogues/pop3, in memory, over a Maildir of three messages.
#include "support/catch.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "support/dialogue.hpp"
#include "support/pop3_site.hpp"

using namespace mailpipe;
using namespace mailpipe::pop3;

namespace {

struct Setup {
    Settings settings{.failure_delay = std::chrono::milliseconds{0}};
    Client client{.address = "192.0.2.1"};
    bool tls = true;  // STLS is offered
    bool mail = true;
    bool locked = false;
    bool maildir = true;
};

void apply(Setup& setup, std::string_view key, const std::string& value) {
    auto& settings = setup.settings;
    if (key == "loopback") setup.client.is_loopback = true;
    else if (key == "tls") setup.client.tls = "TLSv1.3 TLS_AES_128_GCM_SHA256";
    else if (key == "no-tls") setup.tls = false;
    else if (key == "auth-without-tls") settings.auth_without_tls = true;
    else if (key == "expire") settings.expire_days = static_cast<unsigned>(std::stoul(value));
    else if (key == "login-delay") settings.login_delay = std::chrono::seconds{std::stoul(value)};
    else if (key == "uidl-format") settings.uidl_format = *UidlFormat::parse(value);
    else if (key == "utf8-refuse") settings.unasked_utf8 = UnaskedUtf8::refuse;
    else if (key == "language") settings.preferred_language = *find_language(value);
    else if (key == "bad-commands") settings.bad_commands = static_cast<unsigned>(std::stoul(value));
    else if (key == "empty") setup.mail = false;
    else if (key == "trouble") return;  // the user of that name: Pop3Site::verify
    else if (key == "locked") setup.locked = true;
    else if (key == "no-maildir") setup.maildir = false;
    else throw std::runtime_error(fmt::format("<with {}>?", key));
}

Setup setup_for(const test::Dialogue& dialogue) {
    Setup setup;
    for (const auto& [key, value] : dialogue.settings) apply(setup, key, value);
    return setup;
}

void play(const test::Dialogue& dialogue, test::DialogueStream& stream) {
    const auto setup = setup_for(dialogue);
    const test::Pop3Site site;
    if (setup.mail) site.fill();
    if (setup.locked) site.put("pop3d.lock", "1:elsewhere");
    io::Channel channel{stream};
    auto world = site.world();
    if (setup.tls) {
        world.start_tls = [&]() -> Result<StartedTls> {
            stream.handshake();
            return StartedTls{stream, "TLSv1.3 TLS_AES_128_GCM_SHA256"};
        };
    }
    if (!setup.maildir) world.enter = [&](const auto&) { return Result<std::string>{site.home / "nowhere"}; };
    (void)serve(channel, setup.client, setup.settings, world);
    stream.finish();
}

}  // namespace

TEST_CASE("POP3 conversations go as written", "[pop3][dialogue]") {
    const auto dialogues = test::read_dialogues(MAILPIPE_SOURCE "/tests/dialogues/pop3");
    REQUIRE_FALSE(dialogues.empty());
    for (const auto& dialogue : dialogues) {
        test::DialogueStream stream{dialogue};
        play(dialogue, stream);
        INFO(dialogue.name);
        CHECK(stream.complaints == std::vector<std::string>{});
    }
}
