// SPDX-License-Identifier: ISC
// The command line that programs call sendmail with: one letter an option, its value behind it. Manual: sendmail(8).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mail/envelope.hpp"

namespace mailpipe::mta {

enum class SendmailTask {
    submit,           ///< take a message from standard input
    speak_smtp,       ///< -bs
    list_queue,       ///< -bp, or called as mailq
    run_queue,        ///< -q
    rebuild_aliases,  ///< -bi, -I, or called as newaliases
};

struct SendmailCall {
    SendmailTask task = SendmailTask::submit;
    bool recipients_in_header = false;       ///< -t
    bool dot_ends = true;                    ///< without -i
    std::optional<std::string> full_name{};  ///< -F
    std::optional<std::string> sender{};     ///< -f, -r
    mail::Notify notify{};                   ///< -N
    mail::Return dsn_return = mail::Return::unspecified;  ///< -R
    std::string envelope_id{};               ///< -V, in xtext (RFC 3461 section 4.4)
    std::vector<std::string> recipients{};
    std::vector<std::string> long_options{};  ///< "--name=value", "--help"

    bool operator==(const SendmailCall&) const = default;
};

/// `arguments` with the program's name in front. Options end at "--", or at the first argument that is none: what stands
/// behind is a recipient, whatever it begins with, so that nobody's address becomes an option. A long option but --help and
/// --version has a value, in the same argument or in the next. Errors: 64, for what is not known, for what asks for something
/// that is not done here, and where there is nobody to send to.
Result<SendmailCall> parse_sendmail_call(std::span<const std::string> arguments);

/// For --help: the options of one letter, a line each.
std::string sendmail_options_help();

}  // namespace mailpipe::mta
