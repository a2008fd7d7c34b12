// SPDX-License-Identifier: ISC
#include "mta/outbound/queue_service.hpp"

#include <unistd.h>

#include "base/clock.hpp"
#include "base/descriptor_limit.hpp"
#include "base/process.hpp"
#include "mta/outbound/queue_run.hpp"
#include "mta/spool_owner.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view lmtp_mark = "lmtp:";

}  // namespace

QueueService::QueueService(QueueRules rules) : rules_(std::move(rules)) {}

Result<void> QueueService::load() {
    auto directory = Directory::open({rules_.users, rules_.aliases, rules_.addressing});
    if (!directory) return failure(directory.error());
    directory_ = std::make_unique<Directory>(std::move(*directory));
    return {};
}

/// Root's deliver has to be started before root's rights are given up: it becomes each mailbox's owner.
Result<void> QueueService::start_local() {
    const std::string_view where = rules_.local_delivery;
    if (where.starts_with(lmtp_mark)) {
        const auto server = net::parse_socket_address(where.substr(lmtp_mark.size()));
        if (!server) return failure(server.error());
        local_ = std::make_unique<LocalStation>(rules_.hostname, std::vector<std::string>{}, *server);
        return {};
    }
    std::vector<std::string> program{find_program(rules_.local_delivery)};
    program.insert(program.end(), rules_.deliver_arguments.begin(), rules_.deliver_arguments.end());
    local_ = std::make_unique<LocalStation>(rules_.hostname, std::move(program), net::SocketAddress{});
    if (::geteuid() != 0) return {};
    keeps_deliver_ = true;
    if (const auto channel = local_->channel(); !channel) return failure(channel.error());
    local_->forbid_start();
    return {};
}

Result<std::unique_ptr<QueueService>> QueueService::open(QueueRules rules) {
    std::unique_ptr<QueueService> service{new QueueService{std::move(rules)}};
    auto& s = *service;
    if (auto loaded = s.load(); !loaded) return failure(loaded.error());
    const auto owner = spool_owner(s.rules_.spool);
    if (!owner) return failure(owner.error());
    auto spool = open_spool(s.rules_.spool, *owner);
    if (!spool) return failure(spool.error());
    if (auto started = s.start_local(); !started) return failure(started.error());
    if (auto became = become(*owner); !became) return failure(became.error());

    s.spool_ = std::make_unique<queue::Spool>(std::move(*spool));
    auto claims = queue::Claims::open(*s.spool_, s.rules_.hostname, system_clock().now());
    if (!claims) return failure(claims.error());
    s.claims_ = std::make_unique<queue::Claims>(std::move(*claims));

    const NoticeRules notices{s.rules_.hostname, s.directory_->addressing().postmaster(), s.rules_.schedule, s.rules_.delay_notice};
    s.outcomes_ = std::make_unique<Outcomes>(*s.spool_, *s.claims_, notices, system_clock());
    if (!s.rules_.metrics.empty()) {
        s.metrics_ = std::make_unique<Metrics>(s.rules_.metrics, *s.spool_, system_clock());
        s.outcomes_->count_in(*s.metrics_);
    }
    s.full_ = std::make_unique<queue::FullMailboxes>(*s.spool_, system_clock());
    if (auto opened = s.open_remote(); !opened) return failure(opened.error());
    s.outbound_ = std::make_unique<Outbound>(OutboundSite{s.spool_.get(), s.claims_.get(), s.directory_.get(), s.outcomes_.get(),
                                                          s.local_.get(), s.full_.get(), s.remote_.get()});
    return service;
}

/// All that mail to other hosts needs. Nothing is asked of the DNS yet.
Result<void> QueueService::open_remote() {
    auto basis = PlanBasis::make(rules_, *spool_);
    if (!basis) return failure(basis.error());
    basis_ = std::move(*basis);
    auto tls = tls::ClientContext::make(rules_.remote.tls_trust);
    if (!tls) return failure(tls.error());
    tls_ = std::make_unique<tls::ClientContext>(std::move(*tls));
    raise_descriptor_limit();

    auto& resolver = *basis_->resolver;
    DispatchWorld world{claims_.get(), outcomes_.get(), &resolver, resolver.file().number(), &basis_->memory, basis_->rules,
                        {.hostname = rules_.hostname, .tls = tls_.get()},
                        rules_.remote.limits,
                        [this](queue::Message& message) { outbound_->conclude(message); }};
    auto remote = Dispatcher::open(std::move(world));
    if (!remote) return failure(remote.error());
    remote_ = std::move(*remote);
    return {};
}

Result<void> QueueService::once() {
    auto done = QueueRun{*spool_, *claims_, *outbound_, rules_.schedule, system_clock()}.once();
    write_metrics();
    return done;
}

Result<void> QueueService::watch() {
    QueueRun run{*spool_, *claims_, *outbound_, rules_.schedule, system_clock()};
    auto done = run.watch([this] { return reload(); }, [this] { write_metrics(); });
    write_metrics();
    return done;
}

void QueueService::write_metrics() {
    if (metrics_) metrics_->write_or_log();
}

Result<void> QueueService::reload() {
    if (!keeps_deliver_) local_->drop();  // else it can't be started again; it sees by itself when users change
    return directory_->load();
}

}  // namespace mailpipe::mta
