// SPDX-License-Identifier: ISC
#include "imap/search/match.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/ascii.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"

namespace mailpipe::imap {

namespace {

using Kind = SearchKey::Kind;

constexpr std::size_t max_keywords = 64;

enum class Stage : std::uint8_t { facts, header, message };

bool is_operator(Kind kind) { return kind <= Kind::none_of; }

Stage stage_of(Kind kind) {
    if (kind >= Kind::body) return Stage::message;
    return kind >= Kind::sent_before ? Stage::header : Stage::facts;
}

std::int64_t day_of(std::int64_t seconds) {
    using namespace std::chrono;
    return floor<days>(sys_seconds{std::chrono::seconds{seconds}}).time_since_epoch().count();
}

Verdict verdict(bool matches) { return matches ? Verdict::yes : Verdict::no; }

/// Each kind of date comes as before, on, since.
bool is_in_days(Kind kind, Kind before, std::int64_t day, std::int64_t asked) {
    switch (static_cast<int>(kind) - static_cast<int>(before)) {
        case 0: return day < asked;
        case 1: return day == asked;
        default: return day >= asked;
    }
}

std::uint64_t keyword_bit(std::string_view name, std::span<const std::string> keywords) {
    const auto known = keywords.first(std::min(keywords.size(), max_keywords));
    const auto found = std::ranges::find_if(known, [&](const std::string& keyword) { return iequals(keyword, name); });
    return found == known.end() ? 0 : std::uint64_t{1} << (found - known.begin());
}

}  // namespace

Matcher::Matcher(const SearchProgram& program, const SearchScope& scope)
    : verdicts_(program.size(), Verdict::unknown), now_(scope.now), has_save_dates_(scope.has_save_dates) {
    for (const auto& asked : program) {
        keys_.push_back({asked.kind, asked.is_wanted, asked.operands, 0});
        prepare(keys_.back(), asked, scope);
    }
    for (auto index = keys_.size(); index-- > 0;) {
        auto end = index + 1;
        for (std::uint32_t i = 0; i < keys_[index].operands; ++i) end = keys_[end].end;
        keys_[index].end = end;
    }
}

void Matcher::prepare(Key& key, const SearchKey& asked, const SearchScope& scope) {
    const auto stage = stage_of(key.kind);
    key.number = asked.number;
    key.date = asked.date;
    if (key.kind == Kind::header || stage == Stage::message) key.text.emplace(asked.text);
    if (key.kind == Kind::header) {
        key.field = asked.field;
        key.place = field_place(asked.field);
    } else if (key.kind == Kind::flag) {
        const auto system = find_system_flag(asked.text);
        key.is_keyword = !system;
        key.number = system ? std::uint64_t{MessageFacts::bit(*system)} : keyword_bit(asked.text, scope.keywords);
    } else if (key.kind == Kind::numbers) {
        key.numbers = asked.numbers.resolved(scope.largest_sequence);
    } else if (key.kind == Kind::uids) {
        key.numbers = asked.numbers.resolved(scope.largest_uid);
    } else if (key.kind == Kind::saved) {
        key.numbers = scope.saved_uids;
    } else if (key.kind == Kind::email_id) {
        key.id = asked.text;
    }
}

bool Matcher::matches_facts(const Key& key, const MessageFacts& facts) const {
    const auto saved = has_save_dates_ ? facts.save_date.value_or(facts.internal_date) : facts.internal_date;
    const auto age = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ - facts.internal_date, 0));
    switch (key.kind) {
        case Kind::flag: return (((key.is_keyword ? facts.keywords : facts.flags) & key.number) != 0) == key.is_wanted;
        case Kind::recent: return facts.is_recent == key.is_wanted;
        case Kind::numbers: return key.numbers.contains(facts.sequence);
        case Kind::uids:
        case Kind::saved: return key.numbers.contains(facts.uid);
        case Kind::larger: return facts.octets > key.number;
        case Kind::smaller: return facts.octets < key.number;
        case Kind::older: return age >= key.number;
        case Kind::younger: return age <= key.number;
        case Kind::modified_since: return facts.modseq >= key.number;
        case Kind::before:
        case Kind::on:
        case Kind::since: return is_in_days(key.kind, Kind::before, day_of(facts.internal_date), key.date);
        case Kind::saved_before:
        case Kind::saved_on:
        case Kind::saved_since: return is_in_days(key.kind, Kind::saved_before, day_of(saved), key.date);
        case Kind::save_date_supported: return has_save_dates_;
        case Kind::email_id: return facts.email_id == key.id;
        case Kind::thread_id: return false;  // it is NIL for every message: RFC 8474 section 5.2
        case Kind::all: return true;
        case Kind::all_of: case Kind::any_of: case Kind::none_of:
        case Kind::sent_before: case Kind::sent_on: case Kind::sent_since:
        case Kind::header: case Kind::body: case Kind::text: break;
    }
    return false;
}

Verdict Matcher::by_summary(const Key& key, const Summary& summary) const {
    if (key.kind != Kind::header) {
        const auto day = summary.sent_day();
        return verdict(day && is_in_days(key.kind, Kind::sent_before, *day, key.date));
    }
    if (!key.place || !summary.has_all(FieldSet{1} << *key.place)) return Verdict::unknown;
    const auto kept = summary.fields();
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const auto field = kept[i];
        if (field.place != *key.place) continue;
        const auto colon = std::min(field.text.find(':'), field.text.size() - 1);
        if (is_in_value(field.text.substr(colon + 1), *key.text)) return Verdict::yes;
    }
    return Verdict::no;
}

Verdict Matcher::by_header(const Key& key, std::string_view header) const {
    mail::HeaderReader reader{header};
    const std::string_view name = key.kind == Kind::header ? std::string_view{key.field} : "date";
    while (const auto field = reader.next()) {
        if (!iequals(field->name, name)) continue;
        if (key.kind == Kind::header) {
            if (is_in_value(field->value, *key.text)) return Verdict::yes;
            continue;
        }
        const auto sent = mail::parse_sent_date(field->value);
        return verdict(sent && is_in_days(key.kind, Kind::sent_before, sent->day.time_since_epoch().count(), key.date));
    }
    return Verdict::no;
}

/// Sets the verdict of each key that is no operator, and on which something still depends.
template <typename Judge>
void Matcher::judge_open(const Judge& judge) {
    for (std::size_t i = 0; i < keys_.size();) {
        const bool is_open = verdicts_[i] == Verdict::unknown;
        if (is_open && !is_operator(keys_[i].kind)) verdicts_[i] = judge(i);
        i = is_open ? i + 1 : keys_[i].end;
    }
}

Verdict Matcher::operator_verdict(std::size_t index) const {
    const auto kind = keys_[index].kind;
    const auto deciding = kind == Kind::all_of ? Verdict::no : Verdict::yes;
    auto result = kind == Kind::all_of ? Verdict::yes : Verdict::no;
    for (auto at = index + 1; at < keys_[index].end && result != deciding; at = keys_[at].end) {
        if (verdicts_[at] != result) result = verdicts_[at] == deciding ? deciding : Verdict::unknown;
    }
    if (kind != Kind::none_of || result == Verdict::unknown) return result;
    return result == Verdict::yes ? Verdict::no : Verdict::yes;
}

/// Operands stand behind their operator: so from the last key to the first.
Verdict Matcher::evaluate() {
    for (auto i = keys_.size(); i-- > 0;) {
        if (is_operator(keys_[i].kind)) verdicts_[i] = operator_verdict(i);
    }
    return verdicts_.empty() ? Verdict::yes : verdicts_.front();
}

Verdict Matcher::match_facts(const MessageFacts& facts) {
    std::ranges::fill(verdicts_, Verdict::unknown);
    judge_open([&](std::size_t i) {
        return stage_of(keys_[i].kind) == Stage::facts ? verdict(matches_facts(keys_[i], facts)) : Verdict::unknown;
    });
    return evaluate();
}

Verdict Matcher::match_summary(const Summary& summary) {
    judge_open([&](std::size_t i) {
        return stage_of(keys_[i].kind) == Stage::header ? by_summary(keys_[i], summary) : Verdict::unknown;
    });
    return evaluate();
}

Verdict Matcher::match_header(std::string_view header) {
    header.remove_prefix(mail::mbox_line_octets(header));
    judge_open([&](std::size_t i) {
        return stage_of(keys_[i].kind) == Stage::header ? by_header(keys_[i], header) : Verdict::unknown;
    });
    return evaluate();
}

Verdict Matcher::match_message(std::string_view message) {
    if (const auto known = match_header(message); known != Verdict::unknown) return known;
    std::vector<std::size_t> asking;
    std::vector<TextQuest> quests;
    judge_open([&](std::size_t i) {
        asking.push_back(i);
        quests.push_back({&*keys_[i].text, keys_[i].kind == Kind::text});
        return Verdict::unknown;
    });
    search_message(message, quests);
    for (std::size_t i = 0; i < asking.size(); ++i) verdicts_[asking[i]] = verdict(quests[i].is_found);
    return evaluate();
}

}  // namespace mailpipe::imap
