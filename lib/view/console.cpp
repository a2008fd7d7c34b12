// SPDX-License-Identifier: ISC
#include "view/console.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/utf8.hpp"

namespace mailpipe::view {

namespace {

using namespace std::chrono;

constexpr std::int64_t quiet_ms = 1000;  // short work shows nothing
constexpr std::int64_t pause_ms = 200;
constexpr unsigned default_columns = 80;

std::int64_t now_ms() { return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count(); }

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Nobody may hear it: that ends no work.
void say(const std::string& text) { std::fputs(text.c_str(), stderr); }

bool is_program(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// The first word of a command that a shell would find, by its path or in $PATH.
bool is_there(const std::string& command) {
    const auto program = command.substr(0, command.find(' '));
    if (program.find('=') != program.npos) return true;  // "LESS=R less": the shell will know
    if (program.find('/') != program.npos) return is_program(program);
    const auto path = environment("PATH");
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find(':', begin), path.size());
        if (is_program(path.substr(begin, end - begin) + "/" + program)) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace

Console::Console(std::string tool)
    : tool_(std::move(tool)), shows_progress_(::isatty(STDERR_FILENO) == 1), begun_ms_(now_ms()), shown_ms_(begun_ms_) {}

Console::~Console() {
    erase_progress();
    if (pager_ != nullptr) ::pclose(pager_);
}

void Console::print(std::string_view data) {
    if (data.empty()) return;
    if (has_progress_ && is_terminal()) erase_progress();
    if (std::exchange(wants_pager_, false)) start_pager();
    std::fwrite(data.data(), 1, data.size(), pager_ != nullptr ? pager_ : stdout);
}

void Console::complain(std::string_view what) {
    erase_progress();
    std::fflush(stdout);  // both may be one terminal, or one log
    say(fmt::format("{}: {}\n", tool_, line_for_terminal(what)));
}

void Console::count() {
    ++messages_;
    if (!shows_progress_) return;
    const auto now = now_ms();
    if (now - begun_ms_ < quiet_ms || now - shown_ms_ < pause_ms) return;
    shown_ms_ = now;
    has_progress_ = true;
    say(fmt::format("\r{} messages, {} s", messages_, (now - begun_ms_) / 1000));
}

void Console::erase_progress() {
    if (!has_progress_) return;
    say("\r\x1b[K");
    has_progress_ = false;
}

bool Console::is_broken() const { return std::ferror(pager_ != nullptr ? pager_ : stdout) != 0; }

bool Console::is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool Console::has_colours() {
    const auto terminal = environment("TERM");
    return is_terminal() && environment("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb";
}

unsigned Console::columns() {
    if (const auto given = to_number<unsigned>(environment("COLUMNS")); given && *given > 0) return *given;
    if (!is_terminal()) return 0;
    winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : default_columns;
}

void Console::start_pager() {
    const char* named = std::getenv("PAGER");
    const std::string pager = named == nullptr ? "less" : named;
    if (!is_terminal() || pager.empty() || pager == "cat" || !is_there(pager)) return;
    ::setenv("LESS", "FRX", 0);  // short text just stands there, colours are shown
    pager_ = ::popen(pager.c_str(), "w");
    if (pager_ == nullptr) return;
    shows_progress_ = false;  // the pager has the screen
    // A pager that is left in the middle, or interrupted, is no failure of ours. It is started: it does not inherit that.
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGINT, SIG_IGN);
}

}  // namespace mailpipe::view
