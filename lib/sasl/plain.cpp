// SPDX-License-Identifier: ISC
#include "sasl/plain.hpp"

#include "base/ascii.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, std::move(what)}); }

}  // namespace

std::optional<Mechanism> find_mechanism(std::string_view name) {
    if (iequals(name, "PLAIN")) return Mechanism::plain;
    if (iequals(name, "LOGIN")) return Mechanism::login;
    return {};
}

std::string_view mechanism_names() { return "PLAIN LOGIN"; }

std::optional<std::string_view> Exchange::challenge() const {
    if (step_ == Step::done) return {};
    if (mechanism_ == Mechanism::plain) return "";
    return step_ == Step::first ? "VXNlcm5hbWU6" : "UGFzc3dvcmQ6";  // "Username:", "Password:"
}

Result<void> Exchange::respond(std::string_view line) {
    if (line == "*") return bad("the client has given up");
    auto response = line == "=" ? Result<std::string>{} : text::base64_decode(line);
    if (!response) return failure(response.error());

    if (mechanism_ == Mechanism::plain) {
        auto credentials = parse_plain(*response);
        if (!credentials) return failure(credentials.error());
        credentials_ = std::move(*credentials);
        step_ = Step::done;
        return {};
    }
    if (response->empty() || response->find('\0') != std::string::npos) return bad("no name or no password");
    (step_ == Step::first ? credentials_.name : credentials_.password) = std::move(*response);
    step_ = step_ == Step::first ? Step::second : Step::done;
    return {};
}

Result<Credentials> parse_plain(std::string_view message) {
    const auto first = message.find('\0');
    if (first == std::string_view::npos) return bad("PLAIN without NUL");
    const auto second = message.find('\0', first + 1);
    if (second == std::string_view::npos) return bad("PLAIN with one NUL only");
    Credentials credentials{std::string(message.substr(0, first)),
                            std::string(message.substr(first + 1, second - first - 1)),
                            std::string(message.substr(second + 1))};
    if (credentials.name.empty() || credentials.password.empty()) return bad("PLAIN without name or password");
    if (credentials.password.find('\0') != std::string::npos) return bad("PLAIN with more than two NULs");
    return credentials;
}

}  // namespace mailpipe::sasl
