// SPDX-License-Identifier: ISC
#include "imap/search/sort.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "imap/search/sort_keys.hpp"
#include "imap/search/word_sort.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"

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

Summary::Key summary_key(Kind kind) {
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

Word number_of(const Sortable& message, Kind kind) {
    if (kind == Kind::size) return message.octets;
    return static_cast<Word>(kind == Kind::arrival ? message.arrival : message.sent) ^ sign;
}

/// Messages between which nothing is decided yet: their next word is that of `criterion` at `offset`.
struct Tie {
    std::size_t begin, end;
    std::size_t criterion;
    std::size_t offset;
};

/// Sorts by one word of the keys; what is alike then is sorted by the next one.
class Sorting {
public:
    Sorting(std::span<const Sortable> messages, std::vector<SortCriterion> criteria, const KeyOf& key_of)
        : messages_(messages), criteria_(std::move(criteria)), key_of_(key_of), entries_(messages.size()) {
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
        std::ranges::transform(entries_, places.begin(), &WordAndPlace::place);
        return places;
    }

private:
    void break_tie(const Tie& tie) {
        const auto tied = std::span{entries_}.subspan(tie.begin, tie.end - tie.begin);
        const bool goes_on = read_words(tied, tie);
        sort_by_word(tied, spare_);
        for (auto begin = tie.begin; begin < tie.end;) {
            auto end = begin + 1;
            while (end < tie.end && entries_[end].word == entries_[begin].word) ++end;
            const bool is_decided = !goes_on || is_one_subject(begin, end, tie.criterion);
            if (end - begin > 1 && is_decided) ties_.push_back({begin, end, tie.criterion + 1, 0});
            else if (end - begin > 1) ties_.push_back({begin, end, tie.criterion, tie.offset + sizeof(Word)});
            begin = end;
        }
    }

    bool is_one_subject(std::size_t begin, std::size_t end, std::size_t criterion) const {
        if (criteria_[criterion].key != Kind::subject) return false;
        const auto hash_of = [&](std::size_t i) { return messages_[entries_[i].place].subject.hash; };
        for (auto i = begin + 1; i < end; ++i) {
            if (hash_of(i) != hash_of(begin)) return false;
        }
        return true;
    }

    /// True where a key goes on behind this word.
    bool read_words(std::span<WordAndPlace> tied, const Tie& tie) const {
        const auto [kind, is_reversed] = criteria_[tie.criterion];
        const Word mask = is_reversed ? ~Word{0} : 0;
        const auto mark = tie.offset / sizeof(Word);
        const bool is_marked = kind == Kind::subject && mark < SubjectMark{}.beginning.size();
        bool goes_on = is_marked;
        for (auto& entry : tied) {
            const auto& message = messages_[entry.place];
            if (is_marked) {
                entry.word = message.subject.beginning[mark] ^ mask;
            } else if (is_number(kind)) {
                entry.word = number_of(message, kind) ^ mask;
            } else {
                const auto key = key_of_(entry.place, summary_key(kind));
                goes_on = goes_on || key.size() > tie.offset + sizeof(Word);
                entry.word = word_at(key, tie.offset) ^ mask;
            }
        }
        return goes_on;
    }

    std::span<const Sortable> messages_;
    std::vector<SortCriterion> criteria_;
    const KeyOf& key_of_;
    std::vector<WordAndPlace> entries_, spare_;
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

SubjectMark mark_of(std::string_view subject_key) {
    SubjectMark mark{.hash = hash64(subject_key)};
    for (std::size_t i = 0; i < mark.beginning.size(); ++i) mark.beginning[i] = word_at(subject_key, i * sizeof(Word));
    return mark;
}

SortFields read_sort_fields(std::string_view header) {
    header.remove_prefix(mail::mbox_line_octets(header));
    std::optional<std::string_view> date, subject;
    mail::HeaderReader reader{header};
    while (!date || !subject) {
        const auto field = reader.next();
        if (!field) break;
        if (!date && iequals(field->name, "Date")) date = field->value;
        if (!subject && iequals(field->name, "Subject")) subject = field->value;
    }
    SortFields fields;
    if (const auto sent = mail::parse_sent_date(date.value_or(""))) fields.sent = unix_seconds(sent->time);
    fields.subject = subject_key(subject.value_or("")).base;
    return fields;
}

std::vector<std::uint32_t> sorted(std::span<const Sortable> messages, std::span<const SortCriterion> criteria, const KeyOf& key_of) {
    return Sorting{messages, without_repeats(criteria), key_of}.run();
}

std::vector<std::uint32_t> sorted(std::span<const Found> messages, std::span<const SortCriterion> criteria) {
    const bool is_by_subject = has(criteria, Kind::subject);
    std::vector<Sortable> sortables;
    sortables.reserve(messages.size());
    for (const auto& message : messages) {
        const auto subject = is_by_subject ? mark_of(message.summary.key(Summary::Key::subject)) : SubjectMark{};
        sortables.push_back({message.arrival, message.sent(), message.octets, subject});
    }
    return sorted(sortables, criteria, [&](std::uint32_t place, Summary::Key key) { return messages[place].summary.key(key); });
}

bool has(std::span<const SortCriterion> criteria, SortKey key) {
    return std::ranges::find(criteria, key, &SortCriterion::key) != criteria.end();
}

bool needs_summaries(std::span<const SortCriterion> criteria) {
    return std::ranges::any_of(criteria, [](const auto& one) { return !is_number(one.key) && one.key != Kind::subject; });
}

}  // namespace mailpipe::imap
