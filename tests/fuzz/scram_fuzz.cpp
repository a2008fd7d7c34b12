// SPDX-License-Identifier: ISC
// SCRAM: a client's lines, decoded and in base64. Nobody gets in without a proof, and what is sent has no stray octet.
#include <algorithm>
#include <cstdint>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "sasl/exchange.hpp"
#include "sasl/saslprep.hpp"
#include "text/base64.hpp"

using namespace mailpipe;
using namespace mailpipe::sasl;

namespace {

const ScramWorld world{
    [](std::string_view name) { return ScramUser{{"salt", 1, std::string(32, 's'), std::string(32, 'k')}, User{.name = std::string{name}}}; },
    [](std::string_view type) { return type == "tls-exporter" ? std::optional<std::string>{"octets"} : std::nullopt; }};

std::string_view take_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    return line;
}

void read_messages(Scram::Channel channel, std::string_view text) {
    Scram scram{channel, world, "nonce"};
    const auto reply = scram.first(take_line(text));
    if (!reply) return;
    require(reply->starts_with("r=") && std::ranges::none_of(*reply, [](char c) { return is_control(c) || !is_ascii(c); }));
    const auto last = scram.final(take_line(text));
    require(!last || !*last);
    require(!scram.user());
}

void read_lines(Mechanism mechanism, std::string_view text) {
    Exchange exchange{mechanism, world};
    while (exchange.challenge() && !text.empty()) {
        require(text::base64_decode(*exchange.challenge()).has_value());
        if (!exchange.respond(take_line(text))) return;
    }
    require(exchange.credentials().proof != Proof::right);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    read_messages(Scram::Channel::unbound, text);
    read_messages(Scram::Channel::bound, text);
    for (const auto mechanism : {Mechanism::scram_sha_256, Mechanism::scram_sha_256_plus, Mechanism::plain, Mechanism::login}) {
        read_lines(mechanism, text);
    }
    (void)parse_scram_keys(text);
    (void)saslprep(text);
    return 0;
}
