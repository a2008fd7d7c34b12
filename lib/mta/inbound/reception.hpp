// SPDX-License-Identifier: ISC
// smtpd behind its command line: what the parent loads once, and one connection from its greeting to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mta/directory.hpp"
#include "mta/inbound/inbound.hpp"
#include "mta/spool_owner.hpp"
#include "net/server.hpp"
#include "queue/spool.hpp"
#include "smtp/session.hpp"
#include "tls/context.hpp"

namespace mailpipe::mta {

struct ReceptionRules {
    InboundPolicy inbound;
    smtp::Settings session;
    AddressingRules addressing;
    std::vector<net::Network> networks;  ///< clients that may relay without a login
    std::string spool;
    std::vector<std::string> users;
    std::string aliases;
    std::string maildir;
    std::string quota;  ///< as of store::parse_quota()
    tls::Identity tls;
};

class Reception {
public:
    /// Opens the spool and loads users, aliases and certificate. Errors: mostly 78, also when root runs us and the spool
    /// is root's.
    static Result<std::unique_ptr<Reception>> open(ReceptionRules rules);

    /// Loads them again; on an error the old ones stay.
    Result<void> reload();

    /// One session, whole. Run by root, the process becomes the user that owns the spool first, for good: nothing of a
    /// stranger's is read with more rights than that. It may have another session when this one had no TLS and no login.
    Result<net::Afterwards> talk(const net::Connection& connection) const;

private:
    /// All that SIGHUP renews.
    struct Loaded {
        Directory directory;
        std::optional<tls::Context> tls;
    };
    Reception(ReceptionRules rules, queue::Spool spool) : rules_(std::move(rules)), spool_(std::move(spool)) {}
    static Result<std::unique_ptr<Loaded>> load(const ReceptionRules& rules);
    bool is_full(const sasl::User& user, std::uint64_t octets) const;

    ReceptionRules rules_;
    queue::Spool spool_;
    std::unique_ptr<Loaded> loaded_;
    std::optional<Owner> owner_{};  ///< whom root becomes for a session
};

}  // namespace mailpipe::mta
