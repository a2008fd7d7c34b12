// SPDX-License-Identifier: ISC
#include "mta/submission/command_line.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "smtp/parameters.hpp"
#include "text/xtext.hpp"

namespace mailpipe::mta {

namespace {

tl::unexpected<Error> usage(std::string what) { return failure({Fault::permanent, std::move(what), ExitStatus::usage}); }

Result<void> ignore(SendmailCall&, std::string_view) { return {}; }

Result<void> header_names_recipients(SendmailCall& call, std::string_view) {
    call.recipients_in_header = true;
    return {};
}
Result<void> dots_are_text(SendmailCall& call, std::string_view) {
    call.dot_ends = false;
    return {};
}
Result<void> set_sender(SendmailCall& call, std::string_view value) {
    call.sender = value;
    return {};
}
Result<void> set_full_name(SendmailCall& call, std::string_view value) {
    call.full_name = value;
    return {};
}
Result<void> set_rebuild(SendmailCall& call, std::string_view) {
    call.task = SendmailTask::rebuild_aliases;
    return {};
}

Result<void> check_body_type(SendmailCall&, std::string_view value) {
    if (iequals(value, "7BIT") || iequals(value, "8BITMIME")) return {};
    return usage(fmt::format("-B{}: 7BIT or 8BITMIME", value));
}

Result<void> refuse_configuration(SendmailCall&, std::string_view) { return usage("-C: say --config FILE, of mailpipe.conf(5)"); }

Result<void> set_task(SendmailCall& call, std::string_view value) {
    constexpr std::pair<std::string_view, SendmailTask> tasks[] = {{"m", SendmailTask::submit},
                                                                   {"s", SendmailTask::speak_smtp},
                                                                   {"p", SendmailTask::list_queue},
                                                                   {"i", SendmailTask::rebuild_aliases}};
    if (value == "d" || value == "D") return usage(fmt::format("-b{}: smtpd(8) is the server", value));
    const auto* task = std::ranges::find(tasks, value, [](const auto& t) { return t.first; });
    if (task == std::end(tasks)) return usage(fmt::format("-b{}: only -bm, -bs, -bp and -bi are known here", value));
    call.task = task->second;
    return {};
}

Result<void> set_run_queue(SendmailCall& call, std::string_view value) {
    if (!value.empty() && value != "f") {
        return usage(fmt::format("-q{}: only -q is known here; sendq(8) has --watch, and --retry for single messages", value));
    }
    call.task = SendmailTask::run_queue;
    return {};
}

Result<void> set_notify(SendmailCall& call, std::string_view value) {
    const auto notify = mail::parse_notify(value);
    if (!notify) return usage(fmt::format("-N {}: never, or a list of success, failure, delay", value));
    call.notify = *notify;
    return {};
}

Result<void> set_return(SendmailCall& call, std::string_view value) {
    const auto what = mail::parse_return(value);
    if (!what) return usage(fmt::format("-R {}: full or hdrs", value));
    call.dsn_return = *what;
    return {};
}

Result<void> set_envelope_id(SendmailCall& call, std::string_view value) {
    call.envelope_id = text::xtext_encode(value);
    if (smtp::check_envelope_id(call.envelope_id)) return {};
    return usage(fmt::format("-V {}: 1 to 100 printable characters of ASCII, some of which count as three", value));
}

/// -oX: those that only tell how to deliver, or how to complain, can be passed over.
Result<void> set_short_option(SendmailCall& call, std::string_view value) {
    constexpr std::string_view ignored = "78demoUvG";
    if (value == "i" || iequals(value, "itrue")) return dots_are_text(call, {});
    if (!value.empty() && ignored.find(value.front()) != ignored.npos) return {};
    return usage(fmt::format("-o{}: not known here", value));
}

Result<void> set_long_option(SendmailCall& call, std::string_view value) {
    constexpr std::string_view ignored[] = {"DeliveryMode", "EightBitMode", "ErrorMode", "LogLevel",
                                            "MeToo",        "OldStyleHeaders", "SendMimeErrors", "Verbose"};
    const auto name = value.substr(0, value.find('='));
    if (iequals(name, "IgnoreDots")) {
        const auto setting = value.substr(std::min(value.size(), name.size() + 1));
        call.dot_ends = istarts_with(setting, "f") || istarts_with(setting, "n");
        return {};
    }
    if (std::ranges::any_of(ignored, [&](auto known) { return iequals(known, name); })) return {};
    return usage(fmt::format("-O {}: not known here", value));
}

enum class Value {
    none,      ///< what stands behind the letter is the next option's letter
    required,  ///< behind the letter, or the next argument
    attached,  ///< behind the letter, where there is one
};

struct Option {
    char letter;
    Value value;
    Result<void> (*apply)(SendmailCall& call, std::string_view value);
    std::string_view help;  ///< nothing: passed over
};

constexpr Option options[] = {
    {'t', Value::none, header_names_recipients, "-t            recipients are those of To, Cc and Bcc, too"},
    {'i', Value::none, dots_are_text, "-i, -oi       a line with a dot alone does not end the message"},
    {'f', Value::required, set_sender, "-f ADDRESS    the envelope's sender, to whom errors go; -r too"},
    {'F', Value::required, set_full_name, "-F NAME       the name in a From field that is missing"},
    {'N', Value::required, set_notify, "-N WHEN       report to the sender: never, or success,failure,delay"},
    {'R', Value::required, set_return, "-R WHAT       send back with a report: full or hdrs"},
    {'V', Value::required, set_envelope_id, "-V ID         the report names this id"},
    {'b', Value::required, set_task, "-bs, -bp, -bi speak SMTP; list the queue; do nothing for newaliases"},
    {'q', Value::attached, set_run_queue, "-q            run the queue once"},
    {'r', Value::required, set_sender, {}},
    {'I', Value::none, set_rebuild, {}},
    {'o', Value::required, set_short_option, {}},
    {'O', Value::required, set_long_option, {}},
    {'B', Value::required, check_body_type, {}},
    {'C', Value::required, refuse_configuration, {}},
    {'A', Value::required, ignore, {}},
    {'e', Value::required, ignore, {}},
    {'G', Value::none, ignore, {}},
    {'L', Value::required, ignore, {}},
    {'m', Value::none, ignore, {}},
    {'n', Value::none, ignore, {}},
    {'p', Value::required, ignore, {}},
    {'U', Value::none, ignore, {}},
    {'v', Value::none, ignore, {}},
    {'X', Value::required, ignore, {}},
};

class Reading {
public:
    explicit Reading(std::span<const std::string> arguments) : arguments_(arguments) {}

    Result<SendmailCall> read() {
        if (!arguments_.empty()) name_task(take());
        while (!arguments_.empty() && arguments_[0].size() > 1 && arguments_[0][0] == '-') {
            const auto& argument = take();
            if (argument == "--") break;
            const auto read = argument.starts_with("--") ? take_long(argument) : take_letters(argument);
            if (!read) return failure(read.error());
        }
        call_.recipients.assign(arguments_.begin(), arguments_.end());
        return std::move(call_);
    }

private:
    const std::string& take() {
        const auto& argument = arguments_[0];
        arguments_ = arguments_.subspan(1);
        return argument;
    }

    void name_task(std::string_view program) {
        const auto name = program.substr(program.rfind('/') + 1);
        if (name == "mailq") call_.task = SendmailTask::list_queue;
        if (name == "newaliases") call_.task = SendmailTask::rebuild_aliases;
    }

    Result<void> take_long(const std::string& argument) {
        const bool is_alone = argument == "--help" || argument == "--version" || argument.find('=') != argument.npos;
        if (is_alone) {
            call_.long_options.push_back(argument);
            return {};
        }
        if (arguments_.empty()) return usage(fmt::format("{}: a value is missing", argument));
        call_.long_options.push_back(fmt::format("{}={}", argument, take()));
        return {};
    }

    /// "-ti" is "-t -i", "-fx" is "-f x".
    Result<void> take_letters(std::string_view argument) {
        for (argument.remove_prefix(1); !argument.empty();) {
            const char letter = argument.front();
            argument.remove_prefix(1);
            if (letter == 'h') return take_help(argument);
            const auto* option = std::ranges::find(options, letter, &Option::letter);
            if (option == std::end(options)) return usage(fmt::format("-{}: not known here (--help lists the options)", letter));
            std::string_view value;
            if (option->value != Value::none) value = std::exchange(argument, {});
            if (option->value == Value::required && value.empty()) {
                if (arguments_.empty()) return usage(fmt::format("-{}: a value is missing", letter));
                value = take();
            }
            if (auto r = option->apply(call_, value); !r) return r;
        }
        return {};
    }

    /// Elsewhere -h has a number, of hops; alone it asks for help, as in all our tools.
    Result<void> take_help(std::string_view number) {
        const auto is_number = [](std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); };
        if (is_number(number)) return {};
        if (!number.empty()) return usage(fmt::format("-h{}: not a number of hops", number));
        if (!arguments_.empty() && is_number(arguments_[0])) {
            take();
        } else {
            call_.long_options.emplace_back("--help");
        }
        return {};
    }

    std::span<const std::string> arguments_;
    SendmailCall call_;
};

Result<void> check(const SendmailCall& call) {
    const bool asks = std::ranges::any_of(call.long_options, [](const auto& o) { return o == "--help" || o == "--version"; });
    if (asks) return {};
    if (call.task == SendmailTask::submit) {
        if (call.recipients.empty() && !call.recipients_in_header) return usage("nobody to send to: name recipients, or say -t");
    } else if (!call.recipients.empty()) {
        return usage(fmt::format("what about {}?", call.recipients.front()));
    }
    return {};
}

}  // namespace

Result<SendmailCall> parse_sendmail_call(std::span<const std::string> arguments) {
    auto call = Reading{arguments}.read();
    if (!call) return call;
    if (auto r = check(*call); !r) return failure(r.error());
    return call;
}

std::string sendmail_options_help() {
    std::string text;
    for (const auto& option : options) {
        if (!option.help.empty()) text.append("  ").append(option.help).append("\n");
    }
    return text.append("  -om -e* -od* -A -B -G -L -m -n -p -U -v -X -h N   taken, and passed over\n");
}

}  // namespace mailpipe::mta
