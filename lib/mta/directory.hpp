// SPDX-License-Identifier: ISC
// Who is here: users(5) and aliases(5), what addresses mean by them, and how much room each user has.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/deadline.hpp"
#include "mta/addressing.hpp"
#include "sasl/users.hpp"
#include "store/quota.hpp"

namespace mailpipe::mta {

struct DirectoryRules {
    std::vector<std::string> users;  ///< sources as of sasl::Users
    std::string aliases;             ///< path; empty: there are none
    AddressingRules addressing;
    store::Quota quota{};            ///< of users who have none of their own
};

class Directory {
public:
    /// Errors: 78.
    static Result<Directory> open(DirectoryRules rules);

    /// Reads the files again. On an error what was read before stays.
    Result<void> load();
    /// The same when one of them has changed, or could not be read the last time. Nobody is unknown before this has been
    /// asked. Errors: transient; they are in the log.
    Result<void> refresh();
    /// refresh(), but at most once a second.
    void glance();

    // Both are valid until the files are read again.
    const sasl::Users& users() const { return loaded_->users; }
    const Addressing& addressing() const { return *loaded_->addressing; }

    store::Quota quota_of(const sasl::User& user) const;
    const DirectoryRules& rules() const { return rules_; }

private:
    struct Loaded {
        sasl::Users users;
        Aliases aliases;
        std::optional<Addressing> addressing;  // borrows from the other two
    };
    explicit Directory(DirectoryRules rules) : rules_(std::move(rules)) {}
    std::vector<struct stat> stamps() const;

    DirectoryRules rules_;
    std::unique_ptr<Loaded> loaded_;
    std::vector<struct stat> stamps_;
    bool is_sound_ = true;  // the last reading succeeded
    io::Deadline fresh_until_{};
};

}  // namespace mailpipe::mta
