// SPDX-License-Identifier: ISC
// A whole session over a Maildir of three messages: the same is said however the network cuts the input into pieces,
// only whole lines go out, and without QUIT no message is gone. The first octet tells the settings, the second the size
// of the pieces.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "support/memory_stream.hpp"
#include "support/pop3_site.hpp"

using namespace mailpipe;

namespace {

void fill(const test::Pop3Site& site) {
    site.put("cur/1.M1P1.mx,S=20,W=24:2,S", "a: b\n\n.\n..x\nlast\n\n\n\n");
    site.put("new/2.M1P1.mx", "Subject: caf\xc3\xa9\n\nno end");
    site.put("new/3.M1P1.mx,S=1,W=99", "\r\n\r");
    site.put("dovecot-uidlist", "3 V7 N2 Gbc46c14ec7be5256c36c0000b1eafc0d\n2 W5 Pold :1.M1P1.mx,S=20,W=24\n");
}

std::ptrdiff_t messages(const test::Pop3Site& site) {
    using Entries = boost::filesystem::directory_iterator;
    return std::distance(Entries{site.home / "new"}, {}) + std::distance(Entries{site.home / "cur"}, {});
}

pop3::Settings settings(unsigned bits) {
    pop3::Settings settings{.failure_delay = std::chrono::milliseconds{0}};
    settings.auth_without_tls = (bits & 1) != 0;
    if ((bits & 2) != 0) settings.expire_days = 0;
    if ((bits & 4) != 0) settings.unasked_utf8 = pop3::UnaskedUtf8::refuse;
    if ((bits & 8) != 0) settings.uidl_format = *pop3::UidlFormat::parse("filename");
    settings.mark_seen = (bits & 16) == 0;
    return settings;
}

bool says_goodbye(std::string_view output) {
    constexpr pop3::Language languages[] = {pop3::Language::english, pop3::Language::german, pop3::Language::french};
    return std::ranges::any_of(languages, [&](auto language) {
        return output.ends_with(std::string{"+OK "}.append(say(pop3::Text::goodbye, language)) + "\r\n");
    });
}

struct Outcome {
    std::string output;
    bool handshake = false;
};

Outcome talk(std::string_view input, std::size_t piece, const pop3::Settings& settings) {
    const test::Pop3Site site;
    fill(site);
    test::MemoryStream stream{std::string(input), piece};
    io::Channel channel{stream};
    bool handshake = false;
    auto world = site.world();
    world.start_tls = [&]() -> Result<pop3::StartedTls> {
        handshake = true;
        return pop3::StartedTls{stream, "TLS"};
    };
    (void)pop3::serve(channel, {.address = "192.0.2.1"}, settings, world);
    if (!says_goodbye(stream.output) && messages(site) != 3) std::abort();
    return {std::move(stream.output), handshake};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data) + 2, size - 2};
    const auto how = settings(data[0]);
    const auto whole = talk(input, SIZE_MAX, how);
    if (!whole.output.empty() && !whole.output.ends_with("\r\n")) std::abort();
    // What is thrown away before a handshake depends on what has come by then.
    if (whole.handshake) return 0;
    if (talk(input, data[1] + 1u, how).output != whole.output) std::abort();
    return 0;
}
