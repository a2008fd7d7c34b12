// SPDX-License-Identifier: ISC
// The client's last word in SCRAM-SHA-256, for messages that tests have made by hand.
#pragma once

#include <string>

#include "sasl/scram_client.hpp"

namespace mailpipe::test {

/// client-final-message for what the server has said. `header`: GS2 header and the channel's octets. `bare`: "n=NAME,r=NONCE".
inline std::string scram_final(const std::string& header, const std::string& bare, const std::string& server_first,
                               const std::string& password) {
    const auto comma = bare.find(',');
    sasl::ScramClient client{bare.substr(2, comma - 2), password, bare.substr(comma + 3), {header}};
    return client.final(server_first).value();
}

}  // namespace mailpipe::test
