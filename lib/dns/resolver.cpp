// SPDX-License-Identifier: ISC
#include "dns/resolver.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace mailpipe::dns {

namespace {

void add(Answer& answer, Type type, Record& record) {
    switch (type) {
        case Type::a:
        case Type::aaaa: answer.addresses.push_back(std::get<net::IpAddress>(record.data)); break;
        case Type::mx: answer.mx.push_back(std::move(std::get<Mx>(record.data))); break;
        case Type::txt: answer.texts.push_back(std::move(std::get<std::string>(record.data))); break;
        case Type::ptr: answer.hosts.push_back(std::move(std::get<std::string>(record.data))); break;
        case Type::tlsa: answer.tlsa.push_back(std::move(std::get<Tlsa>(record.data))); break;
    }
}

/// Goes from the name that was asked along the CNAMEs, whatever their order (RFC 1034 section 3.6.2). False: too many.
bool follow_aliases(const Message& message, Answer& answer) {
    for (;;) {
        const auto alias = std::ranges::find_if(message.answers, [&](const Record& record) {
            return record.type == cname_type && record.owner == answer.name;
        });
        if (alias == message.answers.end()) return true;
        if (answer.aliases.size() == max_aliases) return false;
        answer.ttl = answer.aliases.empty() ? alias->ttl : std::min(answer.ttl, alias->ttl);
        answer.aliases.push_back(std::exchange(answer.name, std::get<std::string>(alias->data)));
    }
}

}  // namespace

Answer ask(Resolver& resolver, std::string name, Type type) {
    Answer answer = failed_answer(name, "not answered");
    bool is_answered = false;
    resolver.ask(std::move(name), type, [&](const Answer& got) {
        answer = got;
        is_answered = true;
    });
    constexpr std::chrono::seconds while_nothing_comes{1};
    while (!is_answered) resolver.wait(while_nothing_comes);
    return answer;
}

Answer failed_answer(std::string_view name, std::string trouble) {
    Answer answer;
    answer.name = lower(name);
    answer.trouble = std::move(trouble);
    return answer;
}

Answer read_answer(Message message, std::string_view name, Type type) {
    if (message.rcode != no_error && message.rcode != name_error) return failed_answer(name, rcode_name(message.rcode));
    if (message.is_truncated) return failed_answer(name, "truncated");
    Answer answer;
    answer.name = lower(name);
    answer.is_authentic = message.is_authentic;
    if (!follow_aliases(message, answer)) return failed_answer(name, "a CNAME loop");
    bool is_first = answer.aliases.empty();
    answer.status = message.rcode == name_error ? Status::no_such_name : Status::no_data;
    for (auto& record : message.answers) {
        if (record.type != static_cast<std::uint16_t>(type) || record.owner != answer.name) continue;
        answer.ttl = std::exchange(is_first, false) ? record.ttl : std::min(answer.ttl, record.ttl);
        answer.status = Status::found;
        add(answer, type, record);
    }
    return answer;
}

}  // namespace mailpipe::dns
