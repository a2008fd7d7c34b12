// SPDX-License-Identifier: ISC
// dns_delay ADDRESS PORT TO-PORT MILLISECONDS - passes questions over UDP on to TO-PORT of 127.0.0.1, each so much later, and
// answers back at once: a name server that is far away. tests/bench/measures/mx_bulk.py.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;

namespace {

struct Question {
    Clock::time_point due;
    sockaddr_in from;
    std::string octets;
};

sockaddr_in address(const char* ip, int port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, ip, &out.sin_addr);
    return out;
}

int make_socket() {
    const int made = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    const int octets = 4 << 20;
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 64;
    const auto here = address(argv[1], std::atoi(argv[2]));
    const auto there = address("127.0.0.1", std::atoi(argv[3]));
    const std::chrono::milliseconds delay{std::atoi(argv[4])};
    const int clients = make_socket(), server = make_socket();
    if (bind(clients, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return std::perror("bind"), 69;
    if (connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) return std::perror("connect"), 69;

    struct Place {
        sockaddr_in from;
        char id[2];
    };
    std::vector<Place> places(65536);  // by the number that a question has on its way to the server
    std::uint16_t next = 0;
    std::deque<Question> waiting;  // the delay is the same for all, so the first is due first
    char buffer[4096];
    for (;;) {
        const auto left = waiting.empty() ? std::chrono::milliseconds{1000}
                                          : std::chrono::ceil<std::chrono::milliseconds>(waiting.front().due - Clock::now());
        pollfd polled[] = {{clients, POLLIN, 0}, {server, POLLIN, 0}};
        poll(polled, 2, static_cast<int>(std::clamp<long>(left.count(), 0, 1000)));
        sockaddr_in from{};
        socklen_t size = sizeof from;
        for (ssize_t n; (n = recvfrom(clients, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size)) > 2;) {
            waiting.push_back({Clock::now() + delay, from, std::string(buffer, static_cast<std::size_t>(n))});
        }
        while (!waiting.empty() && waiting.front().due <= Clock::now()) {
            auto& question = waiting.front();
            auto& place = places[++next];
            place.from = question.from;
            std::memcpy(place.id, question.octets.data(), 2);
            std::memcpy(question.octets.data(), &next, 2);
            send(server, question.octets.data(), question.octets.size(), 0);
            waiting.pop_front();
        }
        for (ssize_t n; (n = recv(server, buffer, sizeof buffer, 0)) > 2;) {
            std::uint16_t number;
            std::memcpy(&number, buffer, 2);
            std::memcpy(buffer, places[number].id, 2);
            sendto(clients, buffer, static_cast<std::size_t>(n), 0, reinterpret_cast<const sockaddr*>(&places[number].from), sizeof(sockaddr_in));
        }
    }
}
