// SPDX-License-Identifier: ISC
// The client's side of SCRAM-SHA-256, as far as tests need it.
#pragma once

#include <string>

#include "crypto/hmac.hpp"
#include "text/base64.hpp"

namespace mailpipe::test {

/// client-final-message for what the server has said. `header`: GS2 header and the channel's octets.
inline std::string scram_final(const std::string& header, const std::string& bare, const std::string& server_first,
                               const std::string& password) {
    using crypto::Digest;
    const auto field = [&](const std::string& name) {
        const auto at = server_first.find(name) + name.size();
        return server_first.substr(at, server_first.find(',', at) - at);
    };
    const auto salt = text::base64_decode(field(",s=")).value();
    const auto iterations = static_cast<std::uint32_t>(std::stoul(field(",i=")));
    const auto key = crypto::hmac(Digest::sha256, crypto::pbkdf2(Digest::sha256, password, salt, iterations), "Client Key");
    const auto without_proof = "c=" + text::base64_encode(header) + ",r=" + server_first.substr(2, server_first.find(',') - 2);
    auto proof = crypto::hmac(Digest::sha256, crypto::digest(Digest::sha256, key), bare + "," + server_first + "," + without_proof);
    for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ key[i]);
    return without_proof + ",p=" + text::base64_encode(proof);
}

}  // namespace mailpipe::test
