// SPDX-License-Identifier: ISC
// CAPA (RFC 2449 section 5): all thirteen capabilities there are, as far as they hold on this connection.
#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "pop3/verbs.hpp"
#include "sasl/exchange.hpp"

namespace mailpipe::pop3 {

Result<std::optional<unsigned>> parse_expire(std::string_view text) {
    if (iequals(text, "never")) return std::optional<unsigned>{};
    const auto days = parse_number(text, "expire");
    if (days && *days <= UINT16_MAX) return static_cast<unsigned>(*days);
    return failure({Fault::permanent, "expire: neither 'never' nor up to 65535 days", ExitStatus::configuration});
}

namespace verbs {

namespace {

std::string expire(const Settings& settings) {
    return settings.expire_days ? std::to_string(*settings.expire_days) : "NEVER";
}

}  // namespace

Result<void> capa(Session& session, std::string_view) {
    ok(session, Text::capabilities_follow);
    auto& out = session.channel;
    if (offers_login(session)) out.write(fmt::format("USER\r\nSASL {}\r\n", sasl::mechanism_names(session.scram)));
    if (session.world.start_tls && session.client.tls.empty()) out.write("STLS\r\n");
    out.write("TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nUTF8\r\nLANG\r\n");
    out.write(fmt::format("EXPIRE {}\r\nLOGIN-DELAY {}\r\nIMPLEMENTATION mailpipe-pop3d\r\n", expire(session.settings),
                          session.settings.login_delay.count()));
    end_of_list(session);
    return {};
}

}  // namespace verbs

}  // namespace mailpipe::pop3
