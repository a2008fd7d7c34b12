// SPDX-License-Identifier: ISC
// A session in memory: all that the client ever says goes in, all that the server says comes out.
#pragma once

#include <string>

#include "smtp/session.hpp"
#include "support/memory_stream.hpp"
#include "support/scripted_mailroom.hpp"

namespace mailpipe::test {

struct SmtpServer {
    smtp::Settings settings{.hostname = "mx.example"};
    smtp::Client client{.address = "192.0.2.1"};
    smtp::StartTls start_tls{};
    ScriptedMailroom mailroom{};
    std::size_t piece = SIZE_MAX;
    bool silent_at_end = false;

    std::size_t writes = 0;  ///< system calls that the output would have cost
    Result<void> result{};   ///< what serve() returned

    /// What the server says behind its greeting.
    std::string operator()(std::string input) {
        MemoryStream stream{std::move(input), piece};
        stream.silent_at_end = silent_at_end;
        io::Channel channel{stream};
        result = smtp::serve(channel, client, mailroom, settings, start_tls);
        writes = stream.writes;
        const auto greeting = stream.output.find("\r\n") + 2;
        return stream.output.substr(greeting);
    }

    /// The codes of all replies: "250 354 250".
    std::string codes(std::string input) {
        std::string list;
        const auto output = (*this)(std::move(input));
        for (std::size_t at = 0; at < output.size(); at = output.find("\r\n", at) + 2) {
            if (output.compare(at + 3, 1, "-") != 0) list += (list.empty() ? "" : " ") + output.substr(at, 3);
        }
        return list;
    }
};

/// The commands up to DATA's text.
inline const std::string to_data = "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n";
inline const std::string to_rcpt = "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";

}  // namespace mailpipe::test
