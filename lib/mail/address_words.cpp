// SPDX-License-Identifier: ISC
#include "mail/address_words.hpp"

#include <algorithm>

#include "mail/mailbox.hpp"
#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

using Kind = AddressWord::Kind;

constexpr std::size_t usual_words = 8;

bool AddressWords::add(AddressWord word) {
    if (words_.size() == max_words) return false;
    if (words_.empty()) words_.reserve(usual_words);
    words_.push_back(std::move(word));
    return true;
}

void AddressWords::append(std::string_view text) {
    if (empty() || words_.back().kind != Kind::text) words_.push_back({Kind::text, std::string{text}, false});
    else words_.back().text += text;
}

bool AddressWords::has_at() const { return last_at(0, words_.size()) < words_.size(); }

/// phrase of RFC 5322 section 3.2.5, with the dots of obs-phrase, which can't come first.
bool AddressWords::is_phrase() const {
    if (empty() || (words_.front().kind == Kind::text && words_.front().text.starts_with('.'))) return false;
    return std::ranges::all_of(words_, [](const AddressWord& word) {
        if (word.kind != Kind::text) return word.kind == Kind::quoted;
        return std::ranges::all_of(word.text, [](char c) { return text::is_atext(c) || c == '.'; });
    });
}

bool AddressWords::is_local_part() const {
    return words_.size() == 1 && words_[0].kind == Kind::text && text::encoded_word_octets(words_[0].text) == 0;
}

/// Blanks before it are none: a dot or an '@' is on either side (RFC 5322 section 4.4).
bool AddressWords::goes_on(std::size_t index) const {
    const auto& left = words_[index - 1];
    const auto& right = words_[index];
    return left.kind == Kind::at || right.kind == Kind::at || (left.kind == Kind::text && left.text.ends_with('.')) ||
           (right.kind == Kind::text && right.text.starts_with('.'));
}

std::size_t AddressWords::run_end(std::size_t begin) const {
    auto end = begin + 1;
    while (end < words_.size() && (!words_[end].is_apart || goes_on(end))) ++end;
    return end;
}

/// `end` where there is none.
std::size_t AddressWords::last_at(std::size_t begin, std::size_t end) const {
    for (auto at = end; at > begin; --at) {
        if (words_[at - 1].kind == Kind::at) return at - 1;
    }
    return end;
}

/// word *("." word): quoted-strings may stand for atoms.
bool AddressWords::is_dotted(std::size_t begin, std::size_t end) const {
    if (end == begin + 1 && words_[begin].kind != Kind::quoted) return is_dot_string(words_[begin].text);
    std::string shape;
    for (auto i = begin; i < end; ++i) {
        if (i > begin && !goes_on(i)) return false;
        shape += words_[i].kind == Kind::quoted ? "q" : words_[i].text;
    }
    return is_dot_string(shape);
}

std::string AddressWords::joined(std::size_t begin, std::size_t end) const {
    std::string text;
    for (auto i = begin; i < end; ++i) {
        if (i > begin && words_[i].is_apart) text += ' ';
        text += words_[i].text;
    }
    return text;
}

std::string AddressWords::dotted(std::size_t begin, std::size_t end) const {
    std::string text;
    for (auto i = begin; i < end; ++i) {
        if (i > begin && words_[i].is_apart && !goes_on(i)) text += ' ';
        text += words_[i].text;
    }
    return text;
}

Address AddressWords::address(std::size_t begin, std::size_t end) const {
    const auto at = last_at(begin, end);
    Address address;
    address.local_part = dotted(begin, at);
    if (at < end) address.domain = dotted(at + 1, end);
    return address;
}

bool AddressWords::is_addr_spec() const {
    const auto end = words_.size();
    const auto at = last_at(0, end);
    if (at == end || last_at(0, at) != at || !is_dotted(0, at)) return false;
    return end == at + 2 && words_[at + 1].kind != Kind::text ? words_[at + 1].kind == Kind::literal : is_dotted(at + 1, end);
}

std::vector<Address> AddressWords::addresses() const {
    std::vector<Address> found;
    std::size_t begin = 0;  // of words that are no address yet
    for (std::size_t run = 0, end = 0; run < words_.size(); run = end) {
        end = run_end(run);
        if (last_at(run, end) == end) continue;
        found.push_back(address(run, end));
        found.back().name = joined(begin, run);
        begin = end;
    }
    if (found.empty() || begin == words_.size()) return found;
    auto& name = found.back().name;
    name.append(name.empty() ? "" : " ").append(joined(begin, words_.size()));
    return found;
}

}  // namespace mailpipe::mail
