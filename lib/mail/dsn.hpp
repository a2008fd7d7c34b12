// SPDX-License-Identifier: ISC
// The machine's half of a delivery report: message/delivery-status (RFC 3464) and its UTF-8 form (RFC 6533).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mail {

enum class DsnAction { failed, delayed, delivered, relayed, expanded };

std::string_view to_string(DsnAction action);

/// What has become of one recipient: RFC 3464 section 2.3.
struct DsnRecipient {
    Mailbox mailbox;
    std::string original{};    ///< ORCPT as given; empty: none
    DsnAction action;
    std::string status;        ///< "5.1.1"
    std::string diagnostic{};  ///< a reply of SMTP or LMTP; empty: none
    std::string remote_mta{};  ///< who gave that reply; empty: we
    std::optional<Time> last_attempt{};
    std::optional<Time> retry_until{};
};

/// RFC 3464 section 2.2.
struct DeliveryStatus {
    std::string reporting_mta;
    std::string envelope_id{};  ///< ENVID as given; empty: none
    std::optional<Time> arrival{};
    std::string log_id{};       ///< Final-Log-ID of every recipient; empty: none
    std::vector<DsnRecipient> recipients;
};

/// True when an address in it can only be written as UTF-8: then the part's type is message/global-delivery-status.
bool needs_utf8(const DeliveryStatus& status);

/// The part's body, with LF line ends. Control characters become blanks, and what is not ASCII a '?', unless
/// needs_utf8().
std::string format_delivery_status(const DeliveryStatus& status);

}  // namespace mailpipe::mail
