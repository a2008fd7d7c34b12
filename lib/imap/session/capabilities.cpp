// SPDX-License-Identifier: ISC
#include "imap/session/capabilities.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap {

namespace {

enum When : unsigned { before_login = 1, after_login = 2, always = 3 };

struct Row {
    std::string_view name;
    unsigned when;
};
constexpr Row rows[] = {
    {"IMAP4REV1", always},
    {"IMAP4REV2", always},
    {"SASL-IR", before_login},
    {"LITERAL+", always},
    {"ENABLE", always},
    {"ID", always},
    {"IDLE", always},
    {"NAMESPACE", after_login},
    {"UIDPLUS", after_login},
    {"MOVE", after_login},
    {"UNSELECT", after_login},
    {"CHILDREN", after_login},
    {"LIST-EXTENDED", after_login},
    {"LIST-STATUS", after_login},
    {"SPECIAL-USE", after_login},
    {"CREATE-SPECIAL-USE", after_login},
    {"STATUS=SIZE", after_login},
    {"CONDSTORE", after_login},
    {"QRESYNC", after_login},
    {"ESEARCH", after_login},
    {"SEARCHRES", after_login},
    {"WITHIN", after_login},
    {"SORT", after_login},
    {"SORT=DISPLAY", after_login},
    {"ESORT", after_login},
    {"THREAD=ORDEREDSUBJECT", after_login},
    {"THREAD=REFERENCES", after_login},
    {"THREAD=REFS", after_login},
    {"MULTIAPPEND", after_login},
    {"BINARY", after_login},
    {"CATENATE", after_login},
    {"REPLACE", after_login},
    {"COMPRESS=DEFLATE", after_login},
    {"QUOTA", after_login},
    {"QUOTA=RES-STORAGE", after_login},
    {"QUOTA=RES-MESSAGE", after_login},
    {"PREVIEW", after_login},
    {"SAVEDATE", after_login},
    {"OBJECTID", after_login},
    {"APPENDLIMIT", after_login},
    {"UTF8=ACCEPT", after_login},
    {"I18NLEVEL=1", after_login},
    {"METADATA", after_login},
    {"UIDONLY", after_login},
    {"INPROGRESS", after_login},
    {"PARTIAL", after_login},
    {"MULTISEARCH", after_login},
    {"CONTEXT=SEARCH", after_login},
    {"CONTEXT=SORT", after_login},
    {"NOTIFY", after_login},
    {"UNAUTHENTICATE", after_login},
};

struct FeatureName {
    Feature feature;
    std::string_view name;
};
constexpr FeatureName feature_names[] = {
    {Feature::imap4rev2, "IMAP4rev2"},
    {Feature::condstore, "CONDSTORE"},
    {Feature::qresync, "QRESYNC"},
    {Feature::utf8_accept, "UTF8=ACCEPT"},
    {Feature::uid_only, "UIDONLY"},
};

std::string upper(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), to_upper);
    return out;
}

bool is_without(const Session& session, std::string_view name) {
    const std::string key{name};
    return session.settings.without.contains(key) || (session.mail && session.mail->home.without.contains(key));
}

bool may_compress(const Session& session) { return !session.deflate.has_value(); }

bool holds(const Session& session, const Row& row) {
    const auto now = session.mail ? after_login : before_login;
    if ((row.when & now) == 0 || is_without(session, row.name)) return false;
    if (row.name == "UNAUTHENTICATE") return session.mail->home.keeps_rights;
    return row.name != "COMPRESS=DEFLATE" || may_compress(session);
}

/// As their RFCs spell them.
std::string spelled(const Session& session, std::string_view name) {
    if (name == "IMAP4REV1") return "IMAP4rev1";
    if (name == "IMAP4REV2") return "IMAP4rev2";
    if (name == "APPENDLIMIT") return fmt::format("APPENDLIMIT={}", session.settings.append_limit);
    return std::string{name};
}

std::string login_capabilities(const Session& session) {
    std::string out;
    if (session.world.start_tls && session.client.tls.empty() && !is_without(session, "STARTTLS")) out += " STARTTLS";
    if (!offers_login(session)) return out + " LOGINDISABLED";
    const auto names = sasl::mechanism_names(session.scram);
    for (std::size_t at = 0; at < names.size();) {
        const auto end = std::min(names.find(' ', at), names.size());
        const auto name = "AUTH=" + names.substr(at, end - at);
        if (!is_without(session, name)) out += " " + name;
        at = end + 1;
    }
    return out;
}

}  // namespace

std::set<std::string> capability_names(std::string_view list) {
    std::set<std::string> names;
    while (!list.empty()) {
        const auto name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), name.size() + 1));
        if (!name.empty()) names.insert(upper(name));
    }
    return names;
}

bool offers(const Session& session, std::string_view name) {
    const auto row = std::ranges::find(rows, name, &Row::name);
    return row != std::end(rows) && holds(session, *row);
}

std::string capabilities(const Session& session) {
    std::string out;
    for (const auto& row : rows) {
        if (holds(session, row)) out.append(out.empty() ? "" : " ").append(spelled(session, row.name));
    }
    return session.mail ? out : out + login_capabilities(session);
}

std::optional<Feature> find_feature(const Session& session, std::string_view name) {
    const auto found = std::ranges::find_if(feature_names, [&](const auto& one) { return iequals(one.name, name); });
    if (found == std::end(feature_names) || !offers(session, upper(found->name))) return {};
    return found->feature;
}

std::string_view name_of(Feature feature) { return std::ranges::find(feature_names, feature, &FeatureName::feature)->name; }

void enable(Session& session, Feature feature) {
    const bool was_aware = session.has(Feature::condstore);
    session.enabled |= bit(feature);
    if (feature == Feature::qresync) session.enabled |= bit(Feature::condstore);
    if (was_aware || !session.has(Feature::condstore) || !session.mailbox) return;
    session.channel.write(fmt::format("* OK [HIGHESTMODSEQ {}] highest\r\n", session.mailbox->view.told_up_to()));  // RFC 7162 section 3.1
}

}  // namespace mailpipe::imap
