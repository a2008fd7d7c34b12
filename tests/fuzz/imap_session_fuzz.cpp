// SPDX-License-Identifier: ISC
// A whole session over a Maildir of three messages: the same is said however the network cuts the input into pieces,
// only whole lines go out, and no message goes without a command that may remove one. The first octet tells the
// settings, the second the size of the pieces.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "support/imap_site.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

std::ptrdiff_t messages(const test::ImapSite& site) {
    using Entries = boost::filesystem::directory_iterator;
    return std::distance(Entries{site.home / "new"}, {}) + std::distance(Entries{site.home / "cur"}, {});
}

imap::Settings settings(unsigned bits) {
    imap::Settings settings{.hostname = "fuzz", .failure_delay = std::chrono::milliseconds{0}};
    settings.append_limit = 4096;
    settings.without.insert("COMPRESS=DEFLATE");  // what comes then is octets of another stream
    settings.auth_without_tls = (bits & 1) == 0;
    if ((bits & 2) != 0) settings.names.separator = '/';
    if ((bits & 4) != 0) settings.names.prefix = "INBOX" + std::string(1, settings.names.separator);
    return settings;
}

/// Most of what there is comes after these.
std::string opening(unsigned bits) {
    std::string text;
    if ((bits & 16) == 0) text += "o LOGIN alice \"wonder land\"\r\n";
    if ((bits & 32) != 0) text += "o ENABLE IMAP4rev2 UTF8=ACCEPT QRESYNC\r\n";
    if ((bits & 64) == 0) text += "o SELECT INBOX\r\n";
    return text;
}

bool may_remove(std::string_view input) {
    std::string text{input};
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    constexpr std::string_view verbs[] = {"EXPUNGE", "CLOSE", "MOVE", "REPLACE", "RENAME"};
    return std::ranges::any_of(verbs, [&](auto verb) { return text.find(verb) != std::string::npos; });
}

/// Identifiers of new mailboxes are random, and their UIDVALIDITY and some dates are of the clock.
std::string comparable(const std::string& output) {
    std::string text;
    for (const unsigned char c : output) {
        if (std::isxdigit(c) == 0) text += static_cast<char>(c);
        else if (!text.ends_with('0')) text += '0';
    }
    return text;
}

struct Outcome {
    std::string output;
    bool handshake = false;
};

Outcome talk(const std::string& input, std::size_t piece, const imap::Settings& settings) {
    const test::ImapSite site;
    site.fill();
    test::MemoryStream stream{input, piece};
    io::Channel channel{stream};
    bool handshake = false;
    auto world = site.world();
    world.start_tls = [&]() -> Result<imap::StartedTls> {
        handshake = true;
        return imap::StartedTls{stream, "TLS", {}};
    };
    (void)imap::serve(channel, {.address = "192.0.2.1"}, settings, world);
    if (!may_remove(input) && messages(site) < 3) std::abort();
    return {std::move(stream.output), handshake};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto input = opening(data[0]).append(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto how = settings(data[0]);
    const auto whole = talk(input, SIZE_MAX, how);
    if (!whole.output.ends_with("\r\n")) std::abort();
    // What is thrown away before a handshake depends on what has come by then.
    if (whole.handshake) return 0;
    if (comparable(talk(input, data[1] + 1u, how).output) != comparable(whole.output)) std::abort();
    return 0;
}
