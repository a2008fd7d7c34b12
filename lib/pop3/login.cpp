// SPDX-License-Identifier: ISC
// USER and PASS (RFC 1939 section 7), and what comes of a password, also of AUTH's.
#include <thread>

#include "base/log.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3 {

void failed_login(Session& session, std::string_view code, Text text) {
    std::this_thread::sleep_for(session.settings.failure_delay);  // guessing shall take its time
    if (code.empty()) {
        err(session, text);
    } else {
        err(session, code, text);
    }
    if (++session.failed_logins < session.settings.failed_logins) return;
    session.stage = over;
    session.end = "too many failed logins";
}

namespace {

Result<std::optional<sasl::User>> verify(const World& world, const sasl::Credentials& credentials) {
    if (!credentials.for_self()) return std::optional<sasl::User>{};
    switch (credentials.proof) {
        case sasl::Proof::password: break;
        case sasl::Proof::right:
        case sasl::Proof::wrong: return credentials.user;
    }
    return world.verify(credentials.name, credentials.password);
}

}  // namespace

void log_in(Session& session, const sasl::Credentials& credentials) {
    const std::string_view name = credentials.name;
    auto user = verify(session.world, credentials);
    if (!user) {
        LogLine("trouble").add("user", name).add("ip", session.client.address).add("what", user.error().what).write();
        return err(session, "SYS/TEMP", Text::cannot_check);
    }
    if (!*user) {
        LogLine("login-failed").add("user", name).add("ip", session.client.address).write();
        return failed_login(session, "AUTH", Text::wrong_password);
    }
    session.user = std::move(**user);
}

namespace verbs {

/// Any name is taken: whether there is such a user is nobody's business.
Result<void> user(Session& session, std::string_view arguments) {
    if (!offers_login(session)) {
        err(session, Text::tls_first);
    } else if (arguments.empty()) {
        err(session, Text::bad_argument);
    } else {
        session.name = arguments;
        ok(session, Text::send_password);
    }
    return {};
}

/// The password is all that stands behind "PASS ": it may have blanks in it.
Result<void> pass(Session& session, std::string_view arguments) {
    const auto name = std::exchange(session.name, {});
    if (!offers_login(session)) {
        err(session, Text::tls_first);
    } else if (name.empty()) {
        err(session, Text::name_first);
    } else {
        log_in(session, {.name = name, .password = std::string{arguments}});
    }
    return {};
}

}  // namespace verbs

}  // namespace mailpipe::pop3
