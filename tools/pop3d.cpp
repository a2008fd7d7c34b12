// SPDX-License-Identifier: ISC
// pop3d - give a Maildir to clients by POP3. Manual: pop3d(8).
#include "base/privileges.hpp"
#include "io/fd_stream.hpp"
#include "net/server.hpp"
#include "pop3/session.hpp"
#include "site.hpp"
#include "tls/tls_stream.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;

namespace {

struct Options {
    tools::Site site;
    std::vector<std::string> listen;
    std::vector<std::string> proxies;
    bool tls = false;
    std::string expire = "never";
    std::string uidl_format = "dovecot";
    std::size_t utf8 = 0;
    std::size_t language = 0;
    bool keep_unseen = false;
    std::uint64_t max_children = 500;
    std::uint64_t max_per_client = 50;
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
    command.option("--listen", o.listen, "ADDRESS", "ADDR:PORT or unix:PATH to listen on; may be repeated");
    command.flag("--tls", o.tls, "TLS from the first octet");
    command.flag("--auth-without-tls", o.session.auth_without_tls,
                 "take passwords without TLS, not only on the loopback");
    command.option("--expire", o.expire, "DAYS",
                   "for how long mail is kept at least, or 'never'; 0: till it is retrieved");
    command.option("--login-delay", o.session.login_delay, "TIME", "between two logins of a user");
    command.option("--uidl-format", o.uidl_format, "FORMAT", "dovecot, courier, cyrus, filename, or as %08Xu%08Xv");
    command.choice("--unasked-utf8", o.utf8, {"send", "refuse"}, "UTF-8 headers for clients that don't say UTF8");
    command.choice("--language", o.language, {"en", "de", "fr"}, "what LANG * chooses");
    command.flag("--keep-unseen", o.keep_unseen, "what was retrieved does not count as seen");
    command.option("--timeout", o.session.idle_timeout, "TIME", "how long a client may be silent");
    command.option("--login-timeout", o.session.login_timeout, "TIME", "how long a client may take to log in");
    command.option("--max-children", o.max_children, "N", "connections at a time");
    command.option("--max-per-client", o.max_per_client, "N", "connections at a time from one address");
    command.option("--proxy-from", o.proxies, "CIDR,...", "proxies, which begin with a PROXY v2 header");
}

Result<pop3::Settings> session_settings(const Options& o) {
    auto settings = o.session;
    auto format = pop3::UidlFormat::parse(o.uidl_format);
    if (!format) return failure(format.error());
    settings.uidl_format = std::move(*format);
    const auto days = pop3::parse_expire(o.expire);
    if (!days) return failure(days.error());
    settings.expire_days = *days;
    settings.unasked_utf8 = o.utf8 == 0 ? pop3::UnaskedUtf8::send : pop3::UnaskedUtf8::refuse;
    settings.preferred_language = static_cast<pop3::Language>(o.language);
    settings.mark_seen = !o.keep_unseen;
    return settings;
}

Result<Shared> load(const Options& o) {
    auto users = sasl::Users::open(o.site.users);
    if (!users) return failure(users.error());
    Shared shared{std::move(*users), std::nullopt};
    if (o.site.tls_cert.empty()) {
        if (!o.tls) return shared;
        return failure({Fault::permanent, "--tls needs a certificate (tls-cert)", ExitStatus::configuration});
    }
    auto context = tls::Context::server(o.site.tls_cert, o.site.tls_key);
    if (!context) return failure(context.error());
    shared.tls.emplace(std::move(*context));
    return shared;
}

/// From here on the process is the mailbox owner's.
Result<std::string> enter(const Options& o, const sasl::User& user) {
    if (user.uid) {
        if (auto r = drop_privileges(*user.uid, user.gid); !r) return failure(r.error());
    } else if (::geteuid() == 0) {
        return failure({Fault::transient, user.name + " has no uid in users(5)", ExitStatus::configuration});
    }
    return sasl::maildir_of(user, o.site.maildir, o.site.domains.empty() ? o.site.hostname : o.site.domains.front());
}

Result<void> talk(const Options& o, const pop3::Settings& settings, const Shared& shared, const net::Connection& peer) {
    io::FdStream plain{peer.in, peer.out};
    std::unique_ptr<tls::TlsStream> secure;
    const auto start_tls = [&]() -> Result<pop3::StartedTls> {
        auto accepted = tls::TlsStream::accept(*shared.tls, plain, io::Deadline::after(settings.login_timeout));
        if (!accepted) return failure(accepted.error());
        secure = std::move(*accepted);
        return pop3::StartedTls{*secure, secure->description()};
    };
    io::Channel channel{plain};
    pop3::Client client{peer.address(), peer.is_loopback()};
    if (o.tls) {
        const auto started = start_tls();
        if (!started) return failure(started.error());
        channel.replace(started->stream);
        client.tls = started->description;
    }
    pop3::World world{
        .verify = [&](auto name, auto password) { return shared.users.verify(name, password); },
        .start_tls = {},
        .enter = [&](const auto& user) { return enter(o, user); },
    };
    if (shared.tls) world.start_tls = start_tls;
    auto served = pop3::serve(channel, std::move(client), settings, world);
    if (served && secure) secure->close(io::Deadline::after(5s));
    return served;
}

Result<void> run(const Options& o) {
    tools::open_site_log(o.site, "pop3d");
    const auto settings = session_settings(o);
    if (!settings) return failure(settings.error());
    auto shared = load(o);
    if (!shared) return failure(shared.error());
    auto proxies = net::parse_networks(o.proxies);
    if (!proxies) return failure(proxies.error());
    auto sources = net::find_sources(o.listen);
    if (!sources) return failure(sources.error());

    net::ServerOptions server;
    server.limits = {o.max_children, o.max_per_client};
    server.refusal = "-ERR [SYS/TEMP] too many connections\r\n";
    server.proxies = std::move(*proxies);
    server.reload = [&]() -> Result<void> {
        auto again = load(o);
        if (!again) return failure(again.error());
        *shared = std::move(*again);
        return {};
    };
    return net::serve(std::move(*sources), server, [&](const auto& peer) { return talk(o, *settings, *shared, peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"pop3d", "give a Maildir to clients by POP3"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}
