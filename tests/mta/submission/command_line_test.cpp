// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sstream>

#include "mta/submission/command_line.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

using Task = SendmailTask;

/// Parted by blanks; '' is an empty one.
std::vector<std::string> words(const std::string& line) {
    std::istringstream stream{line};
    std::vector<std::string> all;
    for (std::string word; stream >> word;) all.push_back(word == "''" ? "" : word);
    return all;
}

Result<SendmailCall> parse(const std::string& line) { return parse_sendmail_call(words(line)); }

const SendmailCall to_bob{.recipients = {"bob"}};
SendmailCall with(SendmailCall call, auto change) {
    change(call);
    return call;
}

}  // namespace

TEST_CASE("Programs call sendmail as they always did", "[mta][sendmail]") {
    struct Case { std::string line; SendmailCall call; };
    const auto c = GENERATE(values<Case>({
        // cron of Debian, of Red Hat
        {"/usr/sbin/sendmail -i -FCronDaemon -B8BITMIME -oem root", {.dot_ends = false, .full_name = "CronDaemon", .recipients = {"root"}}},
        {"sendmail -FCronDaemon -i -odi -oem -oi -t -f root",
         {.recipients_in_header = true, .dot_ends = false, .full_name = "CronDaemon", .sender = "root"}},
        {"sendmail -oem -oi -- a@b c@d", {.dot_ends = false, .recipients = {"a@b", "c@d"}}},                     // mutt
        {"sendmail -oem -oi -f x@y -N failure,delay -R hdrs -- a@b",
         {.dot_ends = false, .sender = "x@y", .notify = {.failure = true, .delay = true}, .dsn_return = mail::Return::headers, .recipients = {"a@b"}}},
        {"/usr/lib/sendmail -i -f x@y a@b c@d", {.dot_ends = false, .sender = "x@y", .recipients = {"a@b", "c@d"}}},  // git send-email
        {"sendmail -t -i", {.recipients_in_header = true, .dot_ends = false}},                                    // PHP
        {"sendmail -t -i -fx@y", {.recipients_in_header = true, .dot_ends = false, .sender = "x@y"}},
        {"send-mail -i -r x@y a@b", {.dot_ends = false, .sender = "x@y", .recipients = {"a@b"}}},                 // s-nail
        {"/usr/lib/sendmail -t", {.recipients_in_header = true}},                                                 // mdadm, logwatch
        {"sendmail -bs -odb -oem", {.task = Task::speak_smtp}},                                                   // alpine
        {"sendmail -bp", {.task = Task::list_queue}},
        {"mailq", {.task = Task::list_queue}},
        {"/usr/bin/mailq -v -Ac", {.task = Task::list_queue}},
        {"newaliases", {.task = Task::rebuild_aliases}},
        {"sendmail -bi", {.task = Task::rebuild_aliases}},
        {"sendmail -I", {.task = Task::rebuild_aliases}},
        {"sendmail -q", {.task = Task::run_queue}},
        {"sendmail -qf -v", {.task = Task::run_queue}},
    }));
    CAPTURE(c.line);
    const auto call = parse(c.line);
    REQUIRE(call);
    CHECK(*call == c.call);
}

TEST_CASE("A value stands behind its letter or in the next argument, and letters stand together", "[mta][sendmail]") {
    struct Case { std::string line; SendmailCall call; };
    const auto c = GENERATE(values<Case>({
        {"sendmail -fx bob", with(to_bob, [](auto& call) { call.sender = "x"; })},
        {"sendmail -f x bob", with(to_bob, [](auto& call) { call.sender = "x"; })},
        {"sendmail -f '' bob", with(to_bob, [](auto& call) { call.sender = ""; })},
        {"sendmail -f <> bob", with(to_bob, [](auto& call) { call.sender = "<>"; })},
        {"sendmail -ivfx bob", with(to_bob, [](auto& call) { call.sender = "x", call.dot_ends = false; })},
        {"sendmail -ti bob", with(to_bob, [](auto& call) { call.recipients_in_header = true, call.dot_ends = false; })},
        {"sendmail -o i bob", with(to_bob, [](auto& call) { call.dot_ends = false; })},
        {"sendmail -O IgnoreDots bob", with(to_bob, [](auto& call) { call.dot_ends = false; })},
        {"sendmail -O IgnoreDots=True bob", with(to_bob, [](auto& call) { call.dot_ends = false; })},
        {"sendmail -i -O IgnoreDots=no bob", to_bob},
        {"sendmail -h 25 -h25 bob", to_bob},
        {"sendmail -h bob", with(to_bob, [](auto& call) { call.long_options = {"--help"}; })},
        {"sendmail -V a+b=c bob", with(to_bob, [](auto& call) { call.envelope_id = "a+2Bb+3Dc"; })},
        {"sendmail -N never bob", with(to_bob, [](auto& call) { call.notify.never = true; })},
        {"sendmail -RFULL bob", with(to_bob, [](auto& call) { call.dsn_return = mail::Return::full; })},
    }));
    CAPTURE(c.line);
    const auto call = parse(c.line);
    REQUIRE(call);
    CHECK(*call == c.call);
}

TEST_CASE("What only tells how to deliver, to complain or to log is passed over", "[mta][sendmail]") {
    const auto* option = GENERATE("-om", "-m", "-oem", "-oep", "-oeq", "-oew", "-oee", "-odi", "-odb", "-odq", "-em", "-e m", "-B7BIT", "-B 8bitmime",
                                  "-o7", "-o8", "-oo", "-oU", "-G", "-U", "-n", "-v", "-L tag", "-X /tmp/log", "-p SMTP:host", "-Am",
                                  "-O DeliveryMode=b", "-O ErrorMode=m", "-bm");
    CAPTURE(option);
    const auto call = parse(std::string{"sendmail "} + option + " bob");
    REQUIRE(call);
    CHECK(*call == to_bob);
}

TEST_CASE("Behind the first recipient nothing is an option", "[mta][sendmail]") {
    CHECK(parse("sendmail bob -t --config x")->recipients == std::vector<std::string>{"bob", "-t", "--config", "x"});
    CHECK(parse("sendmail -- -t")->recipients == std::vector<std::string>{"-t"});
    CHECK(parse("sendmail -i - bob")->recipients == std::vector<std::string>{"-", "bob"});
}

TEST_CASE("Long options are handed on as they stand", "[mta][sendmail]") {
    CHECK(parse("sendmail --config x --spool=y -t bob") ==
          with(to_bob, [](auto& call) { call.recipients_in_header = true, call.long_options = {"--config=x", "--spool=y"}; }));
    CHECK(parse("sendmail --help")->long_options == std::vector<std::string>{"--help"});
    CHECK(parse("sendmail --version bob")->long_options == std::vector<std::string>{"--version"});
    CHECK_FALSE(parse("sendmail --config"));
}

TEST_CASE("What would change what happens is refused, and so is what is missing", "[mta][sendmail]") {
    struct Case { std::string line, what; };
    const auto c = GENERATE(values<Case>({
        {"sendmail", "nobody to send to: name recipients, or say -t"},
        {"sendmail -i", "nobody to send to: name recipients, or say -t"},
        {"sendmail -bd", "-bd: smtpd(8) is the server"},
        {"sendmail -bv bob", "-bv: only -bm, -bs, -bp and -bi are known here"},
        {"sendmail -q30m", "-q30m: only -q is known here; sendq(8) has --watch, and --retry for single messages"},
        {"sendmail -C/etc/mail/sendmail.cf bob", "-C: say --config FILE, of mailpipe.conf(5)"},
        {"sendmail -oQ/tmp bob", "-oQ/tmp: not known here"},
        {"sendmail -oMrlocal bob", "-oMrlocal: not known here"},  // of Exim: says who sends
        {"sendmail -O QueueDirectory=/tmp bob", "-O QueueDirectory=/tmp: not known here"},
        {"sendmail -B9BIT bob", "-B9BIT: 7BIT or 8BITMIME"},
        {"sendmail -N sometimes bob", "-N sometimes: never, or a list of success, failure, delay"},
        {"sendmail -N never,delay bob", "-N never,delay: never, or a list of success, failure, delay"},
        {"sendmail -R all bob", "-R all: full or hdrs"},
        {"sendmail -s subject bob", "-s: not known here (--help lists the options)"},
        {"sendmail -f", "-f: a value is missing"},
        {"sendmail -t -F", "-F: a value is missing"},
        {"sendmail -hx bob", "-hx: not a number of hops"},
        {"mailq bob", "what about bob?"},
    }));
    CAPTURE(c.line);
    const auto call = parse(c.line);
    REQUIRE_FALSE(call);
    CHECK(call.error().what == c.what);
    CHECK(exit_status(call.error()) == ExitStatus::usage);
}

TEST_CASE("An envelope's id has 100 characters at most, as they travel", "[mta][sendmail][rfc3461-4.4]") {
    CHECK(parse("sendmail -V " + std::string(100, 'x') + " bob"));
    CHECK_FALSE(parse("sendmail -V " + std::string(101, 'x') + " bob"));
    CHECK(parse("sendmail -V " + std::string(33, '+') + " bob"));
    CHECK_FALSE(parse("sendmail -V " + std::string(34, '+') + " bob"));
    CHECK_FALSE(parse("sendmail -V '' bob"));
    CHECK_FALSE(parse("sendmail -V \xc3\xa9 bob"));
}

TEST_CASE("Help names every option that does something", "[mta][sendmail]") {
    const auto help = sendmail_options_help();
    for (const auto* option : {"-t ", "-i,", "-f ", "-F ", "-N ", "-R ", "-V ", "-bs", "-bp", "-bi", "-q ", "-r "}) {
        CAPTURE(option);
        CHECK(help.find(option) != std::string::npos);
    }
}
