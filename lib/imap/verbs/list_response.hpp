// SPDX-License-Identifier: ISC
// The LIST response (RFC 9051 section 7.3.1), to LIST and LSUB, and of names that change while NOTIFY watches.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/session/session.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/tree.hpp"

namespace mailpipe::imap {

/// What is known of all names at once.
struct Names {
    std::vector<store::Folder> folders;  ///< as Tree::list() has them
    std::set<std::string, std::less<>> subscribed;
    store::SpecialUses uses;

    /// Null for a name that is not there.
    const store::Folder* find(std::string_view name) const;
};

/// Errors: as the tree's and its files'.
Result<Names> read_names(const store::Tree& tree);

/// "* LIST (attributes) "." name" and `more`, with \NonExistent, \HasChildren, \Subscribed and special uses as they are.
void tell_name(Session& session, const Names& names, std::string_view name, std::string_view more = {});
/// The same with these attributes; `response` is LIST or LSUB.
void tell_name(Session& session, std::string_view response, std::string_view attributes, std::string_view name, std::string_view more);

}  // namespace mailpipe::imap
