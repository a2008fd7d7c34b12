// SPDX-License-Identifier: ISC
#include "mail/received.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "mail/date.hpp"
#include "mail/domain.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::size_t max_helo_octets = 255;

/// What a comment may hold, without nesting, quoting or folding.
std::string harmless(std::string_view text) {
    std::string out(text.substr(0, max_helo_octets));
    std::ranges::replace_if(
        out, [](char c) { return is_control(c) || !is_ascii(c) || c == '(' || c == ')' || c == '\\'; }, '?');
    return out;
}

std::string tcp_info(const Received& received) {
    if (received.address.empty()) return {};
    if (received.address != "local") return " ([" + std::string(received.address) + "])";
    return received.uid ? " (local, uid " + std::to_string(*received.uid) + ")" : " (local)";
}

/// Extended-Domain. A name that is none becomes a comment.
std::string from_domain(const Received& received) {
    const auto helo = received.helo;
    if ((is_domain(helo) && all_ascii(helo)) || is_address_literal(helo)) {
        return std::string(helo) + tcp_info(received);
    }
    return "unknown (HELO " + harmless(helo) + ")" + tcp_info(received);
}

}  // namespace

std::string with_protocol(const Transport& transport) {
    if (!transport.extended) return "SMTP";
    std::string protocol = transport.utf8 ? "UTF8SMTP" : "ESMTP";
    if (transport.tls) protocol += 'S';
    if (transport.authenticated) protocol += 'A';
    return protocol;
}

std::string received_field(const Received& received) {
    std::string field;
    field.reserve(512);
    field.append("Received: from ").append(from_domain(received));
    field.append("\n\tby ").append(received.by);
    if (!received.with.empty()) field.append(" with ").append(received.with);
    field.append(" id ").append(received.id);
    if (!received.tls.empty()) field.append("\n\t(").append(received.tls).append(")");
    if (received.recipient) field.append("\n\tfor <").append(to_string(*received.recipient)).append(">");
    return field.append("; ").append(format_date(received.time)).append("\n");
}

}  // namespace mailpipe::mail
