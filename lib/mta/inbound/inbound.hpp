// SPDX-License-Identifier: ISC
// smtpd's mailroom: who may send, to whom, and the way of a message into the spool.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "mta/addressing.hpp"
#include "queue/spool.hpp"
#include "sasl/users.hpp"
#include "smtp/mailroom.hpp"

namespace mailpipe::mta {

/// What smtpd was told to allow.
struct InboundPolicy {
    std::string hostname;
    bool submission = false;           ///< RFC 6409: login first, own addresses only, missing fields are added
    std::uint64_t max_received = 100;  ///< Received fields before a message counts as looping: RFC 5321 section 6.3
    std::string filter;                ///< shell command between the network and the spool; empty: none
    std::chrono::seconds filter_timeout{300};
    std::uint64_t max_octets = 0;      ///< of what a filter makes of a message; 0: no limit
    /// No mail is taken that would leave less room than that to the spool: who delivers needs some.
    std::uint64_t min_free_octets = 32 * 1024 * 1024;
};

/// What it knows. All of it is loaded by the listening parent and shared by the children.
struct InboundDirectory {
    const sasl::Users* users;
    const Addressing* addressing;
    /// Has this user's mailbox no room for a message of so many octets (0: of any size)? What can't be told is "no".
    std::function<bool(const sasl::User&, std::uint64_t octets)> over_quota;
};

/// Is as much left on a disk as shall be, after a message of so many octets?
bool leaves_room(std::uint64_t free_octets, std::uint64_t octets, std::uint64_t min_free_octets);

class Inbound final : public smtp::Mailroom {
public:
    /// For one session. Borrows everything. `trusted`: the client may relay without a login.
    Inbound(const InboundPolicy& policy, const InboundDirectory& directory, const queue::Spool& spool,
            const Clock& clock, bool trusted)
        : policy_(policy), directory_(directory), spool_(spool), clock_(clock), trusted_(trusted) {}

    sasl::FindScramUser find_for_scram() override;
    Result<bool> authenticate(const smtp::Client& client, const sasl::Credentials& credentials) override;
    std::optional<smtp::Reply> refuse_sender(const smtp::Client& client, const mail::Envelope& envelope,
                                             const smtp::Announcement& announcement) override;
    std::optional<smtp::Reply> refuse_recipient(const smtp::Client& client, const mail::Envelope& envelope,
                                                mail::Recipient& recipient) override;
    Result<std::unique_ptr<smtp::Incoming>> open(const smtp::Client& client, const mail::Envelope& envelope) override;

    void note_refusal(const smtp::Client& client, const mail::Envelope& envelope, const smtp::Reply& reply) override;

    /// Somebody tried to log in: a password is, or was, in this process's memory.
    bool has_heard_password() const { return has_heard_password_; }

private:
    bool lacks_room() const;
    std::optional<smtp::Reply> refuse_local(const mail::Mailbox& mailbox, const Resolution& found) const;
    Result<bool> owns(const std::string& login, const mail::Mailbox& sender) const;
    smtp::Reply refused(const smtp::Client& client, const std::string& from, const std::string& to,
                        smtp::Reply reply) const;

    void log_refusal(const smtp::Client& client, const std::string& from, const std::string& to,
                     const smtp::Reply& reply) const;

    const InboundPolicy& policy_;
    const InboundDirectory& directory_;
    const queue::Spool& spool_;
    const Clock& clock_;
    bool trusted_;
    bool has_heard_password_ = false;
    std::string id_;            ///< of the transaction that MAIL began
    std::uint64_t octets_ = 0;  ///< that it announced
};

}  // namespace mailpipe::mta
