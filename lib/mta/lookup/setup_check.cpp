// SPDX-License-Identifier: ISC
#include "mta/lookup/setup_check.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "dns/name.hpp"
#include "mta/remote/host_tlsa.hpp"

namespace mailpipe::mta {

namespace {

using dns::Answer;
using dns::Type;

constexpr std::uint16_t smtp_port = 25;

/// One domain's check on its way: callbacks share it, the last one tells.
class Check : public std::enable_shared_from_this<Check> {
public:
    Check(dns::Resolver& resolver, std::function<void(std::vector<Verdict>)> done) : resolver_(resolver), done_(std::move(done)) {}

    void begin(const dns::MailRoute& route, const std::vector<std::string>& selectors) {
        if (route.kind != dns::RouteKind::literal) begin_domain(route.domain, selectors);
        for (const auto& host : route.hosts) {
            if (route.kind != dns::RouteKind::literal && !host.addresses.empty()) begin_tlsa(host, route);
        }
        std::vector<net::IpAddress> addresses;
        for (const auto& host : route.hosts) addresses.insert(addresses.end(), host.addresses.begin(), host.addresses.end());
        const auto count = std::min(addresses.size(), max_checked_addresses);
        for (std::size_t i = 0; i < count; ++i) begin_ptr(addresses[i]);
        if (count == addresses.size()) return;
        auto left_out = fmt::format("{} more addresses are not looked at", addresses.size() - count);
        verdicts_.push_back({"ptr", route.domain, Grade::note, std::move(left_out)});
    }

private:
    using Judge = std::function<Verdict(const Answer&)>;

    /// What is known of one address while its names are followed back.
    struct Address {
        std::size_t slot;
        net::IpAddress ip;
        Answer answer;
        std::vector<std::string> confirmed{};
        std::string trouble{};
        std::size_t unanswered = 0;
    };

    void ask(std::string name, Type type, std::function<void(const Answer&)> take) {
        ++unanswered_;
        resolver_.ask(std::move(name), type, [self = shared_from_this(), take = std::move(take)](const Answer& answer) {
            take(answer);
            if (--self->unanswered_ == 0) self->done_(std::move(self->verdicts_));
        });
    }

    /// The verdicts keep the order in which they were begun.
    std::size_t new_slot() {
        verdicts_.emplace_back();
        return verdicts_.size() - 1;
    }

    void judge(std::string name, Type type, Judge to_verdict) {
        ask(std::move(name), type, [this, slot = new_slot(), to_verdict = std::move(to_verdict)](const Answer& answer) {
            verdicts_[slot] = to_verdict(answer);
        });
    }

    void begin_domain(const std::string& domain, const std::vector<std::string>& selectors) {
        judge(domain, Type::txt, [domain](const Answer& answer) { return judge_spf(domain, answer); });
        ask_dmarc(new_slot(), domain, domain, 0);
        for (const auto& selector : selectors) {
            const auto name = selector + "._domainkey." + domain;
            judge(name, Type::txt, [name](const Answer& answer) { return judge_dkim(name, answer); });
        }
        judge("_mta-sts." + domain, Type::txt, [domain](const Answer& answer) { return judge_mta_sts(domain, answer); });
        judge("_smtp._tls." + domain, Type::txt, [domain](const Answer& answer) { return judge_tls_rpt(domain, answer); });
    }

    /// Up to the first domain above that has a record.
    void ask_dmarc(std::size_t slot, const std::string& domain, const std::string& owner, std::size_t steps) {
        ask("_dmarc." + owner, Type::txt, [this, slot, domain, owner, steps](const Answer& answer) {
            const auto dot = owner.find('.');
            const bool is_over = dot == std::string::npos || owner.find('.', dot + 1) == std::string::npos || steps == max_dmarc_steps;
            if (answer.status == dns::Status::failed || has_dmarc(answer) || is_over) {
                verdicts_[slot] = judge_dmarc(domain, owner, answer);
            } else {
                ask_dmarc(slot, domain, owner.substr(dot + 1), steps + 1);
            }
        });
    }

    void begin_tlsa(const dns::RouteHost& host, const dns::MailRoute& route) {
        const DaneBasis basis{route.is_authentic, host.is_authentic};
        const auto slot = new_slot();
        Answer none;
        none.status = dns::Status::no_such_name;
        verdicts_[slot] = judge_tlsa(host.name, none, basis);
        ask_tlsa(slot, tlsa_bases(host), host.name, basis);
    }

    /// The first of `bases` that decides, as for find_host_tlsa(); else one that has records, though nobody validated them.
    void ask_tlsa(std::size_t slot, std::vector<std::string> bases, const std::string& host, const DaneBasis& basis) {
        const auto question = tlsa_name(bases.front(), smtp_port);
        ask(question, Type::tlsa, [this, slot, bases, host, basis](const Answer& answer) {
            const bool has_records = answer.status == dns::Status::found;
            const bool decides = answer.status == dns::Status::failed || (has_records && answer.is_authentic);
            if (decides || has_records) verdicts_[slot] = judge_tlsa(host, answer, basis);
            if (!decides && bases.size() > 1) ask_tlsa(slot, {bases.begin() + 1, bases.end()}, host, basis);
        });
    }

    void begin_ptr(const net::IpAddress& ip) {
        ask(dns::reverse_name(ip), Type::ptr, [this, slot = new_slot(), ip](const Answer& answer) {
            follow_back(std::make_shared<Address>(Address{slot, ip, answer}));
        });
    }

    void follow_back(const std::shared_ptr<Address>& address) {
        const auto type = address->ip.is_v4() ? Type::a : Type::aaaa;
        const auto count = std::min(address->answer.hosts.size(), max_names_of_address);
        for (std::size_t i = 0; i < count; ++i) {
            const auto& name = address->answer.hosts[i];
            if (!dns::is_host_name(name)) continue;
            ++address->unanswered;
            ask(name, type, [this, address, name](const Answer& answer) {
                if (std::ranges::find(answer.addresses, address->ip) != answer.addresses.end()) address->confirmed.push_back(name);
                if (answer.status == dns::Status::failed) address->trouble = answer.trouble;
                if (--address->unanswered == 0) judge_address(*address);
            });
        }
        if (address->unanswered == 0) judge_address(*address);
    }

    void judge_address(const Address& address) {
        verdicts_[address.slot] = judge_ptr(net::to_string(address.ip), address.answer, address.confirmed, address.trouble);
    }

    dns::Resolver& resolver_;
    std::function<void(std::vector<Verdict>)> done_;
    std::vector<Verdict> verdicts_;
    std::size_t unanswered_ = 0;
};

}  // namespace

void check_setup(dns::Resolver& resolver, const dns::MailRoute& route, const std::vector<std::string>& selectors,
                 std::function<void(std::vector<Verdict>)> done) {
    std::make_shared<Check>(resolver, std::move(done))->begin(route, selectors);
}

}  // namespace mailpipe::mta
