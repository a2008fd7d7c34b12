// SPDX-License-Identifier: ISC
// What SEARCH, SORT and ESEARCH have found, as the client wants to hear of it: "* SEARCH", "* SORT" or "* ESEARCH" (RFC 4731,
// RFC 5182, RFC 5267, RFC 7377, RFC 9394).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imap/grammar/search.hpp"
#include "imap/verbs/searcher.hpp"

namespace mailpipe::imap {

/// " MAILBOX name UIDVALIDITY n" of the selected mailbox: RFC 7377 section 2.1.
std::string mailbox_correlators(const Session& session);

class SearchAnswer {
public:
    SearchAnswer(Session& session, const Command& command, const SearchRequest& request)
        : session_(session), command_(command), request_(request) {}

    /// `found`: sequence numbers in the order in which they are to be told. SAVE keeps them, too.
    void tell(const Numbers& found, std::string_view plain_name);
    /// One mailbox's, of which nothing is told where nothing is found: RFC 7377 section 2.1.
    void tell_of_mailbox(const Numbers& found);

private:
    bool is_only_saved() const;
    bool wants_modseq() const { return asks_for_modseq(request_); }
    Numbers counted(const Numbers& found) const;
    std::uint64_t highest_modseq(const Numbers& found) const;
    void tell_plain(const Numbers& found, const Numbers& numbers, std::string_view name);
    void tell_extended(const Numbers& found, const Numbers& numbers, std::string_view correlators = {});
    void save(const Numbers& found);

    Session& session_;
    const Command& command_;
    const SearchRequest& request_;
};

}  // namespace mailpipe::imap
