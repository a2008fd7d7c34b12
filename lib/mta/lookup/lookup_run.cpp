// SPDX-License-Identifier: ISC
#include "mta/lookup/lookup_run.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "mta/lookup/connection_report.hpp"
#include "mta/lookup/connections.hpp"
#include "mta/lookup/route_report.hpp"
#include "mta/lookup/setup_check.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::chrono::milliseconds longest_wait{200};  // progress is shown so often
constexpr std::chrono::milliseconds between_sends{20};  // what a limit of questions in a second holds back goes out then

class Run {
public:
    Run(dns::Resolver& resolver, const Fd& polled, SubjectSource& source, const LookupOptions& options, const LookupOutputs& outputs)
        : resolver_(resolver), polled_(polled), source_(source), options_(options), outputs_(outputs) {}

    Result<LookupSummary> to_the_end() {
        while ((may_begin() || active_ > 0) && !outputs_.is_broken()) {
            begin_what_is_there();
            wait();
            print_what_is_done();
            outputs_.progress(summary_);
        }
        if (trouble_) return failure(*trouble_);
        return summary_;
    }

private:
    /// A domain in its turn, and its report when it is there.
    struct Slot {
        std::optional<std::string> report{};
        std::string complaint{};
    };

    /// What is known of a domain so far.
    struct Found {
        Subject subject;
        dns::MailRoute route;
        std::vector<Verdict> verdicts{};
        Connections connections{};
    };

    std::size_t at_once() const { return options_.probing == nullptr ? options_.at_once : 1; }  // conversations block
    bool has_room() const { return active_ < at_once() && slots_.size() < max_waiting_reports; }
    bool may_begin() const { return !source_.is_at_end(); }

    void begin_what_is_there() {
        while (has_room() && may_begin()) {
            auto line = source_.next();
            if (!line) trouble_ = std::move(line).error();
            if (trouble_ || !*line) return;
            begin(**line);
        }
    }

    void begin(const std::string& line) {
        auto slot = std::make_shared<Slot>();
        if (options_.order == LookupOrder::as_given) slots_.push_back(slot);
        auto subject = parse_subject(line);
        if (!subject) return refuse(*slot, line, subject.error());
        ++active_;
        auto domain = subject->domain;
        dns::find_mail_route(resolver_, std::move(domain), [this, slot, subject = std::move(*subject)](dns::MailRoute route) mutable {
            check(slot, {std::move(subject), std::move(route)});
        });
    }

    void check(const std::shared_ptr<Slot>& slot, Found found) {
        const bool is_there = found.route.kind != dns::RouteKind::failed && found.route.kind != dns::RouteKind::no_such_domain;
        if (!options_.with_checks || !is_there) return connect(slot, std::move(found));
        check_setup(resolver_, found.route, options_.selectors, [this, slot, found](std::vector<Verdict> verdicts) mutable {
            found.verdicts = std::move(verdicts);
            connect(slot, std::move(found));
        });
    }

    void connect(const std::shared_ptr<Slot>& slot, Found found) {
        if (options_.probing == nullptr) return conclude(*slot, found);
        if (options_.format == LookupFormat::text) print_ahead(found);
        connect_to_hosts(resolver_, found.route, *options_.probing, [this, slot, found](Connections connections) mutable {
            found.connections = std::move(connections);
            conclude(*slot, found);
        });
    }

    void conclude(Slot& slot, const Found& found) {
        --active_;
        count(found);
        finish(slot, report(found));
    }

    static std::string dns_text(const Found& found) { return route_text(found.subject, found.route) + verdicts_text(found.verdicts); }

    /// Somebody may watch: conversations can take minutes. Those before it are done, as it is one domain at a time.
    void print_ahead(const Found& found) {
        print_what_is_done();
        outputs_.print(dns_text(found));
        outputs_.flush();
    }

    std::string report(const Found& found) const {
        switch (options_.format) {
            case LookupFormat::text: return options_.probing == nullptr ? dns_text(found) : connections_text(found.connections);
            case LookupFormat::json: {
                auto object = route_json(found.subject, found.route);
                if (options_.with_checks) object.add_raw("checks", verdicts_json(found.verdicts));
                if (options_.probing != nullptr) add_connections(object, found.connections);
                return object.text() + '\n';
            }
            case LookupFormat::hosts: return route_hosts(found.route);
        }
        return {};
    }

    void refuse(Slot& slot, const std::string& line, const Error& error) {
        ++summary_.domains;
        ++summary_.refused;
        slot.complaint = source_.descriptor() < 0 ? error.what : fmt::format("line {}: {}", source_.number(), error.what);
        finish(slot, options_.format == LookupFormat::json ? refusal_json(line, error) : "");
    }

    void count(const Found& found) {
        ++summary_.domains;
        if (has(found.verdicts, Grade::bad) || found.connections.has_refusal()) ++summary_.flawed;
        if (has(found.verdicts, Grade::unknown) || found.connections.are_all_unreached()) ++summary_.unknown;
        switch (found.route.kind) {
            case dns::RouteKind::failed: ++summary_.unknown; break;
            case dns::RouteKind::null_mx:
            case dns::RouteKind::no_such_domain:
            case dns::RouteKind::no_mail_host: ++summary_.no_host; break;
            case dns::RouteKind::mx:
            case dns::RouteKind::implicit_mx:
            case dns::RouteKind::literal: break;
        }
    }

    static bool has(const std::vector<Verdict>& verdicts, Grade grade) {
        return std::ranges::find(verdicts, grade, &Verdict::grade) != verdicts.end();
    }

    void finish(Slot& slot, std::string report) {
        slot.report = std::move(report);
        if (options_.order == LookupOrder::as_found) print(slot);
    }

    void print(Slot& slot) {
        if (!slot.complaint.empty()) outputs_.complain(std::exchange(slot.complaint, {}));
        if (!slot.report->empty()) outputs_.print(*slot.report);
        slot.report->clear();
    }

    /// Up to the first one that is not known yet.
    void print_what_is_done() {
        while (!slots_.empty() && slots_.front()->report) {
            print(*slots_.front());
            slots_.pop_front();
        }
    }

    /// For answers, and for more input, where there is room for it.
    void wait() {
        const bool wants_input = has_room() && may_begin();
        if (!wants_input || source_.descriptor() < 0) {
            if (active_ > 0) resolver_.wait(longest_wait);
            return;
        }
        if (resolver_.wait(std::chrono::milliseconds{0})) return;  // also sends what was asked
        if (active_ == 0) outputs_.flush();
        pollfd polled[] = {{source_.descriptor(), POLLIN, 0}, {polled_.number(), POLLIN, 0}};
        ::poll(polled, 2, static_cast<int>((active_ > 0 ? between_sends : longest_wait).count()));
    }

    dns::Resolver& resolver_;
    const Fd& polled_;
    SubjectSource& source_;
    const LookupOptions& options_;
    const LookupOutputs& outputs_;
    std::deque<std::shared_ptr<Slot>> slots_;
    std::size_t active_ = 0;
    LookupSummary summary_;
    std::optional<Error> trouble_;
};

}  // namespace

Result<void> LookupSummary::outcome() const {
    const auto told = [&](std::string_view what, std::uint64_t count, ExitStatus status) {
        const auto fault = status == ExitStatus::try_again ? Fault::transient : Fault::permanent;
        return failure({fault, fmt::format("{}: {} of {}", what, count, domains), status});
    };
    if (refused > 0) return told("not a domain", refused, ExitStatus::data);
    if (unknown > 0) return told("not known now", unknown, ExitStatus::try_again);
    if (no_host > 0) return told("without a mail host", no_host, ExitStatus::no_host);
    if (flawed > 0) return told("not as it should be", flawed, ExitStatus::findings);
    return {};
}

Result<LookupSummary> look_up(dns::Resolver& resolver, const Fd& polled, SubjectSource& source, const LookupOptions& options,
                              const LookupOutputs& outputs) {
    return Run{resolver, polled, source, options, outputs}.to_the_end();
}

}  // namespace mailpipe::mta
