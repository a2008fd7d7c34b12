// SPDX-License-Identifier: ISC
// What a Received field tells: RFC 5321 section 4.4, RFC 5322 section 3.6.7, and what servers of all times write instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace mailpipe::mail {

/// All but the date as it stands, without brackets; what the field does not tell is empty. Everything in it is hearsay: a
/// server believes it of itself and of those that it trusts, no others.
struct ReceivedTrace {
    std::string from;          ///< a domain or an address: what the client called itself, or what its server calls it
    std::string helo;          ///< what the client called itself, where a comment tells it apart from `from`
    std::string ip;            ///< TCP-info's address, as inet_ntop(3) writes it, without port and scope
    std::string reverse_name;  ///< TCP-info's name, which has a dot
    std::string ident;         ///< who sent it on that host or logged in, with an '@' or not
    std::string by;
    std::string via;
    std::string with;          ///< "ESMTPS"; of several words the one that names a protocol
    std::string id;
    std::string recipient;     ///< the addr-spec of for
    std::string tls_version;   ///< "TLSv1.3", "SSLv3"
    std::string tls_cipher;    ///< in the words of whatever library
    std::optional<Time> date;
};

/// `value` as it stands in the field. Never fails: what can't be told is left empty. Of clauses that come twice the first
/// counts.
ReceivedTrace parse_received(std::string_view value);

}  // namespace mailpipe::mail
