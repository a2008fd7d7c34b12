// SPDX-License-Identifier: ISC
#include "mta/lookup/verdict.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mta/lookup/tag_list.hpp"
#include "text/base64.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

namespace {

using dns::Answer;
using dns::Status;

Verdict unknown(std::string check, std::string name, const std::string& trouble) {
    return {std::move(check), std::move(name), Grade::unknown, "cannot be looked up now: " + trouble};
}

void say(Verdict& verdict, Grade grade, std::string words) {
    verdict.grade = grade;
    verdict.words = std::move(words);
}

/// The one text among the answer's for which `is_ours` holds, or what is wrong.
template <typename IsOurs>
std::optional<std::string> only_text(const Answer& answer, IsOurs is_ours, Verdict& verdict, std::string_view if_none) {
    const auto count = std::ranges::count_if(answer.texts, is_ours);
    if (count == 1) return *std::ranges::find_if(answer.texts, is_ours);
    if (count == 0) say(verdict, Grade::note, std::string(if_none));
    else say(verdict, Grade::bad, fmt::format("{} records where one may be: none of them counts", count));
    return {};
}

bool is_spf(std::string_view text) { return istarts_with(text, "v=spf1") && (text.size() == 6 || text[6] == ' '); }

struct SpfTerms {
    std::string all;       // "-all", "~all" …
    std::string redirect;  // its domain
    std::string strange;   // the first that is none
    int lookups = 0;
    int mechanisms = 0;    // beside all
};

SpfTerms spf_terms(std::string_view text) {
    constexpr std::array with_lookup{"include", "a", "mx", "ptr", "exists"};
    constexpr std::array without{"ip4", "ip6"};
    SpfTerms terms;
    text.remove_prefix(6);
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const auto term = text.substr(0, blank);
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
        if (term.empty()) continue;
        const bool is_qualified = std::string_view{"+-~?"}.find(term[0]) != std::string_view::npos;
        const auto bare = term.substr(is_qualified ? 1 : 0);
        const auto name = lower(bare.substr(0, bare.find_first_of(":/=")));
        const bool is_modifier = bare.size() > name.size() && bare[name.size()] == '=';
        if (is_modifier && name == "redirect") {
            terms.redirect = bare.substr(name.size() + 1);
        } else if (is_modifier) {
            continue;  // unknown ones are ignored: RFC 7208 section 6
        } else if (name == "all") {
            if (terms.all.empty()) terms.all = (is_qualified ? "" : "+") + lower(term);
        } else {
            ++terms.mechanisms;
            const bool asks = std::ranges::find(with_lookup, name) != with_lookup.end();
            if (asks) ++terms.lookups;
            else if (std::ranges::find(without, name) == without.end() && terms.strange.empty()) terms.strange = term;
        }
    }
    return terms;
}

void judge_all(const SpfTerms& terms, Verdict& verdict) {
    const auto* refusal = terms.mechanisms == 0 ? "nobody sends in its name" : "who is not listed is refused";
    if (terms.all == "-all") return say(verdict, Grade::good, refusal);
    if (terms.all == "~all") return say(verdict, Grade::good, "who is not listed is suspect, not refused (~all)");
    if (terms.all == "?all") return say(verdict, Grade::note, "of who is not listed nothing is said (?all)");
    if (terms.all == "+all") return say(verdict, Grade::bad, "everybody may send in its name (+all)");
    if (!terms.redirect.empty()) return say(verdict, Grade::note, "it is as " + line_for_terminal(terms.redirect) + " says (redirect)");
    say(verdict, Grade::note, "of who is not listed nothing is said (no all)");
}

/// By its length: the modulus of a SubjectPublicKeyInfo is what is left of it without 34 to 38 octets of wrapping.
std::size_t rsa_bits(std::size_t octets) {
    constexpr std::size_t wrapping = 34;
    return octets > wrapping ? (octets - wrapping) * 8 : 0;
}

std::string without_blanks(std::string_view text) {
    std::string packed(text);
    std::erase_if(packed, [](char c) { return is_blank(c) || c == '\r' || c == '\n'; });
    return packed;
}

void judge_key(std::string_view type, const std::string& key, Verdict& verdict) {
    const auto octets = text::base64_decode(key);
    verdict.grade = Grade::bad;
    if (!octets) {
        verdict.words = "the key is not Base64";
    } else if (type == "ed25519") {
        const bool is_whole = octets->size() == 32;
        if (is_whole) say(verdict, Grade::good, "an Ed25519 key");
        else verdict.words = "an Ed25519 key has 32 octets, this one has not (RFC 8463 section 4)";
    } else if (type != "rsa") {
        verdict.words = fmt::format("nobody knows keys of type {}", line_for_terminal(type));
    } else if (const auto bits = rsa_bits(octets->size()); bits < 1024) {
        verdict.words = "an RSA key of less than 1024 bits, which verifiers ignore (RFC 8301 section 3.2)";
    } else if (bits < 2048) {
        say(verdict, Grade::note, "an RSA key of less than 2048 bits (RFC 8301 section 3.2)");
    } else {
        say(verdict, Grade::good, "an RSA key of 2048 bits or more");
    }
}

bool is_usable(const dns::Tlsa& tlsa) { return tls::is_usable({tlsa.usage, tlsa.selector, tlsa.matching_type, tlsa.data}); }

}  // namespace

std::string_view to_string(Grade grade) {
    switch (grade) {
        case Grade::good: return "good";
        case Grade::note: return "note";
        case Grade::bad: return "bad";
        case Grade::unknown: return "unknown";
    }
    return {};
}

Verdict judge_spf(const std::string& domain, const Answer& answer) {
    if (answer.status == Status::failed) return unknown("spf", domain, answer.trouble);
    Verdict verdict{"spf", domain, Grade::note, {}};
    const auto text = only_text(answer, is_spf, verdict, "none: it does not say who may send in its name");
    if (!text) return verdict;
    verdict.record = *text;
    const auto terms = spf_terms(*text);
    constexpr int most_lookups = 10;  // RFC 7208 section 4.6.4
    judge_all(terms, verdict);
    if (!terms.strange.empty()) {
        say(verdict, Grade::bad, fmt::format("'{}' is no mechanism: the whole record counts as wrong", line_for_terminal(terms.strange)));
    } else if (terms.lookups + (terms.redirect.empty() ? 0 : 1) > most_lookups) {
        say(verdict, Grade::bad, "more than 10 lookups: it counts as wrong (RFC 7208 section 4.6.4)");
    }
    return verdict;
}

bool has_dmarc(const Answer& answer) {
    return std::ranges::any_of(answer.texts, [](const auto& text) { return has_version(text, "DMARC1"); });
}

Verdict judge_dmarc(const std::string& domain, const std::string& owner, const Answer& answer) {
    if (answer.status == Status::failed) return unknown("dmarc", domain, answer.trouble);
    Verdict verdict{"dmarc", domain, Grade::note, {}};
    const auto is_ours = [](const std::string& text) { return has_version(text, "DMARC1"); };
    const auto text = only_text(answer, is_ours, verdict, "none: nobody is told what to do with forged mail");
    if (!text) return verdict;
    verdict.record = *text;
    auto policy = tag_value(*text, "p").value_or("");
    if (owner != domain) policy = tag_value(*text, "sp").value_or(policy);
    const auto reports = tag_value(*text, "rua") ? "" : ", and nobody gets reports";
    const auto from = owner == domain ? "" : " (as " + owner + " says)";
    if (iequals(policy, "reject")) say(verdict, Grade::good, "forged mail is to be refused");
    else if (iequals(policy, "quarantine")) say(verdict, Grade::good, "forged mail is to be put aside");
    else if (iequals(policy, "none")) verdict.words = "forged mail is to be let in (p=none)";
    else say(verdict, Grade::bad, "it has no policy (p=reject, quarantine or none)");
    verdict.words += reports + from;
    return verdict;
}

Verdict judge_dkim(const std::string& name, const Answer& answer) {
    if (answer.status == Status::failed) return unknown("dkim", name, answer.trouble);
    Verdict verdict{"dkim", name, Grade::bad, "there is no key"};
    const auto is_ours = [](const std::string& text) { return tag_value(text, "p").has_value(); };
    const auto text = only_text(answer, is_ours, verdict, "there is no key");
    if (!text) {
        verdict.grade = Grade::bad;  // this selector was asked for
        return verdict;
    }
    verdict.record = *text;
    const auto key = without_blanks(tag_value(*text, "p").value_or(""));
    if (tag_value(*text, "v").value_or("DKIM1") != "DKIM1") verdict.words = "its version is not DKIM1";
    else if (key.empty()) say(verdict, Grade::note, "the key has been revoked");
    else judge_key(lower(tag_value(*text, "k").value_or("rsa")), key, verdict);
    const auto flags = tag_value(*text, "t").value_or("");
    if (verdict.grade == Grade::good && flags.find('y') != std::string::npos) {
        verdict.grade = Grade::note;
        verdict.words += ", only being tried (t=y)";
    }
    return verdict;
}

Verdict judge_mta_sts(const std::string& domain, const Answer& answer) {
    if (answer.status == Status::failed) return unknown("mta-sts", domain, answer.trouble);
    Verdict verdict{"mta-sts", domain, Grade::note, {}};
    const auto is_ours = [](const std::string& text) { return has_version(text, "STSv1"); };
    const auto text = only_text(answer, is_ours, verdict, "none: senders need not use TLS");
    if (!text) return verdict;
    verdict.record = *text;
    const auto id = tag_value(*text, "id").value_or("");
    const bool is_id = !id.empty() && id.size() <= 32 && std::ranges::all_of(id, is_alnum);
    verdict.grade = is_id ? Grade::good : Grade::bad;
    verdict.words = is_id ? fmt::format("there is a policy at https://mta-sts.{}/.well-known/mta-sts.txt (not fetched)", domain)
                          : "its id is not 1 to 32 letters and digits";
    return verdict;
}

Verdict judge_tls_rpt(const std::string& domain, const Answer& answer) {
    if (answer.status == Status::failed) return unknown("tls-rpt", domain, answer.trouble);
    Verdict verdict{"tls-rpt", domain, Grade::note, {}};
    const auto is_ours = [](const std::string& text) { return has_version(text, "TLSRPTv1"); };
    const auto text = only_text(answer, is_ours, verdict, "none: nobody tells it when TLS fails");
    if (!text) return verdict;
    verdict.record = *text;
    const auto rua = tag_value(*text, "rua").value_or("");
    const bool is_place = istarts_with(rua, "mailto:") || istarts_with(rua, "https:");
    verdict.grade = is_place ? Grade::good : Grade::bad;
    verdict.words = is_place ? "reports go to " + line_for_terminal(rua) : "it does not say where reports go (rua=mailto: or https:)";
    return verdict;
}

Verdict judge_tlsa(const std::string& host, const Answer& answer, const DaneBasis& basis) {
    if (answer.status == Status::failed) {
        auto verdict = unknown("tlsa", host, answer.trouble);
        verdict.words += "; senders that use DANE wait (RFC 7672 section 2.1.1)";
        return verdict;
    }
    Verdict verdict{"tlsa", host, Grade::note, "none: no DANE"};
    if (answer.status != Status::found) return verdict;
    const auto usable = std::ranges::count_if(answer.tlsa, is_usable);
    verdict.grade = Grade::bad;
    if (!answer.is_authentic) verdict.words = "the records are not validated by DNSSEC here: they count for nothing";
    else if (usable == 0) verdict.words = "no record is of a kind for mail (usage 2 or 3; RFC 7672 section 3.1)";
    else if (!basis.addresses_are_authentic) verdict.words = "the host's addresses are not validated: its records count for nothing";
    else if (!basis.mx_is_authentic) say(verdict, Grade::note, "the MX that names it is not validated: not all senders use its records");
    else say(verdict, Grade::good, fmt::format("DANE, with {} usable record{}", usable, usable == 1 ? "" : "s"));
    return verdict;
}

Verdict judge_ptr(const std::string& address, const Answer& answer, const std::vector<std::string>& confirmed, const std::string& trouble) {
    if (answer.status == Status::failed) return unknown("ptr", address, answer.trouble);
    if (answer.hosts.empty()) return {"ptr", address, Grade::note, "it has no name: others may refuse what it sends"};
    if (!confirmed.empty()) return {"ptr", address, Grade::good, fmt::format("{}, which leads back", fmt::join(confirmed, ", "))};
    if (!trouble.empty()) return unknown("ptr", address, trouble);
    return {"ptr", address, Grade::bad, fmt::format("{}, which does not lead back", answer.hosts.front())};
}

}  // namespace mailpipe::mta
