// SPDX-License-Identifier: ISC
#include "imap/verbs/search_answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/grammar/mailbox_name.hpp"

namespace mailpipe::imap {

std::string mailbox_correlators(const Session& session) {
    std::string out = " MAILBOX ";
    append_mailbox(out, session.mailbox->name, session.utf8());
    return out + fmt::format(" UIDVALIDITY {}", session.mailbox->folder.uid_validity());
}

void SearchAnswer::tell(const Numbers& found, std::string_view plain_name) {
    save(found);
    if (is_only_saved()) return;
    Numbers numbers = found;
    if (command_.is_uid) {
        for (auto& number : numbers) number = session_.mailbox->view.record(number).uid;
    }
    const bool is_extended = request_.wanted.is_given || (session_.has(Feature::imap4rev2) && plain_name == "SEARCH");
    if (is_extended) tell_extended(found, numbers);
    else tell_plain(found, numbers, plain_name);
}

void SearchAnswer::tell_of_mailbox(const Numbers& found) {
    save(found);
    if (is_only_saved() || found.empty()) return;
    tell_extended(found, uids(session_, found), mailbox_correlators(session_));
}

/// Then the client does not want to hear of it: RFC 9051 section 6.4.4.1.
bool SearchAnswer::is_only_saved() const {
    const auto& wanted = request_.wanted;
    return wanted.save && !wanted.min && !wanted.max && !wanted.all && !wanted.count && !wanted.partial;
}

/// What MIN, MAX and PARTIAL, and nothing else, ask for is all that counts for SAVE (RFC 9051 section 6.4.4.1, RFC 9394
/// section 3.2) and MODSEQ (RFC 4731 section 3.2).
Numbers SearchAnswer::counted(const Numbers& found) const {
    const auto& wanted = request_.wanted;
    const bool is_some = (wanted.min || wanted.max || wanted.partial) && !wanted.all && !wanted.count;
    if (!is_some || found.empty()) return found;
    auto some = wanted.partial ? page(found, *wanted.partial) : Numbers{};
    if (wanted.min) some.push_back(found.front());
    if (wanted.max) some.push_back(found.back());
    return some;
}

std::uint64_t SearchAnswer::highest_modseq(const Numbers& found) const {
    std::uint64_t highest = 0;
    for (const auto sequence : counted(found)) highest = std::max(highest, session_.mailbox->view.record(sequence).modseq);
    return highest;
}

void SearchAnswer::tell_plain(const Numbers& found, const Numbers& numbers, std::string_view name) {
    std::string out = fmt::format("* {}", name);
    for (const auto number : numbers) {
        out.append(" ").append(std::to_string(number));
        if (out.size() < 32 * 1024) continue;
        session_.channel.write(out);
        out.clear();
    }
    if (wants_modseq() && !found.empty()) out += fmt::format(" (MODSEQ {})", highest_modseq(found));
    session_.channel.write(out + "\r\n");
}

void SearchAnswer::tell_extended(const Numbers& found, const Numbers& numbers, std::string_view correlators) {
    const auto& wanted = request_.wanted;
    std::string out = fmt::format("* ESEARCH (TAG \"{}\"{}){}", command_.tag, correlators,
                                  command_.is_uid || !correlators.empty() ? " UID" : "");
    if (wanted.min && !numbers.empty()) out += fmt::format(" MIN {}", numbers.front());  // of SORT the first: RFC 5267 section 3
    if (wanted.max && !numbers.empty()) out += fmt::format(" MAX {}", numbers.back());
    if (wanted.all && !numbers.empty()) out += " ALL " + ordered_set(numbers);
    if (wanted.partial) {
        const auto set = ordered_set(page(numbers, *wanted.partial));
        out += fmt::format(" PARTIAL ({} {})", to_string(*wanted.partial), set.empty() ? "NIL" : set);
    }
    if (wanted.count) out += fmt::format(" COUNT {}", numbers.size());
    if (wants_modseq() && !found.empty()) out += fmt::format(" MODSEQ {}", highest_modseq(found));
    session_.channel.write(out + "\r\n");
}

void SearchAnswer::save(const Numbers& found) {
    if (!request_.wanted.save) return;
    session_.saved = {};
    auto saved = uids(session_, counted(found));
    std::ranges::sort(saved);
    for (const auto uid : saved) session_.saved.add(uid);
}

}  // namespace mailpipe::imap
