// SPDX-License-Identifier: ISC
#include "mta/outcome/metrics.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/number.hpp"
#include "base/unique_name.hpp"
#include "base/utf8.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view end_mark = "# EOF\n";
constexpr std::string_view other = "other";
constexpr std::size_t max_file_octets = 4 * 1024 * 1024;
constexpr int lock_tries = 40;
constexpr unsigned lock_pause = 50'000;  // µs

struct Family {
    std::string_view name, help;
    std::string_view label;  // beside "site"; empty: none
};
constexpr Family families[] = {
    {"mailpipe_recipients_total", "Recipients by what became of them; deferred: each time.", "outcome"},
    {"mailpipe_connections_total", "Connections to hosts of a site, by how safe they were; unreachable: there was none.", "security"},
    {"mailpipe_throttled_total", "Times that a site got mail more slowly than there was.", ""},
};

struct Kind {
    const Family& family;
    std::string_view value;  // of the family's label
};
/// In the order of Counted.
constexpr Kind kinds[counted_kinds] = {
    {families[0], "delivered"}, {families[0], "relayed"},  {families[0], "deferred"}, {families[0], "failed"}, {families[1], "plain"},
    {families[1], "encrypted"}, {families[1], "verified"}, {families[1], "unreachable"}, {families[2], ""},
};

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

/// What comes before the number.
std::string series(std::string_view site, const Kind& kind) {
    if (kind.family.label.empty()) return fmt::format("{}{{site=\"{}\"}} ", kind.family.name, escaped(site));
    return fmt::format("{}{{site=\"{}\",{}=\"{}\"}} ", kind.family.name, escaped(site), kind.family.label, kind.value);
}

void begin_family(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

std::string counters_text(const Counts& counts) {
    std::string text;
    for (const auto& family : families) {
        begin_family(text, family.name, "counter", family.help);
        for (const auto& [key, n] : counts) {
            const auto& kind = kinds[static_cast<std::size_t>(key.second)];
            if (&kind.family == &family) text += series(key.first, kind) + fmt::format("{}\n", n);
        }
    }
    return text;
}

std::string gauges_text(const QueueLevels& levels) {
    std::string text;
    begin_family(text, "mailpipe_queue_messages", "gauge", "Messages in the queue, by state.");
    const auto each_state = [&](std::string_view name, auto value) {
        for (std::size_t n = 0; n < levels.states.size(); ++n) {
            text += fmt::format("{}{{state=\"{}\"}} {}\n", name, to_string(static_cast<queue::State>(n)), value(levels.states[n]));
        }
    };
    each_state("mailpipe_queue_messages", [](const auto& level) { return static_cast<std::int64_t>(level.messages); });
    begin_family(text, "mailpipe_queue_oldest_message_age_seconds", "gauge", "Age of the oldest message, by state; 0: there is none.");
    each_state("mailpipe_queue_oldest_message_age_seconds", [](const auto& level) { return level.oldest_age; });
    begin_family(text, "mailpipe_queue_due_messages", "gauge", "Messages that could be tried now: new, or waiting and due.");
    text += fmt::format("mailpipe_queue_due_messages {}\n", levels.due);
    begin_family(text, "mailpipe_queue_recipients", "gauge", "Recipients who wait, by site, but for held messages.");
    for (const auto& level : levels.sites) {
        text += fmt::format("mailpipe_queue_recipients{{site=\"{}\"}} {}\n", escaped(line_for_terminal(level.site)), level.recipients);
    }
    begin_family(text, "mailpipe_queue_oldest_recipient_age_seconds", "gauge", "How long the first of them has waited.");
    for (const auto& level : levels.sites) {
        text += fmt::format("mailpipe_queue_oldest_recipient_age_seconds{{site=\"{}\"}} {}\n", escaped(line_for_terminal(level.site)),
                            level.oldest_age);
    }
    return text;
}

/// Takes `site` out of series(), as it was before escaped(). Nothing: that is none of ours.
std::optional<std::string> take_label(std::string_view& line) {
    std::string value;
    for (std::size_t n = 0; n < line.size(); ++n) {
        if (line[n] == '"') {
            line.remove_prefix(n + 1);
            return value;
        }
        if (line[n] == '\\') ++n;
        if (n < line.size()) value += line[n];
    }
    return {};
}

/// What is no line of a counter is passed over.
void parse_line(std::string_view line, Counts& counts) {
    constexpr std::string_view site_label = "{site=\"";
    const auto name = line.substr(0, line.find('{'));
    if (!line.substr(name.size()).starts_with(site_label)) return;
    line.remove_prefix(name.size() + site_label.size());
    const auto site = take_label(line);
    if (!site) return;
    for (std::size_t n = 0; n < counted_kinds; ++n) {
        const auto& [family, value] = kinds[n];
        const auto rest = family.label.empty() ? std::string{"} "} : fmt::format(",{}=\"{}\"}} ", family.label, value);
        if (family.name != name || !line.starts_with(rest)) continue;
        const auto number = to_number<std::uint64_t>(line.substr(rest.size()));
        if (number) counts[{*site, static_cast<Counted>(n)}] = *number;
    }
}

/// Adds, and keeps the number of sites bounded.
void add(Counts& counts, const Counts& more) {
    std::set<std::string> sites;
    for (const auto& [key, n] : counts) sites.insert(key.first);
    for (const auto& [key, n] : more) {
        const bool has_room = sites.size() < Metrics::max_sites || sites.contains(key.first);
        const auto site = has_room ? key.first : std::string{other};
        sites.insert(site);
        counts[{site, key.second}] += n;
    }
}

std::pair<std::string, std::string> split_path(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

/// Until the directory is closed. Whoever holds it does so for milliseconds.
Result<void> lock(const Fd& directory) {
    for (int tries = 0; ::flock(directory.number(), LOCK_EX | LOCK_NB) != 0; ++tries) {
        if (errno != EWOULDBLOCK && errno != EINTR) return {};  // a file system without locks
        if (tries == lock_tries) return failure({Fault::transient, "the metrics' directory is locked"});
        ::usleep(lock_pause);
    }
    return {};
}

/// "1795405105.M36P12Q1.new.mailpipe.prom.tmp".
std::string name_while_written(std::string_view name, Time now) { return fmt::format("{}.{}.tmp", unique_name(now, "new"), name); }

bool is_name_while_written(std::string_view entry, std::string_view name) {
    const auto end = fmt::format(".new.{}.tmp", name);
    if (!entry.ends_with(end)) return false;
    const auto is_of_number = [](char c) { return is_digit(c) || c == '.' || c == 'M' || c == 'P' || c == 'Q'; };
    return std::ranges::all_of(entry.substr(0, entry.size() - end.size()), is_of_number);
}

/// What writers have left that were killed.
void sweep(const Fd& directory, std::string_view name, Time now) {
    constexpr std::chrono::hours abandoned{1};  // the clocks of hosts that share it may differ by minutes
    std::vector<std::string> left;
    const auto scanned = scan_directory(directory, [&](const DirectoryEntry& entry) {
        if (is_name_while_written(entry.name, name)) left.emplace_back(entry.name);
        return true;
    });
    if (!scanned) return;
    for (const auto& one : left) {
        const auto st = status_at(directory, one);
        if (st && unix_seconds(now - abandoned) > st->st_mtime) static_cast<void>(unlink_at(directory, one));
    }
}

/// For everybody to read. No fsync(2): what a crash of the host tears is known by its end, and counts as nothing.
Result<void> fill(Fd& file, std::string_view text) {
    if (::fchmod(file.number(), 0644) != 0) return failure(system_error(errno, "fchmod the metrics"));
    if (auto written = write_all(file, text); !written) return written;
    return file.close();
}

/// Its name until then is nobody else's: where the file system has no locks, another one may be writing.
Result<void> replace(const Fd& directory, const std::string& name, std::string_view text, Time now) {
    sweep(directory, name, now);
    const auto new_name = name_while_written(name, now);
    auto file = create_exclusive_at(directory, new_name, 0644);
    if (!file) return failure(file.error());
    auto done = fill(*file, text);
    if (done) done = rename_at(directory, new_name, directory, name);
    if (!done) static_cast<void>(unlink_at(directory, new_name));
    return done;
}

}  // namespace

Counts parse_counts(std::string_view text) {
    Counts counts;
    if (!text.ends_with(end_mark)) return counts;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);  // the end mark has a line end
        parse_line(line, counts);
    }
    return counts;
}

std::string metrics_text(const Counts& counts, const QueueLevels& levels) {
    return gauges_text(levels) + counters_text(counts) + std::string{end_mark};
}

void Metrics::count(std::string_view site, Counted what, std::uint64_t n) {
    auto name = line_for_terminal(site.substr(0, max_site_octets));
    const bool has_room = counts_.size() < max_sites * counted_kinds || counts_.contains({name, what});
    counts_[{has_room ? std::move(name) : std::string{other}, what}] += n;
}

void Metrics::count(std::string_view site, queue::Event event) {
    switch (event) {
        case queue::Event::delivered: return count(site, Counted::delivered);
        case queue::Event::relayed: return count(site, Counted::relayed);
        case queue::Event::deferred: return count(site, Counted::deferred);
        case queue::Event::failed: return count(site, Counted::failed);
        case queue::Event::expanded:
        case queue::Event::notified:
        case queue::Event::routed:
        case queue::Event::tried: break;
    }
}

Result<void> Metrics::write() {
    const auto levels = gauges_.look(spool_, unix_seconds(clock_.now()));
    if (!levels) return failure(levels.error());
    const auto [path, name] = split_path(file_);
    const auto directory = open_directory(path);
    if (!directory) return failure(directory.error());
    if (auto locked = lock(*directory); !locked) return locked;
    Counts counts;
    const auto old = read_file(file_, max_file_octets);
    if (old) counts = parse_counts(*old);
    else if (old.error().number != ENOENT && old.error().number != 0) return failure(old.error());
    add(counts, counts_);
    if (auto replaced = replace(*directory, name, metrics_text(counts, *levels), clock_.now()); !replaced) return replaced;
    counts_.clear();
    return {};
}

void Metrics::write_or_log() {
    if (auto written = write(); !written) LogLine("error").add("what", "metrics: " + written.error().what).write();
}

}  // namespace mailpipe::mta
