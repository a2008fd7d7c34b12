// SPDX-License-Identifier: ISC
#include "dns/cares_resolver.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::dns {

namespace {

constexpr std::uint16_t dns_port = 53;
constexpr int edns_octets = 1232;            // what no path breaks into fragments (DNS flag day 2020)
constexpr int receive_octets = 1024 * 1024;  // of a socket: some hundred answers may come at once
constexpr int class_in = 1;
constexpr std::size_t max_events = 64;
constexpr std::size_t burst = 128;           // answers that a socket has room for, with the usual limits of systems

Error ares_failure(std::string_view what, int status) {
    return {Fault::transient, fmt::format("{}: {}", what, ares_strerror(status))};
}

struct Channel {
    ares_channel native = nullptr;

    Channel() = default;
    Channel(const Channel&) = delete;
    ~Channel() {
        if (native != nullptr) ares_destroy(native);
    }
};

net::SocketAddress address_of(const ares_addr_port_node& node) {
    net::IpAddress ip;
    if (node.family == AF_INET6) {
        std::memcpy(ip.octets.data(), &node.addr, 16);
    } else {
        ip.octets[10] = ip.octets[11] = 0xff;
        std::memcpy(ip.octets.data() + 12, &node.addr, 4);
    }
    return net::make_socket_address(ip, static_cast<std::uint16_t>(node.udp_port == 0 ? dns_port : node.udp_port));
}

/// Those of resolv.conf(5), 127.0.0.1 where it names none.
Result<std::vector<net::SocketAddress>> system_servers() {
    Channel channel;
    if (const int status = ares_init(&channel.native); status != ARES_SUCCESS) return failure(ares_failure("resolv.conf", status));
    ares_addr_port_node* nodes = nullptr;
    if (const int status = ares_get_servers_ports(channel.native, &nodes); status != ARES_SUCCESS) {
        return failure(ares_failure("resolv.conf", status));
    }
    std::vector<net::SocketAddress> servers;
    for (const auto* node = nodes; node != nullptr; node = node->next) servers.push_back(address_of(*node));
    if (nodes != nullptr) ares_free_data(nodes);
    return servers;
}

/// A question on the wire, with recursion and AD asked for (RFC 6840 section 5.7).
struct Packet {
    unsigned char* octets = nullptr;
    int size = 0;
    int status;

    Packet(const std::string& name, Type type, std::uint16_t id, bool has_edns) {
        status = ares_create_query(name.c_str(), class_in, static_cast<int>(type), id, /*rd=*/1, &octets, &size,
                                   has_edns ? edns_octets : 0);
        if (status == ARES_SUCCESS) octets[3] |= 0x20;
    }
    Packet(const Packet&) = delete;
    ~Packet() { ares_free_string(octets); }
};

}  // namespace

struct CaresResolver::Server {
    CaresResolver& resolver;
    std::size_t number;  // among the servers
    Channel channel{};
    bool has_edns = true;
};

struct CaresResolver::Question {
    CaresResolver& resolver;
    std::string name;
    Type type;
    Callback callback;
    std::size_t server = 0;      // of the last try
    std::size_t tries_done = 0;
    bool has_edns = true;        // and so had it
    Answer answer{};             // when it is finished
};

CaresResolver::CaresResolver(const CaresOptions& options, Fd poller)
    : options_(options), poller_(std::move(poller)), process_(::getpid()) {}

CaresResolver::~CaresResolver() {
    is_closing_ = true;
    servers_.clear();
}

Result<std::unique_ptr<CaresResolver>> CaresResolver::open(const CaresOptions& options) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS) return failure(ares_failure("c-ares", library));
    Fd poller{::epoll_create1(EPOLL_CLOEXEC)};
    if (!poller) return failure({Fault::transient, system_error(errno, "epoll").what, ExitStatus::try_again});
    std::unique_ptr<CaresResolver> resolver{new CaresResolver{options, std::move(poller)}};
    const auto servers = options.servers.empty() ? system_servers() : options.servers;
    if (!servers) return failure(servers.error());
    for (const auto& server : *servers) {
        if (auto added = resolver->add_server(server); !added) return failure(added.error());
    }
    return resolver;
}

/// A channel each: c-ares, given several, tells neither SERVFAIL from a dead server, nor remembers which one is dead.
Result<void> CaresResolver::add_server(const net::SocketAddress& address) {
    if (!address.ip() || address.any_family || address.port() == 0) {
        return failure({Fault::permanent, fmt::format("resolver '{}': an address with a port is needed", net::to_string(address)),
                        ExitStatus::configuration});
    }
    auto server = std::make_unique<Server>(*this, servers_.size());
    char lookups[] = "b";  // no /etc/hosts
    ares_options wanted{};
    wanted.flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH;
    wanted.ednspsz = edns_octets;
    wanted.timeout = static_cast<int>(options_.timeout.count());
    wanted.tries = 1;
    wanted.lookups = lookups;
    wanted.socket_receive_buffer_size = receive_octets;
    wanted.sock_state_cb = socket_changed;
    wanted.sock_state_cb_data = server.get();
    const int mask = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                     ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB;
    if (const int status = ares_init_options(&server->channel.native, &wanted, mask); status != ARES_SUCCESS) {
        return failure(ares_failure("c-ares", status));
    }
    const auto text = net::to_string(address);
    if (const int status = ares_set_servers_ports_csv(server->channel.native, text.c_str()); status != ARES_SUCCESS) {
        return failure(ares_failure("resolver " + text, status));
    }
    servers_.push_back(std::move(server));
    return {};
}

void CaresResolver::socket_changed(void* of_server, int socket, int readable, int writable) {
    auto& server = *static_cast<Server*>(of_server);
    const auto& resolver = server.resolver;
    if (resolver.is_closing_ || ::getpid() != resolver.process_) return;  // after a fork the poller is the parent's, too
    epoll_event event{};
    event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
    event.data.u64 = static_cast<std::uint64_t>(server.number) << 32 | static_cast<std::uint32_t>(socket);
    const int poller = resolver.poller_.number();
    if (event.events == 0) {
        ::epoll_ctl(poller, EPOLL_CTL_DEL, socket, nullptr);
    } else if (::epoll_ctl(poller, EPOLL_CTL_MOD, socket, &event) != 0) {
        ::epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    }
}

void CaresResolver::ask(std::string name, Type type, Callback callback) {
    waiting_.push_back(std::make_unique<Question>(*this, std::move(name), type, std::move(callback)));
}

bool CaresResolver::may_send() {
    if (options_.per_second == 0) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_send_) return false;
    // What was not used up is lost but for a hundredth of a second: no burst comes after a pause.
    constexpr std::chrono::milliseconds saved{10};
    next_send_ = std::max(next_send_, now - saved) + std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.per_second;
    return true;
}

/// Takes answers in between, or its socket would not have room for all that come.
void CaresResolver::send_waiting() {
    const auto most = options_.max_in_flight;
    for (std::size_t sent = 0; !waiting_.empty() && sent < most && in_flight_ < most && may_send();) {
        auto question = std::move(waiting_.front());
        waiting_.pop_front();
        send(std::move(question));
        if (++sent % burst == 0) process(std::chrono::milliseconds{0});
    }
}

void CaresResolver::send(QuestionPtr question) {
    if (question->tries_done == 0) question->server = first_server_;
    ++question->tries_done;
    auto& server = *servers_[question->server];
    send_to(server, std::move(question));
}

/// Nobody can guess them: half of what keeps forged answers out.
std::uint16_t CaresResolver::random_id() {
    if (ids_left_ == 0) {
        // So few octets neither fail nor come in part: random(7).
        [[maybe_unused]] const auto octets = ::getrandom(ids_.data(), sizeof ids_, 0);
        ids_left_ = ids_.size();
    }
    return ids_[--ids_left_];
}

void CaresResolver::send_to(Server& server, QuestionPtr question) {
    question->has_edns = server.has_edns;
    const Packet packet{question->name, question->type, random_id(), server.has_edns};
    if (packet.status != ARES_SUCCESS) {
        const bool is_no_name = packet.status == ARES_EBADNAME || packet.status == ARES_ENOTFOUND;  // .onion: RFC 7686
        auto answer = failed_answer(question->name, ares_strerror(packet.status));
        if (is_no_name) answer.status = Status::no_such_name;
        return finish(std::move(question), std::move(answer));
    }
    ++in_flight_;
    ares_send(server.channel.native, packet.octets, packet.size, answered, question.release());
}

void CaresResolver::answered(void* of_question, int status, int, unsigned char* octets, int size) {
    QuestionPtr question{static_cast<Question*>(of_question)};
    auto& resolver = question->resolver;
    if (resolver.is_closing_) return;
    --resolver.in_flight_;
    resolver.take(std::move(question), status, {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)});
}

void CaresResolver::take(QuestionPtr question, int status, std::string_view octets) {
    if (status != ARES_SUCCESS) {
        return try_again_or_fail(std::move(question), status == ARES_ETIMEOUT ? "timed out" : "the server can't be reached");
    }
    auto message = parse_message(octets);
    if (!message) return try_again_or_fail(std::move(question), "malformed answer: " + message.error().what);
    const auto rcode = message->rcode;
    auto& server = *servers_[question->server];
    if (rcode == format_error && question->has_edns) {  // RFC 6891 section 7
        server.has_edns = false;
        --question->tries_done;
        waiting_.push_front(std::move(question));
        return;
    }
    if (rcode != no_error && rcode != name_error) return try_again_or_fail(std::move(question), rcode_name(rcode));
    auto answer = read_answer(std::move(*message), question->name, question->type);
    finish(std::move(question), std::move(answer));
}

/// Silent servers are asked `tries` times, in turn; what a server has said it would say again.
void CaresResolver::try_again_or_fail(QuestionPtr question, std::string trouble) {
    const bool was_silent = trouble == "timed out";
    if (was_silent && question->server == first_server_) first_server_ = (first_server_ + 1) % servers_.size();
    if (question->tries_done >= servers_.size() * (was_silent ? options_.tries : 1)) {
        auto answer = failed_answer(question->name, std::move(trouble));
        return finish(std::move(question), std::move(answer));
    }
    question->server = (question->server + 1) % servers_.size();
    if (was_silent) waiting_.push_back(std::move(question));  // behind those that nobody has been asked yet
    else waiting_.push_front(std::move(question));
}

void CaresResolver::finish(QuestionPtr question, Answer answer) {
    question->answer = std::move(answer);
    finished_.push_back(std::move(question));
}

/// All that is finished, and what comes in meanwhile. What callbacks ask is sent by the next wait().
bool CaresResolver::call_back() {
    std::size_t called = 0;
    while (!finished_.empty()) {
        const auto question = std::move(finished_.front());
        finished_.pop_front();
        question->callback(question->answer);
        if (++called % burst == 0) process(std::chrono::milliseconds{0});
    }
    return called > 0;
}

std::chrono::milliseconds CaresResolver::time_to_next(std::chrono::milliseconds at_most) const {
    using std::chrono::milliseconds;
    const auto now = std::chrono::steady_clock::now();
    if (!waiting_.empty() && in_flight_ < options_.max_in_flight) {
        at_most = std::min(at_most, std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(next_send_ - now)));
    }
    // ares_timeout() would say it to the millisecond, but goes through all that is in flight, at each wait.
    constexpr milliseconds finest{5}, coarsest{100};
    if (in_flight_ > 0) at_most = std::min(at_most, std::clamp(options_.timeout / 8, finest, coarsest));
    return at_most;
}

void CaresResolver::process(std::chrono::milliseconds at_most) {
    std::array<epoll_event, max_events> events;
    const int count = ::epoll_wait(poller_.number(), events.data(), max_events, static_cast<int>(at_most.count()));
    for (const auto& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
        const auto socket = static_cast<int>(event.data.u64 & 0xffffffffU);
        const bool is_readable = (event.events & ~EPOLLOUT) != 0;  // also EPOLLERR: c-ares reads the error
        ares_process_fd(servers_[event.data.u64 >> 32]->channel.native, is_readable ? socket : ARES_SOCKET_BAD,
                        (event.events & EPOLLOUT) != 0 ? socket : ARES_SOCKET_BAD);
    }
    if (count > 0) return;  // which looked at time-outs, too
    for (const auto& server : servers_) ares_process_fd(server->channel.native, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

bool CaresResolver::wait(std::chrono::milliseconds at_most) {
    const auto end = std::chrono::steady_clock::now() + at_most;
    for (;;) {
        send_waiting();
        if (call_back()) return true;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        process(time_to_next(std::max(left, std::chrono::milliseconds{0})));
        if (finished_.empty() && std::chrono::steady_clock::now() >= end) {
            send_waiting();
            return call_back();
        }
    }
}

Result<std::vector<net::SocketAddress>> parse_servers(const std::vector<std::string>& texts) {
    std::vector<net::SocketAddress> servers;
    for (const auto& text : texts) {
        const std::string whole{trim(text)};
        const auto ip = net::parse_ip(whole);
        const auto address = ip ? net::make_socket_address(*ip, dns_port) : net::parse_socket_address(whole);
        if (!address) return failure({Fault::permanent, "resolver: " + address.error().what, ExitStatus::configuration});
        if (!address->ip() || address->any_family || address->port() == 0) {
            return failure({Fault::permanent, fmt::format("resolver: '{}' is no ADDRESS:PORT", whole), ExitStatus::configuration});
        }
        servers.push_back(*address);
    }
    return servers;
}

}  // namespace mailpipe::dns
