// SPDX-License-Identifier: ISC
// imapd - give a Maildir to clients by IMAP. Manual: imapd(8).
#include <unistd.h>

#include "base/descriptor_limit.hpp"
#include "imap/serve.hpp"
#include "server.hpp"
#include "tls/wire.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    tools::Server server;
    std::string index;
    std::size_t separator = 0, encoding = 0;
    std::vector<std::string> without;
    imap::Settings session;
};

/// What the parent holds ready for its children.
struct Shared {
    sasl::Users users;
    std::optional<tls::Context> tls;
};

void declare(cli::Command& command, Options& o) {
    tools::declare_hostname(command, o.site);
    tools::declare_local_domains(command, o.site);
    tools::declare_mailboxes(command, o.site);
    tools::declare_tls(command, o.site);
    tools::declare_log(command, o.site);
    tools::declare_server(command, o.server);
    command.flag("--auth-without-tls", o.session.auth_without_tls, "take passwords without TLS, not only on the loopback");
    command.option("--index", o.index, "DIR", "where indexes are, with %u, %n, %d, %h; empty: in the folders");
    command.choice("--separator", o.separator, {".", "/"}, "what stands between a folder's name and its parent's");
    command.option("--folder-prefix", o.session.names.prefix, "NAME", "what all folders' names begin with, as INBOX.");
    command.choice("--folder-encoding", o.encoding, {"utf-7", "utf-8"}, "of folders' names on disk");
    command.option("--append-limit", o.session.append_limit, "N", "octets of a message that a client stores");
    command.option("--without", o.without, "CAPABILITY,...", "what is not offered");
    command.timeout("--timeout", o.session.idle_timeout, "how long a client may be silent");
    command.timeout("--login-timeout", o.session.login_timeout, "how long a client may take to log in");
    command.timeout("--still-here", o.session.still_here, "between two signs of life to a client in IDLE");
}

void complete(Options& o) {
    o.session.tls_first = o.server.tls;
    o.session.hostname = o.site.hostname;
    o.session.names.separator = o.separator == 0 ? '.' : '/';
    o.session.names.encoding = o.encoding == 0 ? store::NameEncoding::modified_utf7 : store::NameEncoding::utf8;
    for (const auto& names : o.without) o.session.without.merge(imap::capability_names(names));
}

Result<Shared> load(const Options& o) {
    auto users = sasl::Users::open(o.site.users);
    if (!users) return failure(users.error());
    auto context = tls::load_context(tools::tls_identity(o.site, o.server));
    if (!context) return failure(context.error());
    return Shared{std::move(*users), std::move(*context)};
}

/// From here on the process is the mailbox owner's.
Result<imap::Home> enter(const Options& o, sasl::User user) {
    const auto before = ::geteuid();
    auto maildir = tools::enter_mailbox(o.site, user);
    if (!maildir) return failure(maildir.error());
    raise_descriptor_limit();  // each message of an APPEND has one; not sooner: users(5) may run programs
    const auto quota = tools::quota_of(o.site, user);
    if (!quota) return failure(quota.error());
    imap::Home home{std::move(*maildir), {}, *quota, imap::capability_names(user.imap_without), before == ::geteuid()};
    if (o.index.empty()) return home;
    user.mail.clear();
    auto index = sasl::maildir_of(user, o.index, tools::main_domain(o.site));
    if (!index) return failure(index.error());
    home.index = std::move(*index);
    return home;
}

Result<net::Afterwards> talk(const Options& o, const Shared& shared, const net::Connection& peer) {
    tls::Wire wire{peer.in, peer.out};
    imap::World world{
        .verify = [&](auto name, auto password) { return shared.users.verify(name, password); },
        .find_scram_user = shared.users.scram_finder(),
        .tls_is_possible = [&] { return shared.tls->is_usable(); }, .start_tls = {},
        .enter = [&](const auto& user) { return enter(o, user); },
    };
    const auto start_tls = [&]() -> Result<imap::StartedTls> {
        const auto started = wire.start_tls(*shared.tls, io::Deadline::after(o.session.login_timeout));
        if (!started) return failure(started.error());
        return imap::StartedTls{**started, (*started)->description(), (*started)->channel_binder()};
    };
    if (shared.tls) world.start_tls = start_tls;
    io::Channel channel{wire.plain()};
    // An error is the peer's, who went or was too slow; the session has logged it.
    [[maybe_unused]] const auto served = imap::serve(channel, {peer.address(), peer.is_loopback()}, o.session, world);
    wire.close();
    return net::Afterwards::end;
}

Result<void> run(Options& o) {
    tools::open_site_log(o.site, "imapd");
    complete(o);
    if (auto r = tools::find_sources(o.server); !r) return r;
    auto shared = load(o);
    if (!shared) return failure(shared.error());
    const auto reload = [&] { return load(o).map([&](Shared again) { *shared = std::move(again); }); };
    return tools::serve(o.server, "* BYE [UNAVAILABLE] too many connections\r\n", reload,
                        [&](const auto& peer) { return talk(o, *shared, peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"imapd", "give a Maildir to clients by IMAP"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}
