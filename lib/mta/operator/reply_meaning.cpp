// SPDX-License-Identifier: ISC
#include "mta/operator/reply_meaning.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

struct Mark {
    std::string_view words;  // in the reply's text or in the site's name
    Provider provider;
};

constexpr Mark marks[] = {
    {"gsmtp|google.com|googlemail.com", Provider::google},
    {"outlook.com|microsoft|hotmail.com|office365", Provider::microsoft},
    {"yahoodns.net|yahooinc.com|yahoo.com|[tss|[ts0", Provider::yahoo},
    {"icloud.com|apple.com", Provider::apple},
};

/// The first of those parted by '|' that `fits`.
template <typename Fits>
bool any_of(std::string_view choices, Fits fits) {
    for (;;) {
        const auto end = choices.find('|');
        if (fits(choices.substr(0, end))) return true;
        if (end == std::string_view::npos) return false;
        choices.remove_prefix(end + 1);
    }
}

bool has_word(std::string_view lower_text, std::string_view words) {
    return any_of(words, [&](std::string_view word) { return lower_text.find(word) != std::string_view::npos; });
}

Provider provider_of(std::string_view lower_text) {
    const auto mark = std::ranges::find_if(marks, [&](const Mark& m) { return has_word(lower_text, m.words); });
    return mark == std::end(marks) ? Provider::any : mark->provider;
}

/// `wanted` as of MeaningRow, one of them. `enhanced` is "5.7.1".
bool has_detail(std::string_view enhanced, std::string_view wanted) {
    const auto dots = std::ranges::count(wanted, '.');
    const bool whole_subject = wanted.ends_with('.');
    const bool has_class = dots == 2;
    const auto found = has_class ? enhanced : enhanced.substr(std::min<std::size_t>(2, enhanced.size()));
    return whole_subject ? found.starts_with(wanted) : found == wanted;
}

/// Where the reply has no code of RFC 3463 its first digit is all that is known: "5.0.0".
std::string whole_code(int code, std::string_view enhanced) {
    const bool is_one = enhanced.size() >= 5 && enhanced[1] == '.' && (enhanced[0] == '4' || enhanced[0] == '5');
    return is_one ? std::string{enhanced} : std::string{code >= 500 ? '5' : '4'} + ".0.0";
}

}  // namespace

Meaning reply_meaning(int code, std::string_view enhanced, std::string_view text, std::string_view site) {
    const auto words = lower(text);
    const auto provider = provider_of(words + ' ' + lower(site));
    const auto detail = whole_code(code, enhanced);
    const auto table = meaning_table();
    // The last rows fit whatever comes.
    return std::ranges::find_if(table, [&](const MeaningRow& row) {
        return (row.provider == Provider::any || row.provider == provider) &&
               (row.details.empty() || any_of(row.details, [&](auto wanted) { return has_detail(detail, wanted); })) &&
               (row.words.empty() || has_word(words, row.words));
    })->meaning;
}

}  // namespace mailpipe::mta
