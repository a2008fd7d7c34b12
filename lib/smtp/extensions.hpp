// SPDX-License-Identifier: ISC
// What a server offers: the reply to EHLO or LHLO (RFC 5321 section 4.1.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::smtp {

class Extensions {
public:
    Extensions() = default;
    /// `text` of the reply: the server's name, then an ehlo-line on each line.
    explicit Extensions(std::string text) : lines_(std::move(text)) {}

    bool offers(std::string_view keyword) const { return parameters(keyword).has_value(); }
    /// What follows the keyword, whatever its case; nothing where it is not offered.
    std::optional<std::string_view> parameters(std::string_view keyword) const;
    /// SIZE's limit. Nothing: none was named (RFC 1870 section 3).
    std::optional<std::uint64_t> max_octets() const;
    /// RCPTMAX: of one message. Nothing: none was named, or nothing that is a limit (LIMITS, RFC 9422). It is for the caller
    /// to keep to.
    std::optional<std::size_t> max_recipients() const { return limit("RCPTMAX"); }
    /// MAILMAX: transactions of one session, the same.
    std::optional<std::size_t> max_mails() const { return limit("MAILMAX"); }

private:
    std::optional<std::size_t> limit(std::string_view name) const;

    std::string lines_;
};

}  // namespace mailpipe::smtp
