// SPDX-License-Identifier: ISC
#include "mta/submission/hand_over.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/unique_name.hpp"
#include "io/channel.hpp"
#include "io/fd_stream.hpp"
#include "mta/inbound/spooled_message.hpp"
#include "mta/spool_owner.hpp"
#include "net/socket_address.hpp"
#include "smtp/client.hpp"

namespace mailpipe::mta {

namespace {

/// A server whose backlog is full has that long to accept.
constexpr timeval connect_patience{30, 0};
constexpr std::uint64_t max_received = 100;  // as smtpd's

/// What a refusal means: the first row that fits by the enhanced code.
struct Meaning {
    std::string_view enhanced;  // how it begins
    Fault fault;
    ExitStatus status;
};
constexpr Meaning meanings[] = {
    {"4.5.3", Fault::permanent, ExitStatus::data},  // more recipients than it takes; another time it takes no more
    {"4.", Fault::transient, ExitStatus::try_again},
    {"5.1.", Fault::permanent, ExitStatus::no_user},
    {"5.7.", Fault::permanent, ExitStatus::no_permission},
};

Error refusal(const smtp::Reply& reply, std::string_view recipient) {
    const auto what = fmt::format("{}: {}", recipient, smtp::to_string(reply));
    const auto* meaning = std::ranges::find_if(meanings, [&](const Meaning& m) { return reply.enhanced.starts_with(m.enhanced); });
    if (meaning != std::end(meanings)) return {meaning->fault, what, meaning->status};
    if (reply.is_permanent()) return {Fault::permanent, what, ExitStatus::data};
    return {Fault::transient, what, ExitStatus::try_again};
}

Error unreachable(std::string_view why) { return {Fault::transient, std::string{why}, ExitStatus::try_again}; }

struct Attempt {
    std::optional<Error> error{};      ///< nothing: it is durable
    bool is_another_way_open = false;  ///< nobody can have the message
};

/// Of what the server said to a message: why not all have it. What will not go better another time comes first.
std::optional<Error> trouble(const Submission& submission, const smtp::Sent& sent) {
    const auto& recipients = submission.envelope.recipients;
    std::optional<Error> first;
    for (std::size_t i = 0; i < recipients.size(); ++i) {
        const auto& reply = sent.replies[i];
        if (!reply || reply->is_positive()) continue;
        auto error = refusal(*reply, mail::to_string(recipients[i].mailbox));
        if (error.fault == Fault::permanent) return error;
        if (!first) first = std::move(error);
    }
    if (first) return first;
    if (sent.broken) return unreachable(fmt::format("smtpd: {}", sent.broken->what));
    const bool all = std::ranges::all_of(sent.replies, [](const auto& reply) { return reply && reply->is_positive(); });
    return all ? std::nullopt : std::optional{unreachable("smtpd: no reply")};
}

Result<void> write_text(const Submission& submission, const io::TextSink& write) {
    if (auto r = write(submission.header.text); !r) return r;
    return submission.text.read_from(submission.header.octets, write);
}

std::uint64_t wire_octets(const Submission& submission) {
    const auto came = io::wire_octets(submission.text.head().substr(0, submission.header.octets));
    return submission.text.wire_octets() - came + io::wire_octets(submission.header.text);
}

Attempt through_server(const Submission& submission, const SubmissionSite& site) {
    const auto socket = connect_to_server(site.socket);
    if (!socket) return {socket.error(), true};
    io::FdStream stream{socket->number(), socket->number()};
    io::Channel channel{stream};
    smtp::ClientSession session{channel, smtp::Protocol::smtp, site.hostname};
    const auto greeted = session.greet();
    if (!greeted) return {unreachable(fmt::format("{}: {}", site.socket, greeted.error().what)), true};
    if (!greeted->is_positive()) return {unreachable(fmt::format("{}: {}", site.socket, smtp::to_string(*greeted))), true};

    const auto send_text = [&](const io::TextSink& write) { return write_text(submission, write); };
    const bool eight_bit = submission.text.is_eight_bit() && session.extensions().offers("8BITMIME");
    const auto sent = session.send({submission.envelope, send_text, wire_octets(submission), eight_bit, {}, smtp::Refused::with_the_rest});
    if (!sent.broken) session.quit();
    return {trouble(submission, sent), sent.broken && !sent.text_began};
}

/// As the user who owns it, so that nothing in it is ever root's.
Result<void> into_spool(const Submission& submission, const SubmissionSite& site) {
    const auto uid = ::getuid();
    const auto owner = spool_owner(site.spool);
    if (!owner) return failure(owner.error());
    if (auto r = become(*owner); !r) return r;
    const auto spool = queue::Spool::open(site.spool);
    if (!spool) return failure(spool.error());

    Arrival arrival{};
    arrival.time = system_clock().now();
    arrival.id = unique_name(arrival.time, site.hostname);
    arrival.client = {.address = "local", .is_loopback = true, .uid = uid, .name = site.hostname};
    arrival.envelope = submission.envelope;
    arrival.envelope.smtputf8 = smtp::needs_utf8(submission.envelope);
    arrival.hostname = site.hostname;
    arrival.by_smtp = false;
    arrival.max_received = max_received;
    auto message = SpooledMessage::open(*spool, std::move(arrival));
    if (!message) return failure(message.error());
    if (auto r = write_text(submission, [&](std::string_view piece) { return (*message)->write(piece); }); !r) return r;
    const auto reply = (*message)->commit().front();
    return reply.is_positive() ? Result<void>{} : failure(refusal(reply, "the spool"));
}

}  // namespace

Result<Fd> connect_to_server(const std::string& path) {
    const auto address = net::parse_socket_address("unix:" + path);
    if (!address) return failure(address.error());
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) return failure(unreachable(system_error(errno, "make a socket").what));
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &connect_patience, sizeof connect_patience);
    if (::connect(socket.number(), address->native(), address->size) == 0) return socket;
    return failure(unreachable(system_error(errno, fmt::format("connect to smtpd at {}", path)).what));
}

bool may_write_spool(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0) return false;
    return ::geteuid() == 0 ? st.st_uid != 0 && st.st_gid != 0 : st.st_uid == ::geteuid();
}

Result<void> hand_over(const Submission& submission, const SubmissionSite& site) {
    auto attempt = site.socket.empty() ? Attempt{unreachable("no submission-socket is named"), true} : through_server(submission, site);
    if (!attempt.error) return {};
    if (!attempt.is_another_way_open || !may_write_spool(site.spool)) return failure(std::move(*attempt.error));
    auto stored = into_spool(submission, site);
    // What the system refuses there, somebody here will mend.
    if (!stored && !stored.error().status) stored.error().fault = Fault::transient;
    return stored;
}

}  // namespace mailpipe::mta
