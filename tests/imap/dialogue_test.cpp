// SPDX-License-Identifier: ISC
// The conversations of tests/dialogues/imap, in memory, over a Maildir of three messages; however the network cuts them.
#include "support/catch.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/algorithm/string.hpp>
#include <fmt/format.h>

#include "support/dialogue.hpp"
#include "support/imap_site.hpp"

using namespace mailpipe;
using namespace mailpipe::imap;

namespace {

struct Setup {
    Settings settings{.hostname = "mail.example", .still_here = std::chrono::seconds{20}, .failure_delay = std::chrono::milliseconds{0}};
    Client client{.address = "192.0.2.1"};
    bool tls = true;  // STARTTLS is offered
    bool mail = true;
    bool keeps_rights = false;  // UNAUTHENTICATE is offered
    store::Quota quota{};
};

void apply(Setup& setup, std::string_view key, const std::string& value) {
    auto& settings = setup.settings;
    if (key == "loopback") setup.client.is_loopback = true;
    else if (key == "tls") setup.client.tls = "TLSv1.3 TLS_AES_128_GCM_SHA256";
    else if (key == "no-tls") setup.tls = false;
    else if (key == "auth-without-tls") settings.auth_without_tls = true;
    else if (key == "append-limit") settings.append_limit = std::stoull(value);
    else if (key == "without") boost::algorithm::split(settings.without, value, boost::is_any_of(","));
    else if (key == "separator") settings.names.separator = value.at(0);
    else if (key == "folder-prefix") settings.names.prefix = value;
    else if (key == "bad-commands") settings.bad_commands = static_cast<unsigned>(std::stoul(value));
    else if (key == "quota") setup.quota = *store::parse_quota(value);
    else if (key == "keeps-rights") setup.keeps_rights = true;
    else if (key == "empty") setup.mail = false;
    else if (key == "in-turn" || key == "trouble" || key == "gives-up-rights") return;  // never_joined(); the user of that name: ImapSite::verify
    else throw std::runtime_error(fmt::format("<with {}>?", key));
}

Setup setup_for(const test::Dialogue& dialogue) {
    Setup setup;
    for (const auto& [key, value] : dialogue.settings) apply(setup, key, value);
    return setup;
}

/// What is said depends on what the server has said or done before.
bool never_joined(const test::Dialogue& dialogue) {
    const auto is_event = [](const test::Step& step) { return step.kind > test::Step::Kind::client && step.kind != test::Step::Kind::closed; };
    return std::ranges::find(dialogue.settings, "in-turn", &test::Setting::key) != dialogue.settings.end() ||
           std::ranges::any_of(dialogue.steps, is_event);
}

std::vector<std::string> complaints(const test::Dialogue& dialogue, std::size_t piece) {
    const auto setup = setup_for(dialogue);
    const test::ImapSite site;
    if (setup.mail) site.fill();
    test::DialogueStream stream{dialogue, piece};
    stream.meanwhile = [&](const auto& what) { site.meanwhile(what); };
    io::Channel channel{stream};
    auto world = site.world();
    world.enter = [&](const auto&) { return Result<Home>{{site.home.path(), {}, setup.quota, {}, setup.keeps_rights}}; };
    if (setup.tls) {
        world.start_tls = [&]() -> Result<StartedTls> {
            stream.handshake();
            return StartedTls{stream, "TLSv1.3 TLS_AES_128_GCM_SHA256", {}};
        };
    }
    (void)serve(channel, setup.client, setup.settings, world);
    stream.finish();
    return stream.complaints;
}

const std::vector<std::string> none{};

}  // namespace

TEST_CASE("IMAP conversations go as written", "[imap][dialogue]") {
    const auto dialogues = test::read_dialogues(MAILPIPE_SOURCE "/tests/dialogues/imap");
    REQUIRE_FALSE(dialogues.empty());
    for (const auto& dialogue : dialogues) {
        INFO(dialogue.name);
        CHECK(complaints(dialogue, SIZE_MAX) == none);
    }
}

TEST_CASE("IMAP conversations go the same in any packets", "[imap][dialogue]") {
    for (const auto& dialogue : test::read_dialogues(MAILPIPE_SOURCE "/tests/dialogues/imap")) {
        if (never_joined(dialogue)) continue;
        INFO(dialogue.name);
        CHECK(complaints(dialogue, 1) == none);
        CHECK(complaints(test::joined(dialogue), SIZE_MAX) == none);
        CHECK(complaints(test::joined(dialogue), 7) == none);
    }
}
