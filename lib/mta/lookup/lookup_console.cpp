// SPDX-License-Identifier: ISC
#include "mta/lookup/lookup_console.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::chrono::seconds quiet{1};        // shorter work shows nothing
constexpr std::chrono::milliseconds pause{500};

void say(const std::string& text) { [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, text.data(), text.size()); }

}  // namespace

LookupConsole::LookupConsole()
    : shows_progress_(::isatty(STDERR_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 0),
      begun_(std::chrono::steady_clock::now()),
      shown_(begun_) {}

LookupConsole::~LookupConsole() { erase(); }

LookupOutputs LookupConsole::outputs() {
    return {
        .print = [](std::string_view report) { std::fwrite(report.data(), 1, report.size(), stdout); },
        .flush = [] { std::fflush(stdout); },
        .complain =
            [this](std::string_view what) {
                erase();
                std::fflush(stdout);  // both may be one terminal, or one log
                say(fmt::format("mxlookup: {}\n", line_for_terminal(what)));
            },
        .progress = [this](const LookupSummary& summary) { show(summary); },
        .is_broken = [] { return std::ferror(stdout) != 0; },
    };
}

void LookupConsole::show(const LookupSummary& summary) {
    const auto now = std::chrono::steady_clock::now();
    if (!shows_progress_ || now - begun_ < quiet || now - shown_ < pause) return;
    shown_ = now;
    has_progress_ = true;
    const auto seconds = std::chrono::duration<double>(now - begun_).count();
    say(fmt::format("\r{} domains, {:.0f} a second, {} not known\x1b[K", summary.domains, static_cast<double>(summary.domains) / seconds,
                    summary.unknown));
}

void LookupConsole::erase() {
    if (std::exchange(has_progress_, false)) say("\r\x1b[K");
}

}  // namespace mailpipe::mta
