// SPDX-License-Identifier: ISC
// The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): its messages, without base64.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sasl/scram_keys.hpp"

namespace mailpipe::sasl {

/// The octets that both ends of this TLS session know, by the type's name of RFC 5929 or RFC 9266; nothing for a type
/// that is not to be had.
using ChannelBinding = std::function<std::optional<std::string>(std::string_view type)>;

/// What SCRAM asks of its surroundings.
struct ScramWorld {
    FindScramUser find{};              ///< empty: SCRAM is not offered
    ChannelBinding channel_binding{};  ///< empty: no TLS, so no -PLUS
};

class Scram {
public:
    enum class Channel { unbound, bound /* -PLUS */ };

    /// `world` outlives it. `nonce`: printable ASCII without a comma, never used before.
    Scram(Channel channel, const ScramWorld& world, std::string nonce);

    /// client-first-message to server-first-message. The user is looked up here, and nothing tells whether there is one.
    /// Errors: permanent; the client does not speak SCRAM, or is bound to the channel in another way than this server
    /// could be (RFC 5802 section 6).
    Result<std::string> first(std::string_view message);

    /// client-final-message to server-final-message; nothing: the proof is wrong. Errors: permanent, it can't be read.
    Result<std::optional<std::string>> final(std::string_view message);

    const std::string& name() const { return name_; }
    const std::string& authorization() const { return authorization_; }
    /// Who has proved to be it; nobody before final() gave a message.
    const std::optional<User>& user() const { return proven_; }

private:
    Result<void> take_gs2_header(std::string_view& message);
    Result<std::string> channel_octets(std::string_view type) const;
    std::optional<std::string> verify(std::string_view without_proof, std::string_view proof);

    Channel channel_;
    const ScramWorld& world_;
    std::string nonce_;         // from first() on the client's and ours
    std::string bound_;         // what "c=" has to say: GS2 header and the channel's octets
    std::string auth_message_;  // as far as it is known
    std::string name_;
    std::string authorization_;
    ScramUser found_{};
    std::optional<User> proven_;
};

}  // namespace mailpipe::sasl
