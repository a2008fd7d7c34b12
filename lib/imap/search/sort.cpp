// SPDX-License-Identifier: ISC
#include "imap/search/sort.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

namespace mailpipe::imap {

namespace {

using Kind = SortKey;

/// Of a key, eight octets as a number: comparing them costs no look at the key.
using Word = std::uint64_t;
constexpr Word sign = Word{1} << 63;

Word word_at(std::string_view key, std::size_t offset) {
    if (offset >= key.size()) return 0;
    Word word = 0;
    std::memcpy(&word, key.data() + offset, std::min(sizeof word, key.size() - offset));
    return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

Summary::Key key_of(Kind kind) {
    switch (kind) {
        case Kind::cc: return Summary::Key::cc;
        case Kind::from: return Summary::Key::from;
        case Kind::to: return Summary::Key::to;
        case Kind::display_from: return Summary::Key::display_from;
        case Kind::display_to: return Summary::Key::display_to;
        case Kind::subject:
        case Kind::arrival:
        case Kind::date:
        case Kind::size: break;
    }
    return Summary::Key::subject;
}

bool is_number(Kind kind) { return kind == Kind::arrival || kind == Kind::date || kind == Kind::size; }

Word number_of(const Found& message, Kind kind) {
    if (kind == Kind::size) return message.octets;
    return static_cast<Word>(kind == Kind::arrival ? message.arrival : message.sent()) ^ sign;
}

struct Entry {
    Word word;
    std::uint32_t place;

    bool operator<(const Entry& other) const { return std::tie(word, place) < std::tie(other.word, other.place); }
};

/// Messages between which nothing is decided yet: their next word is that of `criterion` at `offset`.
struct Tie {
    std::size_t begin, end;
    std::size_t criterion;
    std::size_t offset;
};

/// Sorts by one word of the keys; what is alike then is sorted by the next one.
class Sorting {
public:
    Sorting(std::span<const Found> messages, std::vector<SortCriterion> criteria)
        : messages_(messages), criteria_(std::move(criteria)), entries_(messages.size()) {
        for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i] = {0, static_cast<std::uint32_t>(i)};
    }

    std::vector<std::uint32_t> run() {
        if (entries_.size() > 1) ties_.push_back({0, entries_.size(), 0, 0});
        while (!ties_.empty()) {
            const auto tie = ties_.back();
            ties_.pop_back();
            if (tie.criterion < criteria_.size()) break_tie(tie);
        }
        std::vector<std::uint32_t> places(entries_.size());
        std::ranges::transform(entries_, places.begin(), &Entry::place);
        return places;
    }

private:
    void break_tie(const Tie& tie) {
        const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(tie.begin);
        const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(tie.end);
        const bool goes_on = read_words(first, last, tie);
        if (!std::is_sorted(first, last)) std::sort(first, last);  // mail mostly comes in its order
        const Tie next = goes_on ? Tie{0, 0, tie.criterion, tie.offset + sizeof(Word)} : Tie{0, 0, tie.criterion + 1, 0};
        for (auto begin = tie.begin; begin < tie.end;) {
            auto end = begin + 1;
            while (end < tie.end && entries_[end].word == entries_[begin].word) ++end;
            if (end - begin > 1) ties_.push_back({begin, end, next.criterion, next.offset});
            begin = end;
        }
    }

    /// True where a key goes on behind this word.
    bool read_words(std::vector<Entry>::iterator first, std::vector<Entry>::iterator last, const Tie& tie) const {
        const auto [kind, is_reversed] = criteria_[tie.criterion];
        const bool is_text = !is_number(kind);
        const Word mask = is_reversed ? ~Word{0} : 0;
        bool goes_on = false;
        for (auto entry = first; entry != last; ++entry) {
            const auto& message = messages_[entry->place];
            const auto key = is_text ? message.summary.key(key_of(kind)) : std::string_view{};
            goes_on = goes_on || key.size() > tie.offset + sizeof(Word);
            entry->word = (is_text ? word_at(key, tie.offset) : number_of(message, kind)) ^ mask;
        }
        return goes_on;
    }

    std::span<const Found> messages_;
    std::vector<SortCriterion> criteria_;
    std::vector<Entry> entries_;
    std::vector<Tie> ties_;
};

std::vector<SortCriterion> without_repeats(std::span<const SortCriterion> criteria) {
    std::vector<SortCriterion> kept;
    for (const auto& criterion : criteria) {
        if (std::ranges::find(kept, criterion.key, &SortCriterion::key) == kept.end()) kept.push_back(criterion);
    }
    return kept;
}

}  // namespace

std::vector<std::uint32_t> sorted(std::span<const Found> messages, std::span<const SortCriterion> criteria) {
    return Sorting{messages, without_repeats(criteria)}.run();
}

}  // namespace mailpipe::imap
