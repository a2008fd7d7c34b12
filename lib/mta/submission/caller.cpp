// SPDX-License-Identifier: ISC
#include "mta/submission/caller.hpp"

#include <pwd.h>

#include <cerrno>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "mta/sender.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t entry_octets = 64 * 1024;  // of passwd(5), with all its texts

}  // namespace

std::string full_name_of(std::string_view gecos, std::string_view login) {
    std::string name;
    for (const char c : gecos.substr(0, gecos.find(','))) {
        if (c != '&') {
            name += c;
        } else if (!login.empty()) {
            name.append(1, to_upper(login.front())).append(login.substr(1));
        }
    }
    return std::string{trim(name)};
}

Result<std::optional<Caller>> find_caller(uid_t uid) {
    std::vector<char> texts(entry_octets);
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwuid_r(uid, &entry, texts.data(), texts.size(), &found);
    if (found != nullptr) return Caller{entry.pw_name, full_name_of(entry.pw_gecos, entry.pw_name)};
    if (error == 0 || error == ENOENT || error == ESRCH) return std::nullopt;
    return failure({Fault::transient, system_error(error, fmt::format("look up user {}", uid)).what, {}, error});
}

Result<Author> find_author(const std::optional<Caller>& caller, const std::optional<std::string>& sender,
                           const std::optional<std::string>& full_name, std::string_view domain) {
    Author author{full_name.value_or(caller ? caller->full_name : ""), {}, {}};
    if (caller) author.mailbox = {caller->login, std::string{domain}};
    if (!sender) {
        if (!caller) return failure({Fault::permanent, "passwd(5) does not know who calls: say -f", ExitStatus::no_user});
        author.sender = author.mailbox;
        return author;
    }
    auto path = parse_sender(*sender, domain);
    if (!path) return failure(path.error());
    author.sender = std::move(*path);
    if (author.sender) author.mailbox = *author.sender;
    if (!caller && !author.sender) author.mailbox = {"MAILER-DAEMON", std::string{domain}};
    return author;
}

}  // namespace mailpipe::mta
