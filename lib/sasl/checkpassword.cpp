// SPDX-License-Identifier: ISC
#include "sasl/checkpassword.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace mailpipe::sasl {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_input = 512;              // of the interface
constexpr std::size_t most_environment = 64 * 1024;
constexpr auto time_allowed = 30s;

struct Pair {
    Fd ours;
    Fd theirs;
};

/// The same high enough not to be in the way of what the program gets.
Result<Fd> moved_up(Fd low) {
    Fd high{::fcntl(low.number(), F_DUPFD_CLOEXEC, 10)};
    if (!high) return failure(system_error(errno, "move a descriptor"));
    return high;
}

Result<Pair> moved_up(Fd ours, Fd theirs) {
    auto first = moved_up(std::move(ours));
    if (!first) return failure(first.error());
    auto second = moved_up(std::move(theirs));
    if (!second) return failure(second.error());
    return Pair{std::move(*first), std::move(*second)};
}

Result<Pair> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failure(system_error(errno, "pipe"));
    return moved_up(Fd{ends[1]}, Fd{ends[0]});
}

/// The kernel signs what comes out of `ours` with uid and gid of the process that wrote it.
Result<Pair> make_signed_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return failure(system_error(errno, "socketpair"));
    const int on = 1;
    ::setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    return moved_up(Fd{ends[0]}, Fd{ends[1]});
}

Result<Fd> open_null() {
    Fd null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    if (!null) return failure(system_error(errno, "open /dev/null"));
    return moved_up(std::move(null));
}

struct Answer {
    std::string environment;  // NAME=value NUL …
    std::optional<ucred> writer;
};

/// Reads once. False at the end.
Result<bool> receive(const Fd& socket, Answer& answer) {
    char data[4096];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
    iovec piece{data, sizeof data};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const auto n = ::recvmsg(socket.number(), &message, MSG_CMSG_CLOEXEC);
    if (n < 0) return failure(system_error(errno, "read from the program"));
    if (n == 0) return false;
    answer.environment.append(data, static_cast<std::size_t>(n));
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_CREDENTIALS) return true;
    ucred writer{};
    std::memcpy(&writer, CMSG_DATA(header), sizeof writer);
    answer.writer = writer;
    return true;
}

Result<Answer> receive_all(const Fd& socket, std::chrono::steady_clock::time_point until) {
    Answer answer;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd poller{socket.number(), POLLIN, 0};
        const int ready = ::poll(&poller, 1, static_cast<int>(std::max(left, 0ms).count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return failure(system_error(ETIMEDOUT, "wait for the program"));
        const auto more = receive(socket, answer);
        if (!more) return failure(more.error());
        if (!*more) return answer;
        if (answer.environment.size() > most_environment) return failure({Fault::transient, "more than 64 KB of environment"});
    }
}

std::string value_of(std::string_view variable, std::string_view environment) {
    const std::string wanted = fmt::format("{}=", variable);
    while (!environment.empty()) {
        const auto entry = environment.substr(0, environment.find('\0'));
        if (entry.starts_with(wanted)) return std::string{entry.substr(wanted.size())};
        environment.remove_prefix(std::min(environment.size(), entry.size() + 1));
    }
    return {};
}

std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    while (!(command = trim(command)).empty()) {
        words.emplace_back(command.substr(0, command.find_first_of(" \t")));
        command.remove_prefix(words.back().size());
    }
    return words;
}

Error about(const std::string& command, std::string_view what) {
    return {Fault::transient, fmt::format("checkpassword {}: {}", command, what)};
}

}  // namespace

Result<Checkpassword> Checkpassword::open(const std::string& command) {
    const auto words = words_of(command);
    const std::string program = words.empty() ? "" : words[0];
    if (::access(program.c_str(), X_OK) != 0) {
        return failure({Fault::permanent, fmt::format("users: {}", system_error(errno, "checkpassword program " + program).what),
                        ExitStatus::configuration});
    }
    Checkpassword opened;
    opened.command_ = command;
    return opened;
}

Result<std::optional<User>> Checkpassword::check(std::string_view name, std::string_view password) const {
    auto input = std::string{name} + '\0' + std::string{password} + '\0' + std::to_string(unix_seconds(system_clock().now())) + '\0';
    if (input.size() > most_input || name.find('\0') != std::string_view::npos || password.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    auto question = make_pipe();
    if (!question) return failure(about(command_, question.error().what));
    auto answers = make_signed_pair();
    if (!answers) return failure(about(command_, answers.error().what));
    const auto null = open_null();  // under inetd 0 and 2 are the peer
    if (!null) return failure(about(command_, null.error().what));

    auto words = words_of(command_);
    for (const char* word : {"/usr/bin/env", "-0"}) words.emplace_back(word);
    const int nowhere = null->number();
    const auto process = start({words, {}, {{question->theirs.number(), 3}, {answers->theirs.number(), 1}, {nowhere, 0}, {nowhere, 2}}});
    if (!process) return failure(about(command_, process.error().what));
    question->theirs = Fd{};
    answers->theirs = Fd{};
    const auto until = std::chrono::steady_clock::now() + time_allowed;
    const auto asked = write_all(question->ours, input);  // fits into the pipe; a program that does not read it fails by itself
    question->ours = Fd{};
    const auto answer = receive_all(answers->ours, until);
    const auto ending = wait_for(*process, std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()) + 1s);

    if (!answer) return failure(about(command_, answer.error().what));
    if (!ending) return failure(about(command_, ending.error().what));
    if (ending->exit_status == 1) return std::nullopt;
    if (ending->exit_status != 0) {
        return failure(about(command_, ending->exit_status ? fmt::format("exit status {}", *ending->exit_status) : "killed by a signal"));
    }
    if (!asked || !answer->writer) return failure(about(command_, "it did not start the program it was given"));
    User user;
    user.name = lower(name);
    user.home = value_of("HOME", answer->environment);
    user.uid = answer->writer->uid;
    user.gid = answer->writer->gid;
    return user;
}

}  // namespace mailpipe::sasl
