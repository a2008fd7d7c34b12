// SPDX-License-Identifier: ISC
#include "mta/lookup/subject.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "dns/name.hpp"
#include "mail/domain.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::mta {

Result<Subject> parse_subject(std::string_view text) {
    text = trim(text);
    const auto at = text.rfind('@');
    const auto domain = at == std::string_view::npos ? text : text.substr(at + 1);
    if (mail::is_address_literal(domain)) return Subject{std::string(text), std::string(domain)};
    if (domain.starts_with('[')) {
        return failure({Fault::permanent, fmt::format("'{}' is no address literal", line_for_terminal(domain)), ExitStatus::data});
    }
    if (const auto ip = net::find_ip(domain)) return Subject{std::string(text), fmt::format("[{}]", net::to_literal(*ip))};
    auto name = dns::to_ascii_name(domain);
    if (!name) return failure(std::move(name).error());
    return Subject{std::string(text), std::move(*name)};
}

}  // namespace mailpipe::mta
