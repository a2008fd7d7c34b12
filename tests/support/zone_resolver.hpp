// SPDX-License-Identifier: ISC
// The DNS as a zone in memory, which answers or fails as it is told.
//
//     ZoneResolver dns;
//     dns.mx("example.org", 10, "mx.example.org");
//     dns.address("mx.example.org", "192.0.2.1");        // A or AAAA, as it looks
//     dns.mail_host("example.org", 10, "mx.example.org", {"192.0.2.1"});  // both
//     dns.alias("www.example.org", "example.org");       // CNAME
//     dns.fail("slow.example.org", dns::Type::mx, "timed out");
//     dns.authentic("example.org");                      // answers about that name have AD
//
// A name that nothing was said of does not exist. CNAMEs are followed in the zone.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/resolver.hpp"

namespace mailpipe::test {

class ZoneResolver final : public dns::Resolver {
public:
    using Type = dns::Type;

    void mx(const std::string& name, std::uint16_t preference, std::string host) {
        at(name, Type::mx).mx.push_back({preference, std::move(host)});
    }
    void address(const std::string& name, const std::string& ip) {
        const auto address = net::parse_ip(ip).value();
        at(name, address.is_v4() ? Type::a : Type::aaaa).addresses.push_back(address);
    }
    /// An MX, and the addresses of its host.
    void mail_host(const std::string& domain, std::uint16_t preference, const std::string& host, const std::vector<std::string>& ips) {
        mx(domain, preference, host);
        for (const auto& ip : ips) address(host, ip);
    }
    void text(const std::string& name, std::string value) { at(name, Type::txt).texts.push_back(std::move(value)); }
    void host(const std::string& name, std::string value) { at(name, Type::ptr).hosts.push_back(std::move(value)); }
    void tlsa(const std::string& name, dns::Tlsa value) { at(name, Type::tlsa).tlsa.push_back(std::move(value)); }
    void alias(const std::string& name, std::string to) {
        names_.insert(name);
        aliases_[name] = std::move(to);
    }
    /// The name is there, and nothing else of it.
    void exists(const std::string& name) { names_.insert(name); }
    void fail(const std::string& name, Type type, std::string trouble) {
        auto& answer = at(name, type);
        answer.status = dns::Status::failed;
        answer.trouble = std::move(trouble);
    }
    void authentic(const std::string& name) { authentic_.insert(name); }

    void ask(std::string name, Type type, dns::Callback callback) override {
        asked.emplace_back(name, type);
        waiting_.emplace_back(answer_to(name, type), std::move(callback));
    }
    bool wait(std::chrono::milliseconds) override {
        const auto count = waiting_.size();
        for (std::size_t i = 0; i < count; ++i) {
            const auto [answer, callback] = std::move(waiting_.front());
            waiting_.pop_front();
            callback(answer);
        }
        return count > 0;
    }
    std::size_t outstanding() const override { return waiting_.size(); }

    std::vector<std::pair<std::string, Type>> asked;  ///< every question so far

private:
    dns::Answer& at(const std::string& name, Type type) {
        names_.insert(name);
        auto& answer = answers_[{name, type}];
        answer.status = dns::Status::found;
        answer.ttl = 300;
        return answer;
    }
    dns::Answer answer_to(std::string name, Type type) const {
        std::vector<std::string> aliases;
        bool is_authentic = authentic_.contains(name);
        for (auto alias = aliases_.find(name); alias != aliases_.end(); alias = aliases_.find(name)) {
            aliases.push_back(std::exchange(name, alias->second));
            is_authentic = is_authentic && authentic_.contains(name);
            if (aliases.size() > dns::max_aliases) return dns::failed_answer(aliases.front(), "a CNAME loop");
        }
        const auto found = answers_.find({name, type});
        dns::Answer answer;
        answer.status = names_.contains(name) ? dns::Status::no_data : dns::Status::no_such_name;
        if (found != answers_.end()) answer = found->second;
        answer.name = name;
        answer.aliases = std::move(aliases);
        answer.is_authentic = is_authentic && answer.status != dns::Status::failed;
        return answer;
    }

    std::set<std::string> names_;
    std::set<std::string> authentic_;
    std::map<std::string, std::string> aliases_;
    std::map<std::pair<std::string, Type>, dns::Answer> answers_;
    std::deque<std::pair<dns::Answer, dns::Callback>> waiting_;
};

}  // namespace mailpipe::test
