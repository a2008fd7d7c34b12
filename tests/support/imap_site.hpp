// SPDX-License-Identifier: ISC
// A Maildir and a world for IMAP sessions: alice, whose password is "wonder land".
#pragma once

#include <ctime>
#include <fstream>
#include <string>

#include <boost/filesystem.hpp>

#include "base/log.hpp"
#include "imap/serve.hpp"
#include "support/temp_dir.hpp"

namespace mailpipe::test {

struct ImapSite {
    ImapSite() {
        open_log("test", LogTarget::nowhere);
        make_folder("");
        put("dovecot-uidlist", "3 V1795289817 N1 Gbc46c14ec7be5256c36c0000b1eafc0d\n");
    }

    void make_folder(const std::string& path) const {
        for (const auto* part : {"new", "cur", "tmp"}) boost::filesystem::create_directories(home / path + '/' + part);
    }
    /// Files are of 2 January 2024, 03:04:05 UTC: so is INTERNALDATE. Each is there at once and whole.
    void put(const std::string& name, const std::string& text) const {
        const auto file = home / "tmp/put";
        std::ofstream{file, std::ios::binary} << text;
        boost::filesystem::last_write_time(file, std::time_t{1704164645});
        boost::filesystem::rename(file, home / name);
    }

    /// Three small messages, the first of them seen; what the second's name says of its size is wrong.
    void fill() const {
        put("cur/1700000001.M1P1.mx,S=49,W=56:2,S", "From: a@example\nSubject: one\n\nhello\n.\n..dots\nend\n");
        put("new/1700000002.M1P1.mx,S=7,W=9", "Subject: two\n\nwrong sizes\nin the name\n");
        put("new/1700000003.M1P1.mx", "Subject: caf\xc3\xa9\n\nbody: caf\xc3\xa9\n");
    }

    /// What another program does meanwhile: "put new/x TEXT" with \n in it, "remove cur/x", "rename cur/x cur/y",
    /// "cut mailpipe-index OCTETS".
    void meanwhile(const std::string& what) const {
        const auto verb_end = what.find(' ');
        const auto verb = what.substr(0, verb_end);
        const auto rest = what.substr(verb_end + 1);
        const auto name = rest.substr(0, rest.find(' '));
        const auto more = rest.substr(std::min(rest.size(), name.size() + 1));
        if (verb == "put") put(name, more);
        else if (verb == "remove") boost::filesystem::remove_all(home / name);
        else if (verb == "cut") boost::filesystem::resize_file(home / name, std::stoul(more));
        else if (verb == "rename") boost::filesystem::rename(home / name, home / more);
        else throw std::runtime_error("<meanwhile " + what + ">?");
    }

    imap::World world() const {
        return {.verify = verify, .start_tls = {}, .enter = [this](const auto&) { return Result<imap::Home>{{.maildir = home.path(), .index = {}}}; }};
    }

    static Result<std::optional<sasl::User>> verify(std::string_view name, std::string_view password) {
        if (name == "trouble") return failure({Fault::transient, "users can't be read"});
        if (name != "alice" || password != "wonder land") return std::optional<sasl::User>{};
        sasl::User user;
        user.name = name;
        return user;
    }

    TempDir home;
};

}  // namespace mailpipe::test
