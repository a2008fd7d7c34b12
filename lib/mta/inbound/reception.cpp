// SPDX-License-Identifier: ISC
#include "mta/inbound/reception.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "queue/full_mailboxes.hpp"
#include "store/maildirsize.hpp"
#include "tls/wire.hpp"

namespace mailpipe::mta {

namespace {

using namespace std::chrono_literals;

constexpr auto handshake_timeout = 60s;

/// The peer went in the middle, was too slow, or could not shake hands: the end of a session like any other.
net::Afterwards lost(const net::Connection& connection, const Error& error) {
    LogLine("disconnect").add("ip", connection.address()).add("what", error.what).write();
    return net::Afterwards::end;
}

}  // namespace

Result<std::unique_ptr<Reception>> Reception::open(ReceptionRules rules) {
    const auto owner = spool_owner(rules.spool);
    if (!owner) return failure(owner.error());
    auto spool = open_spool(rules.spool, *owner);
    if (!spool) return failure(spool.error());
    auto loaded = load(rules);
    if (!loaded) return failure(loaded.error());
    std::unique_ptr<Reception> reception{new Reception{std::move(rules), std::move(*spool)}};
    reception->loaded_ = std::move(*loaded);
    reception->owner_ = *owner;
    return reception;
}

Result<std::unique_ptr<Reception::Loaded>> Reception::load(const ReceptionRules& rules) {
    const auto quota = store::parse_quota(rules.quota);
    if (!quota) return failure(quota.error());
    auto directory = Directory::open({rules.users, rules.aliases, rules.addressing, *quota});
    if (!directory) return failure(directory.error());
    auto identity = rules.tls;
    if (::geteuid() == 0) identity.one_connection = false;  // root reads the key before it becomes somebody who can't
    auto context = tls::load_context(identity);
    if (!context) return failure(context.error());
    return std::unique_ptr<Loaded>{new Loaded{std::move(*directory), std::move(*context)}};
}

Result<void> Reception::reload() {
    auto loaded = load(rules_);
    if (!loaded) return failure(loaded.error());
    loaded_ = std::move(*loaded);
    return {};
}

/// The mailbox itself is asked, where we may; else what sendq has heard of it.
bool Reception::is_full(const sasl::User& user, std::uint64_t octets) const {
    const auto quota = loaded_->directory.quota_of(user);
    if (quota.is_set()) {
        const auto path = sasl::maildir_of(user, rules_.maildir, rules_.addressing.first_domain());
        const auto least = static_cast<std::int64_t>(std::clamp<std::uint64_t>(octets, 1, INT64_MAX));
        const auto full = path ? store::over_quota(*path, quota, least) : std::nullopt;
        if (full) return *full;
    }
    return queue::is_full_for(spool_, user.name, octets, system_clock().now());
}

Result<net::Afterwards> Reception::talk(const net::Connection& connection) const {
    if (auto r = become(owner_); !r) return failure(r.error());
    const bool trusted = !connection.ip || net::any_contains(rules_.networks, *connection.ip);
    const InboundDirectory directory{&loaded_->directory.users(), &loaded_->directory.addressing(),
                                     [this](const sasl::User& user, std::uint64_t octets) { return is_full(user, octets); }};
    Inbound mailroom{rules_.inbound, directory, spool_, system_clock(), trusted};

    smtp::Client client{};
    client.address = connection.address();
    client.is_loopback = connection.is_loopback();
    client.uid = connection.uid;
    tls::Wire wire{connection.in, connection.out};
    const auto start_tls = [&]() -> Result<smtp::StartedTls> {
        const auto started = wire.start_tls(*loaded_->tls, io::Deadline::after(handshake_timeout));
        if (!started) return failure(started.error());
        return smtp::StartedTls{**started, (*started)->description(), (*started)->channel_binder()};
    };
    io::Stream* stream = &wire.plain();
    if (rules_.tls.from_first_octet) {
        const auto started = start_tls();
        if (!started) return lost(connection, started.error());
        stream = &started->stream;
        client.tls = started->description;
        client.channel_binding = started->channel_binding;
    }
    const bool offers_tls = loaded_->tls && !rules_.tls.from_first_octet;
    io::Channel channel{*stream};
    smtp::StartTls tls;
    if (offers_tls) tls = {[this] { return loaded_->tls->is_usable(); }, start_tls};
    const auto served = smtp::serve(channel, std::move(client), mailroom, rules_.session, tls);
    wire.close();
    if (!served) return lost(connection, served.error());
    return wire.is_secure() || mailroom.has_heard_password() ? net::Afterwards::end : net::Afterwards::next_peer;
}

}  // namespace mailpipe::mta
