// SPDX-License-Identifier: ISC
// pop3d - give a Maildir to clients by POP3. Manual: pop3d(8).
#include "pop3/session.hpp"
#include "server.hpp"
#include "tls/wire.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    tools::Server server;
    std::string expire = "never";
    std::string uidl_format = "dovecot";
    std::size_t utf8 = 0;
    std::size_t language = 0;
    bool keep_unseen = false;
    pop3::Settings session;
};

/// What the parent holds ready for its children.
struct Shared {
    sasl::Users users;
    std::optional<tls::Context> tls;
};

void declare(cli::Command& command, Options& o) {
    tools::declare_hostname(command, o.site);
    tools::declare_local_domains(command, o.site);
    tools::declare_users(command, o.site);
    tools::declare_tls(command, o.site);
    tools::declare_log(command, o.site);
    tools::declare_server(command, o.server);
    command.flag("--auth-without-tls", o.session.auth_without_tls, "take passwords without TLS, not only on the loopback");
    command.option("--expire", o.expire, "DAYS", "how long mail is kept at least, or never; 0: till it is retrieved");
    command.option("--login-delay", o.session.login_delay, "TIME", "between two logins of a user");
    command.option("--uidl-format", o.uidl_format, "FORMAT", "dovecot, courier, cyrus, filename, or as %08Xu%08Xv");
    command.choice("--unasked-utf8", o.utf8, {"send", "refuse"}, "UTF-8 headers for clients that don't say UTF8");
    command.choice("--language", o.language, {"en", "de", "fr"}, "what LANG * chooses");
    command.flag("--keep-unseen", o.keep_unseen, "what was retrieved does not count as seen");
    command.timeout("--timeout", o.session.idle_timeout, "how long a client may be silent");
    command.timeout("--login-timeout", o.session.login_timeout, "how long a client may take to log in");
}

Result<void> complete(Options& o) {
    auto format = pop3::UidlFormat::parse(o.uidl_format);
    if (!format) return failure(format.error());
    const auto days = pop3::parse_expire(o.expire);
    if (!days) return failure(days.error());
    o.session.tls_first = o.server.tls;
    o.session.uidl_format = std::move(*format);
    o.session.expire_days = *days;
    o.session.unasked_utf8 = o.utf8 == 0 ? pop3::UnaskedUtf8::send : pop3::UnaskedUtf8::refuse;
    o.session.preferred_language = static_cast<pop3::Language>(o.language);
    o.session.mark_seen = !o.keep_unseen;
    return {};
}

Result<Shared> load(const Options& o) {
    auto users = sasl::Users::open(o.site.users);
    if (!users) return failure(users.error());
    auto context = tls::load_context(tools::tls_identity(o.site, o.server));
    if (!context) return failure(context.error());
    return Shared{std::move(*users), std::move(*context)};
}

Result<net::Afterwards> talk(const Options& o, const Shared& shared, const net::Connection& peer) {
    tls::Wire wire{peer.in, peer.out};
    pop3::World world{
        .verify = [&](auto name, auto password) { return shared.users.verify(name, password); },
        .find_for_scram = shared.users.scram_finder(),
        .tls_is_possible = [&] { return shared.tls->is_usable(); },
        .start_tls = {}, .enter = [&](const auto& user) { return tools::enter_mailbox(o.site, user); },
    };
    const auto start_tls = [&]() -> Result<pop3::StartedTls> {
        const auto started = wire.start_tls(*shared.tls, io::Deadline::after(o.session.login_timeout));
        if (!started) return failure(started.error());
        return pop3::StartedTls{**started, (*started)->description(), (*started)->channel_binder()};
    };
    if (shared.tls) world.start_tls = start_tls;
    io::Channel channel{wire.plain()};
    // An error is the peer's, who went or was too slow; the session has logged it.
    [[maybe_unused]] const auto served = pop3::serve(channel, {peer.address(), peer.is_loopback()}, o.session, world);
    wire.close();
    return net::Afterwards::end;
}

Result<void> run(Options& o) {
    tools::open_site_log(o.site, "pop3d");
    if (auto r = complete(o); !r) return r;
    if (auto r = tools::find_sources(o.server); !r) return r;
    auto shared = load(o);
    if (!shared) return failure(shared.error());
    const auto reload = [&] { return load(o).map([&](Shared again) { *shared = std::move(again); }); };
    return tools::serve(o.server, "-ERR [SYS/TEMP] too many connections\r\n", reload,
                        [&](const auto& peer) { return talk(o, *shared, peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"pop3d", "give a Maildir to clients by POP3"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}
