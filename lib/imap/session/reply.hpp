// SPDX-License-Identifier: ISC
// What a verb comes to: the tagged response (RFC 9051 section 7.1).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace mailpipe::imap {

struct Reply {
    enum class Status { ok, no, bad, none /* has been said, or is still owed */ } status;
    std::string text;
    std::string code{};  ///< "READ-ONLY", without brackets
};

Reply ok(std::string_view text);
Reply ok(std::string_view code, std::string_view text);
Reply no(std::string_view text);
Reply no(std::string_view code, std::string_view text);
Reply bad(std::string_view text);
Reply bad(std::string_view code, std::string_view text);
/// A command that can't be understood.
Reply bad(const Error& error);
/// What could not be done, with the response code that tells why (RFC 5530).
Reply no(const Error& error);
/// Nothing more to say.
Reply said();

/// "A1 OK [code] text" CRLF.
std::string to_line(std::string_view tag, const Reply& reply);

}  // namespace mailpipe::imap
