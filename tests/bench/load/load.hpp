// SPDX-License-Identifier: ISC
// What the load generators share: options, clock, loopback sockets, and how they fail.
// They use nothing of lib/, so that a mistake there cannot flatter its own figures.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace load {

/// `--name value` pairs; what follows `--` is kept apart as a command.
struct Options {
    std::map<std::string, std::string, std::less<>> values;
    std::vector<std::string> command;

    static Options parse(int argc, char** argv);
    std::string text(std::string_view name) const;  // dies when absent
    std::string text(std::string_view name, std::string_view otherwise) const;
    long number(std::string_view name) const;
    long number(std::string_view name, long otherwise) const;
    std::vector<std::string> list(std::string_view name) const;  // separated by commas
};

/// Ends the process with status 1 and one line on stderr. A run with any failure is no measurement.
[[noreturn]] void die(const std::string& what);
[[noreturn]] void die_errno(const std::string& what);

std::int64_t now_us();  // CLOCK_MONOTONIC

/// A TCP connection to 127.0.0.1 with TCP_NODELAY. With a timeout, every later read and write ends after it.
int connect_loopback(long port, long timeout_s);
/// The same, not blocking, perhaps still connecting.
int connect_loopback_nonblocking(long port);

void write_all(int fd, std::string_view bytes);
std::string read_file(const std::string& path);

/// Blocking: the lines of one SMTP reply; dies if it does not begin with `code`.
std::string expect_reply(int fd, std::string_view code);
void read_to_eof(int fd);

/// The value below which `percent` of the values lie. Sorts a copy.
std::int64_t percentile(std::vector<std::int64_t> values, int percent);

int smtp(const Options&);    // messages from many clients, until the last stands in its Maildir
int banner(const Options&);  // connect until 220
int idle(const Options&);    // connections held after EHLO until stdin ends
int inetd(const Options&);   // a program started for each connection: exec until 220
int pop3(const Options&);    // one POP3 session, a time for each step
int commands(const Options&);  // a program run over files
int imap(const Options&);              // one IMAP session, a time for each command
int imap_connections(const Options&);  // many short ones
int imap_idle(const Options&);         // connections held in IDLE until stdin ends

}  // namespace load
