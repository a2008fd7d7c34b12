// SPDX-License-Identifier: ISC
// The words between two separators of an address list: a display-name, or an addr-spec (RFC 5322 sections 3.4 and 4.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mail/address_list.hpp"

namespace mailpipe::mail {

struct AddressWord {
    enum class Kind { text, quoted, at, literal };
    Kind kind;
    std::string text;  ///< of a quoted-string what is inside; else as it stands
    bool is_apart;     ///< blanks or a comment stand before it
};

/// In their order; `begin` to `end` is a part of them.
class AddressWords {
public:
    /// Of one address; more of them are left out.
    static constexpr std::size_t max_words = 1000;

    /// False where there are max_words already.
    bool add(AddressWord word);
    /// Goes on with the last word.
    void append(std::string_view text);
    void clear() { words_.clear(); }

    bool empty() const { return words_.empty(); }
    bool ends_with_at() const { return !empty() && words_.back().kind == AddressWord::Kind::at; }
    bool begins_with_at() const { return !empty() && words_.front().kind == AddressWord::Kind::at; }
    bool has_at() const;

    /// As a display-name: a blank where blanks stand.
    std::string phrase() const { return joined(0, words_.size()); }
    bool is_phrase() const;
    /// One word that may be a local-part without its domain.
    bool is_local_part() const;
    /// As the domains of a route, without the blanks of RFC 5322 section 4.4.
    std::string route() const { return dotted(0, words_.size()); }
    /// Without those blanks. The last '@' is the one.
    Address address() const { return address(0, words_.size()); }
    bool is_addr_spec() const;
    /// Addresses that stand side by side, as if the comma between them or the brackets were forgotten.
    std::vector<Address> addresses() const;

private:
    bool goes_on(std::size_t index) const;
    std::size_t run_end(std::size_t begin) const;
    std::size_t last_at(std::size_t begin, std::size_t end) const;
    bool is_dotted(std::size_t begin, std::size_t end) const;
    std::string joined(std::size_t begin, std::size_t end) const;
    std::string dotted(std::size_t begin, std::size_t end) const;
    Address address(std::size_t begin, std::size_t end) const;

    std::vector<AddressWord> words_;
};

}  // namespace mailpipe::mail
