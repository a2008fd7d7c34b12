// SPDX-License-Identifier: ISC
// Who waits, by where he is sent to and why he has not got it: sendq --list --by-site.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mta/operator/selection.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// What is the same in the replies to all messages of one trouble: without our host's name and address in front, and with ADDRESS,
/// IP, ID and N where addresses, IP addresses, ids and numbers are. `text` is that of a reply, without its codes.
std::string fold_reason(std::string_view text);

struct WaitingGroup {
    std::string site;    ///< site_of()
    std::string reason;  ///< "451 4.7.1 " and the folded text; "not tried yet"
    std::uint64_t recipients = 0;
    std::uint64_t messages = 0;
    std::int64_t oldest = 0;             ///< unix seconds: when its oldest message arrived
    std::string oldest_id{};             ///< that message
    std::optional<std::int64_t> due{};  ///< of the first that is tried; nothing: all are held
};

class QueueBySite {
public:
    /// Everybody of `message` who waits and is meant. Messages come in the order of their age.
    void add(queue::State state, const queue::Message& message, const Selection& selection, std::int64_t now);
    /// The site with the most recipients first, and in it the reason with the most.
    std::vector<WaitingGroup> groups() const;

private:
    struct Group : WaitingGroup {
        std::uint64_t last_message = 0;
    };
    std::unordered_map<std::string, Group> groups_;  // by site and reason, with a line end between them
    std::unordered_map<std::string, std::uint64_t> recipients_;  // by site
    std::uint64_t messages_ = 0;
};

/// "120 mx.example.org 3h 1700000000.M1P2Q3.here in 12m 451 4.7.1 try later": how many recipients, site, age and id of the oldest
/// message, next try, reason.
std::string group_line(const WaitingGroup& group, std::int64_t now);
std::string group_json(const WaitingGroup& group);

}  // namespace mailpipe::mta
