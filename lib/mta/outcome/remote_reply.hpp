// SPDX-License-Identifier: ISC
// Who said what to which command, out of a journal's line: replies of remote hosts are noted with the host before their words
// (spool(5), Journal).
#pragma once

#include <string>
#include <string_view>

#include "queue/journal.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

struct RemoteReply {
    std::string host{};     ///< "mx.example[192.0.2.1]:25", RemoteHost::to_string(); empty: no remote host said it
    std::string name{};     ///< "mx.example", or the address where the host has no other name
    std::string command{};  ///< "RCPT", "mail data": what was answered, or went wrong; empty: none, or not known
    bool is_answer = false;  ///< the host said that to the command; else it may be what went wrong with the host
    std::string reply{};    ///< "550 5.1.1 no such user": the host's own words, where there is a host
};

/// Control characters become blanks. Of an expired_text() it's the last try's reply.
RemoteReply remote_reply(const queue::JournalLine& line);

/// A journal's text without the host and the command that it begins with.
std::string_view without_host(std::string_view text);

/// The text for a message that was given up after this reply.
std::string expired_text(const smtp::Reply& last);

}  // namespace mailpipe::mta
