// SPDX-License-Identifier: ISC
#include "imap/session/reply.hpp"

#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::imap {

namespace {

std::string_view to_string(Reply::Status status) {
    switch (status) {
        case Reply::Status::ok: return "OK";
        case Reply::Status::no: return "NO";
        case Reply::Status::bad: return "BAD";
        case Reply::Status::none: break;
    }
    return "";
}

std::string_view code_of(const Error& error) {
    switch (error.number) {
        case EAGAIN: return "INUSE";
        case ENOENT: return "NONEXISTENT";
        case EEXIST: return "ALREADYEXISTS";
        case EINVAL: return "CANNOT";
        case EACCES:
        case EPERM:
        case EROFS: return "NOPERM";
        case EDQUOT: return "OVERQUOTA";
        case EMFILE: return "LIMIT";
        case ENOSPC: return error.fault == Fault::permanent ? "LIMIT" : "UNAVAILABLE";
        default: return error.fault == Fault::transient ? "UNAVAILABLE" : "SERVERBUG";
    }
}

}  // namespace

Reply ok(std::string_view text) { return {Reply::Status::ok, std::string{text}}; }
Reply ok(std::string_view code, std::string_view text) { return {Reply::Status::ok, std::string{text}, std::string{code}}; }
Reply no(std::string_view text) { return {Reply::Status::no, std::string{text}}; }
Reply no(std::string_view code, std::string_view text) { return {Reply::Status::no, std::string{text}, std::string{code}}; }
Reply bad(std::string_view text) { return {Reply::Status::bad, std::string{text}}; }
Reply bad(std::string_view code, std::string_view text) { return {Reply::Status::bad, std::string{text}, std::string{code}}; }
Reply bad(const Error& error) { return bad(error.what); }
Reply no(const Error& error) { return no(code_of(error), error.what); }
Reply said() { return {Reply::Status::none, {}}; }

std::string to_line(std::string_view tag, const Reply& reply) {
    const auto code = reply.code.empty() ? std::string{} : fmt::format("[{}] ", reply.code);
    std::string text = line_for_terminal(reply.text);  // texts are ASCII in RFC 3501, and file names may be anything
    for (auto& c : text) c = is_ascii(c) ? c : '?';
    return fmt::format("{} {} {}{}\r\n", tag, to_string(reply.status), code, text);
}

}  // namespace mailpipe::imap
