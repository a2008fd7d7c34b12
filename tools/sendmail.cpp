// SPDX-License-Identifier: ISC
// sendmail - take a message from a program of this host, as sendmail(8) always did. Manual: sendmail(8).
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "cli/command.hpp"
#include "mta/submission/command_line.hpp"
#include "mta/submission/hand_over.hpp"
#include "mta/submission/recipient_list.hpp"
#include "mta/submission/session_relay.hpp"
#include "site.hpp"

using namespace mailpipe;

namespace {

using Task = mta::SendmailTask;

void declare(cli::Command& command, tools::Site& site) {
    tools::declare_hostname(command, site);
    tools::declare_local_domains(command, site);
    tools::declare_spool(command, site);
    tools::declare_submission_socket(command, site);
    tools::declare_log(command, site);
}

/// Another tool of ours does it, with the long options that this one was given.
Result<void> become_tool(const mta::SendmailCall& call, const std::string& tool, const std::vector<std::string>& options) {
    std::vector<std::string> arguments{find_program(tool)};
    std::ranges::copy_if(call.long_options, std::back_inserter(arguments),
                         [](const auto& option) { return !option.starts_with("--submission-socket="); });
    arguments.insert(arguments.end(), options.begin(), options.end());
    return failure(become_program(arguments));
}

Result<void> speak_smtp(const mta::SendmailCall& call, const tools::Site& site) {
    const auto server = mta::connect_to_server(site.submission_socket);
    if (server) return mta::relay_session(*server, STDIN_FILENO, STDOUT_FILENO);
    if (!mta::may_write_spool(site.spool)) return failure(server.error());
    return become_tool(call, "smtpd", {});
}

/// Of a sender or a recipient that has none.
std::string domain_of(const tools::Site& site) {
    const auto rules = tools::addressing_rules(site);
    return std::string{rules.first_domain().empty() ? std::string_view{site.hostname} : rules.first_domain()};
}

Result<std::vector<mail::Recipient>> recipients(const mta::SendmailCall& call, std::string_view header, std::string_view domain) {
    mta::RecipientList list{domain};
    for (const auto& argument : call.recipients) {
        if (auto r = list.add_argument(argument); !r) return failure(r.error());
    }
    if (call.recipients_in_header) {
        if (auto r = list.add_header(header); !r) return failure(r.error());
    }
    if (list.all().empty()) return failure({Fault::permanent, "nobody to send to: To, Cc and Bcc name no one", ExitStatus::data});
    std::vector<mail::Recipient> all;
    for (const auto& mailbox : list.all()) all.push_back({mailbox, call.notify, {}});
    return all;
}

Result<void> submit(const mta::SendmailCall& call, const tools::Site& site) {
    const auto domain = domain_of(site);
    const auto caller = mta::find_caller(::getuid());
    if (!caller) return failure(caller.error());
    const auto author = mta::find_author(*caller, call.sender, call.full_name, domain);
    if (!author) return failure(author.error());

    const Fd input{STDIN_FILENO};
    const auto dot = call.dot_ends ? mta::LoneDot::ends : mta::LoneDot::is_text;
    const auto text = mta::GatheredText::read(input, dot, mta::scratch_directories());
    if (!text) return failure(text.error());
    const auto header = mta::complete_header(text->head(), *author, site.hostname, system_clock().now());
    if (!header) return failure(header.error());
    auto to = recipients(call, text->head().substr(0, header->octets), domain);
    if (!to) return failure(to.error());

    const mail::Envelope envelope{author->sender, call.envelope_id, call.dsn_return, header->smtputf8, false, std::move(*to)};
    return mta::hand_over({envelope, *header, *text}, {site.hostname, site.submission_socket, site.spool});
}

Result<void> run(const mta::SendmailCall& call, const tools::Site& site) {
    open_log("sendmail", site.log == 1 ? LogTarget::standard_error : LogTarget::syslog);
    switch (call.task) {
        case Task::submit: return submit(call, site);
        case Task::speak_smtp: return speak_smtp(call, site);
        case Task::list_queue: return become_tool(call, "sendq", {"--list"});
        case Task::run_queue: return become_tool(call, "sendq", {});
        case Task::rebuild_aliases: return {};  // aliases(5) is read as it stands
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    tools::Site site;
    cli::Command command{"sendmail", "take a message from a program of this host\n\n" + mta::sendmail_options_help()};
    declare(command, site);
    const std::vector<std::string> arguments{argv, argv + argc};
    const auto call = mta::parse_sendmail_call(arguments);
    std::vector<char*> long_options{argv[0]};
    if (call) {
        for (const auto& option : call->long_options) long_options.push_back(const_cast<char*>(option.c_str()));
    }
    return command.run(static_cast<int>(long_options.size()), long_options.data(),
                       [&]() -> Result<void> { return call ? run(*call, site) : failure(call.error()); });
}
