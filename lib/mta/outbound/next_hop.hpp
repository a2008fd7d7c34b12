// SPDX-License-Identifier: ISC
// The seam to everything that is not local: what sendq asks when a recipient's domain is somebody else's.
#pragma once

#include <functional>
#include <vector>

#include "mail/mailbox.hpp"
#include "queue/message.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

/// Tries those recipients of the message. A reply for each, in their order: positive when another host has taken the
/// responsibility, transient to be asked again later.
using NextHop = std::function<std::vector<smtp::Reply>(const queue::Message& message, const std::vector<mail::Mailbox>&)>;

/// For a site that sends nothing out.
inline NextHop no_route() {
    return [](const queue::Message&, const std::vector<mail::Mailbox>& recipients) {
        return std::vector<smtp::Reply>(recipients.size(), {451, "4.4.1", "no route: remote delivery is not configured"});
    };
}

}  // namespace mailpipe::mta
