// SPDX-License-Identifier: ISC
// One message on its way into one or more mailboxes of this host.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/envelope.hpp"
#include "mta/acting_as.hpp"
#include "mta/local/group_commit.hpp"
#include "mta/local/maildir_cache.hpp"
#include "smtp/mailroom.hpp"
#include "store/quota.hpp"

namespace mailpipe::mta {

/// Where a message goes.
struct Destination {
    mail::Mailbox address;  ///< for Delivered-To
    Owner owner;
    std::string path;                    ///< of the Maildir
    std::vector<std::string> folders{};  ///< as of folder_directories()
    store::Quota quota{};
};

/// What the deliveries of one process share.
struct LocalStore {
    std::string hostname;
    bool full_is_permanent = false;  ///< 552 5.2.2 instead of 452 4.2.2 for a mailbox over its quota
    bool checks_loops = true;        ///< a message that has been delivered to that address before is refused: RFC 9228
    MaildirCache maildirs{};
    GroupCommit commit{};
    /// Called as the owner for each message in new/ of a folder, before it is durable: for an index to take note of it.
    std::function<void(const Fd& folder, const std::string& file)> describe{};
};

/// How it ended for one recipient: the reply of LMTP, and for a tool's exit status the error behind it.
struct Outcome {
    smtp::Reply reply;
    std::optional<Error> error{};
    std::string file{};  ///< in new/
};

/// Under which name a message is stored.
struct MessageName {
    std::string id;  ///< a unique_name()
    /// The client has it under that name: a file that has it already is this message, stored before.
    bool is_clients;
};

// What LocalMessage and linking (link_message.hpp) share.

/// Room for one more message of so many octets? Nothing, or why not. Call as the mailbox's owner.
std::optional<Outcome> over_quota(const LocalStore& store, const store::Maildir& maildir, const store::Quota& quota,
                                  std::int64_t octets);
Outcome full_mailbox(const LocalStore& store);
Outcome failed(const Error& error);
/// Notes what stands in new/ by now, for the next settling.
Outcome placed(LocalStore& store, std::shared_ptr<const store::Maildir> maildir, const Destination& destination,
               std::string_view id, std::string file);
void log_trouble(std::string_view id, const Destination& destination, const Outcome& outcome);

/// Writes a file for each destination while the message comes. Its header is held back until it is whole: Return-Path
/// fields go, and for each destination Return-Path and Delivered-To are put on top (RFC 5321 section 4.4, RFC 9228).
class LocalMessage final : public smtp::Incoming {
public:
    /// `sender`: nothing where it is not known; then a Return-Path that the message has says it.
    LocalMessage(LocalStore& store, std::optional<mail::ReversePath> sender, std::vector<Destination> destinations,
                 MessageName name);

    Result<void> write(std::string_view text) override;
    std::vector<smtp::Reply> commit() override;
    /// What commit() does, with the errors. Nothing is durable before LocalStore::commit has been settled.
    std::vector<Outcome> place();

private:
    struct Target {
        Destination destination;
        std::string unique;
        std::shared_ptr<const store::Maildir> maildir{};
        std::optional<store::Delivery> file{};
        std::optional<Outcome> trouble{};
    };
    void end_header();
    Result<void> open(Target& target);
    void write_body(std::string_view text);
    Outcome place(Target& target);

    LocalStore& store_;
    std::optional<mail::ReversePath> sender_;
    std::vector<Target> targets_;
    MessageName name_;
    std::string header_;  // what has come of it
    bool in_header_ = true;
    bool ends_line_ = true;
};

}  // namespace mailpipe::mta
