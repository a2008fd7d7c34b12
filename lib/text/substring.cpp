// SPDX-License-Identifier: ISC
#include "text/substring.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/casemap.hpp"

namespace mailpipe::text {

namespace {

constexpr std::size_t long_run = 128;            // ASCII that is worth not being copied
constexpr std::size_t max_mapped = 16 * 1024;    // looked at then
constexpr std::size_t patience = 4;              // octets compared in vain for each one passed
constexpr std::size_t max_character = 4;

/// From the most frequent on, in text, base64 and markup of mail. What is missing is rare.
constexpr std::string_view by_frequency = " ETAOINSRHLDCUMPFGYWBV\r\n.,-=/>K<0123456789:";

std::size_t rarity(char c) { return std::min(by_frequency.find(c), by_frequency.size()); }

/// Of a key's octet: which bits tell it, whatever the case.
char bits_that_tell(char c) { return is_upper(c) ? '\xdf' : '\xff'; }

/// Sixteen octets at once, as the compiler knows them.
using Octets = char __attribute__((vector_size(16)));

Octets load(const char* at) {
    Octets octets;
    std::memcpy(&octets, at, sizeof octets);
    return octets;
}

bool has_any(const auto& hits) {
    std::uint64_t halves[2];
    static_assert(sizeof halves == sizeof hits);
    std::memcpy(halves, &hits, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/// How many octets at the end begin a character that may go on.
std::size_t cut_octets(std::string_view text) {
    for (std::size_t size = 1; size < max_character && size <= text.size(); ++size) {
        const auto c = static_cast<unsigned char>(text[text.size() - size]);
        if (c < 0x80) return 0;
        if (c >= 0xc0) return size < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? size : 0;
    }
    return 0;
}

bool has_octets(std::string_view text, std::string_view key) {
    return ::memmem(text.data(), text.size(), key.data(), key.size()) != nullptr;
}

}  // namespace

Needle::Needle(std::string_view text) : key_(casemapped(text)), is_ascii_(all_ascii(key_)) {
    for (std::size_t i = 0; i < key_.size(); ++i) {
        if (rarity(key_[i]) > rarity(key_[rare_])) rare_ = i;
    }
    if (rare_ == other_) other_ = key_.empty() ? 0 : key_.size() - 1;
    for (std::size_t i = 0; i < key_.size(); ++i) {
        if (i != rare_ && rarity(key_[i]) > rarity(key_[other_])) other_ = i;
    }
}

bool Needle::is_at(std::string_view ascii, std::size_t place) const {
    return std::equal(key_.begin(), key_.end(), ascii.begin() + static_cast<std::ptrdiff_t>(place),
                      [](char k, char c) { return k == to_upper(c); });
}

bool Needle::is_in_ascii(std::string_view ascii) const {
    if (key_.empty()) return true;
    if (!is_ascii_ || ascii.size() < key_.size()) return false;
    const Octets rare = Octets{} + key_[rare_], rare_bits = Octets{} + bits_that_tell(key_[rare_]);
    const Octets other = Octets{} + key_[other_], other_bits = Octets{} + bits_that_tell(key_[other_]);
    const auto places = ascii.size() - key_.size() + 1;
    std::size_t at = 0;
    std::size_t compared = 0;
    for (; at + sizeof(Octets) <= places; at += sizeof(Octets)) {
        const auto hits = ((load(ascii.data() + at + rare_) & rare_bits) == rare) &
                          ((load(ascii.data() + at + other_) & other_bits) == other);
        if (!has_any(hits)) continue;
        for (std::size_t i = 0; i < sizeof(Octets); ++i) {
            if (hits[i] == 0) continue;
            if (is_at(ascii, at + i)) return true;
            compared += key_.size();
        }
        if (compared > patience * (at + key_.size()) + max_mapped) return has_octets(casemapped(ascii.substr(at)), key_);
    }
    for (; at < places; ++at) {
        if (is_at(ascii, at)) return true;
    }
    return false;
}

bool Substring::add(std::string_view piece) {
    if (is_found_) return true;
    while (!cut_.empty() && !piece.empty()) {
        cut_ += piece.front();
        piece.remove_prefix(1);
        const auto whole = cut_.size() - cut_octets(cut_);
        add_whole(std::string_view{cut_}.substr(0, whole));
        cut_.erase(0, whole);
    }
    const auto cut = cut_octets(piece);
    add_whole(piece.substr(0, piece.size() - cut));
    cut_ += piece.substr(piece.size() - cut);
    return is_found_;
}

bool Substring::finish() {
    add_whole(std::exchange(cut_, {}));
    look();
    return is_found_;
}

void Substring::restart() {
    is_found_ = needle_->key().empty();
    mapped_.clear();
    cut_.clear();
}

void Substring::add_whole(std::string_view text) {
    while (!text.empty() && !is_found_) {
        const auto run = text.substr(0, ascii_octets(text));
        if (run.size() > long_run + needle_->key().size()) add_run(run);
        else append_casemapped(mapped_, run);
        text.remove_prefix(run.size());
        if (!text.empty()) take_casemapped(mapped_, text);
        if (mapped_.size() > max_mapped + 2 * needle_->key().size()) look();
    }
}

/// What straddles its ends is in mapped_; what is inside of it is looked for where it is.
void Substring::add_run(std::string_view ascii) {
    const auto reach = needle_->key().size() - 1;
    append_casemapped(mapped_, ascii.substr(0, reach));
    look();
    is_found_ = is_found_ || needle_->is_in_ascii(ascii);
    mapped_.clear();
    append_casemapped(mapped_, ascii.substr(ascii.size() - reach));
}

void Substring::look() {
    const auto& key = needle_->key();
    is_found_ = is_found_ || has_octets(mapped_, key);
    if (!is_found_ && mapped_.size() >= key.size()) mapped_.erase(0, mapped_.size() - (key.size() - 1));
}

bool contains(std::string_view text, const Needle& needle) {
    if (ascii_octets(text) == text.size()) return needle.is_in_ascii(text);
    Substring whole{needle};
    return whole.add(text) || whole.finish();
}

}  // namespace mailpipe::text
