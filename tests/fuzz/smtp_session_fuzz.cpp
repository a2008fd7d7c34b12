// SPDX-License-Identifier: ISC
// A whole session: the same is said and the same is stored however the network cuts the input into pieces, every reply is
// one, and no stored text has a CR. The first octet tells the settings, the second the size of the pieces.
#include <cstdint>
#include <cstdlib>

#include "base/ascii.hpp"
#include "smtp/session.hpp"
#include "support/memory_stream.hpp"
#include "support/scripted_mailroom.hpp"

using namespace mailpipe;

namespace {

struct Outcome {
    std::string output;
    std::string texts;

    bool operator==(const Outcome&) const = default;
};

smtp::Settings settings(unsigned bits) {
    smtp::Settings settings{.hostname = "mx.example"};
    if ((bits & 1) != 0) settings.protocol = smtp::Protocol::lmtp;
    if ((bits & 2) != 0) settings.bare_newline = smtp::BareNewline::normalise;
    if ((bits & 4) != 0) settings.auth = smtp::AuthPolicy::anywhere;
    if ((bits & 8) != 0) settings.limits.message_octets = 16;
    if ((bits & 16) != 0) settings.takes_xid = true;
    return settings;
}

Outcome talk(std::string_view input, std::size_t piece, const smtp::Settings& settings) {
    test::MemoryStream stream{std::string(input), piece};
    io::Channel channel{stream};
    test::ScriptedMailroom mailroom;
    (void)smtp::serve(channel, {.address = "192.0.2.1"}, mailroom, settings, {});
    Outcome outcome{std::move(stream.output), {}};
    for (const auto& message : mailroom.messages) outcome.texts += message.text + '\0';
    return outcome;
}

bool is_reply_line(std::string_view line) {
    return line.size() >= 4 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) &&
           (line[3] == ' ' || line[3] == '-') && line.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data) + 2, size - 2};
    const auto how = settings(data[0]);
    const auto whole = talk(input, SIZE_MAX, how);
    if (talk(input, data[1] + 1u, how) != whole) std::abort();
    if (whole.texts.find('\r') != std::string::npos) std::abort();
    for (std::string_view rest = whole.output; !rest.empty();) {
        const auto end = rest.find("\r\n");
        if (end == std::string_view::npos || !is_reply_line(rest.substr(0, end))) std::abort();
        rest.remove_prefix(end + 2);
    }
    return 0;
}
