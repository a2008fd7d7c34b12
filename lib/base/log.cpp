// SPDX-License-Identifier: ISC
#include "base/log.hpp"

#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/utf8.hpp"

namespace mailpipe {

namespace {

struct {
    std::string tool = "mailpipe";
    LogTarget target = LogTarget::standard_error;
} log_state;

bool is_plain(std::string_view value) {
    if (value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos) return false;
    while (!value.empty()) {
        const auto size = printable_octets(value);
        if (size == 0) return false;
        value.remove_prefix(size);
    }
    return true;
}

/// UTF-8 stays as it is; a terminal that shows the log obeys nothing in it.
void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    while (!value.empty()) {
        const auto size = printable_octets(value);
        if (value.front() == '"' || value.front() == '\\') out += '\\';
        if (size == 0) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(value.front()));
        out += value.substr(0, size);
        value.remove_prefix(std::max<std::size_t>(size, 1));
    }
    out += '"';
}

}  // namespace

LogTarget automatic_log_target() {
    struct stat in {};
    struct stat err {};
    const bool is_peer = ::fstat(STDIN_FILENO, &in) == 0 && ::fstat(STDERR_FILENO, &err) == 0 && S_ISSOCK(err.st_mode) &&
                         in.st_dev == err.st_dev && in.st_ino == err.st_ino;
    return is_peer ? LogTarget::syslog : LogTarget::standard_error;
}

void open_log(std::string_view tool, LogTarget target) {
    log_state.tool = tool;
    log_state.target = target;
    if (target == LogTarget::syslog) ::openlog(log_state.tool.c_str(), LOG_PID | LOG_NDELAY, LOG_MAIL);
}

LogLine::LogLine(std::string_view event) {
    text_.reserve(256);
    add("event", event);
}

LogLine& LogLine::add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ' ';
    text_ += key;
    text_ += '=';
    if (is_plain(value)) {
        text_ += value;
    } else {
        append_quoted(text_, value);
    }
    return *this;
}

LogLine& LogLine::add(std::string_view key, std::uint64_t value) { return add(key, fmt::format_int(value).str()); }

void LogLine::write() const {
    if (log_state.target == LogTarget::nowhere) return;
    if (log_state.target == LogTarget::syslog) {
        ::syslog(LOG_INFO, "%s", text_.c_str());
        return;
    }
    const auto line = fmt::format("ts={} tool={} {}\n", rfc3339(std::chrono::system_clock::now()), log_state.tool, text_);
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace mailpipe
