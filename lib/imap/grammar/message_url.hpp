// SPDX-License-Identifier: ISC
// URLs of messages and their parts, as CATENATE has them: of RFC 5092 what begins with a mailbox of this server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "imap/grammar/section.hpp"

namespace mailpipe::imap {

struct MessageUrl {
    std::string mailbox{};  ///< see mailbox_name
    std::optional<std::uint32_t> uid_validity{};
    std::uint32_t uid = 0;
    Section section{};
    std::optional<Partial> partial{};  ///< without a number of octets: as many as 63 bits can tell

    bool operator==(const MessageUrl&) const = default;
};

/// "/INBOX;UIDVALIDITY=785799047/;UID=113330/;SECTION=1.5.9/;PARTIAL=0.1024". Errors: permanent, for NO [BADURL]: other
/// servers, URLAUTH, and what is no such URL.
Result<MessageUrl> parse_message_url(std::string_view url);

}  // namespace mailpipe::imap
