// SPDX-License-Identifier: ISC
#include "mta/inbound/filter.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/process.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t complaint_shown = 200;

Verdict refuse(smtp::Reply reply) { return tl::unexpected{std::move(reply)}; }
Verdict temporary(std::string text) { return refuse({451, "4.3.0", std::move(text)}); }

/// The log gets the reason.
Verdict failed(const Filter& filter, const Error& error) {
    LogLine{"error"}.add("id", filter.id).add("what", error.what).write();
    return temporary(timed_out(error) ? "filter took too long" : "filter can't be run now");
}

/// The first line, fit for a reply: printable ASCII and not too long.
std::string first_line(const std::string& complaints) {
    std::string line{trim(std::string_view{complaints}.substr(0, complaints.find('\n')))};
    line.resize(std::min(line.size(), complaint_shown));
    std::ranges::replace_if(line, [](char c) { return is_control(c) || !is_ascii(c); }, '?');
    return line;
}

Verdict size_of_output(const Fd& output, std::uint64_t max_octets) {
    const auto st = status(output);
    if (!st || st->st_size == 0) return temporary("filter gave no output");
    const auto octets = static_cast<std::uint64_t>(st->st_size);
    if (max_octets != 0 && octets > max_octets) return refuse({552, "5.3.4", "message too big behind the filter"});
    return octets;
}

}  // namespace

Verdict run_filter(const Filter& filter, const Fd& input, const Fd& output) {
    auto complaints = Hearing::open();
    if (!complaints) return failed(filter, complaints.error());
    if (::lseek(input.number(), 0, SEEK_SET) < 0) return failed(filter, system_error(errno, "rewind a filter's input"));

    const auto process = start({{"/bin/sh", "-c", filter.command},
                                filter.environment,
                                {{input.number(), STDIN_FILENO},
                                 {output.number(), STDOUT_FILENO},
                                 {complaints->speaker().number(), STDERR_FILENO}}});
    if (!process) return failed(filter, process.error());
    const auto ending = wait_for(*process, filter.timeout, &*complaints);
    if (!ending) return failed(filter, ending.error());

    const auto fault = fault_of(*ending);
    if (!fault) return size_of_output(output, filter.max_octets);
    auto line = first_line(complaints->text());
    LogLine ended{"filter"};
    ended.add("id", filter.id).add("said", line);
    if (ending->exit_status) ended.add("status", static_cast<std::uint64_t>(*ending->exit_status));
    if (!ending->exit_status) ended.add("signal", static_cast<std::uint64_t>(ending->signal));
    ended.write();
    if (*fault == Fault::transient) return temporary(line.empty() ? "filter says: try again" : line);
    return refuse({550, "5.7.1", line.empty() ? "message refused by filter" : line});
}

}  // namespace mailpipe::mta
