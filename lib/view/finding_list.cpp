// SPDX-License-Identifier: ISC
#include "view/finding_list.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mailpipe::view {

namespace {

using mime::Finding;

bool is_ambiguous(const Finding& finding) { return explain(finding.leniency).is_ambiguous; }

std::string format_finding(const Finding& finding, const Place& place) {
    const auto& known = explain(finding.leniency);
    const auto section = known.section.empty() ? "a limit" : known.section;
    return fmt::format("{}:{}: {}: {} ({}); others may see {}\n", place.line, place.column, known.code, known.text, section,
                       known.strict);
}

}  // namespace

std::vector<Finding> in_order(std::vector<Finding> findings) {
    std::ranges::stable_sort(findings, {}, &Finding::offset);
    return findings;
}

std::vector<Place> places(std::string_view message, const std::vector<Finding>& findings) {
    std::vector<Place> all;
    Place place;
    std::size_t at = 0;
    for (const auto& finding : findings) {
        for (; at < finding.offset; ++at) {
            if (message[at] == '\n') place = {place.line + 1, 0};
            ++place.column;
        }
        all.push_back(place);
    }
    return all;
}

std::string list_findings(std::string_view message, const mime::Structure& structure, std::string_view prefix) {
    const auto findings = in_order(structure.findings);
    const auto all = places(message, findings);
    std::string ambiguous;
    std::string harmless;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        auto& out = is_ambiguous(findings[i]) ? ambiguous : harmless;
        out.append(prefix).append(format_finding(findings[i], all[i]));
    }
    return ambiguous + harmless;
}

bool are_ambiguous(const std::vector<Finding>& findings) { return std::ranges::any_of(findings, is_ambiguous); }

}  // namespace mailpipe::view
