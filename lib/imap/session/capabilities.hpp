// SPDX-License-Identifier: ISC
// What a session offers (CAPABILITY) and what its client has turned on (ENABLE, RFC 5161).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace mailpipe::imap {

struct Session;

/// What changes the server's answers once it is enabled.
enum class Feature : std::uint8_t { imap4rev2, condstore, qresync, utf8_accept, uid_only };
using FeatureSet = std::uint8_t;
constexpr FeatureSet bit(Feature feature) { return static_cast<FeatureSet>(1U << static_cast<unsigned>(feature)); }

/// By its name in ENABLE, whatever the case; nothing for what can't be enabled, or is not offered to this client.
std::optional<Feature> find_feature(const Session& session, std::string_view name);
std::string_view name_of(Feature feature);

/// CONDSTORE where the client has used it, and QRESYNC turns on CONDSTORE (RFC 7162 sections 3.1 and 3.2.3).
void enable(Session& session, Feature feature);

/// "IMAP4rev1 IMAP4rev2 …", what is offered now.
std::string capabilities(const Session& session);
/// "UIDONLY,Notify" as Settings::without has them: in capitals.
std::set<std::string> capability_names(std::string_view list);
/// `name` in capitals.
bool offers(const Session& session, std::string_view name);

}  // namespace mailpipe::imap
