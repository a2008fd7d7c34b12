// SPDX-License-Identifier: ISC
// How a unique-id looks (RFC 1939 section 7, UIDL): as the server did it from which the mailboxes came, so that no
// client downloads everything again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::pop3 {

struct UidlSource {
    std::uint32_t uid;
    std::uint32_t uid_validity;
    std::string_view base;  ///< the file's name up to ':'
};

class UidlFormat {
public:
    /// Dovecot's default.
    UidlFormat();

    /// "dovecot" (%08Xu%08Xv), "courier" (UID%u-%v), "cyrus" (%v.%u), "filename" (%f), or a format of Dovecot's
    /// pop3_uidl_format: %u UID, %v UIDVALIDITY, %f file name, each with width and X for hexadecimal; %%.
    /// Errors: permanent, 78; also for one without %u and %f, which could not tell messages apart.
    static Result<UidlFormat> parse(std::string_view text);

    /// Appends 1 to 70 printable octets. Where a file's name makes it none, Dovecot's default stands in.
    void append(std::string& out, const UidlSource& source) const;

private:
    struct Part {
        char variable;  // 0: `literal` alone
        bool hexadecimal;
        unsigned width;
        std::string literal;  // what stands before the variable
    };
    explicit UidlFormat(std::vector<Part> parts) : parts_(std::move(parts)) {}
    static Result<std::vector<Part>> parse_parts(std::string_view text);

    std::vector<Part> parts_;
};

/// What UIDL may send: 1 to 70 octets from 0x21 to 0x7e.
bool is_unique_id(std::string_view text);

}  // namespace mailpipe::pop3
