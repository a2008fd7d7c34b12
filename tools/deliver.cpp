// SPDX-License-Identifier: ISC
// deliver - store messages in Maildirs: one from standard input, or many by LMTP. Manual: deliver(1).
#include <unistd.h>

#include <fmt/format.h>

#include "base/privileges.hpp"
#include "cli/command.hpp"
#include "imap/session/describe.hpp"
#include "mta/local/local_delivery.hpp"
#include "mta/local/own_mailbox.hpp"
#include "mta/local/stream_delivery.hpp"
#include "net/server.hpp"
#include "site.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    std::string recipient;
    std::optional<std::string> sender;
    std::vector<std::string> listen;
    bool lmtp = false;
    bool verbose = false;
    std::size_t over_quota = 0;  // index into "temporary", "permanent"
    std::chrono::seconds timeout{300};
    std::uint64_t max_size = 0;
    std::uint64_t max_children = 100;
};

void declare(cli::Command& command, Options& o) {
    command.option("-r,--recipient", o.recipient, "ADDRESS", "whose mailbox; without it that of the user who runs it");
    command.option("-f,--sender", o.sender, "ADDRESS", "for Return-Path; without it the message's From_ line tells");
    command.flag("-v,--verbose", o.verbose, "print the name of the new file");
    command.flag("--lmtp", o.lmtp, "speak LMTP instead");
    command.option("--listen", o.listen, "ADDRESS", "ADDR:PORT or unix:PATH for LMTP; may be repeated");
    command.choice("--over-quota", o.over_quota, {"temporary", "permanent"}, "what a full mailbox is");
    command.timeout("--timeout", o.timeout, "how long an LMTP client may be silent");
    command.option("--max-size", o.max_size, "OCTETS", "the largest message by LMTP; 0: no limit");
    command.option("--max-children", o.max_children, "N", "LMTP connections at a time");
    tools::declare_hostname(command, o.site);
    tools::declare_domains(command, o.site);
    tools::declare_mailboxes(command, o.site);
    tools::declare_log(command, o.site);
}

Result<mta::MailboxRules> rules(const Options& o) {
    const auto quota = store::parse_quota(o.site.quota);
    if (!quota) return failure(quota.error());
    mta::MailboxRules rules{o.site.users,
                            tools::addressing_rules(o.site),
                            o.site.maildir,
                            *quota};
    return rules;
}

mta::LocalStore store(const Options& o) {
    mta::LocalStore store{o.site.hostname, o.over_quota == 1};
    store.describe = imap::describe_message;
    return store;
}

Result<void> serve(const Options& o) {
    tools::open_site_log(o.site, "deliver");
    auto checked = rules(o);
    if (!checked) return failure(checked.error());
    auto mailboxes = mta::Mailboxes::open(std::move(*checked));
    if (!mailboxes) return failure(mailboxes.error());
    auto sources = net::find_sources(o.listen);
    if (!sources) return failure(sources.error());

    smtp::Settings settings;
    settings.hostname = o.site.hostname;
    settings.protocol = smtp::Protocol::lmtp;
    settings.limits = {
        .message_octets = o.max_size, .recipients = 100, .errors = 0, .commands = 0, .timeout = o.timeout};
    net::ServerOptions server;
    server.limits = {o.max_children, o.max_children};
    server.refusal = "421 4.3.2 too many connections, try again later\r\n";
    server.reload = [&] { return mailboxes->reload(); };
    return net::serve(std::move(*sources), server, [&](const net::Connection& connection) {
        auto own_store = store(o);
        return mta::serve_lmtp(connection, own_store, *mailboxes, settings).map([] { return net::Afterwards::end; });
    });
}

Result<void> deliver_one(const Options& o) {
    open_log("deliver", o.site.log == 1 ? LogTarget::standard_error : LogTarget::syslog);
    const auto checked = rules(o);
    if (!checked) return failure(checked.error());
    auto destination = o.recipient.empty() ? mta::own_mailbox(*checked) : mta::mailbox_of(*checked, o.recipient);
    if (!destination) return failure(destination.error());
    auto sender = mta::known_sender(o.sender, o.site.hostname);
    if (!sender) return failure(sender.error());
    const auto [uid, gid] = destination->owner;
    if (auto dropped = drop_privileges(uid, gid); !dropped) return dropped;

    auto own_store = store(o);
    own_store.checks_loops = !o.recipient.empty();
    const auto file = mta::deliver_stream(Fd{STDIN_FILENO}, own_store, std::move(*destination), std::move(*sender));
    if (!file) return failure(file.error());
    if (o.verbose) fmt::print("{}\n", *file);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"deliver", "store messages in Maildirs: one from standard input, or many by LMTP"};
    declare(command, options);
    return command.run(argc, argv, [&] {
        const bool by_lmtp = options.lmtp || !options.listen.empty();
        return by_lmtp ? serve(options) : deliver_one(options);
    });
}
