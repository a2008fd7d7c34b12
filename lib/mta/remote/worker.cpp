// SPDX-License-Identifier: ISC
#include "mta/remote/worker.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <optional>

#include "io/descriptors.hpp"
#include "mta/remote/worker_packets.hpp"

namespace mailpipe::mta {

namespace {

/// False: nobody hears it any more.
bool tell(const Fd& line, const WorkerReport& report) {
    const auto packet = to_packet(report);
    return ::send(line.number(), packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

struct Order {
    Transfer transfer;
    Fd file;
};

/// The next transfer. Nothing: there will be none.
std::optional<Order> next_order(const Fd& line, std::span<char> buffer) {
    std::deque<Fd> passed;
    ssize_t n = 0;
    do n = io::receive_descriptors(line.number(), buffer, passed);
    while (n < 0 && errno == EINTR);
    if (n <= 0 || passed.empty()) return {};
    auto transfer = parse_transfer({buffer.data(), static_cast<std::size_t>(n)});
    if (!transfer) return {};
    return Order{std::move(*transfer), std::move(passed.front())};
}

Connected describe(const HostSession& session) {
    return {session.tls_description(), session.trust(), session.extensions().offers("DSN"), session.extensions().offers("REQUIRETLS"),
            session.max_recipients()};
}

}  // namespace

void work(const Fd& line, RemoteHost host, const HostRules& rules) noexcept {
    auto session = HostSession::open(host, rules);
    if (!session) {
        tell(line, session.error());
        return;
    }
    if (!tell(line, describe(**session))) return (*session)->quit();
    const std::unique_ptr<char[]> buffer{new char[max_packet_octets]};
    while ((*session)->wait_for(line.number())) {
        const auto order = next_order(line, {buffer.get(), max_packet_octets});
        if (!order) return (*session)->quit();
        const auto begins = [&] {
            if (order->transfer.text_waits) tell(line, TextBegins{});
        };
        Finished finished;
        finished.replies = (*session)->send(order->transfer, order->file, begins);
        if ((*session)->knows_no_bdat()) {
            host.chunking = smtp::Chunking::never;
            auto other = HostSession::open(host, rules);
            if (other && describe(**other) == describe(**session)) {  // as the dispatcher knows it
                session = std::move(other);
                finished.replies = (*session)->send(order->transfer, order->file, begins);
            }
        }
        finished.is_untouched = (*session)->broke_before_text();
        finished.goes_on = (*session)->is_usable();
        finished.has_answer = (*session)->has_answered();
        if (!tell(line, finished) || !finished.goes_on) return (*session)->quit();
    }
    tell(line, Leaving{});
}

}  // namespace mailpipe::mta
