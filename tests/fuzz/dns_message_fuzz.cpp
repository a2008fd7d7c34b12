// SPDX-License-Identifier: ISC
// A response of the DNS: whatever it is, reading it ends, and what is read is as small as the wire allows.
#include <cstdint>
#include <string>

#include "dns/name.hpp"
#include "dns/resolver.hpp"
#include "fuzz/require.hpp"

using namespace mailpipe::dns;

namespace {

constexpr std::size_t max_name_octets = 4 * 255;  // each as "\255"

void check_name(const std::string& name) {
    require(name.size() <= max_name_octets);
    for (const char c : name) require(c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'));
    if (is_host_name(name)) require(to_ascii_name(name).value() == name);
}

void check_record(const Record& record, std::size_t octets) {
    check_name(record.owner);
    require(record.ttl <= INT32_MAX);
    if (const auto* mx = std::get_if<Mx>(&record.data)) check_name(mx->host);
    if (const auto* tlsa = std::get_if<Tlsa>(&record.data)) require(!tlsa->data.empty() && tlsa->data.size() < octets);
    const auto* text = std::get_if<std::string>(&record.data);
    if (text == nullptr) return;
    if (record.type == static_cast<std::uint16_t>(Type::txt)) require(text->size() < octets);
    else check_name(*text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = parse_message({reinterpret_cast<const char*>(data), size});
    if (!message) return 0;
    require(message->answers.size() <= size / 11);  // the smallest record: root, type, class, TTL, length
    for (const auto& record : message->answers) check_record(record, size);
    const std::string name = message->answers.empty() ? "example.org" : message->answers.front().owner;
    for (const auto type : {Type::a, Type::ptr, Type::mx, Type::txt, Type::aaaa, Type::tlsa}) {
        const auto answer = read_answer(*message, name, type);
        require(answer.aliases.size() <= max_aliases);
        const auto values = answer.addresses.size() + answer.mx.size() + answer.texts.size() + answer.hosts.size() + answer.tlsa.size();
        require((values > 0) == (answer.status == Status::found));
        require(answer.status != Status::failed || (!answer.trouble.empty() && !answer.is_authentic));
    }
    return 0;
}
