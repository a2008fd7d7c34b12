// SPDX-License-Identifier: ISC
#include "sasl/plain.hpp"

namespace mailpipe::sasl {

namespace {

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, std::move(what)}); }

}  // namespace

Result<Credentials> parse_plain(std::string_view message) {
    const auto first = message.find('\0');
    if (first == std::string_view::npos) return bad("PLAIN without NUL");
    const auto second = message.find('\0', first + 1);
    if (second == std::string_view::npos) return bad("PLAIN with one NUL only");
    Credentials credentials{std::string(message.substr(0, first)),
                            std::string(message.substr(first + 1, second - first - 1)),
                            std::string(message.substr(second + 1)),
                            Proof::password,
                            {}};
    if (credentials.name.empty() || credentials.password.empty()) return bad("PLAIN without name or password");
    if (credentials.password.find('\0') != std::string::npos) return bad("PLAIN with more than two NULs");
    return credentials;
}

std::string format_plain(std::string_view name, std::string_view password) {
    std::string message(1, '\0');
    message.append(name).append(1, '\0').append(password);
    return message;
}

}  // namespace mailpipe::sasl
