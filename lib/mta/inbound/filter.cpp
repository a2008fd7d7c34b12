// SPDX-License-Identifier: ISC
#include "mta/inbound/filter.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t complaint_octets = 4096;
constexpr std::size_t complaint_shown = 200;

smtp::Reply temporary(std::string text) { return {451, "4.3.0", std::move(text)}; }

/// The first line, fit for a reply: printable ASCII and not too long.
std::string first_line(const Fd& complaints) {
    ::lseek(complaints.number(), 0, SEEK_SET);
    std::string text(complaint_octets, '\0');
    const auto n = ::read(complaints.number(), text.data(), text.size());
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    std::string line{trim(text.substr(0, text.find('\n')))};
    line.resize(std::min(line.size(), complaint_shown));
    std::ranges::replace_if(line, [](char c) { return is_control(c) || !is_ascii(c); }, '?');
    return line;
}

}  // namespace

std::optional<smtp::Reply> run_filter(const Filter& filter, const Fd& input, const Fd& output) {
    const Fd complaints{::memfd_create("filter-stderr", MFD_CLOEXEC)};
    if (!complaints || ::lseek(input.number(), 0, SEEK_SET) < 0) return temporary("filter can't be run now");

    const auto process = start({{"/bin/sh", "-c", filter.command},
                                filter.environment,
                                {{input.number(), STDIN_FILENO},
                                 {output.number(), STDOUT_FILENO},
                                 {complaints.number(), STDERR_FILENO}}});
    if (!process) return temporary("filter can't be run now");
    const auto ending = wait_for(*process, filter.timeout);
    if (!ending) return temporary(timed_out(ending.error()) ? "filter took too long" : "filter can't be run now");

    const auto fault = fault_of(*ending);
    if (!fault) {
        const auto st = status(output);
        if (!st || st->st_size == 0) return temporary("filter gave no output");
        return std::nullopt;
    }
    auto line = first_line(complaints);
    if (*fault == Fault::transient) return temporary(line.empty() ? "filter says: try again" : line);
    return smtp::Reply{550, "5.7.1", line.empty() ? "message refused by filter" : line};
}

}  // namespace mailpipe::mta
