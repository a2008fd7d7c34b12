// SPDX-License-Identifier: ISC
#include "imap/grammar/list_pattern.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view inbox = "INBOX";

bool is_wildcard(char c) { return c == '*' || c == '%'; }

/// How many octets the name begins with whose case means nothing.
std::size_t caseless_octets(std::string_view name, char delimiter) {
    const bool is_inbox = istarts_with(name, inbox) && (name.size() == inbox.size() || name[inbox.size()] == delimiter);
    return is_inbox ? inbox.size() : 0;
}

/// A run of wildcards is what its widest one is.
std::string without_runs(std::string_view pattern) {
    std::string simple;
    for (const char c : pattern) {
        const bool is_run = is_wildcard(c) && !simple.empty() && is_wildcard(simple.back());
        if (!is_run) simple += c;
        else if (c == '*') simple.back() = c;
    }
    return simple;
}

/// Which octets of the pattern may come next; at each of its wildcards the one behind it as well.
class Places {
public:
    explicit Places(std::string_view pattern) : pattern_(pattern), at_(pattern.size() + 1), next_(pattern.size() + 1) {
        at_[0] = true;
        pass_wildcards(at_);
    }

    template <typename Same>
    void advance(char c, char delimiter, const Same& same) {
        std::ranges::fill(next_, 0);
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            if (!at_[i]) continue;
            if (!is_wildcard(pattern_[i])) next_[i + 1] |= same(pattern_[i], c);
            else next_[i] |= pattern_[i] == '*' || c != delimiter;
        }
        pass_wildcards(next_);
        std::swap(at_, next_);
    }
    bool at_end() const { return at_.back() != 0; }

private:
    void pass_wildcards(std::vector<char>& places) const {
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            if (places[i] && is_wildcard(pattern_[i])) places[i + 1] = true;
        }
    }

    std::string_view pattern_;
    std::vector<char> at_, next_;
};

}  // namespace

bool matches_pattern(std::string_view name, std::string_view pattern, char delimiter) {
    if (pattern == "*") return true;
    const auto simple = without_runs(pattern);
    const auto is_plain = [](char c) { return !is_wildcard(c); };
    if (static_cast<std::size_t>(std::ranges::count_if(simple, is_plain)) > name.size()) return false;
    const auto caseless = caseless_octets(name, delimiter);
    Places places{simple};
    for (std::size_t i = 0; i < name.size(); ++i) {
        places.advance(name[i], delimiter, [&](char a, char b) { return a == b || (i < caseless && to_lower(a) == to_lower(b)); });
    }
    return places.at_end();
}

}  // namespace mailpipe::imap
