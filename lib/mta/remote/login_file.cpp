// SPDX-License-Identifier: ISC
#include "mta/remote/login_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/utf8.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t max_octets = 1000;

tl::unexpected<Error> no_login(const std::string& path, std::string_view why) {
    return failure({Fault::transient, fmt::format("login file {}: {}", path, why)});
}

}  // namespace

Result<smtp::Login> read_login(const std::string& path) {
    const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a FIFO must not keep us waiting
    if (!file) return failure({Fault::transient, system_error(errno, fmt::format("open login file {}", path)).what, {}, errno});
    const auto st = status(file);
    if (!st) return no_login(path, st.error().what);
    if (!S_ISREG(st->st_mode)) return no_login(path, "it is no file");
    const auto mode = st->st_mode & 07777U;
    if ((mode & 077U) != 0) return no_login(path, fmt::format("others may read or write it (mode {:04o}): chmod 600", mode));
    auto text = read_all(file, max_octets + 1);
    if (!text || text->size() - (text->ends_with('\n') ? 1 : 0) > max_octets) return no_login(path, "it has more than 1000 octets");
    if (text->ends_with('\n')) text->pop_back();
    const auto colon = text->find(':');
    const bool is_line = is_utf8(*text) && std::ranges::none_of(*text, is_control);
    const bool has_both = colon != 0 && colon != std::string::npos && colon + 1 < text->size();
    if (!is_line || !has_both) return no_login(path, "it is no line user:password");
    return smtp::Login{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace mailpipe::mta
