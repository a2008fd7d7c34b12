// SPDX-License-Identifier: ISC
// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): its messages, without base64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::sasl {

/// How a client is bound to the channel: by default not at all, as it knows of no way (RFC 5802 section 6).
struct ScramBinding {
    std::string gs2_header = "n,,";
    std::string octets{};
};

class ScramClient {
public:
    /// What a server may ask for. Fewer would make a guess at the password cheap for who only plays the server (RFC 7677
    /// section 4), more would keep this host busy for more than some tenths of a second.
    static constexpr std::uint32_t least_iterations = 4096;
    static constexpr std::uint32_t most_iterations = 1'000'000;

    /// `nonce`: printable ASCII without a comma, never used before.
    ScramClient(std::string_view name, std::string_view password, std::string nonce, ScramBinding binding = {});

    /// client-first-message.
    std::string first() const { return binding_.gs2_header + first_bare_; }
    /// server-first-message to client-final-message. Errors: permanent; it can't be read, its nonce does not begin with
    /// ours and go on, or it asks for too few or too many iterations.
    Result<std::string> final(std::string_view server_first);
    /// server-final-message. Errors: permanent; it is none, or not of one who has the keys of our password.
    Result<void> verify(std::string_view server_final) const;

private:
    std::string password_;
    std::string nonce_;
    ScramBinding binding_;
    std::string first_bare_;
    std::string server_signature_;  // in base64; empty before final()
};

}  // namespace mailpipe::sasl
