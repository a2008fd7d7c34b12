// SPDX-License-Identifier: ISC
// APPEND and REPLACE: RFC 9051 section 6.3.12, RFC 3502 (several messages), RFC 4469 (CATENATE), RFC 6855 section 4 (UTF8),
// RFC 8508. Messages never are in the text of the command: the session reads them between two lines of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "imap/grammar/command.hpp"
#include "imap/grammar/flag.hpp"
#include "imap/grammar/literal.hpp"
#include "imap/grammar/string.hpp"

namespace mailpipe::imap {

struct AppendStep {
    enum class Kind : std::uint8_t {
        destination,  ///< `text` is the mailbox, `number` what REPLACE replaces
        message,      ///< one begins: `flags`, `date`; url and literal steps, at least one, are its octets
        url,          ///< `text`, of CATENATE: see parse_message_url
        literal,      ///< `literal` octets follow on the wire. Go on with the line behind them
        message_end,
        command_end,
        /// The line ends in a `literal` that is an argument. Go on with what is left of the text, CRLF, the literal and
        /// the line behind it.
        more,
    };
    Kind kind;
    std::string text{};
    std::uint32_t number = 0;  ///< a sequence number or UID, 0 for "*"
    FlagList flags{};
    std::optional<Time> date{};
    Literal literal{};

    bool operator==(const AppendStep&) const = default;
};

/// Reads the command as it comes, one step after the other:
///
///     "INBOX (\Seen) {310}"      destination, message, literal       then 310 octets
///     " CATENATE (URL "/x/;UID=2" TEXT {42}"
///                                message_end, message, url, literal  then 42 octets
///     ")"                        message_end, command_end
class AppendReader {
public:
    /// Of `command` only the name is of interest; its arguments are the first text.
    AppendReader(const Command& command, Utf8 utf8) : utf8_(utf8), is_replace_(command.name == "REPLACE") {}

    /// Takes the next step off `text`; nothing at the step `more`. Errors: permanent, for BAD; the session then has to
    /// swallow a literal that the line announces without waiting (trailing_literal), and nothing else may be asked.
    Result<AppendStep> next(std::string_view& text);

private:
    /// What comes next.
    enum class Place : std::uint8_t { destination, message, literal, first_part, part, behind_literal, behind_message };

    AppendStep step(Arguments& in);
    AppendStep take_destination(Arguments& in);
    AppendStep take_message(Arguments& in);
    AppendStep take_part(Arguments& in);
    AppendStep take_text(Arguments& in, bool is_utf8);
    AppendStep behind_literal(Arguments& in);
    AppendStep behind_message(Arguments& in);

    Utf8 utf8_;
    bool is_replace_;
    Place place_ = Place::destination;
    bool is_catenated_ = false;
    bool is_in_utf8_ = false;
};

}  // namespace mailpipe::imap
